"""One description of what is asked of the playbook: read from an address, written to one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import models

from people.models import User
from playbook import search
from playbook.cursors import Cursor, Sort
from playbook.facets import FACETS, Facet, period_of
from playbook.models import Owed, PlaybookEntry, PlaybookEntryQuerySet
from playbook.teams import TeamMonths
from trends.snapshot import Snapshot, store


class Scope(models.TextChoices):
    STANDING = "standing", "One per deal, as the trends count"
    ALL = "all", "Second views and reopened deals too"


@dataclass(frozen=True)
class PlaybookQuery:
    """Words, facets, days, scope and order. `choices` are pairs of facet and value."""

    words: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    until: date | None = None
    account: int | None = None
    scope: Scope = Scope.STANDING
    sort: Sort = Sort.NEWEST
    after: Cursor | None = None
    before: Cursor | None = None

    @cached_property
    def chosen(self) -> Mapping[str, str]:
        return dict(self.choices)

    @property
    def narrows(self) -> bool:
        """Whether anything was asked beyond the whole list."""
        return bool(self.words or self.choices or self.since or self.until or self.account)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The days asked for, those of a chosen period included."""
        since, until = self.since, self.until
        if label := self.chosen.get("period"):
            period = period_of(label)
            since = max(since, period.since) if since else period.since
            until = min(until, period.until) if until else period.until
        return since, until

    def team_months(self, viewer: User, snapshot: Snapshot | None = None) -> TeamMonths:
        """Which teams hide from `viewer` in the days asked for."""
        return TeamMonths.of(*self.days, viewer, snapshot or store.current())

    def entries(
        self, viewer: User, *, owed: Owed | None = None, teams: TeamMonths | None = None
    ) -> PlaybookEntryQuerySet:
        """All entries asked for that `viewer` may see, in no order; `owed` as in `visible_to`.

        `teams` are this query's `team_months` where the caller has them already. PermissionDenied
        when a partner asks by what they see in totals only, and for a team too small to show.
        """
        visible = PlaybookEntry.objects.visible_to(viewer, owed=owed)
        entries = self._narrowed(visible, viewer, teams)
        if not self.words:
            return entries
        return search.matching(entries, self.words, viewer=viewer, owed=owed)

    def withheld(
        self, viewer: User, *, owed: Owed, teams: TeamMonths | None
    ) -> PlaybookEntryQuerySet:
        """The entries asked for, whatever the words, that `viewer` owes a debrief before."""
        return self._narrowed(PlaybookEntry.objects.withheld_by(owed), viewer, teams)

    def _narrowed(
        self, entries: PlaybookEntryQuerySet, viewer: User, teams: TeamMonths | None
    ) -> PlaybookEntryQuerySet:
        entries = entries.closed_between(self.since, self.until)
        if self.scope == Scope.STANDING:
            entries = entries.standing()
        if self.account:
            entries = entries.filter(account=self.account)
        for name, value in self.choices:
            facet = _facet(name, viewer)
            if name == "team":
                teams = teams or self.team_months(viewer)
                entries = entries.filter(teams.condition(value))
            else:
                entries = entries.filter(facet.condition(value))
        return entries

    def first_page(self) -> "PlaybookQuery":
        return replace(self, after=None, before=None)

    def without(self, name: str) -> "PlaybookQuery":
        """The same, no longer narrowed by one facet, at its first page."""
        return replace(
            self.first_page(), choices=tuple(pair for pair in self.choices if pair[0] != name)
        )

    def address(self) -> str:
        """The query string, `?` included; the plain list is `?` alone."""
        return "?" + urlencode(self.parameters())

    def parameters(self) -> list[tuple[str, str]]:
        """What the address holds, as pairs."""
        asked: list[tuple[str, Any]] = [
            ("q", self.words),
            *self.choices,
            ("since", self.since),
            ("until", self.until),
            ("account", self.account),
            ("scope", "" if self.scope == Scope.STANDING else self.scope.value),
            ("sort", "" if self.sort == Sort.NEWEST else self.sort.value),
            ("after", self.after),
            ("before", self.before),
        ]
        return [(name, str(value)) for name, value in asked if value]


def _facet(name: str, viewer: User) -> Facet:
    facet = FACETS[name]
    if viewer.is_partner and facet.hidden_from_partners:
        raise PermissionDenied(f"{facet.title} of single deals is for sales; see the totals.")
    return facet
