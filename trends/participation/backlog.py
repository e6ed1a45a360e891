"""The closed deals that wait for a debrief, by their age and by their amount."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from common.charts import money
from trends.addresses import deals_address
from trends.amounts import spans_around
from trends.participation.state import ParticipationState
from trends.query import TrendQuery
from trends.results import TrendResult

# Days since closing, from and to; None is open.
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("Up to 2 days", 0, 2),
    ("3 to 7 days", 3, 7),
    ("8 to 14 days", 8, 14),
    ("15 to 30 days", 15, 30),
    ("31 to 90 days", 31, 90),
    ("Over 90 days", 91, None),
)


@dataclass(frozen=True)
class Waiting:
    """Closed deals without a debrief, of one age or size. `value` sums the known amounts, in words."""

    name: str
    n: int
    value: str
    unknown: int
    href: str


def _missing(state: ParticipationState) -> TrendQuery:
    return replace(state.query, measure="deals").where(debrief="missing")


def missing_by_value(state: ParticipationState, median: TrendResult) -> dict[str, TrendQuery]:
    """The deals without a debrief by their amount in the reporting currency, unknown apart."""
    found = {
        span.in_words(): _missing(state).where(amount=str(span))
        for span in spans_around(Decimal(median.total.value or 0))
    }
    return found | {"Unknown": _missing(state).where(amount="unknown")}


def missing_by_age(state: ParticipationState, today: date) -> dict[str, TrendQuery]:
    """The deals without a debrief by their age today, as far as they closed in the period."""
    missing = _missing(state)
    found = {}
    for age, youngest, oldest in AGES:
        since = state.period.since
        if oldest is not None:
            since = max(since, today - timedelta(days=oldest))
        until = min(state.period.until, today - timedelta(days=youngest))
        if since <= until:
            found[age] = replace(missing, since=since, until=until)
    return found


def backlog(
    answers: Mapping[str, TrendResult], waiting: Mapping[str, TrendQuery]
) -> tuple[Waiting, ...]:
    """What the answers to those questions come to, each linked to its deals."""
    found = []
    for name, query in waiting.items():
        lost, won = (answers[f"{name} {side}_amount"] for side in ("lost", "won"))
        value = sum(Decimal(each.total.value or 0) for each in (lost, won))
        n = answers[f"{name} deals"].total.n
        unknown = lost.total.unknown + won.total.unknown
        shown = money(lost.currency).full(value) if n > unknown else "unknown"
        found.append(
            Waiting(name, n, shown if n else "–", unknown, deals_address(query) if n else "")
        )
    return tuple(found)
