"""Reads of the playbook for pages, commands and the API, as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Value
from django.utils.safestring import SafeString

from common.money import from_minor, minor_units
from deals.models import Account, Outcome
from debriefs.queries.owed import closing_ids_owed_by
from people.models import User
from playbook import names
from playbook import search as lexical
from playbook.counts import Counted, count, is_counted_by_engine
from playbook.cursors import Cursor, ordering
from playbook.facets import FACETS
from playbook.models import Owed
from playbook.names import Name, Names
from playbook.query import PlaybookQuery, Scope
from playbook.teams import TeamMonths

PAGE_SIZE = 20

_HIT_COLUMNS = (
    "debrief_id",
    "deal_id",
    "account_id",
    "outcome",
    "closed_on",
    "stage_id",
    "product_id",
    "amount_minor",
    "amount_rank",
    "competitor_ids",
    "winner_id",
    "reason_ids",
    "untested_ids",
    "counts",
    "is_current",
    "company_excerpt",
    "sales_excerpt",
)
_COLUMNS = tuple(dict.fromkeys([*_HIT_COLUMNS, *(each.column for each in FACETS.values())]))
# Names are read apart: a join of all these tables takes longer to plan than to run.
_NAMED = {
    "deal": "deal_id",
    "account": "account_id",
    "stage": "stage_id",
    "product": "product_id",
}


@dataclass(frozen=True)
class Hit:
    """One debrief in a list, with what its reader may see of it."""

    debrief_id: int
    deal_id: int
    deal: str
    account: Name | None
    outcome: Outcome
    closed_on: date
    stage: str
    product: str
    amount: Decimal | None
    currency: str
    competitors: tuple[Name, ...]
    winner: Name | None
    reasons: tuple[Name, ...]
    untested_ids: tuple[int, ...]
    counts: bool
    is_reopened: bool
    author: str
    excerpt: str
    snippet: SafeString | None = None

    @property
    def is_won(self) -> bool:
        return self.outcome == Outcome.WON


@dataclass(frozen=True)
class Page:
    """A page of hits.

    `total` is exact, or at least that many where it is capped. For a partner `behind` is how
    many debriefs there are, of which `total` are open to them. `withheld` more open to the
    reader once their own debriefs of these deals are submitted. `by_team` says what a list of
    one team leaves to the merged group.
    """

    hits: tuple[Hit, ...]
    total: int
    is_capped: bool
    behind: int | None
    next: PlaybookQuery | None
    previous: PlaybookQuery | None
    withheld: int = 0
    by_team: str = ""

    @property
    def total_words(self) -> str:
        """The total as it may be said: "812" or "250+"."""
        return f"{self.total:,}+" if self.is_capped else f"{self.total:,}"


@dataclass(frozen=True)
class Reading:
    """A page with the counts of its facets and the names of all that it mentions."""

    page: Page
    counted: Counted
    names: Names
    account: str


def search(query: PlaybookQuery, viewer: User, *, size: int = PAGE_SIZE) -> Page:
    """The page of the playbook that `query` asks for, as `viewer` may see it."""
    return read(query, viewer, size=size).page


def read(query: PlaybookQuery, viewer: User, *, size: int = PAGE_SIZE) -> Reading:
    """A page and its facets in five statements at most, by team six, whatever the number of rows."""
    # Once and apart: within each statement it costs more than all the rest.
    owed = Owed() if viewer.is_partner else closing_ids_owed_by(viewer)
    team = query.chosen.get("team")
    teams = query.team_months(viewer) if team else None
    rows, has_more, withheld = _rows(query, viewer, size, owed, teams)
    counted = count(query, viewer, withheld, owed=owed, teams=teams)
    known = names.load(_ids_mentioned(query, rows), counted)
    found = (
        lexical.snippets([row["debrief_id"] for row in rows], query.words, viewer=viewer)
        if query.words and rows
        else {}
    )
    hits = tuple(_hit(row, known, found, viewer) for row in rows)
    after, before = _neighbours(query, rows, has_more)
    page = Page(
        hits,
        counted.total,
        counted.is_capped,
        counted.behind,
        after,
        before,
        # By reason even their number would tell what they say.
        withheld=0 if "reason" in query.chosen else len(withheld),
        by_team=teams.in_words(team, with_reopened=query.scope == Scope.ALL)
        if team and teams
        else "",
    )
    return Reading(page, counted, known, _account_name(query, hits))


def _account_name(query: PlaybookQuery, hits: Sequence[Hit]) -> str:
    if query.account is None:
        return ""
    if hits and hits[0].account:
        return hits[0].account.name
    return Account.objects.filter(pk=query.account).values_list("name", flat=True).first() or ""


def _rows(
    query: PlaybookQuery, viewer: User, size: int, owed: Owed, teams: TeamMonths | None
) -> tuple[list[dict[str, Any]], bool, list[dict[str, Any]]]:
    """The rows of the page in reading order, whether more lie beyond, and the entries withheld.

    Those withheld are read only where the engine counts them too: with the page, in one statement.
    """
    backwards = query.before is not None
    entries = query.entries(viewer, owed=owed, teams=teams)
    if cursor := query.before or query.after:
        entries = entries.filter(cursor.beyond(query.sort, backwards=backwards))
    ordered = entries.order_by(*ordering(query.sort, backwards=backwards))
    page = ordered.values(*_COLUMNS, is_withheld=Value(False))[: size + 1]
    if owed and is_counted_by_engine(query, viewer):
        withheld = query.withheld(viewer, owed=owed, teams=teams)
        page = page.union(withheld.values(*_COLUMNS, is_withheld=Value(True)), all=True)
    found = list(page)
    rows = sorted(
        (row for row in found if not row["is_withheld"]),
        key=lambda row: (row[query.sort.column], row["debrief_id"]),
        reverse=query.sort.is_descending,
    )
    has_more = len(rows) > size
    kept = rows[-size:] if backwards else rows[:size]
    return kept, has_more, [row for row in found if row["is_withheld"]]


def _neighbours(
    query: PlaybookQuery, rows: Sequence[Mapping[str, Any]], has_more: bool
) -> tuple[PlaybookQuery | None, PlaybookQuery | None]:
    """The queries of the next and the previous page."""
    if not rows:
        return None, None
    first, last = (Cursor(row[query.sort.column], row["debrief_id"]) for row in (rows[0], rows[-1]))
    plain = query.first_page()
    is_first = has_more is False if query.before else query.after is None
    is_last = False if query.before else not has_more
    return (
        None if is_last else replace(plain, after=last),
        None if is_first else replace(plain, before=first),
    )


def _ids_mentioned(query: PlaybookQuery, rows: Iterable[Mapping[str, Any]]) -> dict[str, set[int]]:
    """The ids in the rows and in the filters, whose names the page shows."""
    kinds = ("competitor", "reason", "stage", "product", "team", "deal", "account", "author")
    wanted: dict[str, set[int]] = {name: set() for name in kinds}
    for name, value in query.choices:
        if FACETS[name].is_id(value):
            wanted[FACETS[name].names_kind].add(int(value))
    for row in rows:
        wanted["competitor"].update(row["competitor_ids"])
        wanted["reason"].update(row["reason_ids"])
        wanted["author"].add(row["debrief_id"])
        for name, column in _NAMED.items():
            if row[column] is not None:
                wanted[name].add(row[column])
        if row["winner_id"]:
            wanted["competitor"].add(row["winner_id"])
    return wanted


def _hit(
    row: Mapping[str, Any], known: Names, found: Mapping[int, SafeString], viewer: User
) -> Hit:
    currency = settings.ENV.reporting_currency
    minor = row["amount_minor"]
    return Hit(
        debrief_id=row["debrief_id"],
        deal_id=row["deal_id"],
        deal=known.text("deal", row["deal_id"]),
        account=known.one("account", row["account_id"]),
        outcome=Outcome(row["outcome"]),
        closed_on=row["closed_on"],
        stage=known.text("stage", row["stage_id"]),
        product=known.text("product", row["product_id"]),
        amount=None if minor is None else from_minor(minor, decimals=minor_units(currency)),
        currency=currency,
        competitors=known.all("competitor", row["competitor_ids"]),
        winner=known.one("competitor", row["winner_id"]),
        reasons=known.all("reason", row["reason_ids"]) if viewer.in_sales else (),
        untested_ids=tuple(row["untested_ids"]) if viewer.in_sales else (),
        counts=row["counts"],
        is_reopened=not row["is_current"],
        author=known.text("author", row["debrief_id"]) if viewer.in_sales else "",
        excerpt=row["sales_excerpt"] if viewer.in_sales else row["company_excerpt"],
        snippet=found.get(row["debrief_id"]),
    )
