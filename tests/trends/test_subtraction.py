"""Somebody who asks everything: no sum or difference of answers is about fewer than five people.

The attacker collects answers of pages, facets and drill-downs as linear equations over the
deals of one team, day and product. A combination of answers that is about nothing but some
teams in some month exists exactly when leaving these teams' cells out lowers the rank.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, combinations
from random import Random

import numpy as np
import pytest

from common.periods import Period, month_end
from people.models import Role, User
from trends import engine
from trends.codec import Column, Columns
from trends.counting import Frame
from trends.groups import NO_TEAM, SMALLEST_GROUP, people_by_team
from trends.labels import Belonging, Entry, Labels, TeamNode
from trends.layout import CITED_COLUMNS, DEAL_COLUMNS, MET_COLUMNS, OUTCOMES
from trends.query import TrendQuery
from trends.snapshot import EMPTY, Month, Snapshot
from trends.source import Basis, month_number

FIRST, MONTHS = date(2025, 11, 1), 3
DAYS = [
    month.replace(day=day)
    for month in (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1))
    for day in (6, 20)
]
PRODUCTS = (1, 2)
COMPANIES = 60
QUESTIONS = 40


@dataclass(frozen=True)
class Company:
    snapshot: Snapshot
    viewer: User
    managed: frozenset[int]
    cells: dict[tuple[int, date, int], int]
    alone: int

    @property
    def places(self) -> dict[tuple[int, date, int], int]:
        return {cell: place for place, cell in enumerate(self.cells)}


def company(random: Random) -> Company:
    """One to three regions of one to four teams; people come, go and move between teams.

    Now and then a few owners, or many, belong to no team.
    """
    nodes = [TeamNode(1, "Company", "company", 0, 0)]
    teams: list[int] = []
    for region in range(2, 2 + random.randint(1, 3)):
        nodes.append(TeamNode(region, f"Region {region}", "region", 1, 0))
        for _ in range(random.randint(1, 4)):
            team = 10 + len(teams)
            manager = 900 if random.random() < 0.1 else 0
            nodes.append(TeamNode(team, f"Team {team}", "team", region, manager))
            teams.append(team)
    belongings = [
        each
        for place, team in enumerate(teams)
        for person in range(random.choice((1, 2, 3, 4, 5, 6, 9)))
        for each in _stays(random, team, teams, 100 + 20 * place + person)
    ]
    labels = Labels(
        teams=tuple(nodes),
        belongings=tuple(belongings),
        products=tuple(Entry(each, f"Product {each}") for each in PRODUCTS),
    )
    alone = random.choice((0, 0, 1, 3, 6))
    cells = {
        (team, day, product): random.randint(1, 3)
        for team in [*teams, NO_TEAM]
        for days in (DAYS[:2], DAYS[2:4], DAYS[4:])
        if random.random() < 0.9 and (_has_members(labels, team, days) or (not team and alone))
        for day in days
        for product in PRODUCTS
    }
    months = tuple(_months(cells, alone))
    snapshot = Snapshot({}, months, labels, EMPTY.accounts, None, Basis("EUR", 2).name)
    managed = frozenset(node.id for node in nodes if node.manager == 900)
    return Company(snapshot, User(pk=900, role=Role.MANAGER), managed, cells, alone)


def _has_members(labels: Labels, team: int, days: list[date]) -> bool:
    return team in people_by_team(labels, Period(days[0], days[1]))


def _stays(random: Random, team: int, teams: list[int], person: int) -> Iterator[Belonging]:
    """A membership in the team, and now and then another one from some month on."""
    moved = date(2025, 12, random.choice((1, 12)))
    if random.random() < 0.7:
        yield Belonging(team, person, "2020-01-01", "9999-12-31")
    else:
        yield Belonging(team, person, "2020-01-01", moved.isoformat())
        yield Belonging(random.choice(teams), person, moved.isoformat(), "9999-12-31")


def _months(cells: dict[tuple[int, date, int], int], alone: int) -> Iterator[Month]:
    """The blocks of these deals; those of no team go round its `alone` owners."""
    rows = [cell for cell, count in cells.items() for _ in range(count)]
    for number in sorted({month_number(day) for _, day, _ in rows}):
        mine = [(n, *row) for n, row in enumerate(rows) if month_number(row[1]) == number]
        block: dict[str, Column] = {
            name: np.zeros(len(mine), dtype=np.int64) for name in DEAL_COLUMNS
        } | {name: np.zeros(0, dtype=np.int64) for name in (*CITED_COLUMNS, *MET_COLUMNS)}
        block["deal"] = block["closing"] = np.array([n for n, *_ in mine])
        block["team"] = np.array([team for _, team, _, _ in mine])
        block["owner"] = np.array(
            [0 if team else 1 + place % alone for place, (_, team, *_) in enumerate(mine)]
        )
        block["day"] = np.array([day.day for _, _, day, _ in mine])
        block["product"] = np.array([product for *_, product in mine])
        block["outcome"] = np.full(len(mine), OUTCOMES.index("no_decision"))
        yield Month(number, number, Columns(block))


def questions(random: Random, asked: Company) -> Iterator[TrendQuery]:
    """Any cut by group and time, over any days, within any groups and products."""
    groups = [str(node.id) for node in asked.snapshot.labels.teams if node.kind != "company"]
    for _ in range(QUESTIONS):
        by = random.choice(
            ((), ("team",), ("region",), ("team", "month"), ("region", "week"), ("team", "region"),
             ("product", "team"), ("month",))
        )  # fmt: skip
        since = FIRST + timedelta(days=random.choice((0, 0, 10, 30, 45, 61)))
        until = since + timedelta(days=random.choice((10, 29, 45, 60, 91)))
        filters: dict[str, list[str | None]] = {}
        if random.random() < 0.3:
            filters["product"] = ["1"]
        if random.random() < 0.4:
            filters["team"] = random.sample([*groups, "small", None], random.randint(1, 2))
        if random.random() < 0.3:
            regions = [
                str(node.id) for node in asked.snapshot.labels.teams if node.kind == "region"
            ]
            filters["region"] = [random.choice([*regions, "small", None])]
        yield TrendQuery("deals", by=by, since=since, until=until).with_filters(filters)


def equations(asked: Company, query: TrendQuery) -> Iterator[Column]:
    """Which cells each number of the answer counts; its rows, its total and its facets."""
    evaluation = engine._Evaluation(asked.snapshot, asked.viewer)
    answer = evaluation.answer(query)
    yield _counted(asked, evaluation.behind(query, {}), answer.total.n)
    for row in answer.rows:
        cell = dict(zip(query.by, (key.id for key in row.keys), strict=True))
        if row.n:
            yield _counted(asked, evaluation.behind(query, cell), row.n)
    for name in ("team", "region"):
        for facet in evaluation.facet(query, name):
            narrowed = query.with_filters({name: [facet.key.id]})
            if not (name == "team" and _is_tree(asked, facet.key.id)):
                yield _counted(asked, evaluation.behind(narrowed, {}), facet.count)


def _is_tree(asked: Company, team: str | None) -> bool:
    return any(str(node.parent) == team for node in asked.snapshot.labels.teams)


def _counted(asked: Company, frame: Frame, n: int) -> Column:
    """The equation of a frame; it counts whole cells, and as many deals as the answer says."""
    closings = set()
    for month in frame.months:
        mask = frame.mask(month)
        closings |= set(month.block["closing"][slice(None) if mask is None else mask].tolist())
    assert len(closings) == n
    found = np.zeros(len(asked.cells))
    first = 0
    for place, count in enumerate(asked.cells.values()):
        inside = len(closings & set(range(first, first + count)))
        assert inside in (0, count)
        found[place] = inside > 0
        first += count
    return found


def small_groups(asked: Company) -> Iterator[tuple[set[int], list[date]]]:
    """Teams that together are fewer than five people in a month, with the days of that month.

    Those are left out that are all who closed anything beside what the viewer answers for:
    their figures are the total's.
    """
    for offset in range(MONTHS):
        days = DAYS[2 * offset : 2 * offset + 2]
        closing = {team for team, day, _ in asked.cells if day in days} - asked.managed
        month = Period(days[0].replace(day=1), month_end(days[0]))
        people = people_by_team(asked.snapshot.labels, month)
        people[NO_TEAM] = set(range(1, 1 + asked.alone))
        groups = chain.from_iterable(combinations(sorted(closing), size) for size in (1, 2, 3, 4))
        for group in groups:
            together = set().union(*(people.get(team, set()) for team in group))
            if len(together) < SMALLEST_GROUP and set(group) != closing:
                yield set(group), days


@pytest.mark.parametrize("seed", range(COMPANIES))
def test_no_answers_together_are_about_fewer_than_five_people(seed: int) -> None:
    random = Random(seed)
    asked = company(random)
    told = [row for query in questions(random, asked) for row in equations(asked, query)]
    known = np.unique(np.array(told), axis=0)
    rank = np.linalg.matrix_rank(known)
    for group, days in small_groups(asked):
        others = [
            place
            for (team, day, _), place in asked.places.items()
            if not (team in group and day in days)
        ]
        assert np.linalg.matrix_rank(known[:, others]) == rank, (group, days)
