"""The counts that signals rest on are those of the trend engine."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.trends.world import FIRST_DAY, build_world
from trends import engine
from trends.query import TrendQuery
from trends.services import rebuild
from trends.signals.panel import Company, Weeks, company_of
from trends.signals.series import Series, Subject, Value
from trends.snapshot import store

pytestmark = pytest.mark.django_db
TODAY = FIRST_DAY + timedelta(days=230)


@pytest.fixture
def company() -> Company:
    build_world(4, deals=700)
    rebuild()
    return company_of(store.current(), today=TODAY)


def asked(company: Company, measure: str, *by: str) -> TrendQuery:
    return TrendQuery(
        measure=measure, by=by, since=company.weeks.first, until=company.weeks.last_day
    )


def counted(company: Company, series: Series) -> tuple[int, int]:
    place = company.book.places[series]
    return int(company.book.panel.hits[place].sum()), int(company.book.panel.deals[place].sum())


MEASURES = {
    Subject.REASON: "mentions",
    Subject.WINNER: "lost",
    Subject.COMPETITOR: "deals",
    Subject.STAGE: "lost",
}


@pytest.mark.parametrize("subject", list(MEASURES))
def test_a_series_counts_what_the_engine_counts(company: Company, subject: Subject) -> None:
    query = asked(company, MEASURES[subject], subject.value)
    rows = {row.keys[0].id: (row.n, row.of) for row in engine.run(query, None).rows}
    series = [each for each in company.book.series if each.family == (subject, None)]
    assert series
    for each in series:
        assert counted(company, each) == rows[each.of.id]


def test_a_pair_counts_what_the_engine_counts_in_the_other_value(company: Company) -> None:
    pairs = [each for each in company.book.series if each.within]
    assert {each.family for each in pairs} >= {(Subject.REASON, Subject.SEGMENT)}
    for each in pairs:
        assert each.within is not None
        query = asked(company, MEASURES[each.of.subject], each.of.subject.value).where(
            **{each.within.subject.value: each.within.id}
        )
        row = engine.run(query, None).row(each.of.id)
        assert row is not None
        assert counted(company, each) == (row.n, row.of)


def test_a_segment_counts_its_losses_among_its_closed_deals(company: Company) -> None:
    segments = [each for each in company.book.series if each.of.subject is Subject.SEGMENT]
    assert segments
    for each in segments:
        where = {"segment": each.of.id}
        lost = engine.run(asked(company, "lost").where(**where), None)
        closed = engine.run(asked(company, "deals").where(**where), None)
        assert counted(company, each) == (lost.total.n, closed.total.n)


def test_each_week_holds_the_deals_of_its_seven_days(company: Company) -> None:
    query = asked(company, "lost", "week")
    weekly = Counter({row.keys[0].label: row.n for row in engine.run(query, None).rows})
    [place] = [
        company.book.places[each]
        for each in company.book.series
        if each.family == (Subject.STAGE, None)
    ][:1]
    for week, deals in enumerate(company.book.panel.deals[place].astype(int).tolist()):
        year, number, _ = company.weeks.monday(week).isocalendar()
        assert deals == weekly[f"{year}-W{number:02}"]


@pytest.mark.parametrize(
    ("today", "last_day"),
    [
        (date(2026, 11, 25), date(2026, 11, 15)),  # Wednesday: last week is not ripe
        (date(2026, 11, 26), date(2026, 11, 22)),  # Thursday: it is
        (date(2026, 11, 30), date(2026, 11, 22)),  # Monday: the new one is not
    ],
)
def test_a_week_is_ripe_four_days_after_it_is_over(today: date, last_day: date) -> None:
    assert Weeks.until(today, since=date(2026, 1, 1)).last_day == last_day


def test_weeks_begin_with_the_first_whole_one_and_reach_three_years_back() -> None:
    assert Weeks.until(date(2026, 11, 26), since=date(2026, 11, 4)).first == date(2026, 11, 9)
    old = Weeks.until(date(2026, 11, 26), since=date(2001, 1, 1))
    assert (old.count, old.last_day) == (156, date(2026, 11, 22))


def test_a_young_company_has_no_weeks_yet() -> None:
    assert Weeks.until(date(2026, 11, 26), since=date(2026, 11, 25)).count == 0


def test_values_left_out_are_in_no_series() -> None:
    build_world(4, deals=300)
    rebuild()
    company = company_of(store.current(), today=TODAY)
    out = next(each.of for each in company.book.series if each.of.subject is Subject.WINNER)
    without = company_of(store.current(), today=TODAY, leave_out={out})
    assert not any(out in (each.of, each.within) for each in without.book.series)
    assert Value(Subject.WINNER, out.id) == out
