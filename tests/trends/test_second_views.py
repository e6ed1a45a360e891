"""Whoever owes a second view learns from no figure what the first one says."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from common.periods import Period
from debriefs.models import Debrief, DebriefRequest, LossReason
from debriefs.services.requests import dismiss_request
from debriefs.services.voices import ask_for_debrief
from people.models import Role, User
from tests.factories import LossReasonFactory, closed_deal, submitted_debrief
from tests.trends.world import FIRST_DAY, World, build_world, debrief
from trends.contrasts import contrasts
from trends.dimensions import DIMENSIONS
from trends.engine import drill, facets, run
from trends.errors import TrendError
from trends.measures import MEASURES, SAID
from trends.participation.figures import Scope, figures_by_team
from trends.participation.quality import measure_all
from trends.perception import Beside, perception
from trends.presentation import as_json
from trends.query import TrendQuery
from trends.services import rebuild
from trends.withheld import withheld_from

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

ASKED = [name for name, each in DIMENSIONS.items() if not each.filter_only and name != "rep"]


def all_questions() -> list[TrendQuery]:
    """Every measure by every one dimension, and some pairs."""
    found = []
    pairs = list(combinations(ASKED, 2))
    for by in [(), *((name,) for name in ASKED), *Random(1).sample(pairs, 60)]:
        for measure in MEASURES:
            try:
                found.append(TrendQuery(measure, by))
            except TrendError:
                continue
    return found


def told(viewer: User) -> list[Any]:
    """All that the tally answers: to each question, of one deal or of all, with what is behind it."""
    everything: list[Any] = []
    for query in all_questions():
        answer = run(query, viewer)
        everything.append((query, answer.rows, answer.total, answer.coverage, answer.undebriefed))
    everything.append(facets(TrendQuery("lost"), sorted(SAID.intersection(ASKED)), viewer))
    for reason in LossReason.objects.order_by("pk"):
        asked = TrendQuery("lost").where(primary_reason=reason.pk)
        everything.append((run(asked, viewer).total, drill(asked, {}, viewer)))
    period = Period(FIRST_DAY, FIRST_DAY.replace(year=FIRST_DAY.year + 3))
    everything += [
        perception(TrendQuery(), viewer, time="month", beside=beside) for beside in Beside
    ]
    everything.append(contrasts(TrendQuery(), viewer))
    everything.append(figures_by_team(Scope(period, withheld=withheld_from(viewer))))
    return everything


def settled(world: World, first: Debrief) -> None:
    """The author says something else, whatever it was, and the tally takes it."""
    assert first.author is not None
    debrief(world, first.closing, first.author)
    measure_all()
    rebuild()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_debrief_says_the_figures_are_the_same_to_whom_it_is_kept_from(
    seed: int,
) -> None:
    """No figure depends on what they mustn't know, so no filter or subtraction can tell it."""
    with transaction.atomic():
        world = build_world(seed, deals=25)
        viewer, other = world.people[:2]
        User.objects.filter(pk__in=[viewer.pk, other.pk]).update(role=Role.ADMIN)
        viewer.role = other.role = Role.ADMIN
        counting = Debrief.objects.counting().exclude(author=viewer).exclude(author=None)
        first = counting.exclude(closing__outcome="won").order_by("pk").first()
        assert first is not None
        Debrief.objects.filter(closing=first.closing, author=viewer).delete()
        due = datetime(2026, 6, 1, tzinfo=UTC)
        DebriefRequest.objects.update_or_create(
            closing=first.closing, person=viewer, defaults={"due_at": due, "dismissed_at": None}
        )
        settled(world, first)
        kept, open_to = told(viewer), told(other)
        for _ in range(3):
            settled(world, first)
            assert told(viewer) == kept
        assert told(other) != open_to
        transaction.set_rollback(True)


@pytest.fixture
def reasons() -> tuple[LossReason, LossReason]:
    return LossReasonFactory.create(name="Too dear"), LossReasonFactory.create(name="Access")


@pytest.fixture
def asked(rep: User, outsider: User, reasons: tuple[LossReason, LossReason]) -> DebriefRequest:
    """Two lost deals for different reasons; the outsider is asked for a second view of the first."""
    made = [
        submitted_debrief(
            closing=closed_deal(owner=rep, closing={"closed_on": FIRST_DAY}), reasons=[reason]
        )
        for reason in reasons
    ]
    request = ask_for_debrief(made[0].closing, person=outsider, by=rep)
    rebuild()
    return request


@pytest.mark.usefixtures("asked")
def test_a_total_of_deals_stays_whole(rep: User, outsider: User) -> None:
    for measure in ("deals", "lost", "coverage", "lost_amount"):
        assert run(TrendQuery(measure), outsider).total == run(TrendQuery(measure), rep).total


def test_an_answer_by_reason_leaves_the_deal_out_and_says_so_until_the_request_ends(
    asked: DebriefRequest, rep: User, outsider: User
) -> None:
    by_reason = TrendQuery("primary", ("reason",))
    assert [row.n for row in run(by_reason, rep).rows] == [1, 1]
    answer = run(by_reason, outsider)
    assert ([row.keys[0].label for row in answer.rows], answer.total.n) == (["Access"], 1)
    assert answer.left_out == (
        "Without the deal on which your own debrief is due before you see others'."
    )
    dismiss_request(asked, because="I only sent the quote.", by=outsider)
    again = run(by_reason, outsider)
    assert (again.total.n, again.left_out) == (2, "")


@pytest.mark.usefixtures("asked")
def test_the_number_left_out_is_the_same_whatever_is_asked(
    outsider: User, reasons: tuple[LossReason, LossReason]
) -> None:
    found = [
        run(TrendQuery("lost").where(reason=reason.pk), outsider).left_out for reason in reasons
    ]
    assert found[0] == found[1] != ""


PAGES = ("trends:dashboard", "trends:reasons", "trends:contrasts", "trends:perception")
BESIDE_BUYERS = "trends:perception_buyers"


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("name", [*PAGES, BESIDE_BUYERS, "trends:participation"])
def test_a_page_says_what_it_leaves_out_and_leads_to_the_open_debriefs(
    name: str, rep: User, outsider: User, signed_in: SignIn
) -> None:
    said = "Without the deal on which your own debrief is due"
    address = reverse(name) + f"?since={FIRST_DAY}&until={FIRST_DAY.replace(month=12)}"
    assert said in signed_in(outsider).get(address).content.decode()
    assert said not in signed_in(rep).get(address).content.decode()


def test_a_page_kept_ready_is_made_anew_when_the_request_ends(
    asked: DebriefRequest, outsider: User, signed_in: SignIn
) -> None:
    client = signed_in(outsider)
    address = reverse("trends:reasons") + f"?since={FIRST_DAY}&until={FIRST_DAY.replace(month=12)}"
    assert "Too dear" not in _charts(client, address)
    dismiss_request(asked, because="I only sent the quote.", by=outsider)
    assert "Too dear" in _charts(client, address)


def _charts(client: Client, address: str) -> str:
    _, _, charts = client.get(address).content.decode().partition("chart-grid")
    return charts


@pytest.mark.usefixtures("asked")
def test_the_api_leaves_it_out_and_says_so(outsider: User) -> None:
    body = as_json(run(TrendQuery("primary", ("reason",)), outsider))
    assert [row["reason"] for row in body["rows"]] == ["Access"]
    assert body["left_out"].startswith("Without the deal")
