"""An answer as JSON and as words: what the API, the command and exports share."""

from decimal import Decimal
from typing import Any

from common.periods import Period
from trends.measures import Unit
from trends.results import Compared, Coverage, Key, Row, TrendResult, Value
from trends.statistics import fewest


def as_json(result: TrendResult) -> dict[str, Any]:
    """The body of GET /api/v1/trends. Amounts are decimals as text, rates 0 to 1."""
    query = result.query
    return {
        "measure": query.measure,
        "by": list(query.by),
        "list": query.reading.value,
        "judgement": query.judgement.value,
        "period": _period(result.period),
        "compared_period": _period(result.compared_period),
        "partial": result.partial,
        "filters": {each.dimension: [_key(key) for key in each.values] for each in result.filters},
        "scope": result.scope or None,
        "left_out": result.left_out or None,
        "denominator": result.denominator,
        "overlapping": result.overlapping,
        "currency": result.currency,
        "rows": [row_as_json(result, row) for row in result.rows],
        "total": row_as_json(result, result.total),
        "coverage": _coverage(result.coverage),
        "loss_coverage": _coverage(result.loss_coverage),
        "not_debriefed": result.undebriefed,
        "fewest": fewest(),
        "latest_closed_on": result.latest_closed_on.isoformat()
        if result.latest_closed_on
        else None,
        "brought_up_to_date_at": result.as_of.isoformat() if result.as_of else None,
    }


def row_as_json(result: TrendResult, row: Row) -> dict[str, Any]:
    """A key for each dimension asked for, with its label (null: unknown), then the figures."""
    found: dict[str, Any] = {}
    for name, key in zip(result.query.by, row.keys, strict=False):
        found[name] = None if key.id is None else key.label
        found[f"{name}_id"] = key.id
    found |= {"n": row.n, "value": _value(row.value)}
    if row.of is not None:
        found |= {"of": row.of, "share": row.share}
    found |= _uncertainty(row)
    if row.in_wins is not None:
        found |= {"in_wins": row.in_wins[0], "of_wins": row.in_wins[1]}
    if row.unknown or result.query.asked_measure.unit in (Unit.MONEY, Unit.DAYS):
        found |= {"unknown": row.unknown, "unknown_share": row.unknown_share}
    if row.untested is not None:
        found["untested"] = {"n": row.untested.n, "value": _value(row.untested.value)}
    for flag in ("too_few", "partial"):
        if getattr(row, flag):
            found[flag] = True
    if row.compared is not None:
        found["compared"] = _compared(row.compared)
    return found


def _uncertainty(row: Row) -> dict[str, Any]:
    """The interval, and the bounds that missing debriefs leave, where there are any."""
    found: dict[str, Any] = {}
    if row.low is not None:
        found |= {"low": _value(row.low), "high": _value(row.high)}
    if row.bounds and row.covered:
        found |= {"not_debriefed": row.covered.missing}
        found |= {"share_if_none": row.bounds[0], "share_if_all": row.bounds[1]}
    return found


def shown_value(result: TrendResult, row: Row) -> str:
    """A value as a person reads it."""
    if row.value is None:
        return "too few" if row.too_few else _without_value(row)
    unit = result.query.asked_measure.unit
    if unit is Unit.RATE:
        return f"{float(row.value):.1%}"
    if unit is Unit.MONEY:
        return f"{row.value:,.{result.decimals}f} {result.currency}"
    if unit is Unit.RATIO:
        return f"{float(row.value):.2f}"
    return f"{row.value:,}"


def shown_interval(result: TrendResult, row: Row) -> str:
    """The interval as a person reads it, in the unit of the value or in percent of the share."""
    if row.low is None:
        return ""
    unit = result.query.asked_measure.unit
    if row.high is None:
        return f"{float(row.low):.2f} and more"
    if unit is Unit.MONEY:
        return f"{row.low:,.{result.decimals}f} to {row.high:,.{result.decimals}f}"
    factor = 1 if unit in (Unit.DAYS, Unit.RATIO) else 100
    return f"{row.low * factor:.2f} to {row.high * factor:.2f}"


def _without_value(row: Row) -> str:
    return "unknown" if row.in_wins is None else "only in losses"


def _compared(compared: Compared) -> dict[str, Any]:
    return {
        "n": compared.n,
        "value": _value(compared.value),
        "difference_low": compared.low,
        "difference_high": compared.high,
        "verdict": compared.verdict.value if compared.verdict else None,
    }


def _value(value: Value) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _key(key: Key) -> str | None:
    return None if key.id is None else key.label


def _period(period: Period | None) -> dict[str, str] | None:
    if period is None:
        return None
    return {"since": period.since.isoformat(), "until": period.until.isoformat()}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "closed": coverage.closed,
        "debriefed": coverage.debriefed,
        "dismissed": coverage.dismissed,
        "missing": coverage.missing,
        "rate": coverage.rate,
    }
