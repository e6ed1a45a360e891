"""The chart that fits an answer: by its unit, and by whether it runs over time or crosses two dimensions."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from common.charts import (
    Bar,
    Bars,
    Cell,
    Columns,
    Dot,
    Dots,
    HeatCell,
    HeatTable,
    Lines,
    Period,
    Point,
    Reference,
    Series,
    Table,
)
from common.charts.marks import NOT_DEBRIEFED
from trends.dashboard.boards import Answers, Canvas, Widget
from trends.dashboard.coverage import (
    BOUNDS_LABEL,
    bounds_on,
    covered_by,
    hatched_columns,
    left_out,
    tells_debriefs,
    undebriefed,
    undebriefed_bar,
)
from trends.dashboard.figures import Crossed, Figure, Listing, Shown
from trends.dashboard.words import (
    bounds_words,
    chart_unit,
    deals,
    measured,
    name_of,
    short_period,
    spread,
    unknown_short,
    unknown_words,
)
from trends.measures import SAID, Unit
from trends.results import Key, Row, TrendResult

MOST_ROWS = 15
MOST_LINES = 5
MOST_CROSSED = 12
CROSSED_NOTE = "A dash: none, or too few for a figure."
NOTHING = "Nothing to count in this period under these filters."


def answered(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """The one answer of a widget in the chart that fits it."""
    return chart_of(answers[0], canvas, key=widget.key, title=widget.title, note=widget.note)


def chart_of(answer: TrendResult, canvas: Canvas, *, key: str, title: str, note: str = "") -> Shown:
    """A chart for any answer by one or two dimensions; a table of one row for none."""
    by = answer.query.dimensions
    note = " ".join(filter(None, [note, _overlap(answer)]))
    if not by:
        return total_of(answer, canvas, key=key, title=title, note=note)
    if by[0].is_time:
        return over_time(answer, canvas, key=key, title=title, note=note)
    if len(by) == 2 and by[1].is_time:
        return over_time(answer, canvas, key=key, title=title, note=note)
    if len(by) == 2:
        return crossed(answer, canvas, key=key, title=title, note=note)
    if answer.query.asked_measure.unit in (Unit.COUNT, Unit.MONEY):
        return bars(answer, canvas, key=key, title=title, note=note)
    return dots(answer, canvas, key=key, title=title, note=note)


def total_of(answer: TrendResult, canvas: Canvas, *, key: str, title: str, note: str) -> Listing:
    row = answer.total
    link = canvas.links.row(answer, row) if row.n else ""
    cells = (Cell(title), Cell(_figure(answer, row), link), Cell(f"{row.n:,}"))
    table = Table(("", answer.query.asked_measure.label, "n"), (cells,))
    return Listing(key, title, note, table, answer.query, NOTHING)


def bars(answer: TrendResult, canvas: Canvas, *, key: str, title: str, note: str) -> Figure:
    measure = answer.query.asked_measure
    rows = _telling(answer)[:MOST_ROWS]
    chart = Bars(
        key=key,
        title=title,
        description=f"{note or _denominator(answer)}{_more(answer)}",
        bars=[_bar(answer, row, canvas) for row in rows]
        + (undebriefed_bar(answer, canvas.links) if rows and tells_debriefs(answer) else []),
        unit=chart_unit(measure, answer.currency),
        row_heading=name_of(answer.query.by[0]),
        value_heading=measure.label,
        bounds_label=BOUNDS_LABEL,
    )
    return Figure(chart, answer.query, NOTHING)


def _bar(answer: TrendResult, row: Row, canvas: Canvas) -> Bar:
    """The interval of a count is that of its share, on the axis of counts."""
    of = (row.of or 0) if answer.query.asked_measure.unit is Unit.COUNT else 1
    low, high = row.whisker or (None, None)
    return Bar(
        row.keys[0].label,
        row.value,
        f"{row.keys[0].label}: {_words(answer, row)}",
        canvas.links.row(answer, row) if row.n else "",
        basis=_basis(answer, row),
        low=low * of if low is not None else None,
        high=high * of if high is not None else None,
        bounds=bounds_on(row, row.of or 0),
        bounds_words=bounds_words(row),
        is_unknown=row.keys[0].id is None,
    )


def dots(answer: TrendResult, canvas: Canvas, *, key: str, title: str, note: str) -> Figure:
    measure = answer.query.asked_measure
    rows = _telling(answer)[:MOST_ROWS]
    overall = answer.total.value
    chart = Dots(
        key=key,
        title=title,
        description=f"{note or _denominator(answer)}{_more(answer)}",
        dots=[
            Dot(
                row.keys[0].label,
                float(row.value) if row.value is not None else None,
                f"{row.keys[0].label}: {_words(answer, row)}",
                canvas.links.row(answer, row) if row.n else "",
                basis=_basis(answer, row),
                low=row.low,
                high=row.high,
            )
            for row in rows
        ],
        unit=chart_unit(measure, answer.currency),
        row_heading=name_of(answer.query.by[0]),
        value_heading=measure.label,
        reference=_reference(answer) if overall is not None and rows else None,
        extent=(0.0, 1.0) if measure.unit is Unit.RATE else None,
    )
    return Figure(chart, answer.query, NOTHING)


def over_time(answer: TrendResult, canvas: Canvas, *, key: str, title: str, note: str) -> Figure:
    """Columns of counts and sums, lines of rates and medians, a series for each value of the other."""
    at = 0 if answer.query.dimensions[0].is_time else 1
    time = answer.query.by[at]
    periods = sorted({row.keys[at] for row in answer.rows}, key=lambda each: each.label)
    rows = {tuple(key.id for key in row.keys): row for row in answer.rows}
    shown, folded = _others(answer, at)
    series = [
        Series(
            other.label if other else answer.query.asked_measure.label,
            [_point(answer, rows.get(_place(at, period, other)), canvas) for period in periods],
        )
        for other in shown
    ]
    partial = {row.keys[at] for row in answer.rows if row.partial}
    measure = answer.query.asked_measure
    summed = measure.unit in (Unit.COUNT, Unit.MONEY) and not measure.name.startswith("median")
    stacked = summed and not answer.overlapping
    if folded and stacked:
        series.append(
            Series(
                f"{len(folded):,} others",
                [_folded(answer, rows, at, period, folded, canvas) for period in periods],
            )
        )
    drawn: dict[str, Any] = {
        "key": key,
        "title": title,
        "description": f"{note or _denominator(answer)}{'' if stacked else _left_out(folded)}",
        "periods": [
            Period(each.label, short_period(time, each.label), is_partial=each in partial)
            for each in periods
        ],
        "series": series if any(row.n for row in answer.rows) else [],
        "unit": chart_unit(measure, answer.currency),
        "annotations": canvas.marked(time, periods),
        "period_heading": time.capitalize(),
    }
    if stacked:
        return Figure(Columns(**drawn), answer.query, NOTHING)
    hatched = hatched_columns(answer, at, periods, canvas.links)
    return Figure(Lines(**drawn, undebriefed=hatched), answer.query, NOTHING)


def crossed(answer: TrendResult, canvas: Canvas, *, key: str, title: str, note: str) -> Crossed:
    """A table whose cells are shaded by their value; the largest rows and columns of many."""
    down, along = (_largest(answer, place)[:MOST_CROSSED] for place in (0, 1))
    rows = {tuple(key.id for key in row.keys): row for row in answer.rows}
    first, second = (name_of(name) for name in answer.query.by)
    missing = _missing_row(answer, along, canvas)
    beside = _missing_column(answer, down, canvas)
    table = HeatTable(
        key=key,
        title=title,
        description=" ".join(
            filter(None, [note or CROSSED_NOTE, left_out(answer), _beyond(answer)])
        ),
        corner=f"{first} / {second}",
        columns=[each.label for each in along] + ([NOT_DEBRIEFED] if beside else []),
        rows=[each.label for each in down] + ([NOT_DEBRIEFED] if missing else []),
        cells=[
            [_heat(answer, rows.get((one.id, other.id)), one, other, canvas) for other in along]
            + beside.get(one, [])
            for one in down
        ]
        + missing,
        unit=chart_unit(answer.query.asked_measure, answer.currency),
    )
    return Crossed(table, answer.query, NOTHING)


def _missing_row(answer: TrendResult, along: Sequence[Key], canvas: Canvas) -> list[list[HeatCell]]:
    """Below what debriefs say, the losses without one: at most one row."""
    cells = _undebriefed_cells(answer, 1, along, canvas)
    return [list(cells.values())] if cells else []


def _missing_column(
    answer: TrendResult, down: Sequence[Key], canvas: Canvas
) -> dict[Key, list[HeatCell]]:
    """The same where what debriefs say stands in the columns: at most one cell for each row."""
    return {key: [cell] for key, cell in _undebriefed_cells(answer, 0, down, canvas).items()}


def _undebriefed_cells(
    answer: TrendResult, place: int, keys: Sequence[Key], canvas: Canvas
) -> dict[Key, HeatCell]:
    """The losses without a debrief by the dimension at `place`, if debriefs say the other one."""
    name = answer.query.by[place]
    found = covered_by(answer.rows, place) if name not in SAID else {}
    if not any(each.missing for each in found.values()):
        return {}
    query = undebriefed(answer.query, name)
    cells = {}
    for key in keys:
        missing = found[key].missing if key in found else 0
        words = f"{NOT_DEBRIEFED}, {key.label}: {deals(missing)} lost"
        cells[key] = (
            HeatCell(missing, words, canvas.links.cell(query, (key,), missing), is_hatched=True)
            if missing
            else HeatCell(None, words)
        )
    return cells


def _beyond(answer: TrendResult) -> str:
    """That a table leaves something out, where it does."""
    most = max(len(_largest(answer, place)) for place in (0, 1))
    return "The largest are shown; the CSV has all." if most > MOST_CROSSED else ""


def _heat(answer: TrendResult, row: Row | None, one: Key, other: Key, canvas: Canvas) -> HeatCell:
    where = f"{one.label}, {other.label}"
    if row is None or not row.n:
        return HeatCell(None, f"{where}: none")
    return HeatCell(row.value, f"{where}: {_words(answer, row)}", canvas.links.row(answer, row))


def _largest(answer: TrendResult, place: int) -> list[Key]:
    """The values of one dimension, most deals first, or in their own order where few."""
    sums: dict[Key, int] = {}
    for row in answer.rows:
        sums[row.keys[place]] = sums.get(row.keys[place], 0) + row.n
    found = [key for key, count in sums.items() if count]
    return found if len(found) <= MOST_CROSSED else sorted(found, key=lambda key: -sums[key])


def _others(answer: TrendResult, at: int) -> tuple[Sequence[Key | None], Sequence[Key]]:
    """The values of the other dimension that get a series each, and those that share one."""
    if len(answer.query.by) == 1:
        return [None], []
    found = sorted(_largest(answer, 1 - at), key=lambda key: -_sum_of(answer, key, 1 - at))
    most = MOST_LINES if len(found) > MOST_LINES + 1 else MOST_LINES + 1
    return found[:most], found[most:]


def _folded(
    answer: TrendResult,
    rows: dict[tuple[str | None, ...], Row],
    at: int,
    period: Key,
    others: Sequence[Key],
    canvas: Canvas,
) -> Point:
    """The small ones of a period together; they are one value each, so their deals add up."""
    found = [row for key in others if (row := rows.get(_place(at, period, key)))]
    n = sum(row.n for row in found)
    if not n:
        return Point(0, "")
    money = answer.query.asked_measure.unit is Unit.MONEY
    total = sum((Decimal(str(row.value)) for row in found if row.value is not None), Decimal(0))
    by, name = (answer.query.by[at],), answer.query.by[1 - at]
    query = replace(answer.query, by=by).with_filters({name: [key.id for key in others]})
    opens = canvas.links.cell(query, (period,), n)
    return Point(
        total if money else n,
        f"{len(others):,} others, {period.label}: {deals(n)}",
        replace(opens, amount=total) if money else opens,
    )


def _sum_of(answer: TrendResult, key: Key, place: int) -> int:
    return sum(row.n for row in answer.rows if row.keys[place] == key)


def _place(at: int, period: Key, other: Key | None) -> tuple[str | None, ...]:
    if other is None:
        return (period.id,)
    return (period.id, other.id) if at == 0 else (other.id, period.id)


def _point(answer: TrendResult, row: Row | None, canvas: Canvas) -> Point:
    if row is None:
        return Point(None, "")
    unit = answer.query.asked_measure.unit
    words = f"{', '.join(key.label for key in row.keys)}: {_words(answer, row)}"
    link = canvas.links.row(answer, row) if row.n else ""
    rated = unit is not Unit.COUNT
    low, high = (row.low, row.high) if rated else (None, None)
    return Point(row.value, words, link, low, high)


def _reference(answer: TrendResult) -> Reference | None:
    value = answer.total.value
    if value is None or answer.query.measure == "lift":
        return None
    return Reference(float(value), f"all {_figure(answer, answer.total)}")


def _telling(answer: TrendResult) -> list[Row]:
    return [row for row in answer.rows if row.n or row.unknown]


def _figure(answer: TrendResult, row: Row) -> str:
    return measured(answer.query.asked_measure, row.value, answer.currency)


def _words(answer: TrendResult, row: Row) -> str:
    """A row in words, its n always among them."""
    measure = answer.query.asked_measure
    if measure.unit is Unit.COUNT:
        return f"{row.n:,} of {row.of:,}" if row.of is not None else deals(row.n)
    if row.value is None:
        return f"{deals(row.n)}: too few for a figure"
    parts = (
        f"{measure.label.lower()} {_figure(answer, row)}, from {deals(row.n)}",
        spread(measure, row, answer.currency),
        unknown_words(row, _missing(answer)),
    )
    return "; ".join(part for part in parts if part)


def _basis(answer: TrendResult, row: Row) -> str:
    unit = answer.query.asked_measure.unit
    if row.too_few:
        return f"of {row.of:,}: too few" if unit is Unit.COUNT else f"{deals(row.n)}: too few"
    if unit is Unit.COUNT:
        return f"{row.share:.0%} of {row.of:,}" if row.share is not None else ""
    unknown = f", {unknown_short(row)}" if row.unknown else ""
    return f"of {row.n:,}{unknown}" if unit is Unit.RATE else f"{deals(row.n)}{unknown}"


def _missing(answer: TrendResult) -> str:
    return "opening" if answer.query.asked_measure.unit is Unit.DAYS else "value"


def _denominator(answer: TrendResult) -> str:
    measure = answer.query.asked_measure
    said = {Unit.COUNT: f"Shares are of {answer.denominator}, with 95% intervals."}
    return said.get(measure.unit, f"{measure.label}: of {answer.denominator}.")


def _overlap(answer: TrendResult) -> str:
    return "A deal may count in several rows." if answer.overlapping else ""


def _more(answer: TrendResult) -> str:
    beyond = len(_telling(answer)) - MOST_ROWS
    return f" {beyond:,} smaller ones are in the CSV." if beyond > 0 else ""


def _left_out(folded: Sequence[Key]) -> str:
    return f" {len(folded):,} smaller ones are in the CSV." if folded else ""
