"""The six widgets as questions to the engine, and as SQL over the source, each over some slices."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends.query import TrendQuery

WIDGETS = (
    ("month", "lost"),
    ("reason", "mentions"),
    ("competitor", "win_rate"),
    ("stage", "lost"),
    ("segment", "win_rate"),
    ("team", "win_rate"),
)
# Columns of the month blocks that the six widgets count from, and no others.
MINIMAL = (
    *("day", "outcome", "stage", "account", "team", "debrief"),
    *("cited.row", "cited.reason", "cited.recoded", "cited.judged", "met.row", "met.competitor"),
)
# What a database administrator would add for these statements; the product needs none of them.
_INDEXES = {
    "bench_closing": """deals_closing (closed_on) INCLUDE (id, deal_id, outcome, stage_id)
        WHERE reopened_at IS NULL""",
    "bench_deal": "deals_deal (id) INCLUDE (account_id, owner_id, product_id)",
    "bench_debrief": """debriefs_debrief (closing_id)
        INCLUDE (id, author_id, submitted_at, current_version_id)""",
    "bench_cited": "debriefs_citedreason (version_id) INCLUDE (reason_id)",
    "bench_met": "deals_dealcompetitor (deal_id) INCLUDE (competitor_id)",
    "bench_account": "deals_account (id) INCLUDE (segment)",
}
_CLOSED = """
    FROM deals_closing c JOIN deals_deal d ON d.id = c.deal_id
    LEFT JOIN deals_account a ON a.id = d.account_id {join}
    WHERE c.reopened_at IS NULL AND c.closed_on BETWEEN %(since)s AND %(until)s {where}
    GROUP BY 1"""
_RATE = "SELECT {key}, count(*), count(*) FILTER (WHERE c.outcome = 'won')" + _CLOSED
_LOST = "SELECT {key}, count(*), 0" + _CLOSED
_ONLY_LOST = " AND c.outcome <> 'won'"
_MET = "JOIN deals_dealcompetitor m ON m.deal_id = c.deal_id"
_MEMBER = """
    LEFT JOIN people_membership m ON m.user_id = d.owner_id AND m.since <= c.closed_on
        AND (m.until IS NULL OR m.until > c.closed_on)"""
_CITED = """
    JOIN LATERAL (
        SELECT b.current_version_id FROM debriefs_debrief b
        WHERE b.closing_id = c.id AND b.current_version_id IS NOT NULL
        ORDER BY b.author_id IS DISTINCT FROM d.owner_id, b.submitted_at, b.id LIMIT 1
    ) b ON true
    JOIN debriefs_citedreason r ON r.version_id = b.current_version_id"""
_CONDITIONS = {
    "segment": " AND a.segment = ANY(%(segment)s)",
    "product": " AND d.product_id = ANY(%(product)s)",
    "competitor": """ AND EXISTS (SELECT FROM deals_dealcompetitor f
        WHERE f.deal_id = c.deal_id AND f.competitor_id = ANY(%(competitor)s))""",
}

Counted = tuple[int, int]


@dataclass(frozen=True)
class Slice:
    """A period with filters, whose values are ids, or labels where there are no ids."""

    name: str
    since: date
    until: date
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def queries(self) -> list["TrendQuery"]:
        from trends.query import TrendQuery

        return [
            TrendQuery(
                measure=measure, by=(name,), since=self.since, until=self.until
            ).with_filters(self.filters)
            for name, measure in WIDGETS
        ]


def grouped(cut: Slice) -> list[dict[str, Counted]]:
    """By widget and key: how many, and how many of them won. Merged names aren't resolved."""
    from django.db import connection

    given: dict[str, Any] = {"since": cut.since, "until": cut.until}
    for name, values in cut.filters.items():
        given[name] = list(values) if name == "segment" else [int(value) for value in values]
    where = "".join(_CONDITIONS[name] for name in cut.filters)
    found = []
    with connection.cursor() as cursor:
        for name, _ in WIDGETS:
            cursor.execute(_statement(name, where), given)
            found.append({str(key): (n, won) for key, n, won in cursor.fetchall() if key})
    return found


def _statement(name: str, where: str) -> str:
    lost = where + _ONLY_LOST
    month = "to_char(date_trunc('month', c.closed_on), 'YYYY-MM')"
    return {
        "month": _LOST.format(key=month, join="", where=lost),
        "reason": _LOST.format(key="r.reason_id", join=_CITED, where=lost),
        "competitor": _RATE.format(key="m.competitor_id", join=_MET, where=where),
        "stage": _LOST.format(key="c.stage_id", join="", where=lost),
        "segment": _RATE.format(key="a.segment", join="", where=where),
        "team": _RATE.format(key="m.team_id", join=_MEMBER, where=where),
    }[name]


def disagreement(cut: Slice) -> str:
    """What the engine and the SQL say differently of the slice, in words; nothing, as it should be."""
    from trends.engine import run_many

    for answer, expected in zip(run_many(cut.queries(), None), grouped(cut), strict=True):
        rows = {row.keys[0].id: row for row in answer.rows if row.keys[0].id and row.n}
        found = {str(key): row.n for key, row in rows.items()}
        if found != {key: n for key, (n, _) in expected.items()}:
            return f"{cut.name}, by {answer.query.by[0]}: {found} against {expected}"
        for key, row in rows.items():
            rate = expected[str(key)][1] / row.n
            if answer.query.measure == "win_rate" and row.value not in (None, rate):
                return f"{cut.name}, {answer.query.by[0]} {key}: {row.value} against {rate}"
    return ""


@contextmanager
def well_indexed() -> Iterator[None]:
    """The source with the indexes that serve the statements best, while it lasts."""
    from django.db import connection

    try:
        with connection.cursor() as cursor:
            for name, columns in _INDEXES.items():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")
            cursor.execute("VACUUM ANALYZE")
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {', '.join(_INDEXES)}")
