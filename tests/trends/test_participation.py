"""Participation: figures that agree with plain counting, nobody shown alone, everything opened."""

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from common.periods import Period
from deals.models import Closing, Outcome
from debriefs.models import CitedReason, Debrief, DebriefVersion, ReasonKind
from debriefs.services.drafts import begin_debrief
from people.models import Team, User
from tests.factories import (
    CurrencyFactory,
    DebriefRequestFactory,
    LossReasonFactory,
    MembershipFactory,
    RateFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from trends.models import VersionQuality
from trends.participation.figures import MEASURES, Median, Scope, Share, figures_by_team
from trends.participation.page import participation
from trends.participation.printed import participation_drawn
from trends.participation.quality import measure_quality
from trends.participation.state import ParticipationState
from trends.printing.report import report_of
from trends.services import rebuild
from trends.snapshot import store
from trends.tasks import measure_participation

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

TODAY = date(2026, 11, 25)
PAGE = "trends:participation"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False):
        yield


@pytest.fixture
def crowd(team: Team, rep: User) -> list[User]:
    """The rep's team of six and the manager."""
    people = [rep]
    for _ in range(4):
        people.append(UserFactory.create())
        MembershipFactory.create(user=people[-1], team=team)
    return people


def close(owner: User, *, days_ago: int = 10, **closing: Any) -> Closing:
    day = TODAY - timedelta(days=days_ago)
    made = closed_deal(owner=owner, closing={"closed_on": day, **closing})
    Closing.objects.filter(pk=made.pk).update(recorded_at=_at(day, hour=9))
    return made


def _at(day: date, *, hour: int) -> Any:
    return timezone.now().replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=0)


def debriefed(owner: User, *, hours: int = 24, **debrief: Any) -> Debrief:
    """Submitted so many hours after its closing was recorded."""
    closing = debrief.pop("closing", None) or close(owner)
    return submitted_debrief(
        closing=closing,
        submitted_at=_at(closing.closed_on, hour=9) + timedelta(hours=hours),
        **debrief,
    )


def counted() -> None:
    measure_quality()
    rebuild()


def whole() -> Any:
    [by_team] = figures_by_team(Scope(Period(TODAY - timedelta(days=365), TODAY)))
    return by_team[None]


def rated(*ratings: str, text: str = "") -> dict[str, dict[str, str]]:
    return {
        f"q{number}": {"rating": rating, "text": text if number == 0 else "", "audience": "sales"}
        for number, rating in enumerate(ratings)
    }


def test_a_version_is_measured_once_and_private_answers_never(rep: User) -> None:
    other = LossReasonFactory.create(kind=ReasonKind.OTHER)
    price = LossReasonFactory.create(asks_price_checks=True)
    answers = {
        **rated("no", "yes", "yes", "yes", "no", text=" Price. "),
        "long": {"rating": "", "text": "Two words.", "audience": "company"},
        "coach": {"rating": "", "text": "Afraid", "audience": "private"},
    }
    made = debriefed(rep, reasons=[other, price], answers=answers)
    CitedReason.objects.filter(reason=price).update(is_untested=True)
    assert (measure_quality(), measure_quality()) == (1, 0)
    quality = VersionQuality.objects.get()
    assert quality.version == made.current_version
    assert (quality.texts, quality.one_word_texts) == (2, 1)
    assert (quality.ratings, quality.longest_run) == (5, 3)
    assert (quality.cites_other, quality.cites_dont_know) == (True, False)
    assert (quality.cites_price, quality.price_untested) == (True, True)


def test_the_task_measures_a_few_at_a_time_until_all_are(
    rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        debriefed(rep)
    monkeypatch.setattr("trends.participation.quality.AT_ONCE", 2)
    assert [measure_quality(), measure_quality()] == [2, 1]
    measure_participation()
    assert VersionQuality.objects.count() == 3


def test_shares_have_their_own_denominators(rep: User) -> None:
    other = LossReasonFactory.create(kind=ReasonKind.OTHER)
    unknown = LossReasonFactory.create(kind=ReasonKind.DONT_KNOW)
    price = LossReasonFactory.create(asks_price_checks=True)
    run = rated(*["yes"] * 6, text="Fine")
    debriefed(rep, reasons=[other], answers=run)
    debriefed(rep, reasons=[price, unknown], answers=rated("no", text="Too dear"))
    debriefed(rep, closing=close(rep, outcome=Outcome.WON), reasons=[other])
    for days_late in (1, -1):
        late = debriefed(rep)
        assert late.submitted_at
        DebriefRequestFactory.create(
            closing=late.closing, due_at=late.submitted_at - timedelta(days=days_late)
        )
    measure_quality()
    assert whole().shares == {
        "other": Share(1, 4),
        "dont_know": Share(1, 4),
        "untested": Share(0, 1),
        "one_word": Share(1, 2),
        "same_run": Share(1, 1),
        "late": Share(1, 2),
    }


def test_medians_are_of_five_and_more(rep: User) -> None:
    for hours in (1, 2, 3, 40):
        debriefed(rep, hours=hours)
    measure_quality()
    assert whole().hours == Median(None, 4)
    made = debriefed(rep, hours=50)
    DebriefVersion.objects.filter(debrief=made).update(seconds_to_fill=240)
    measure_quality()
    assert whole().hours == Median(3.0, 5)
    assert whole().minutes == Median(None, 1)


def test_a_closing_that_came_in_later_closed_at_noon_of_its_day(rep: User) -> None:
    for _ in range(5):
        made = debriefed(rep, hours=27)
        Closing.objects.filter(pk=made.closing_id).update(recorded_at=timezone.now())
    measure_quality()
    assert whole().hours == Median(24.0, 5)


def test_second_views_and_earlier_closings_are_not_counted(rep: User, teammate: User) -> None:
    made = debriefed(rep)
    submitted_debrief(closing=made.closing, author=teammate)
    again = debriefed(rep)
    Closing.objects.filter(pk=again.closing_id).update(reopened_at=timezone.now())
    measure_quality()
    assert whole().debriefed == 1


def open_page(client: Client, **params: Any) -> Any:
    response = client.get(reverse(PAGE), params)
    assert response.status_code == 200
    return response.context["page"]


def test_the_backlog_is_by_age_in_the_reporting_currency(
    rep: User, manager: User, signed_in: SignIn
) -> None:
    RateFactory.create(currency=CurrencyFactory.create(code="EUR"), rate=Decimal(2))
    close(rep, days_ago=1, amount=Decimal(100))
    close(rep, days_ago=5, amount=Decimal(50), currency_id="EUR")
    close(rep, days_ago=5, amount=Decimal(7), outcome=Outcome.WON)
    close(rep, days_ago=5, amount=None, currency_id=None)
    debriefed(rep, closing=close(rep, days_ago=5))
    close(rep, days_ago=200, amount=Decimal(3))
    counted()
    page = open_page(signed_in(manager))
    assert [(each.name, each.n, each.value, each.unknown) for each in page.by_age] == [
        ("Up to 2 days", 1, "USD 100", 0),
        ("3 to 7 days", 3, "USD 107", 1),
        ("8 to 14 days", 0, "–", 0),
        ("15 to 30 days", 0, "–", 0),
        ("31 to 90 days", 0, "–", 0),
        ("Over 90 days", 1, "USD 3", 0),
    ]
    client = signed_in(manager)
    for each in page.by_age:
        if each.href:
            assert client.get(each.href).context["page"].total == each.n


def test_the_backlog_is_by_value_around_the_median_with_the_unknown_apart(
    rep: User, manager: User, signed_in: SignIn
) -> None:
    for amount in (99, 100, 2500, 2499, 12500, None):
        close(rep, amount=amount, outcome=Outcome.WON if amount == 99 else Outcome.NO_DECISION)
    debriefed(rep, closing=close(rep, amount=Decimal(2500)))
    counted()
    page = open_page(signed_in(manager))
    assert [(each.name, each.n, each.value) for each in page.by_value] == [
        ("Below 200", 2, "USD 199"),
        ("200 to below 1,000", 0, "–"),
        ("1,000 to below 5,000", 2, "USD 4,999"),
        ("5,000 to below 25,000", 1, "USD 12,500"),
        ("25,000 and more", 0, "–"),
        ("Unknown", 1, "unknown"),
    ]
    client = signed_in(manager)
    for each in page.by_value:
        if each.href:
            assert client.get(each.href).context["page"].total == each.n


def test_a_rep_sees_themselves_and_the_whole(
    crowd: list[User], rep: User, signed_in: SignIn
) -> None:
    for person in crowd:
        debriefed(person)
        close(person)
    counted()
    page = open_page(signed_in(rep))
    assert [(group.name, group.cells[0].basis) for group in page.groups] == [
        ("All", "of 10"),
        ("You", "of 2"),
    ]
    assert (page.by_team, page.by_team_and_month) == (None, None)
    refused = signed_in(rep).get(reverse(PAGE), {"team": "Atlas"})
    assert refused.status_code == 403


def test_on_paper_it_has_the_same_figures_and_no_open_request_of_a_person(
    crowd: list[User], rep: User, manager: User, signed_in: SignIn
) -> None:
    for person in crowd:
        debriefed(person)
    DebriefRequestFactory.create(closing=close(rep))
    counted()
    state = ParticipationState.from_params({}, manager, today=TODAY)
    report = report_of(participation_drawn(participation(state, manager, today=TODAY), state))
    assert report.address.startswith("http://localhost:8000/dashboard/participation/?")
    assert [tile.value for tile in report.tiles][:2] == ["83%", "1"]
    tables = {each.title: each.table["rows"] for each in report.figures if each.kind == "table"}
    assert [row[:2] for row in tables["Waiting for a debrief, by age"]][2] == [
        "8 to 14 days ago",
        "1",
    ]
    assert tables["By group"][0][:2] == ["All", "83% · of 6"]
    assert rep.full_name not in json.dumps(report.as_data())
    page = signed_in(manager).get(reverse(PAGE), {"since": "2026-01-01"})
    file = signed_in(manager).get(page.context["printed"]["pdf"])
    assert file.content[:5] == b"%PDF-"
    assert "participation-2026-01-01-" in file["Content-Disposition"]


def test_a_small_team_is_not_shown_nor_the_one_that_would_give_it_away(
    crowd: list[User], outsider: User, admin: User, manager: User, signed_in: SignIn
) -> None:
    for person in [*crowd, outsider]:
        debriefed(person)
    counted()

    def groups(viewer: User) -> dict[str, str]:
        found = open_page(signed_in(viewer)).groups
        return {each.name: each.why for each in found if each.name not in ("All", "You")}

    together = "Groups too small to show"
    assert groups(admin) == {together: "Debriefed: 100% of 6"}
    assert groups(manager) == {"Atlas": "", together: "Debriefed: too few of 1"}
    for team in ("Atlas", "Borealis", "small"):
        assert signed_in(admin).get(reverse(PAGE), {"team": team}).status_code == 403
        behind = reverse("trends:participation_deals")
        asked = {"team": team, "of": "other"}
        assert signed_in(admin).get(behind, asked).status_code == 403


def test_open_requests_of_people_are_their_managers_alone(
    rep: User, manager: User, other_manager: User, admin: User, signed_in: SignIn
) -> None:
    DebriefRequestFactory.create(closing=close(rep))
    counted()

    def named(viewer: User) -> list[tuple[str, int]]:
        context = signed_in(viewer).get(reverse(PAGE)).context
        return [(each.person, each.n) for each in context["requests"]]

    assert named(manager) == [("Rita Rep", 1)]
    assert [named(viewer) for viewer in (other_manager, admin, rep)] == [[], [], []]


def test_what_a_debrief_lacks_is_opened_to_its_owner_and_managers_above(
    rep: User, outsider: User, manager: User, other_manager: User, signed_in: SignIn
) -> None:
    other = LossReasonFactory.create(kind=ReasonKind.OTHER)
    for person in (rep, rep, outsider):
        debriefed(person, reasons=[other])
    counted()

    def opened(viewer: User) -> tuple[int, int, int]:
        address = reverse("trends:participation_deals")
        context = signed_in(viewer).get(address, {"of": "other"}).context
        return context["share"].n, context["opened"], len(context["rows"])

    assert [opened(person) for person in (rep, manager, outsider, other_manager)] == [
        (3, 2, 2),
        (3, 2, 2),
        (3, 1, 1),
        (3, 1, 1),
    ]
    begin_debrief(Closing.objects.filter(deal__owner=rep).latest("pk"), author=manager)
    assert opened(manager) == (2, 1, 1)
    page = signed_in(rep).get(reverse("trends:participation_deals"), {"of": "other"})
    said = " ".join(page.content.decode().split())
    assert "3 deals, 2 open to you" in said
    assert "the other is counted and not listed" in said
    unknown = signed_in(rep).get(reverse("trends:participation_deals"), {"of": "nothing"})
    assert unknown.status_code == 422
    no_team = signed_in(manager).get(reverse(PAGE), {"team": "null"})
    assert no_team.status_code == 422


def test_the_table_is_guarded_against_formulas(
    crowd: list[User], team: Team, manager: User, signed_in: SignIn
) -> None:
    team.name = "=2+2"
    team.save()
    for person in crowd:
        debriefed(person)
    counted()
    answer = signed_in(manager).get(reverse("trends:participation_table"))
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert rows[0][:3] == ["Group", "Debriefed", "Debriefed: n"]
    assert {len(row) for row in rows} == {2 + 2 * (3 + len(MEASURES))}
    assert [row[:3] for row in rows[1:]] == [["All", "100%", "of 5"], ["'=2+2", "100%", "of 5"]]


def test_with_nothing_it_says_what_comes(manager: User, signed_in: SignIn) -> None:
    counted()
    assert "No deal closed in this period" in signed_in(manager).get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_however_much_there_is(
    rep: User,
    manager: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    other = LossReasonFactory.create(kind=ReasonKind.OTHER)
    for _ in range(rows):
        debriefed(rep, reasons=[other])
        DebriefRequestFactory.create(closing=close(rep))
    counted()
    client = signed_in(manager)
    client.get(reverse(PAGE))
    store.current()
    with django_assert_num_queries(12):
        client.get(reverse(PAGE))
    with django_assert_num_queries(9):
        client.get(reverse("trends:participation_deals"), {"of": "other"})
