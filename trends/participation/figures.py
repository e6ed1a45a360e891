"""How soon, in how many minutes and how carefully closed deals are debriefed, from one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Max

from common.periods import Period
from trends.models import VersionQuality
from trends.snapshot import store
from trends.statistics import fewest
from trends.withheld import NOTHING, Withheld

RUN = 6
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Measure:
    """A share of debriefed deals: `part` of those where `of` holds, over the rows of `_DEBRIEFED`.

    `denominator` says in words what it is of, `short` in one for a chart on a phone.
    """

    name: str
    label: str
    denominator: str
    short: str
    part: str
    of: str


MEASURES = {
    each.name: each
    for each in (
        Measure("other", "Cite “other”", "debriefed losses", "losses", "cites_other", "lost"),
        Measure(
            "dont_know",
            "Cite “don't know”",
            "debriefed losses",
            "losses",
            "cites_dont_know",
            "lost",
        ),
        Measure(
            "untested",
            "Price, untested",
            "debriefed losses citing price",
            "by price",
            "price_untested",
            "lost AND cites_price",
        ),
        Measure(
            "one_word",
            "A one-word answer",
            "debriefs with text",
            "with text",
            "one_word_texts > 0",
            "texts > 0",
        ),
        Measure(
            "same_run",
            f"{RUN} equal ratings in a row",
            f"debriefs with {RUN} ratings or more",
            "rated",
            f"longest_run >= {RUN}",
            f"ratings >= {RUN}",
        ),
        Measure(
            "late",
            "Late",
            "debriefs asked for with a due date",
            "asked for",
            "is_late",
            "was_asked",
        ),
    )
}

# One row per debriefed deal, its counting debrief's. A closing recorded on its own day closed at
# that minute; one that came in on another day, at noon of its closing day.
_DEBRIEFED = """
SELECT closing.id AS closing_id, closing.closed_on, deal.owner_id,
    COALESCE(membership.team_id, 0) AS team_id,
    closing.outcome <> 'won' AS lost,
    greatest(0, EXTRACT(epoch FROM counting.submitted_at - CASE
        WHEN (closing.recorded_at AT TIME ZONE %(zone)s)::date = closing.closed_on
        THEN closing.recorded_at
        ELSE (closing.closed_on + TIME '12:00') AT TIME ZONE %(zone)s
    END) / 3600) AS hours,
    NULLIF(first.seconds_to_fill, 0) / 60.0 AS minutes,
    request.due_at IS NOT NULL AS was_asked,
    COALESCE(counting.submitted_at > request.due_at, false) AS is_late,
    quality.*
FROM deals_closing closing
JOIN deals_deal deal ON deal.id = closing.deal_id
LEFT JOIN people_membership membership ON membership.user_id = deal.owner_id
    AND membership.since <= closing.closed_on
    AND (membership.until IS NULL OR membership.until > closing.closed_on)
JOIN LATERAL (
    SELECT debrief.id, debrief.author_id, debrief.submitted_at, debrief.current_version_id
    FROM debriefs_debrief debrief
    WHERE debrief.closing_id = closing.id AND debrief.current_version_id IS NOT NULL
    ORDER BY debrief.author_id IS DISTINCT FROM deal.owner_id, debrief.submitted_at, debrief.id
    LIMIT 1
) counting ON true
JOIN trends_versionquality quality ON quality.version_id = counting.current_version_id
LEFT JOIN debriefs_debriefversion first ON first.debrief_id = counting.id AND first.number = 1
LEFT JOIN debriefs_debriefrequest request ON request.closing_id = closing.id
    AND request.person_id = counting.author_id AND request.asked_by_id IS NULL
WHERE closing.reopened_at IS NULL
    AND closing.closed_on BETWEEN %(since)s AND %(until)s
    AND (%(teams)s::bigint[] IS NULL OR COALESCE(membership.team_id, 0) = ANY(%(teams)s::bigint[]))
    AND (%(owners)s::bigint[] IS NULL OR deal.owner_id = ANY(%(owners)s::bigint[]))
    AND closing.id <> ALL(%(withheld)s::bigint[])
"""
_SHARES = ",\n".join(
    f"count(*) FILTER (WHERE {each.of}), count(*) FILTER (WHERE {each.of} AND {each.part})"
    for each in MEASURES.values()
)
_FIGURES = f"""
SELECT CASE WHEN GROUPING(team_id) = 0 THEN team_id END, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY hours),
    count(minutes), percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes), {_SHARES}
FROM ({_DEBRIEFED}) debriefed
GROUP BY GROUPING SETS ((team_id), ())
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Share:
    """`n` of `of` deals. Below the floor (`statistics.fewest`) there is no rate."""

    n: int
    of: int

    @property
    def rate(self) -> float | None:
        return self.n / self.of if self.of >= fewest() else None


@dataclass(frozen=True)
class Median:
    """A median over `n` deals; None below the floor."""

    value: float | None
    n: int


@dataclass(frozen=True)
class Figures:
    """Of the debriefed deals of a group: how soon, how long, and each quality measure by name."""

    debriefed: int
    hours: Median
    minutes: Median
    shares: Mapping[str, Share]


NOBODY = Figures(0, Median(None, 0), Median(None, 0), {name: Share(0, 0) for name in MEASURES})


@dataclass(frozen=True)
class Scope:
    """Which deals: closed in `period`, of these teams and owners (None: of all).

    Without those whose debriefs are `withheld` from the reader until they have written their own.
    """

    period: Period
    teams: frozenset[int] | None = None
    owners: frozenset[int] | None = None
    withheld: Withheld = NOTHING

    def of_owners(self, owners: Iterable[int]) -> "Scope":
        return replace(self, owners=frozenset(owners))

    def parameters(self) -> dict[str, Any]:
        return {
            "zone": settings.ENV.company_time_zone,
            "since": self.period.since,
            "until": self.period.until,
            "teams": None if self.teams is None else sorted(self.teams),
            "owners": None if self.owners is None else sorted(self.owners),
            "withheld": sorted(self.withheld),
        }


def figures_by_team(*scopes: Scope) -> list[dict[int | None, Figures]]:
    """For each scope the figures of each team (0: no team) and, under None, of all of them.

    Kept until the tally or what is measured changes: two small statements then, else one more
    for each scope.
    """
    newest = VersionQuality.objects.aggregate(newest=Max("version"))["newest"]
    held = (sorted(store.current().versions.items()), newest)
    return [_kept(scope, held) for scope in scopes]


def _kept(scope: Scope, held: object) -> dict[int | None, Figures]:
    text = repr((held, scope.parameters()))
    key = f"trends:participation:{sha256(text.encode()).hexdigest()}"
    known: dict[int | None, Figures] | None = cache.get(key)
    if known is None:
        known = _counted(scope)
        cache.set(key, known, KEPT_SECONDS)
    return known


def _counted(scope: Scope) -> dict[int | None, Figures]:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, scope.parameters())
        rows = cursor.fetchall()
    return {team: _figures(rest) for team, *rest in rows}


def closings_behind(
    scope: Scope,
    measure: Measure,
    *,
    after: tuple[date, int] | None = None,
    limit: int,
) -> tuple[list[tuple[date, int]], int]:
    """The closings that a share counts, the latest first, with their day; and how many in all."""
    query = f"""
        SELECT closing_id, closed_on, count(*) OVER () FROM ({_DEBRIEFED}) debriefed
        WHERE {measure.of} AND {measure.part}
        ORDER BY closed_on DESC, closing_id DESC
    """  # noqa: S608 - our own words
    place = "" if after is None else "WHERE (closed_on, closing_id) < (%(day)s, %(id)s)"
    last_day, last_id = after or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({query}) found {place} LIMIT %(limit)s",  # noqa: S608 - our own words
            {
                **scope.parameters(),
                "day": last_day,
                "id": last_id,
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    return [(day, pk) for pk, day, _ in rows], rows[0][2] if rows else 0


def _figures(row: Sequence[Any]) -> Figures:
    debriefed, hours, timed, minutes, *shares = row
    return Figures(
        debriefed=debriefed,
        hours=_median(hours, debriefed),
        minutes=_median(minutes, timed),
        shares={
            name: Share(n=shares[2 * place + 1], of=shares[2 * place])
            for place, name in enumerate(MEASURES)
        },
    )


def _median(value: Any, n: int) -> Median:
    return Median(float(value) if n >= fewest() and value is not None else None, n)
