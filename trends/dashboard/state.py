"""What a dashboard page's address says: the period, the comparison, the filters, counts or money.

The state goes along from page to page: `on` is the same state on another one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from django.urls import reverse_lazy

from common.periods import Period, add_months, month_start, quarter_start
from trends.addresses import page_address
from trends.errors import TrendError
from trends.query import CompareWith, TrendQuery

SHOW, PERIOD = "show", "period"
QUESTION = ("measure", "by")
# A form can't write “a..b”: it says `compare=other` and the two days.
OTHER, OTHER_DAYS = "other", ("compare_since", "compare_until")
CHOICES, WHOLE = "choices", "whole"
OWN = (SHOW, PERIOD, CHOICES, WHOLE, *OTHER_DAYS)
OVERVIEW = reverse_lazy("trends:dashboard")


class Show(StrEnum):
    DEALS = "deals"
    MONEY = "money"


@dataclass(frozen=True)
class Preset:
    """A period that one click chooses. `key` names it in an address that moves with the day."""

    key: str
    label: str
    period: Period


def presets(today: date) -> list[Preset]:
    month, quarter = month_start(today), quarter_start(today)
    last_quarter = Period(add_months(quarter, -3), quarter - _DAY)
    return [
        Preset("month", "This month", Period(month, today)),
        Preset("last-month", "Last month", Period(add_months(month, -1), month - _DAY)),
        Preset("quarter", "This quarter", Period(quarter, today)),
        Preset("last-quarter", "Last quarter", last_quarter),
        Preset("12-months", "12 months", default_period(today)),
        Preset("year", "This year", Period(date(today.year, 1, 1), today)),
    ]


def default_period(today: date) -> Period:
    """Eleven whole months and the running one."""
    return Period(add_months(month_start(today), -11), today)


@dataclass(frozen=True)
class DashboardState:
    """All state of a page; the address holds it, so copying the address shares it.

    `choices` is the dimension whose values the panel of filters was asked for, `is_whole` whether all
    figures are wanted at once: links leave both out.
    """

    query: TrendQuery
    show: Show = Show.DEALS
    path: str = ""
    asks: bool = False
    choices: str = ""
    is_whole: bool = False

    @classmethod
    def from_params(
        cls,
        params: Mapping[str, Any],
        *,
        today: date,
        path: str = "",
        asks: bool = False,
        **start: Any,
    ) -> "DashboardState":
        """Read the address of the page at `path`. TrendError names the parameter that can't be used.

        Where the page `asks`, its address names measure and dimensions too; `start` is what it
        asks until then.
        """
        other = _other_days(params)
        ignore = (*OWN, *(() if asks else QUESTION), *(("compare",) if other else ()))
        query = TrendQuery.from_params(params, ignore=ignore, **_window(params, today), **start)
        compare = other or query.compare or CompareWith.PREVIOUS
        query, choices = replace(query, compare=compare), _one(params, CHOICES)
        return cls(query, _show(params), path, asks, choices, bool(_one(params, WHOLE)))

    @property
    def period(self) -> Period:
        period = self.query.period
        assert period is not None, "from_params closes the period at both ends"
        return period

    def address(self) -> str:
        """The address that gives this state again."""
        show = "" if self.show is Show.DEALS else self.show.value
        path = self.path or str(OVERVIEW)
        return page_address(path, self.query, asks=self.asks, show=show)

    def params(self) -> list[tuple[str, str]]:
        """The parameters of the address, for a form that leads back to it."""
        return parse_qsl(self.address().partition("?")[2])

    def on(self, path: str) -> "DashboardState":
        """The same state on another page, which has questions of its own."""
        return replace(self, path=path, asks=False, choices="", is_whole=False)

    def asked(self, measure: str, by: tuple[str, ...]) -> "DashboardState":
        """The same state with another question in its address."""
        return replace(self, query=replace(self.query, measure=measure, by=by), asks=True)

    def over(self, period: Period) -> "DashboardState":
        return replace(self, query=replace(self.query, since=period.since, until=period.until))

    def filtered(self, name: str, values: Iterable[str | None]) -> "DashboardState":
        """With this filter in place of the one on the same dimension; no value removes it."""
        return replace(self, query=self.query.with_filters({name: values}))

    def without_filters(self) -> "DashboardState":
        return replace(self, query=replace(self.query, filters=()))

    def asking(self, measure: str, *by: str, compared: bool = False) -> TrendQuery:
        """The trend query of one figure or chart of the page."""
        compare = self.query.compare if compared else None
        return replace(self.query, measure=measure, by=by, compare=compare)

    @property
    def is_by_person(self) -> bool:
        """Whether the page rests on who answers for whom today, which no tally tells."""
        return "rep" in self.query.named or self.choices == "rep"

    @property
    def other_days(self) -> Period | None:
        """The days compared with, where they are neither those just before nor a year before."""
        return self.query.compare if isinstance(self.query.compare, Period) else None

    @property
    def time_dimension(self) -> str:
        """Weeks, months or quarters: whichever gives a chart between 8 and 36 columns."""
        if self.period.days <= 92:
            return "week"
        return "month" if self.period.days <= 3 * 366 else "quarter"


def _window(params: Mapping[str, Any], today: date) -> dict[str, date]:
    """The days where the address names none: a named period's, up to today, or the year to `until`."""
    named = TrendQuery.from_params({name: params.get(name) for name in ("since", "until")})
    moving = _one(params, PERIOD)
    if moving and not (named.since or named.until):
        period = _preset(moving, today).period
        return {"since": period.since, "until": period.until}
    if named.until:
        return {"since": add_months(month_start(named.until), -11)}
    if named.since and named.since > today:
        raise TrendError("since", f"{named.since} lies ahead: nothing has closed since.")
    return {"since": default_period(today).since, "until": today}


def _one(params: Mapping[str, Any], name: str) -> str:
    """The last value of a parameter, of an address or of a saved view; empty for none."""
    value = params.get(name) or ""
    return str(value[-1]) if isinstance(value, list | tuple) else str(value)


def _other_days(params: Mapping[str, Any]) -> Period | None:
    """The days to compare with, as the panel's form names them."""
    if _one(params, "compare") != OTHER:
        return None
    first, last = (_one(params, name) for name in OTHER_DAYS)
    if not (first and last):
        raise TrendError("compare", "Give both days of the period to compare with.")
    try:
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise TrendError("compare", f"These days are no period: {error}.") from None


def _preset(key: str, today: date) -> Preset:
    known = {each.key: each for each in presets(today)}
    if key not in known:
        raise TrendError(PERIOD, f"“{key}” is none of {', '.join(known)}.")
    return known[key]


def _show(params: Mapping[str, Any]) -> Show:
    value = _one(params, SHOW) or Show.DEALS
    if value not in set(Show):
        raise TrendError(SHOW, f"“{value}” is neither deals nor money.")
    return Show(value)


_DAY = date(2000, 1, 2) - date(2000, 1, 1)
