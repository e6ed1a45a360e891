"""What the page's address says: the period and, for managers and admins, one team."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from common.periods import Period
from people.models import User
from trends.addresses import with_query
from trends.dashboard.state import DashboardState
from trends.errors import TrendError, TrendRefused
from trends.query import TrendQuery

BEYOND = ("of", "after")


@dataclass(frozen=True)
class ParticipationState:
    """All state of the page. `query` is of coverage over the period, at most in one team."""

    query: TrendQuery

    @classmethod
    def from_params(
        cls, params: Mapping[str, Any], viewer: User, *, today: date
    ) -> "ParticipationState":
        """Read an address. TrendError names what can't be used, TrendRefused what isn't theirs."""
        if viewer.is_partner:
            raise TrendRefused("participation", "Participation is for those who sell.")
        named = {name: value for name, value in _items(params) if name not in BEYOND}
        query = DashboardState.from_params(named, today=today).query
        for name, values in query.filters:
            if name != "team":
                raise TrendError(name, "This page goes by period and team.")
            if len(values) > 1 or None in values:
                raise TrendError(name, "Give one team.")
            if not leads(viewer):
                raise TrendRefused(name, "Participation by team is for managers and admins.")
        return cls(replace(query, measure="coverage", by=(), compare=None))

    @property
    def period(self) -> Period:
        period = self.query.period
        assert period is not None, "the dashboard's state closes the period at both ends"
        return period

    @property
    def team(self) -> str | None:
        chosen = self.query.values_of("team")
        return chosen[0] if chosen else None

    def over(self, period: Period) -> "ParticipationState":
        return ParticipationState(replace(self.query, since=period.since, until=period.until))

    def address(self, name: str = "trends:participation", **more: str) -> str:
        """The page's own address, or that of another page of the same state."""
        return with_query(
            reverse(name), self.params() | {key: [value] for key, value in more.items()}
        )

    def params(self) -> dict[str, list[str]]:
        """The parameters of the address."""
        params = self.query.to_params()
        params.pop("measure", None)
        return params


def leads(viewer: User) -> bool:
    """Whether the viewer sees teams beside the whole."""
    return viewer.is_manager or viewer.is_admin


def _items(params: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if hasattr(params, "getlist"):
        return [(name, params.getlist(name)) for name in params]
    return list(params.items())
