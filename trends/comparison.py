"""Rows beside those of another period, and whether what differs is more than chance."""

from collections.abc import Mapping
from decimal import Decimal

from trends import statistics
from trends.dimensions import dimension
from trends.results import Compared, Row, Verdict
from trends.rows import Rows


def compared(
    rows: list[Row], total: Row, before: Rows, days: tuple[int, int]
) -> tuple[list[Row], Row]:
    """Each row beside its like of the other period; periods are paired by their place."""
    others = before.all()
    times = [n for n, name in enumerate(before.query.by) if dimension(name, field="by").is_time]

    def like(row: Row, ordinal: Mapping[str | None, int]) -> tuple[object, ...]:
        return tuple(ordinal[key.id] if n in times else key.id for n, key in enumerate(row.keys))

    found = {like(row, _ordinals(others, times)): row for row in others}
    ordinals = _ordinals(rows, times)
    paired = [_beside(row, found.get(like(row, ordinals)), days) for row in rows]
    return paired, _beside(total, before.total(), days)


def _ordinals(rows: list[Row], times: list[int]) -> dict[str | None, int]:
    seen = sorted({row.keys[n].id or "" for row in rows for n in times})
    return {value: place for place, value in enumerate(seen)}


def _beside(row: Row, other: Row | None, days: tuple[int, int]) -> Row:
    other = other or Row(row.keys, n=0, value=0 if isinstance(row.value, int) else None, of=None)
    low, high, verdict = _difference(row, other, days)
    return row._replace(compared=Compared(other.n, other.value, low, high, verdict))


def _difference(
    row: Row, other: Row, days: tuple[int, int]
) -> tuple[float | None, float | None, Verdict | None]:
    if row.in_wins is not None or isinstance(row.value, Decimal) or row.unknown:
        return None, None, None
    if row.share is not None and other.share is not None and row.of and other.of:
        if min(row.of, other.of) < statistics.fewest():
            return None, None, None
        hits = round(row.share * row.of), row.of, round(other.share * other.of), other.of
        low, high = statistics.newcombe(*hits)
        verdict = Verdict.UP if low > 0 else Verdict.DOWN if high < 0 else Verdict.UNCLEAR
        return low, high, verdict
    if row.of is None and isinstance(row.value, int):
        way = statistics.count_changed(row.n, days[0], other.n, days[1])
        return None, None, (Verdict.DOWN, Verdict.UNCLEAR, Verdict.UP)[way + 1]
    return None, None, None
