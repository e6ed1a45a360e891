"""How long a template takes: assumed at first, learned as debriefs are submitted."""

from datetime import UTC, datetime

import pytest

from deals.models import Outcome
from debriefs.estimates import ASSUMED, FACTOR, OWN, Completion, Minutes, learned, minutes_of
from debriefs.queries.templates import limits_of, measured_pace
from debriefs.questions import default_version, definition_of
from people.models import User
from tests.debriefs.templates import asks, defined, rule, section
from tests.factories import closed_deal, submitted_debrief

RATING, LONG = "rating", "long_text"
PACE = {OWN: 60, FACTOR: 10, RATING: 30, LONG: 90}


def debriefs(count: int, *, ratings: int, texts: int, factors: int) -> list[Completion]:
    """As many debriefs by people who take exactly the seconds of PACE."""
    parts = {OWN: 1, RATING: ratings, LONG: texts, FACTOR: factors}
    seconds = sum(PACE[part] * times for part, times in parts.items())
    return [Completion(seconds, parts)] * count


def test_without_debriefs_the_seconds_are_those_assumed() -> None:
    assert (learned([]).seconds, learned([]).completions) == (ASSUMED, 0)


def test_many_debriefs_of_different_length_teach_the_seconds_of_each_part() -> None:
    pace = learned(
        debriefs(200, ratings=9, texts=1, factors=9)
        + debriefs(200, ratings=2, texts=2, factors=0)
        + debriefs(200, ratings=0, texts=1, factors=3)
        + debriefs(200, ratings=5, texts=0, factors=5)
    )
    assert {part: round(pace.seconds[part]) for part in PACE} == pytest.approx(PACE, abs=4)
    assert pace.completions == 800
    assert pace.seconds["scale"] == ASSUMED["scale"]


def test_few_debriefs_move_it_little_and_none_moves_it_without_bounds() -> None:
    one = learned([Completion(400, {OWN: 1, LONG: 1})])
    assert ASSUMED[LONG] < one.seconds[LONG] < 2 * ASSUMED[LONG]
    asleep = learned([Completion(3600, {OWN: 1, LONG: 1})] * 300)
    assert asleep.seconds[LONG] == 4 * ASSUMED[LONG]


def test_minutes_count_what_the_path_asks_at_first() -> None:
    both = defined(
        section("one", *(asks(f"q{n}", LONG, required=n == 0) for n in range(6))),
        section("two", asks("won_only", LONG)),
        rules=[rule("show", "two", "outcome", "won")],
    )
    pace = learned([])
    assert minutes_of(both, pace, outcome=Outcome.NO_DECISION) == Minutes(all=6, required=3)
    assert minutes_of(both, pace, outcome=Outcome.WON) == Minutes(all=7, required=3)


def test_the_pace_is_measured_on_first_submissions_by_the_kinds_answered(
    defaults: None, rep: User
) -> None:
    for minute in range(3):
        debrief = submitted_debrief(
            closing=closed_deal(owner=rep),
            answers={"objections": {"rating": "no"}, "do_differently": {"text": "More."}},
            factors={"timing": -1},
            submitted_at=datetime(2026, 3, 11, 9, minute, tzinfo=UTC),
        )
        assert debrief.current_version
        debrief.current_version.seconds_to_fill = 900
        debrief.current_version.save(update_fields=["seconds_to_fill"])
    pace = measured_pace()
    assert pace.completions == 3
    assert pace.seconds[RATING] > ASSUMED[RATING]
    assert pace.seconds["date"] == ASSUMED["date"]
    limits = limits_of(definition_of(default_version().pk))
    assert (limits.questions, limits.required, limits.learned_from) == (12, 1, 3)
