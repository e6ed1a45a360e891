"""A competitor's page: the record against it, and the words that the reader may see."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from deals.models import Closing, Competitor, Outcome
from debriefs.models import Audience, CitedReason, Debrief, FactorScore, LossReason, Rating
from people.models import User
from tests.factories import (
    CitedReasonFactory,
    CompetitorFactory,
    DebriefRequestFactory,
    DebriefVersionFactory,
    closed_deal,
    submitted_debrief,
)
from trends.dashboard.catalogue import COMPETITOR
from trends.dashboard.drawing import drawn_for
from trends.dashboard.state import DashboardState
from trends.printing.report import report_for
from trends.services import rebuild

pytestmark = pytest.mark.django_db

QUOTE = "They gave us a month for nothing."
NOTE = "Our engineer answered the same day."
ANSWER = "We had the baseline before them."
PRIVATE = "I should have called the CFO."


@pytest.fixture
def rival(rep: User) -> Competitor:
    rival: Competitor = CompetitorFactory.create(name="Norvik")
    lost = _closed(rep, rival, Outcome.LOST_TO_COMPETITOR, winner=rival)
    debrief = submitted_debrief(closing=lost, reasons=[LossReason.objects.get(key="price")])
    CitedReason.objects.filter(version=debrief.current_version).update(quote=QUOTE)
    won = _closed(rep, rival, Outcome.WON, winner=None)
    answers = {
        "positioning": {"rating": Rating.YES, "text": ANSWER, "audience": Audience.SALES},
        "value_roi": {"rating": Rating.YES, "text": PRIVATE, "audience": Audience.PRIVATE},
    }
    helped = submitted_debrief(closing=won, answers=answers, factors={"team_skills": 2})
    FactorScore.objects.filter(version=helped.current_version).update(note=NOTE)
    rebuild()
    return rival


def _closed(
    rep: User, rival: Competitor, outcome: Outcome, *, winner: Competitor | None
) -> Closing:
    closing = {"outcome": outcome, "winner": winner, "closed_on": date(2026, 11, 2)}
    return closed_deal(owner=rep, competitors=[rival], closing=closing)


@pytest.fixture
def read(rival: Competitor, signed_in: Callable[[User], Client]) -> Callable[[User], str]:
    def read(person: User) -> str:
        address = reverse("trends:competitor", args=[rival.pk])
        return signed_in(person).get(address).content.decode()

    return read


def told(page: str) -> list[str]:
    return [words for words in (QUOTE, NOTE, ANSWER, PRIVATE) if words in page]


@time_machine.travel("2026-11-23T12:00:00Z")
def test_it_shows_the_record_and_the_words_with_the_way_to_their_debriefs(
    read: Callable[[User], str], outsider: User, rival: Competitor
) -> None:
    page = read(outsider)
    assert "<h1>Norvik</h1>" in page
    assert told(page) == [QUOTE, NOTE, ANSWER]
    assert page.count('href="/playbook/debriefs/') == 3
    assert f'href="/playbook/competitor/{rival.pk}/"' in page


@time_machine.travel("2026-11-23T12:00:00Z")
def test_private_words_are_shown_to_nobody_not_even_their_author(
    read: Callable[[User], str], rep: User
) -> None:
    assert PRIVATE not in read(rep)


@time_machine.travel("2026-11-23T12:00:00Z")
def test_a_partner_reads_what_was_said_for_the_company_alone(
    read: Callable[[User], str], partner: User
) -> None:
    assert told(read(partner)) == []


@time_machine.travel("2026-11-23T12:00:00Z")
def test_words_on_a_deal_close_at_once_for_whoever_is_asked_for_their_own_view(
    read: Callable[[User], str], outsider: User, rep: User
) -> None:
    assert QUOTE in read(outsider)
    lost = Closing.objects.get(outcome=Outcome.LOST_TO_COMPETITOR)
    DebriefRequestFactory.create(closing=lost, person=outsider, asked_by=rep)
    assert told(read(outsider)) == [NOTE, ANSWER]


@time_machine.travel("2026-11-23T12:00:00Z")
def test_an_amended_quote_is_read_at_once(read: Callable[[User], str], rep: User) -> None:
    assert QUOTE in read(rep)
    debrief = Debrief.objects.get(closing__outcome=Outcome.LOST_TO_COMPETITOR)
    version = DebriefVersionFactory.create(debrief=debrief, number=2)
    terms = LossReason.objects.get(key="terms")
    CitedReasonFactory.create(version=version, rank=1, reason=terms, quote="No lock-in.")
    debrief.current_version = version
    debrief.save(update_fields=["current_version"])
    assert "No lock-in." in read(rep)


@time_machine.travel("2026-11-23T12:00:00Z")
def test_its_file_holds_the_words_that_whoever_asks_for_it_may_read(
    rival: Competitor, outsider: User, partner: User
) -> None:
    path = reverse("trends:competitor", args=[rival.pk])
    state = DashboardState.from_params({}, today=date(2026, 11, 23), path=path)

    def printed(viewer: User) -> list[tuple[str, list[str]]]:
        page = drawn_for(COMPETITOR, state, viewer, subject=str(rival.pk))
        figures = report_for(page, viewer).figures
        return [
            (each.title, [said["words"] for said in each.quotes]) for each in figures if each.quotes
        ]

    assert printed(outsider) == [
        ("In the buyers' words", [f"“{QUOTE}”"]),
        ("What worked", [NOTE, ANSWER]),
    ]
    assert printed(partner) == []


def test_a_competitor_that_is_not_there_is_not_found(
    signed_in: Callable[[User], Client], rep: User
) -> None:
    rebuild()
    assert signed_in(rep).get(reverse("trends:competitor", args=[987])).status_code == 404


@time_machine.travel("2027-12-23T12:00:00Z")
def test_not_met_in_the_period_says_where_to_look(read: Callable[[User], str], rep: User) -> None:
    page = read(rep)
    assert "No deal closed in this period" in page
    assert "Go to the latest deals" in page
