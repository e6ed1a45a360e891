"""How many debriefs a query finds and how they spread over the facets.

The plain list is what the trends count, so its figures come from the trend engine: exact,
and equal to the dashboard's. With words, a wider scope or a partner's narrower view the
entries themselves are counted, the newest 1,000 of them, with words the newest 250 (to compare
words takes as long as all else of a page already), and the page says so.
"""

import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, Count, F, Func

from people.models import User
from playbook.facets import FACETS, UNKNOWN, Counts, Facet, count_rows
from playbook.kept import Kept
from playbook.models import Owed
from playbook.query import PlaybookQuery, Scope
from playbook.teams import TeamMonths
from trends import engine
from trends.errors import TrendError, TrendRefused
from trends.groups import SMALL
from trends.query import EARLIEST, LATEST, TrendQuery
from trends.snapshot import Snapshot, store
from trends.withheld import NOTHING

COUNTED_AT_MOST = 1_000
COUNTED_WITH_WORDS = 250

_DEBRIEFED: Mapping[str, Any] = {"debrief": "submitted"}
_DIMENSIONS = {"period": "quarter"}
# Until the tally changes; the key holds the reader, since small teams hide from some.
_kept: "Kept[Counted]" = Kept(256)
# As long, and half a minute at most: the index, which is counted here, may follow the tally.
_UNTESTED_KEPT_SECONDS = 30
_kept_untested: "Kept[Mapping[str, int]]" = Kept(256)


@dataclass(frozen=True)
class Counted:
    """`total` is exact, or at least that many where it is capped; so are the facets' counts.

    `labels` names values by facet and value, where the engine did the counting; `key` then
    says all that the counts depend on beside the query. `behind` is,
    for a partner, how many debriefs there are in all, of which `total` are open to them.
    """

    total: int
    is_capped: bool
    counts: Counts
    labels: Mapping[tuple[str, str], str]
    behind: int | None = None
    key: Hashable = None

    def without(self, rows: Sequence[Mapping[str, Any]], teams: TeamMonths) -> "Counted":
        """The same, had these entries not been counted."""
        facets = tuple(FACETS.values())
        stood = [
            {**row, "team_id": teams.value_of(row["team_id"], row["closed_on"])} for row in rows
        ]
        taken = count_rows(facets, [[row[facet.column] for facet in facets] for row in stood])
        counts = {
            name: {
                value: n for value, count in counted.items() if (n := count - taken[name][value])
            }
            for name, counted in self.counts.items()
        }
        return replace(self, total=self.total - len(rows), counts=counts)


def counted_at_most(query: PlaybookQuery) -> int:
    """Of so many of the newest the figures are, where the engine can't count."""
    return COUNTED_WITH_WORDS if query.words else COUNTED_AT_MOST


def is_counted_by_engine(query: PlaybookQuery, viewer: User) -> bool:
    return viewer.in_sales and as_trend(query) is not None


def count(
    query: PlaybookQuery,
    viewer: User,
    withheld: Sequence[Mapping[str, Any]] = (),
    *,
    owed: Owed,
    teams: TeamMonths | None = None,
) -> Counted:
    """Count what `query` finds; `owed` and `teams` as in `PlaybookQuery.entries`.

    The engine counts all that sales may see; `withheld` are the entries among them that are
    kept from `viewer`, those of the closings that they owe.
    """
    asked = as_trend(query)
    try:
        if asked is None or viewer.is_partner:
            return _by_entries(query, viewer, asked, owed, teams)
        snapshot = store.current()
        versions = tuple(sorted(snapshot.versions.items()))
        counted = _kept.get(
            (versions, asked, viewer.pk, viewer.role), lambda: _counted(asked, viewer, snapshot)
        )
        if withheld:
            counted = counted.without(withheld, teams or query.team_months(viewer, snapshot))
        moment = int(time.monotonic() // _UNTESTED_KEPT_SECONDS)
        key = (versions, asked, viewer.pk, viewer.role, owed, moment)
        untested = _kept_untested.get(key, lambda: _untested(query, viewer, owed, teams))
        return replace(
            counted,
            counts={**counted.counts, "untested": untested},
            key=None if withheld else key,
        )
    except TrendRefused as refused:
        raise PermissionDenied(refused.reason) from refused
    except TrendError:
        return _by_entries(query, viewer, None, owed, teams)


def facets_for(viewer: User) -> tuple[Facet, ...]:
    return tuple(
        facet for facet in FACETS.values() if viewer.in_sales or not facet.hidden_from_partners
    )


def as_trend(query: PlaybookQuery) -> TrendQuery | None:
    """The same question to the trend engine; None where it holds what trends don't know."""
    if query.words or query.account or query.scope != Scope.STANDING:
        return None
    if not all(FACETS[name].in_trends for name in query.chosen):
        return None
    since, until = query.days
    if since and until and until < since:
        return None
    if not all(EARLIEST <= day <= LATEST for day in (since, until) if day):
        return None
    filters = {
        name: (None if value == UNKNOWN else value,)
        for name, value in query.choices
        if name != "period"
    }
    return TrendQuery("deals", since=since, until=until).with_filters(
        {**filters, **{name: (value,) for name, value in _DEBRIEFED.items()}}
    )


def _counted(asked: TrendQuery, viewer: User, snapshot: Snapshot) -> Counted:
    names = [name for name, facet in FACETS.items() if facet.in_trends]
    dimensions = {_DIMENSIONS.get(name, name): name for name in names}
    counts: dict[str, dict[str, int]] = {}
    labels: dict[tuple[str, str], str] = {}
    # What is withheld from the viewer is taken out by `without`, from rows that the page reads anyway.
    found_by = engine.facets(asked, dimensions, viewer, snapshot=snapshot, withheld=NOTHING)
    for dimension, found in found_by.items():
        name = dimensions[dimension]
        values = [(each.key.id or UNKNOWN, each) for each in found]
        if name == "team" and [value for value, _ in values] == [SMALL]:
            values = []  # Everything there is: nothing to choose by.
        counts[name] = {value: each.count for value, each in values}
        labels |= {(name, value): each.key.label for value, each in values}
    return Counted(sum(counts["period"].values()), False, counts, labels)


def _untested(
    query: PlaybookQuery, viewer: User, owed: Owed, teams: TeamMonths | None
) -> Mapping[str, int]:
    entries = query.entries(viewer, owed=owed, teams=teams).untested()
    each = Func(F("untested_ids"), function="unnest", output_field=BigIntegerField())
    counted = entries.order_by().values_list(each).annotate(entries=Count("pk"))
    return {str(reason): number for reason, number in counted}


def _by_entries(
    query: PlaybookQuery,
    viewer: User,
    asked: TrendQuery | None,
    owed: Owed,
    teams: TeamMonths | None,
) -> Counted:
    """One more row than is counted says that there are more. Teams are the engine's to count."""
    facets = [facet for facet in facets_for(viewer) if facet.name != "team"]
    newest = query.entries(viewer, owed=owed, teams=teams)
    most = counted_at_most(query)
    columns = newest.order_by("-closed_on", "-debrief").values_list(*(f.column for f in facets))
    rows = list(columns[: most + 1])
    return Counted(
        total=min(len(rows), most),
        is_capped=len(rows) > most,
        counts=count_rows(facets, rows[:most]),
        labels={},
        behind=engine.run(asked, viewer).total.n if asked else None,
    )
