"""`manage.py demo`: the demo company as it stands in the database."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from common.clock import company_today
from common.periods import month_end
from deals.facts import facts_of
from deals.models import (
    Account,
    Closing,
    Competitor,
    Deal,
    DealConflict,
    Outcome,
    Product,
    Rate,
)
from debriefs.models import (
    Answer,
    CitedReason,
    CodedText,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    Draft,
    JudgedReason,
    LossReason,
    ReasonGroup,
    ReasonJudgement,
    Recoding,
    TemplateVersion,
    TextCoding,
)
from debriefs.queries.reasons import reason_list
from debriefs.questions import TemplateDefinition, default_version
from debriefs.rules import Standard, errors_of
from debriefs.submissions import submission_of, values_of
from people.access import coach_of, people_below
from people.models import Membership, Role, Team, TeamKind, User
from reflection.demo.stories import Timeline
from trends.models import Block

pytestmark = pytest.mark.django_db

NO_ACCESS = "No access to decision-makers"


def load(*arguments: str) -> dict[str, Any]:
    printed = StringIO()
    call_command("demo", "--json", *arguments, stdout=printed)
    report: dict[str, Any] = json.loads(printed.getvalue())
    return report


def let_the_planner_believe_all_is_empty() -> None:
    """Where tables were analysed with one row among many dead ones, and then many rows come."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text,"
            " 'relpages', 1000, 'reltuples', 1::real) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        )


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """Loaded once for the module, in a transaction that is rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        let_the_planner_believe_all_is_empty()
        yield load()
        transaction.set_rollback(True)


def rep() -> User:
    return User.objects.get(username="ingrid.dahl")


def lost_closings() -> Any:
    return Closing.objects.current().lost()


def in_month(closings: Any, month: Any) -> Any:
    return closings.closed_between(month, month_end(month))


def test_it_reports_what_it_loaded(demo: dict[str, Any]) -> None:
    assert demo["closed_deals"] == Deal.objects.closed().count() == 2_500
    assert demo["open_deals"] == Deal.objects.open().count() == 236
    assert demo["debriefs"] == Debrief.objects.submitted().count()
    assert demo["people"] == User.objects.count() == 63
    assert demo["has_rates"] is True


def test_the_company_has_three_regions_six_teams_and_one_of_each_role(
    demo: dict[str, Any],
) -> None:
    kinds = dict(Team.objects.values_list("kind").annotate(n=Count("pk")).order_by())
    assert kinds == {TeamKind.COMPANY: 1, TeamKind.REGION: 3, TeamKind.TEAM: 6}
    roles = dict(User.objects.values_list("role").annotate(n=Count("pk")).order_by())
    assert roles == {Role.REP: 48, Role.MANAGER: 10, Role.ADMIN: 2, Role.PARTNER: 3}
    assert Membership.objects.values("user").distinct().count() == 48
    assert Competitor.objects.exclude(reviewed_at=None).count() == 6


def test_norvik_rises_in_mid_market_from_three_to_eleven_losses_a_quarter(
    demo: dict[str, Any],
) -> None:
    months = Timeline(company_today()).months[:-1]
    to_norvik = lost_closings().filter(winner__name="Norvik", deal__account__segment="Mid-market")
    monthly = [in_month(to_norvik, month).count() for month in months]
    assert monthly == [1] * 12 + [3, 4, 4, 3, 4, 4]
    assert (sum(monthly[9:12]), sum(monthly[12:15]), sum(monthly[15:])) == (3, 11, 11)


def test_deals_die_in_the_security_review(demo: dict[str, Any]) -> None:
    losses = lost_closings()
    stages = dict(losses.values_list("stage__name").annotate(n=Count("pk")).order_by("-n"))
    assert round(100 * stages.pop("Security review") / losses.count()) == 30
    assert max(stages.values()) / losses.count() < 0.15


def test_the_start_package_fixed_the_implementation_effort(demo: dict[str, Any]) -> None:
    timeline = Timeline(company_today())
    primary = CitedReason.objects.filter(
        rank=1, version__debrief__in=Debrief.objects.counting().filter(closing__in=lost_closings())
    ).filter(version=F("version__debrief__current_version"))
    before = Q(version__debrief__closing__closed_on__lt=timeline.action_on)
    effort = Q(reason__key="implementation_effort")
    counts = primary.aggregate(
        told_before=Count("pk", filter=before),
        effort_before=Count("pk", filter=before & effort),
        told_since=Count("pk", filter=~before),
        effort_since=Count("pk", filter=~before & effort),
    )
    assert round(100 * counts["effort_before"] / counts["told_before"]) == 22
    assert round(100 * counts["effort_since"] / counts["told_since"]) == 7


def test_the_tally_holds_every_closed_deal(demo: dict[str, Any]) -> None:
    assert Block.objects.aggregate(deals=Sum("deals")) == {"deals": 2_500}


def test_each_role_signs_in_from_the_sign_in_page(demo: dict[str, Any], client: Client) -> None:
    page = client.get(reverse("account_login"))
    logins = page.context["demo_logins"]
    assert [label for label, _, _ in logins] == [
        "Rep: Ingrid Dahl",
        "Manager: Marit Engen",
        "Admin: Ellen Storm",
        "Partner: Stefan Adler",
    ]
    for label, username, password in logins:
        visitor = Client()
        answer = visitor.post(reverse("account_login"), {"login": username, "password": password})
        assert answer.status_code == 302, label
        person = User.objects.get(pk=visitor.session["_auth_user_id"])
        assert label == f"{Role(person.role).label}: {person.full_name}"
    assert User.objects.exclude(password__startswith="!").count() == 4


def test_the_demo_rep_belongs_to_the_demo_manager(demo: dict[str, Any]) -> None:
    manager = User.objects.get(username="marit.engen")
    assert people_below(manager).filter(user=rep()).exists()
    assert coach_of(rep()) == manager


def test_debriefs_wait_for_the_demo_rep_and_one_is_half_written(demo: dict[str, Any]) -> None:
    waiting = DebriefRequest.objects.open().of(rep())
    assert waiting.count() >= 4
    drafts = Draft.objects.filter(debrief__author=rep())
    assert drafts.filter(debrief__closing__in=waiting.values("closing")).count() == 1
    assert Draft.objects.count() == 6


def test_what_stands_could_have_been_submitted(demo: dict[str, Any]) -> None:
    definition = TemplateDefinition.of(default_version())
    versions = DebriefVersion.objects.select_related("debrief__closing").prefetch_related(
        "answers", "factors", "reasons__reason__merged_into"
    )
    refused = {}
    for version in versions.order_by("pk")[::12]:
        cited = {one.reason.key: one.reason for one in version.reasons.all()}
        standard = Standard(definition, version.debrief.closing.outcome, cited)
        errors = errors_of(submission_of(definition, values_of(version, definition)), standard)
        if errors:
            refused[version.pk] = errors
    assert refused == {}


def test_the_facts_frozen_into_a_debrief_are_those_of_its_closing(demo: dict[str, Any]) -> None:
    versions = DebriefVersion.objects.select_related("debrief__closing").order_by("pk")
    untouched = versions.exclude(debrief__closing__deal__conflicts__isnull=False)[::12]
    assert untouched
    for version in untouched:
        assert version.facts == facts_of(version.debrief.closing)


def test_names_as_written_wait_for_review_with_a_proposal(demo: dict[str, Any]) -> None:
    rivals = Competitor.objects.awaiting_review().order_by("name")
    assert list(rivals.values_list("name", "proposed__name")) == [
        ("Brightmore", "Brightmoor"),
        ("Norvik AS", "Norvik"),
        ("Veloria", None),
    ]
    products = Product.objects.awaiting_review().values_list("name", "proposed__name")
    assert list(products) == [("HaldenForecast", "Halden Forecast")]
    for account in Account.objects.awaiting_review().select_related("proposed"):
        assert account.proposed is not None
        assert account.name.startswith(account.proposed.name)
    assert Account.objects.awaiting_review().count() == 3
    assert Deal.objects.filter(product__name="HaldenForecast").count() == 6


def test_it_shows_what_practice_brings(demo: dict[str, Any]) -> None:
    """Reopened deals, conflicts, second thoughts, second views, private and self-told words."""
    assert Closing.objects.exclude(reopened_at=None).count() == 46
    assert Deal.objects.filter(closings__number=2).count() == 40
    assert DealConflict.objects.unresolved().count() == 4
    assert DebriefVersion.objects.filter(number=2).count() >= 40
    several = Closing.objects.annotate(n=Count("debriefs")).filter(n__gt=1)
    assert several.count() >= 55
    assert Answer.objects.filter(audience="private").exclude(text="").count() >= 150
    own_words = CitedReason.objects.exclude(reason__kind="ordinary")
    assert own_words.count() >= 40
    assert not own_words.filter(text="").exists()
    assert Closing.objects.current().lost().filter(amount=None).count() >= 60
    assert Closing.objects.current().lost().filter(amount=0).count() >= 10
    assert DebriefRequest.objects.exclude(dismissed_at=None).count() >= 50
    assert Debrief.objects.submitted().filter(closing__outcome=Outcome.WON).count() >= 500


def test_price_reasons_carry_their_checks_and_some_are_untested(demo: dict[str, Any]) -> None:
    prices = CitedReason.objects.filter(reason__key="price")
    untested = prices.untested().count() / prices.count()
    assert 0.3 <= untested <= 0.6
    no_access = CitedReason.objects.filter(reason__key="no_access").values("version")
    assert not prices.filter(version__in=no_access, is_untested=False).exists()
    assert set(prices.values_list("gap_known", flat=True)) == {"yes", "no", ""}
    runners_up = DebriefVersion.objects.filter(was_runner_up=True)
    kinds = set(runners_up.values_list("runner_up_basis", flat=True))
    assert kinds == {"buyer_wrote", "score_sheet", "call"}
    on_paper = runners_up.filter(runner_up_basis="score_sheet")
    assert not on_paper.filter(runner_up_evidence__icontains="phone").exists()


def test_a_quarter_look_back_in_words_that_fit_the_deal(demo: dict[str, Any]) -> None:
    versions = DebriefVersion.objects.all()
    told = versions.exclude(missed_sign="", unmet_need="", rival_better="", idea="")
    assert 0.18 <= told.count() / versions.count() <= 0.32
    for text in ("missed_sign", "unmet_need", "rival_better", "idea"):
        assert versions.exclude(**{text: ""}).count() >= 60, text
    signs = versions.exclude(missed_sign="").select_related(
        "missed_sign_stage", "debrief__closing__stage"
    )
    for version in signs:
        lost_at = version.debrief.closing.stage
        assert version.missed_sign_stage is not None
        assert lost_at is not None
        assert version.missed_sign_stage.position <= lost_at.position
    rivals = versions.exclude(rival_better="")
    assert not rivals.filter(debrief__closing__winner=None).exists()


def test_managers_confirmed_most_reasons_and_changed_a_few(demo: dict[str, Any]) -> None:
    judged = ReasonJudgement.objects.in_force()
    changed = judged.filter(agrees=False)
    assert judged.count() >= 80
    assert 8 <= changed.count() <= 14
    assert not changed.filter(note="").exists()
    effort = JudgedReason.objects.filter(judgement__in=changed, reason__key="implementation_effort")
    assert not effort.filter(rank=1).exists()
    for judgement in judged.select_related("judged_by", "version__debrief"):
        author = judgement.version.debrief.author_id
        assert people_below(judgement.judged_by).filter(user=author).exists()


def test_some_self_told_reasons_are_triaged_and_most_wait(demo: dict[str, Any]) -> None:
    own_words = CitedReason.objects.exclude(reason__kind="ordinary")
    triaged = Recoding.objects.in_force().triaged()
    assert 5 <= triaged.count() < own_words.count() / 2
    assert own_words.filter(text__iregex="country|across the border|their soil").count() >= 4
    for text in CodedText:
        said = DebriefVersion.objects.exclude(**{text.column: ""})
        coded = TextCoding.objects.in_force().filter(of_text=text)
        assert 10 <= coded.count() < said.count()


def test_the_list_and_the_questions_have_a_history(demo: dict[str, Any]) -> None:
    first, second = TemplateVersion.objects.order_by("number")
    changed = [
        question.key
        for question in TemplateDefinition.of(second).questions()
        if question.text != TemplateDefinition.of(first).wording(question.key)
    ]
    assert changed == ["value_roi"]
    moment = second.published_at
    assert first.retired_at == moment
    debriefs = Debrief.objects.order_by("pk")
    assert not debriefs.filter(begun_at__lt=moment).exclude(template_version=first).exists()
    assert not debriefs.filter(begun_at__gte=moment).exclude(template_version=second).exists()
    assert first.debriefs.count() > second.debriefs.count() > 300
    listed, groups = reason_list(), dict(ReasonGroup.objects.values_list("pk", "key"))
    read = {}
    for reason in LossReason.objects.filter(changes__isnull=False):
        day = reason.changes.get().since - timedelta(days=1)
        before, now = listed.read(reason.pk, day.isoformat()), listed.read(reason.pk)
        read[reason.key] = (before.name, groups[before.group], now.name, groups[now.group])
    assert read == {
        "slow_response": ("Slow answers", "process", "We were too slow", "process"),
        "no_access": (NO_ACCESS, "client", NO_ACCESS, "process"),
    }


def test_some_deals_were_told_by_three_people(demo: dict[str, Any]) -> None:
    told = Closing.objects.annotate(n=Count("debriefs", filter=~Q(debriefs__submitted_at=None)))
    assert told.filter(n=3).count() >= 20
    assert told.filter(n=2).count() >= 30


def test_open_requests_stand_in_every_state(demo: dict[str, Any]) -> None:
    now, waiting = timezone.now(), DebriefRequest.objects.open()
    mine = waiting.of(rep())
    assert mine.filter(snoozed_until__gt=now).count() == 1
    assert mine.filter(handovers__isnull=False).count() == 1
    manager = User.objects.get(username="marit.engen")
    team = waiting.of_people_below(manager)
    assert team.escalated(at=now).exists()
    assert team.filter(due_at__lt=now).exists()
    assert team.filter(due_at__gt=now).exists()
    assert waiting.of(manager).exclude(asked_by=None).count() == 1


def test_money_comes_in_three_currencies_with_rates(demo: dict[str, Any]) -> None:
    used = Closing.objects.exclude(currency=None).values_list("currency", flat=True).distinct()
    assert set(used) == {"EUR", "GBP", "SEK"}
    first = Closing.objects.order_by("closed_on").values_list("closed_on", flat=True)[0]
    in_force = Rate.objects.in_force(first)
    assert {rate.currency_id for rate in in_force} == {"EUR", "GBP", "SEK"}


def test_requests_are_fresh_done_or_dismissed(demo: dict[str, Any]) -> None:
    fresh = company_today() - timedelta(days=16)
    assert not DebriefRequest.objects.open().filter(closing__closed_on__lt=fresh).exists()
    done = DebriefRequest.objects.exclude(done_at=None)
    assert not done.exclude(closing__debriefs__author=F("person")).exists()


def test_it_is_refused_twice(demo: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="The demo company is there already"):
        load("--force")
