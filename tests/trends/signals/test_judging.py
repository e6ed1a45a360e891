"""Which changes are told, how, and how they are over."""

import numpy as np
import pytest

from tests.trends.signals.companies import WEEKS, book, reason, steady, stepped, winner
from trends.signals.book import Book
from trends.signals.judging import Kind, Standing, look
from trends.signals.scan import DOWN, UP
from trends.signals.series import Series, Subject, Value
from trends.signals.shape import Change, Ending, ending_of
from trends.signals.standing_out import standing_out, still_stands_out

A_WEEK = 25.0


def test_a_company_in_which_nothing_changes_is_told_nothing() -> None:
    quiet = book({reason(name): (steady(3), A_WEEK) for name in "abc"})
    assert look(quiet, WEEKS) == []


@pytest.mark.parametrize(("after", "direction"), [(6.0, UP), (0.5, DOWN)], ids=["rise", "fall"])
def test_a_step_is_told_with_its_onset_and_its_figures(after: float, direction: int) -> None:
    changed = book(
        {reason("price"): (stepped(2.5, after, 110), A_WEEK), reason("other"): (steady(3), A_WEEK)}
    )
    [finding] = look(changed, WEEKS)
    assert changed.series[finding.place] == reason("price")
    assert (finding.kind, finding.direction) == (Kind.LEVEL, direction)
    assert abs(finding.change.onset - 110) <= 1
    assert finding.change.hits == pytest.approx(20 * after, abs=3)
    assert finding.change.a_quarter_before == pytest.approx(2.5 * 13, abs=1)
    assert finding.once_in_quarters >= finding.any_once_in_quarters > 4


def test_a_steady_rise_is_a_drift() -> None:
    growing = [2.0 if week < 90 else 2 + 6 * (week - 90) / 40 for week in range(WEEKS)]
    [finding] = look(book({reason("price"): (steady(growing), A_WEEK)}), WEEKS)
    assert finding.kind is Kind.DRIFT


def test_three_deals_with_what_was_never_there_have_arrived() -> None:
    hits = np.zeros(WEEKS)
    hits[[122, 125, 128]] = 1
    [finding] = look(book({winner("norvik"): (hits, A_WEEK)}), WEEKS)
    assert (finding.kind, finding.change.hits, finding.change.hits_before) == (Kind.NEW, 3, 0)


def test_what_was_there_once_before_has_not_arrived() -> None:
    hits = np.zeros(WEEKS)
    hits[[40, 122, 125, 128]] = 1
    rivals = {winner(name): (steady(2), A_WEEK) for name in "abcdef"}
    assert look(book({winner("norvik"): (hits, A_WEEK), **rivals}), WEEKS) == []


def test_what_only_one_segment_changed_is_told_of_the_segment_and_once() -> None:
    here, elsewhere = stepped(0.5, 3, 105), steady(1.5)
    changed = book(
        {
            winner("norvik"): (here + elsewhere, A_WEEK),
            winner("norvik", "mid"): (here, 10.0),
            winner("norvik", "small"): (elsewhere, 15.0),
        }
    )
    [finding] = look(changed, WEEKS)
    assert changed.series[finding.place] == winner("norvik", "mid")
    assert [changed.series[place] for place in finding.likewise] == [winner("norvik")]


def test_what_changed_everywhere_is_told_of_the_whole_and_once() -> None:
    parts = {name: stepped(1, 3, 105) for name in ("mid", "small")}
    changed = book(
        {winner("norvik"): (parts["mid"] + parts["small"], A_WEEK)}
        | {winner("norvik", name): (hits, A_WEEK / 2) for name, hits in parts.items()}
    )
    [finding] = look(changed, WEEKS)
    assert changed.series[finding.place] == winner("norvik")


def test_what_others_lose_to_a_winner_is_no_change_of_theirs() -> None:
    changed = book(
        {
            winner("norvik"): (stepped(2, 12, 110), A_WEEK),
            winner("opengrove"): (stepped(12, 6.8, 110), A_WEEK),
        }
    )
    [finding] = look(changed, WEEKS)
    assert changed.series[finding.place] == winner("norvik")


def test_what_was_told_is_not_told_again() -> None:
    changed = book({reason("price"): (stepped(2.5, 7, 110), A_WEEK)})
    [finding] = look(changed, WEEKS - 4)
    standing = [Standing(finding.place, finding.direction)]
    assert look(changed, WEEKS, standing=standing) == []


def test_what_began_before_the_last_signal_of_a_series_was_over_is_its_end() -> None:
    back = book({reason("price"): (stepped(7, 2.5, 110), A_WEEK)})
    assert len(look(back, WEEKS)) == 1
    assert look(back, WEEKS, ended={0: 120}) == []


def test_a_change_is_over_when_the_last_quarter_is_like_before() -> None:
    rose = Change(
        onset=80, week=90, hits=70, deals=250, hits_before=200, deals_before=2_000, weeks_before=80
    )
    hits = [7.0 if 80 <= week < 105 else 2.5 for week in range(WEEKS)]
    sums = book({reason("price"): (steady(hits), A_WEEK)}).sums
    assert ending_of(rose, sums, 0, 104) is None
    assert ending_of(rose, sums, 0, WEEKS) is Ending.BACK


def test_a_change_that_stays_is_how_things_are_after_a_year_and_a_half() -> None:
    rose = Change(
        onset=40, week=50, hits=70, deals=250, hits_before=100, deals_before=1_000, weeks_before=40
    )
    sums = book({reason("price"): (stepped(2.5, 7, 40), A_WEEK)}).sums
    assert ending_of(rose, sums, 0, 40 + 77) is None
    assert ending_of(rose, sums, 0, 40 + 78) is Ending.SETTLED


def at_stage(name: str) -> Series:
    return Series(Value(Subject.STAGE, name))


def test_a_stage_with_half_as_many_again_as_the_next_stands_out() -> None:
    deadly = book(
        {at_stage("review"): (steady(8), A_WEEK), at_stage("demo"): (steady(3.5), A_WEEK)}
    )
    [found] = standing_out(deadly, WEEKS)
    assert (deadly.series[found.place], found.hits, found.next_hits) == (
        at_stage("review"),
        416,
        182,
    )
    assert still_stands_out(deadly, WEEKS, at_stage("review"))
    assert not still_stands_out(deadly, WEEKS, at_stage("demo"))


def test_few_losses_or_a_small_lead_stand_out_from_nothing() -> None:
    alike = book({at_stage("review"): (steady(4), A_WEEK), at_stage("demo"): (steady(3.5), A_WEEK)})
    few = book({at_stage("review"): (steady(0.3), 0.8), at_stage("demo"): (steady(0.1), 0.8)})
    assert standing_out(alike, WEEKS) == standing_out(few, WEEKS) == []


def with_seasons(*, this_year: float, first_year: float = 6.0) -> Book:
    """Twice in the past the same six weeks had 6 of 25 rather than 2; this year they have so many."""
    hits = [2.0] * WEEKS
    for begins, a_week in ((WEEKS - 110, first_year), (WEEKS - 58, 6.0), (WEEKS - 6, this_year)):
        hits[begins : begins + 6] = [a_week] * 6
    return book({reason("budget"): (steady(hits), A_WEEK), reason("other"): (steady(3), A_WEEK)})


def test_what_the_same_weeks_of_the_years_before_did_too_is_a_season() -> None:
    assert look(with_seasons(this_year=6), WEEKS) == []


def test_a_season_that_goes_beyond_those_before_is_told() -> None:
    [finding] = look(with_seasons(this_year=12), WEEKS)
    assert finding.change.hits == pytest.approx(72, abs=3)


def test_what_one_year_did_and_the_other_did_not_is_no_season() -> None:
    assert len(look(with_seasons(this_year=6, first_year=2), WEEKS)) == 1
