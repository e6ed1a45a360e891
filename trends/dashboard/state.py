"""What the dashboard's address says: the period, the comparison, the filters, counts or money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from common.periods import Period, add_months, month_start, quarter_start
from trends.addresses import dashboard_address
from trends.errors import TrendError
from trends.query import CompareWith, TrendQuery

SHOW = "show"


class Show(StrEnum):
    DEALS = "deals"
    MONEY = "money"


@dataclass(frozen=True)
class Preset:
    """A period that one click chooses."""

    label: str
    period: Period


def presets(today: date) -> list[Preset]:
    month, quarter = month_start(today), quarter_start(today)
    last_quarter = Period(add_months(quarter, -3), quarter - _DAY)
    return [
        Preset("This month", Period(month, today)),
        Preset("Last month", Period(add_months(month, -1), month - _DAY)),
        Preset("This quarter", Period(quarter, today)),
        Preset("Last quarter", last_quarter),
        Preset("12 months", default_period(today)),
        Preset("This year", Period(date(today.year, 1, 1), today)),
    ]


def default_period(today: date) -> Period:
    """Eleven whole months and the running one."""
    return Period(add_months(month_start(today), -11), today)


@dataclass(frozen=True)
class DashboardState:
    """All state of the page; the address holds it, so copying the address shares it."""

    query: TrendQuery
    show: Show = Show.DEALS

    @classmethod
    def from_params(cls, params: Mapping[str, Any], *, today: date) -> "DashboardState":
        """Read an address. TrendError names the parameter that can't be used."""
        query = TrendQuery.from_params(
            params, ignore=(SHOW, "by", "measure"), **_window(params, today)
        )
        compare = query.compare or CompareWith.PREVIOUS
        return cls(replace(query, compare=compare), _show(params))

    @property
    def period(self) -> Period:
        period = self.query.period
        assert period is not None, "from_params closes the period at both ends"
        return period

    def address(self) -> str:
        """The address that gives this state again."""
        show = "" if self.show is Show.DEALS else self.show.value
        return dashboard_address(self.query, show=show)

    def over(self, period: Period) -> "DashboardState":
        return replace(self, query=replace(self.query, since=period.since, until=period.until))

    def showing(self, show: Show) -> "DashboardState":
        return replace(self, show=show)

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
    def time_dimension(self) -> str:
        """Weeks, months or quarters: whichever gives a chart between 8 and 36 columns."""
        if self.period.days <= 92:
            return "week"
        return "month" if self.period.days <= 3 * 366 else "quarter"


def _window(params: Mapping[str, Any], today: date) -> dict[str, date]:
    """The days where the address names none: up to today, or the year up to `until`."""
    named = TrendQuery.from_params({name: params.get(name) for name in ("since", "until")})
    if named.until:
        return {"since": add_months(month_start(named.until), -11)}
    if named.since and named.since > today:
        raise TrendError("since", f"{named.since} lies ahead: nothing has closed since.")
    return {"since": default_period(today).since, "until": today}


def _show(params: Mapping[str, Any]) -> Show:
    value = params.get(SHOW) or Show.DEALS
    if value not in set(Show):
        raise TrendError(SHOW, f"“{value}” is neither deals nor money.")
    return Show(value)


_DAY = date(2000, 1, 2) - date(2000, 1, 1)
