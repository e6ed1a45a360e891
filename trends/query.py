"""One description of a trend question, shared by the address, the API, a saved view and the command."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from common.periods import Period, month_end
from trends.dimensions import DIMENSIONS, Dimension, dimension
from trends.errors import TrendError
from trends.layout import ATTRIBUTE
from trends.measures import Measure, measure, why_refused

MOST_DIMENSIONS = 2
NULL = "null"
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]

_MONTH = re.compile(r"\d{4}-\d{2}")


class ListReading(StrEnum):
    """Names after merges (`today`), or as they were recorded."""

    TODAY = "today"
    RECORDED = "recorded"


class Judgement(StrEnum):
    """Whose reasons count: the author's, or the manager's where there is one."""

    AUTHOR = "author"
    CONFIRMED = "confirmed"


class CompareWith(StrEnum):
    """`previous` is the same number of days (or whole months) just before, `year` a year earlier."""

    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True)
class TrendQuery:
    """A question: which measure, by what, over which closed deals.

    Filters choose deals, values of one dimension by "or", dimensions by "and": with
    `reason=price`, `by=reason` shows what else those deals cite. A value is an id or a
    label; None stands for unknown. `since` and `until` are closing days, both included.
    """

    measure: str = "lost"
    by: tuple[str, ...] = ()
    filters: Filters = ()
    since: date | None = None
    until: date | None = None
    compare: CompareWith | Period | None = None
    reading: ListReading = ListReading.TODAY
    judgement: Judgement = Judgement.AUTHOR

    def __post_init__(self) -> None:
        self._check_dimensions()
        self._check_days()
        for name, _ in self.filters:
            if dimension(name, field=name).is_time:
                raise TrendError(name, "Choose days with since and until.")

    def _check_dimensions(self) -> None:
        asked = measure(self.measure)
        if len(self.by) > MOST_DIMENSIONS:
            raise TrendError("by", "Ask for two dimensions at most.")
        if len(set(self.by)) < len(self.by):
            raise TrendError("by", f"“{self.by[0]}” is asked for twice.")
        if sum(each.is_time for each in self.dimensions) > 1:
            raise TrendError("by", "Ask for one dimension of time.")
        for each in self.dimensions:
            _check_pair(asked, each, others=len(self.by) > 1)

    def _check_days(self) -> None:
        for name, day in (("since", self.since), ("until", self.until)):
            if day and not EARLIEST <= day <= LATEST:
                raise TrendError(name, f"Choose a day from {EARLIEST} to {LATEST}.")
        if self.since and self.until and self.until < self.since:
            raise TrendError("until", f"The period can't end on {self.until}, before it begins.")
        if self.compare is not None and not (self.since and self.until):
            raise TrendError("compare", "Give since and until to compare with another period.")

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Worked out once: a page looks up hundreds of things by the same few queries."""
        return hash(tuple(getattr(self, each.name) for each in fields(self)))

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return tuple(dimension(name, field="by") for name in self.by)

    @property
    def asked_measure(self) -> Measure:
        return measure(self.measure)

    @property
    def period(self) -> Period | None:
        """The period, where both its ends are given."""
        return Period(self.since, self.until) if self.since and self.until else None

    @property
    def compared_period(self) -> Period | None:
        if self.compare is None or self.period is None:
            return None
        if isinstance(self.compare, Period):
            return self.compare
        if self.compare is CompareWith.PREVIOUS:
            return self.period.preceding()
        return self.period.year_before()

    @property
    def named(self) -> frozenset[str]:
        """The dimensions that it divides or filters by."""
        return frozenset(self.by) | {name for name, _ in self.filters}

    def values_of(self, name: str) -> tuple[str | None, ...]:
        """The values that the filter on `name` names, none where there is no filter."""
        return dict(self.filters).get(name, ())

    def where(self, **values: str | int | None) -> "TrendQuery":
        """The query with these filters set, each to one value."""
        return self.with_filters({name: (value,) for name, value in values.items()})

    def with_filters(self, values: Mapping[str, Iterable[str | int | None]]) -> "TrendQuery":
        """The query with these filters set; no value removes a filter."""
        merged: dict[str, tuple[str | None, ...]] = dict(self.filters)
        for name, each in values.items():
            merged[name] = tuple(None if value is None else str(value) for value in each)
        return replace(self, filters=tuple((n, v) for n, v in sorted(merged.items()) if v))

    def over(self, period: Period) -> "TrendQuery":
        """The query over another period, compared with nothing."""
        return replace(self, since=period.since, until=period.until, compare=None)

    @classmethod
    def from_params(
        cls, params: Mapping[str, Any], *, ignore: Iterable[str] = (), **defaults: Any
    ) -> "TrendQuery":
        """The query of an address, a saved view or a JSON body.

        `params` is a QueryDict, or a mapping to a text or a list of texts; names in
        `ignore` are another's, `defaults` fill what isn't named. TrendError names the
        parameter that can't be used.
        """
        found: dict[str, Any] = dict(defaults)
        filters: dict[str, tuple[str | None, ...]] = {}
        for name in params:
            if name in ignore:
                continue
            values = [value for value in _values(params, name) if value != ""]
            if name in _READERS:
                if values:
                    found[_FIELDS.get(name, name)] = _READERS[name](name, values)
            elif name in DIMENSIONS or name.startswith(ATTRIBUTE):
                if values:
                    filters[name] = tuple(None if value == NULL else value for value in values)
            else:
                raise TrendError(name, "There is no such parameter and no such dimension.")
        if filters:
            found["filters"] = tuple(sorted(filters.items()))
        return cls(**found)

    def to_params(self) -> dict[str, list[str]]:
        """The parameters that `from_params` reads back; what is as by default is left out."""
        params: dict[str, list[str]] = {}
        if self.by:
            params["by"] = [",".join(map(_written, self.by))]
        params["measure"] = [self.measure]
        for name, day in (("since", self.since), ("until", self.until)):
            if day:
                params[name] = [day.isoformat()]
        if self.compare is not None:
            params["compare"] = [
                f"{self.compare.since}..{self.compare.until}"
                if isinstance(self.compare, Period)
                else self.compare.value
            ]
        if self.reading is not ListReading.TODAY:
            params["list"] = [self.reading.value]
        if self.judgement is not Judgement.AUTHOR:
            params["judgement"] = [self.judgement.value]
        for name, values in self.filters:
            params[name] = [NULL if value is None else value for value in values]
        return params


@dataclass(frozen=True)
class Cell:
    """One cell of an answer, to see the deals behind it: dimension to value (None: unknown)."""

    values: tuple[tuple[str, str | None], ...] = field(default=())


def _check_pair(asked: Measure, each: Dimension, *, others: bool) -> None:
    if each.filter_only:
        raise TrendError("by", f"“{each.name}” can only be a filter.")
    reason = why_refused(asked.name, each)
    if reason:
        raise TrendError("measure", f"{asked.name} by {each.name}: {reason}")
    if others and asked.name == "lift":
        raise TrendError("by", "Lift goes by one dimension.")


def _values(params: Mapping[str, Any], name: str) -> list[str]:
    if hasattr(params, "getlist"):
        return list(params.getlist(name))
    value = params[name]
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _one(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise TrendError(name, "Give one value.")
    return values[0]


def _read_by(_name: str, values: list[str]) -> tuple[str, ...]:
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(
        unquote(part) if part.startswith(ATTRIBUTE) else part for part in parts if part.strip()
    )


def _written(name: str) -> str:
    """A dimension as `by` holds it: an attribute's name may have a comma or a space at its end."""
    is_plain = name == name.strip() and not {",", "%"} & set(name)
    return name if is_plain else quote(name, safe=":")


def _read_since(name: str, values: list[str]) -> date:
    return _read_day(name, _one(name, values))


def _read_until(name: str, values: list[str]) -> date:
    value = _one(name, values)
    day = _read_day(name, value)
    return month_end(day) if _MONTH.fullmatch(value) else day


def _read_day(name: str, value: str) -> date:
    """A day, or a month for its first day."""
    try:
        return date.fromisoformat(f"{value}-01" if _MONTH.fullmatch(value) else value)
    except ValueError:
        raise TrendError(
            name, f"“{value}” is no day such as 2026-03-31 and no month such as 2026-03."
        ) from None


def _read_compare(name: str, values: list[str]) -> CompareWith | Period:
    value = _one(name, values)
    if value in set(CompareWith):
        return CompareWith(value)
    since, dots, until = value.partition("..")
    if not dots:
        raise TrendError(name, "Choose previous, year, or a period such as 2026-01-01..2026-03-31.")
    try:
        return Period(_read_since(name, [since]), _read_until(name, [until]))
    except TrendError:
        raise
    except ValueError as error:
        raise TrendError(name, f"{error}.") from None


def _read_choice(kind: type[StrEnum]) -> Any:
    def read(name: str, values: list[str]) -> StrEnum:
        value = _one(name, values)
        if value not in set(kind):
            raise TrendError(name, f"“{value}” is none of {', '.join(kind)}.")
        return kind(value)

    return read


_FIELDS = {"list": "reading"}
_READERS: dict[str, Any] = {
    "by": _read_by,
    "measure": _one,
    "since": _read_since,
    "until": _read_until,
    "compare": _read_compare,
    "list": _read_choice(ListReading),
    "judgement": _read_choice(Judgement),
}
