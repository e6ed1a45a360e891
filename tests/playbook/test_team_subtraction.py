"""The attacker of tests/trends/test_subtraction.py asks the playbook: any list by team, and any facet.

Debriefs of the same random companies are cells of team, day and product; some are second views,
and some are of closings whose deals were opened again, which the tally doesn't know.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from deals.models import Outcome
from people.models import User
from playbook import counts
from playbook import query as asking
from playbook.counts import count
from playbook.kept import Kept
from playbook.models import Owed, PlaybookEntry
from playbook.query import PlaybookQuery, Scope
from tests.trends import test_subtraction as attack
from trends.codec import Column, Columns
from trends.groups import SMALL
from trends.layout import DEBRIEF_STATES, SUBMITTED

pytestmark = pytest.mark.django_db

COMPANIES = 20
QUESTIONS = 30
SECOND_VIEW, REOPENED = 10, 20  # added to a product: cells of their own
Cell = tuple[int, date, int]


@dataclass(frozen=True)
class Playbook:
    asked: attack.Company
    cells: dict[int, Cell]
    """The cell of each entry."""

    @property
    def places(self) -> dict[Cell, int]:
        return {cell: place for place, cell in enumerate(sorted(set(self.cells.values())))}


@pytest.fixture
def listed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playbook]:
    """The entries have no deals behind them, so they go before foreign keys are looked at."""
    asked = debriefed(attack.company(Random(request.param)))
    store = SimpleNamespace(current=lambda: asked.snapshot)
    monkeypatch.setattr(counts, "store", store)
    monkeypatch.setattr(asking, "store", store)
    for kept in ("_kept", "_kept_untested"):
        monkeypatch.setattr(counts, kept, Kept(0))
    cells = dict(enumerate(_cells(asked), start=1))
    PlaybookEntry.objects.bulk_create(_entry(pk, cell) for pk, cell in cells.items())
    yield Playbook(asked, cells)
    PlaybookEntry.objects.all().delete()


def debriefed(asked: attack.Company) -> attack.Company:
    """The same, each deal with a submitted debrief."""
    assert DEBRIEF_STATES[SUBMITTED] == "submitted"
    months = tuple(
        replace(
            month,
            block=Columns(
                {**month.block.columns, "debrief": np.full(len(month), SUBMITTED)},
            ),
        )
        for month in asked.snapshot.months
    )
    return replace(asked, snapshot=replace(asked.snapshot, months=months))


def _cells(asked: attack.Company) -> Iterator[Cell]:
    for (team, day, product), n in asked.cells.items():
        yield from [(team, day, product)] * n
        if product == 1:
            yield team, day, product + SECOND_VIEW
    people = asked.snapshot.labels
    for team in sorted({node.id for node in people.teams} | {team for team, _, _ in asked.cells}):
        for day in attack.DAYS[::2]:
            if attack._has_members(people, team, [day, day]) or (not team and asked.alone):
                yield team, day, 1 + REOPENED


def _entry(pk: int, cell: Cell) -> PlaybookEntry:
    team, day, product = cell
    return PlaybookEntry(
        debrief_id=pk,
        deal_id=pk,
        closing_id=pk,
        counts=not SECOND_VIEW < product < REOPENED,
        is_current=product < REOPENED,
        open_to_company=True,
        closed_on=day,
        outcome=Outcome.NO_DECISION,
        product_id=product % 10,
        team_id=team or None,
        competitor_ids=[],
        reason_ids=[],
        company_words="",
        sales_words="",
    )


def questions(random: Random, book: Playbook) -> Iterator[PlaybookQuery]:
    """Lists of any team or of all, over any days, of any product, with second views and without."""
    teams = [str(node.id) for node in book.asked.snapshot.labels.teams]
    for scope in Scope:
        for team in (*teams, SMALL, "null"):
            yield PlaybookQuery(choices=(("team", team),), scope=scope)
    for _ in range(QUESTIONS):
        since = attack.FIRST + timedelta(days=random.choice((0, 0, 10, 30, 45, 61)))
        choices = []
        if random.random() < 0.7:
            choices.append(("team", random.choice([*teams, SMALL, "null"])))
        if random.random() < 0.3:
            choices.append(("product", random.choice("12")))
        yield PlaybookQuery(
            choices=tuple(choices),
            since=since,
            until=since + timedelta(days=random.choice((10, 29, 45, 60, 91))),
            scope=random.choice(list(Scope)),
        )


def equations(book: Playbook, query: PlaybookQuery, viewer: User) -> Iterator[Column]:
    """What a list and the facets beside it count; each facet's is the list that it leads to."""
    try:
        told = count(query, viewer, owed=Owed())
    except PermissionDenied:
        return
    yield _listed(book, query, viewer, told.total)
    if "team" not in query.chosen:
        for team, n in told.counts.get("team", {}).items():
            narrowed = replace(query, choices=(*query.choices, ("team", team)))
            yield _listed(book, narrowed, viewer, n)


def _listed(book: Playbook, query: PlaybookQuery, viewer: User, n: int) -> Column:
    """The equation of a list: whole cells, as many entries as were told."""
    ids = list(query.entries(viewer, owed=Owed()).values_list("pk", flat=True))
    assert len(ids) == n
    found = np.zeros(len(book.places))
    found[[book.places[book.cells[pk]] for pk in ids]] = 1
    return found


@pytest.mark.parametrize("listed", range(COMPANIES), indirect=True)
def test_no_lists_together_are_about_fewer_than_five_people(listed: Playbook) -> None:
    random = Random(len(listed.cells))
    viewer = listed.asked.viewer
    told = [row for query in questions(random, listed) for row in equations(listed, query, viewer)]
    known = _basis(np.unique(np.array(told), axis=0))
    for group, days in largest(small_groups(listed)):
        others = [
            place
            for (team, day, _), place in listed.places.items()
            if not (team in group and day in days)
        ]
        assert np.linalg.matrix_rank(known[:, others]) == len(known), (group, days)


def _basis(rows: Column) -> Column:
    """As few rows as say the same."""
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    found: Column = basis[sizes > sizes[0] * 1e-9]
    return found


def small_groups(book: Playbook) -> Iterator[tuple[set[int], list[date]]]:
    """The attacker's small groups, of who closed anything, opened again or not.

    A list of all teams is whole: those are left out that hold all who closed what stands, or
    all who closed what was opened again.
    """
    asked = replace(book.asked, cells=dict.fromkeys(book.cells.values(), 1))
    for group, days in attack.small_groups(asked):
        there = [(team, product > REOPENED) for team, day, product in asked.cells if day in days]
        for kind in (False, True):
            theirs = {team for team, is_kind in there if is_kind is kind} - asked.managed
            if theirs and theirs <= group:
                break
        else:
            yield group, days


def largest(groups: Iterable[tuple[set[int], list[date]]]) -> list[tuple[set[int], list[date]]]:
    """Those that no other holds: what is about a part of a group is about the group."""
    every = list(groups)
    return [
        (group, days)
        for group, days in every
        if not any(group < other and days == since for other, since in every)
    ]
