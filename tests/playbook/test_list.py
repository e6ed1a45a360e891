"""The playbook's list: order, pages, facets, cost."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from deals.models import Outcome
from debriefs.models import Debrief
from people.models import Team, User
from playbook import counts, queries
from playbook.forms import PlaybookForm
from playbook.query import PlaybookQuery
from playbook.services import refresh_entries
from tests.factories import (
    AccountFactory,
    ClosingFactory,
    CompetitorFactory,
    LossReasonFactory,
    MembershipFactory,
    ProductFactory,
    StageFactory,
    closed_deal,
    submitted_debrief,
)
from tests.playbook.conftest import Listed
from trends.services import rebuild
from trends.snapshot import store

pytestmark = pytest.mark.django_db

SIGNED_IN_QUERIES = 1  # the user; sessions stand in the cache
Fill = Callable[[int], list[Debrief]]


@pytest.fixture
def fill(rep: User) -> Fill:
    """So many debriefs with facts of their own, two of each three on the same day."""

    def make(count: int) -> list[Debrief]:
        made = [
            submitted_debrief(
                closing=closed_deal(
                    name=f"Deal {n:02}",
                    owner=rep,
                    competitors=[CompetitorFactory.create()],
                    closing={
                        "closed_on": date(2026, 3, 1) + timedelta(days=n // 3 * 2),
                        "amount": Decimal(n // 2),
                        "outcome": Outcome.WON,
                    },
                ),
                reasons=[LossReasonFactory.create()],
                answers={"objections": {"text": "the pilot", "audience": "sales"}},
            )
            for n in range(count)
        ]
        refresh_entries([debrief.closing.deal_id for debrief in made])
        rebuild()
        return made

    return make


def ask(**address: str) -> PlaybookQuery:
    form = PlaybookForm(address)
    assert form.is_valid(), form.errors
    return form.query()


def walk(query: PlaybookQuery, viewer: User, size: int) -> list[list[int]]:
    """The pages from the first to the last, as ids of debriefs."""
    pages = []
    following: PlaybookQuery | None = query
    while following:
        page = queries.search(following, viewer, size=size)
        pages.append([hit.debrief_id for hit in page.hits])
        following = page.next
    return pages


@pytest.mark.parametrize("sort", ["newest", "oldest", "amount"])
def test_pages_hold_each_debrief_once_in_one_order(fill: Fill, rep: User, sort: str) -> None:
    fill(11)
    whole = [hit.debrief_id for hit in queries.search(ask(sort=sort), rep, size=50).hits]
    pages = walk(ask(sort=sort), rep, 3)
    assert [len(page) for page in pages] == [3, 3, 3, 2]
    assert [debrief for page in pages for debrief in page] == whole


@pytest.mark.parametrize("sort", ["newest", "oldest", "amount"])
def test_the_way_back_leads_over_the_same_pages(fill: Fill, rep: User, sort: str) -> None:
    fill(8)
    pages = walk(ask(sort=sort), rep, 3)
    last = queries.search(ask(sort=sort), rep, size=3).next
    assert last is not None
    middle = queries.search(last, rep, size=3)
    assert middle.next is not None
    back: list[list[int]] = []
    previous = queries.search(middle.next, rep, size=3).previous
    while previous:
        page = queries.search(previous, rep, size=3)
        back.append([hit.debrief_id for hit in page.hits])
        previous = page.previous
    assert back == pages[-2::-1]


def test_a_page_stays_in_its_place_when_newer_debriefs_come(
    fill: Fill, listed: Listed, rep: User
) -> None:
    fill(6)
    second = queries.search(ask(), rep, size=3).next
    assert second is not None
    before = queries.search(second, rep, size=3).hits
    listed(deal={"closing": {"closed_on": date(2026, 11, 1)}})
    assert queries.search(second, rep, size=3).hits == before


def test_orders(listed: Listed, rep: User) -> None:
    def deal(name: str, day: int, amount: int | None) -> None:
        closing = {"closed_on": date(2026, 3, day), "amount": amount, "outcome": Outcome.WON}
        listed(deal={"name": name, "closing": closing})

    deal("a", 1, 50)
    deal("b", 3, None)
    deal("c", 2, 70)
    names = {
        sort: [hit.deal for hit in queries.search(ask(sort=sort), rep).hits]
        for sort in ("newest", "oldest", "amount")
    }
    assert names == {"newest": list("bca"), "oldest": list("acb"), "amount": list("cab")}


def test_second_views_and_reopened_deals_are_shown_when_asked_for(
    listed: Listed, rep: User, teammate: User
) -> None:
    own = listed(deal={"owner": rep})
    listed(closing=own.closing, author=teammate)
    early = listed(deal={"owner": rep})
    early.closing.reopened_at = timezone.now()
    early.closing.save()
    ClosingFactory.create(deal=early.closing.deal)
    refresh_entries([early.closing.deal_id])
    standing = queries.search(ask(), rep)
    everything = queries.search(ask(scope="all"), rep)
    assert [hit.debrief_id for hit in standing.hits] == [own.pk]
    assert {(hit.counts, hit.is_reopened) for hit in everything.hits} == {
        (True, False),
        (False, False),
        (True, True),
    }


@pytest.fixture
def varied(listed: Listed, rep: User, team: Team) -> None:
    """Six debriefs that differ in everything, one of them of a won deal that cites reasons."""
    MembershipFactory.create_batch(4, team=team)
    rivals = CompetitorFactory.create_batch(2)
    reasons = LossReasonFactory.create_batch(2)
    for n in range(6):
        account = AccountFactory.create(
            industry=["Retail", ""][n % 2], segment=["Small", "Big"][n % 2]
        )
        listed(
            deal={
                "owner": rep,
                "account": None if n == 5 else account,
                "product": None if n == 4 else ProductFactory.create(name=f"P{n % 2}"),
                "stage": StageFactory.create(name=f"S{n % 3}"),
                "competitors": rivals[: n % 3],
                "closing": {
                    "closed_on": date(2026 if n < 5 else 2025, 1 + 2 * n, 1),
                    "outcome": [Outcome.WON, Outcome.NO_DECISION][n % 2],
                },
            },
            reasons=reasons[: n % 3],
            answers={"objections": {"text": "the pilot", "audience": "sales"}},
        )
    closed_deal(owner=rep, closing={"closed_on": date(2026, 5, 5)})
    rebuild()


@pytest.mark.usefixtures("varied")
@pytest.mark.parametrize("asked", [{}, {"outcome": "lost"}, {"q": "pilot"}, {"scope": "all"}])
def test_every_facets_count_is_the_length_of_the_list_that_it_leads_to(
    rep: User, asked: dict[str, str]
) -> None:
    counted = queries.read(ask(**asked), rep).counted.counts
    wrong = [
        (facet, value, count, len(reached))
        for facet, values in counted.items()
        if facet not in asked
        for value, count in values.items()
        if len(reached := queries.search(ask(**{**asked, facet: value}), rep, size=50).hits)
        != count
    ]
    assert wrong == []


@pytest.mark.usefixtures("varied")
def test_the_engine_and_the_entries_count_alike(rep: User) -> None:
    by_engine = queries.read(ask(), rep).counted
    by_entries = queries.read(ask(q="pilot"), rep).counted
    assert by_engine.total == by_entries.total == 6
    assert {name: dict(found) for name, found in by_engine.counts.items() if name != "team"} == {
        name: dict(found) for name, found in by_entries.counts.items()
    }


@pytest.mark.usefixtures("varied")
def test_a_partner_reads_how_many_are_open_to_them(
    listed: Listed, rep: User, partner: User
) -> None:
    listed(deal={"owner": rep}, answers={"objections": {"text": "open", "audience": "company"}})
    rebuild()
    page = queries.search(ask(), partner)
    assert (page.total, page.behind, len(page.hits)) == (1, 7, 1)


@pytest.mark.parametrize("asked", [{}, {"q": "pilot"}])
def test_a_team_too_small_to_show_cannot_be_listed_either(
    fill: Fill, rep: User, manager: User, team: Team, asked: dict[str, str]
) -> None:
    fill(1)
    mine = ask(team=str(team.pk), **asked)
    with pytest.raises(PermissionDenied, match="fewer than 5 people"):
        queries.search(mine, rep)
    assert not queries.read(ask(**asked), rep).counted.counts.get("team")
    assert len(queries.search(mine, manager).hits) == 1


def test_lost_is_every_outcome_but_won(listed: Listed, rep: User) -> None:
    for outcome in Outcome:
        listed(deal={"name": outcome.value, "closing": {"outcome": outcome}})
    lost = {hit.outcome for hit in queries.search(ask(outcome="lost"), rep).hits}
    assert lost == set(Outcome) - {Outcome.WON}


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"period": "2026"}, ["2026-03-31", "2026-04-01"]),
        ({"period": "2026-Q1"}, ["2026-03-31"]),
        ({"period": "2026-04"}, ["2026-04-01"]),
        ({"since": "2026-04-01"}, ["2026-04-01"]),
        ({"until": "2026-03-31"}, ["2025-12-31", "2026-03-31"]),
    ],
)
def test_periods_are_of_the_closing_day(
    listed: Listed, rep: User, asked: dict[str, str], days: list[str]
) -> None:
    for day in (date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1)):
        listed(deal={"closing": {"closed_on": day}})
    hits = queries.search(ask(sort="oldest", **asked), rep).hits
    assert [hit.closed_on.isoformat() for hit in hits] == days


@pytest.mark.parametrize(
    ("cap", "asked"),
    [("COUNTED_WITH_WORDS", {"q": "pilot"}), ("COUNTED_AT_MOST", {"scope": "all"})],
)
def test_counts_beyond_the_cap_say_so(
    fill: Fill,
    rep: User,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    asked: dict[str, str],
) -> None:
    monkeypatch.setattr(counts, cap, 2)
    fill(3)
    page = queries.search(ask(**asked), rep)
    assert (page.total, page.is_capped, page.total_words) == (2, True, "2+")
    assert len(page.hits) == 3
    shown = signed_in(rep).get(reverse("playbook:list"), asked).content.decode()
    assert "Filters count the newest 2<" in shown


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "allowed"), [("", 5), ("?q=pilot", 5), ("?outcome=won&sort=amount", 5)]
)
def test_the_page_costs_the_same_however_long(
    fill: Fill,
    rep: User,
    signed_in: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
    address: str,
    allowed: int,
) -> None:
    fill(rows)
    client = signed_in(rep)
    store.current()
    with django_assert_num_queries(SIGNED_IN_QUERIES + allowed):
        response = client.get(reverse("playbook:list") + address)
    assert response.context["page"].total == rows


def test_chips_remove_what_they_name(
    listed: Listed, rep: User, signed_in: Callable[[User], Client]
) -> None:
    rival = CompetitorFactory.create(name="Norvik")
    listed(
        deal={"competitors": [rival]},
        answers={"objections": {"text": "pilot", "audience": "sales"}},
    )
    response = signed_in(rep).get(
        reverse("playbook:list"), {"q": "pilot", "competitor": rival.pk, "period": "2026-Q1"}
    )
    assert [(chip.label, chip.address) for chip in response.context["chips"]] == [
        ("“pilot”", f"?competitor={rival.pk}&period=2026-Q1"),
        ("Competitor met: Norvik", "?q=pilot&period=2026-Q1"),
        ("Closed in: 2026 Q1", f"?q=pilot&competitor={rival.pk}"),
    ]


def test_nonsense_in_the_address_is_a_400_that_names_it(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    response = signed_in(rep).get(reverse("playbook:list"), {"outcome": "drawn"})
    assert response.status_code == 400
    assert "“drawn” is no outcome." in response.content.decode()


def test_an_empty_playbook_says_what_comes_next(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    body = signed_in(rep).get(reverse("playbook:list")).content.decode()
    assert "The first lesson is still to be written" in body
