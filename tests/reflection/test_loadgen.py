"""`manage.py loadgen`: synthetic deals at any volume, the same for the same seed."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Max, Min, Q, Sum

from common.clock import company_today
from common.periods import add_months
from deals.facts import facts_of
from deals.models import Closing, Deal, Outcome
from debriefs.models import (
    Answer,
    CitedReason,
    CodedText,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    TextCoding,
)
from debriefs.services.defaults import install_defaults
from reflection.loadgen import writer
from reflection.loadgen.progress import ProgressBar
from tests.debriefs.every_kind import VALUES, publish
from trends.models import Block

pytestmark = pytest.mark.django_db


def load(deals: int = 200, **options: Any) -> dict[str, Any]:
    printed = StringIO()
    call_command("loadgen", str(deals), json=True, stdout=printed, **options)
    report: dict[str, Any] = json.loads(printed.getvalue())
    return report


def contents() -> tuple[list[Any], list[Any]]:
    deals = Deal.objects.order_by("external_id").values_list(
        "external_id",
        "opened_on",
        "amount",
        "currency",
        "owner__username",
        "account__name",
        "closings__closed_on",
        "closings__outcome",
        "closings__winner__name",
    )
    answers = Answer.objects.order_by("version__debrief__closing__deal__external_id", "key")
    said = answers.values_list("key", "rating", "text", "audience", "version__submission_id")
    return list(deals), list(said)


def test_it_writes_as_many_closed_deals_and_debriefs_as_asked() -> None:
    report = load(200, debriefed=0.35)
    assert (report["deals"], report["debriefs"]) == (200, 70)
    assert Deal.objects.closed().count() == 200
    assert Debrief.objects.submitted().count() == 70


def test_the_same_seed_writes_the_same_rows() -> None:
    load(150, seed=7)
    first = contents()
    Debrief.objects.update(current_version=None, submitted_at=None)
    Debrief.objects.all().delete()
    Deal.objects.all().delete()
    load(150, seed=7)
    assert contents() == first


def test_chunks_do_not_change_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "CHUNK", 37)
    load(200, debriefed=0.6)
    assert Debrief.objects.submitted().count() == 120


def test_another_seed_adds_to_what_is_there_and_the_same_one_is_refused() -> None:
    load(50, seed=1)
    load(50, seed=2)
    assert Deal.objects.count() == 100
    with pytest.raises(CommandError, match="the deals of --seed 2 are there already"):
        load(50, seed=2)
    assert Deal.objects.count() == 100


def test_deals_close_on_working_days_of_the_months_asked_for() -> None:
    load(300, months=6)
    today = company_today()
    days = Closing.objects.aggregate(first=Min("closed_on"), last=Max("closed_on"))
    assert add_months(today, -6) - timedelta(days=2) <= days["first"] <= days["last"] <= today
    assert not Closing.objects.filter(closed_on__week_day__in=[1, 7]).exists()


def test_every_row_keeps_the_rules_of_its_table() -> None:
    load(400)
    won = Closing.objects.won()
    assert not won.filter(debriefs__versions__reasons__isnull=False).exists()
    assert not won.exclude(winner=None).exists()
    beaten = Closing.objects.filter(outcome=Outcome.LOST_TO_COMPETITOR)
    assert beaten.filter(winner=None).count() == 0
    met = Q(deal__meetings__competitor=F("winner"))
    assert beaten.filter(met).count() == beaten.count()
    owed = CitedReason.objects.filter(reason__kind__in=["other", "dont_know"])
    assert owed.exists()
    assert not owed.filter(text="").exists()
    priced = CitedReason.objects.filter(reason__asks_price_checks=True)
    assert priced.untested().exists()
    assert priced.filter(is_untested=False, gap_percent__gt=0).exists()
    assert not CitedReason.objects.exclude(reason__asks_price_checks=True).untested().exists()


def test_some_losses_name_a_need_or_a_rivals_strength_that_is_coded_already() -> None:
    load(300, seed=3, debriefed=0.8)
    lost = Debrief.objects.exclude(closing__outcome="won")
    coded = TextCoding.objects.select_related("version__debrief__closing", "code")
    for of_text in CodedText:
        codings = coded.filter(of_text=of_text)
        assert 0.05 * lost.count() < codings.count() < 0.3 * lost.count()
        for each in codings:
            assert each.version.debrief.closing.outcome != "won"
            assert each.code.of_text == of_text
            assert getattr(each.version, of_text.column) == f"It was {each.code.name.lower()}."


def test_every_debrief_answers_all_questions_and_says_what_to_do_differently() -> None:
    load(100)
    versions = DebriefVersion.objects.annotate(
        rated=Count("answers", filter=~Q(answers__rating="")),
        lessons=Count("answers", filter=Q(answers__key="do_differently") & ~Q(answers__text="")),
    )
    assert set(versions.values_list("rated", "lessons")) == {(9, 1)}


def test_fresh_closings_without_a_debrief_wait_for_their_owners() -> None:
    load(400, months=2)
    fresh = Closing.objects.filter(closed_on__gte=company_today() - timedelta(days=14))
    waiting = fresh.filter(debriefs=None).values_list("pk", "deal__owner")
    assert sorted(DebriefRequest.objects.values_list("closing", "person")) == sorted(waiting)
    for asked in DebriefRequest.objects.all():
        assert asked.escalates_at is not None
        assert asked.reminded_until is not None
        assert asked.due_at < asked.escalates_at < asked.reminded_until


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["0"], "0 is not 1 or more"),
        (["10", "--debriefed", "1.5"], "1.5 is not between 0 and 1"),
        (["10", "--months", "0"], "0 is not 1 or more"),
    ],
)
def test_a_number_that_makes_no_sense_is_named(arguments: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("loadgen", *arguments)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_the_progress_bar_is_drawn_on_a_terminal_only() -> None:
    terminal, pipe = Terminal(), StringIO()
    for stream in (terminal, pipe):
        bar = ProgressBar(stream, "Deals", 200)
        bar.reach(100)
        bar.reach(100)
        bar.reach(200)
    half, full = "#" * 16 + "-" * 16, "#" * 32
    assert terminal.getvalue() == f"\rDeals [{half}]  50 %\rDeals [{full}] 100 %\n"
    assert pipe.getvalue() == ""


def test_the_facts_frozen_into_a_debrief_are_those_of_its_closing() -> None:
    load(120)
    versions = DebriefVersion.objects.select_related("debrief__closing")
    assert versions
    for version in versions:
        assert version.facts == facts_of(version.debrief.closing)


def test_the_tally_holds_every_deal_afterwards() -> None:
    load(120)
    assert Block.objects.aggregate(deals=Sum("deals")) == {"deals": 120}


def test_questions_of_every_kind_are_answered_along_their_path() -> None:
    install_defaults()
    publish()
    load(60, debriefed=1.0)
    kinds = dict(Answer.objects.exclude(value=None).values_list("key", "value"))
    assert set(kinds) == set(VALUES)
    tendered = Answer.objects.filter(key="procedure", value="tender").values("version")
    bids = Answer.objects.filter(key="bidders")
    assert set(bids.values_list("version", flat=True)) == {row["version"] for row in tendered}
