"""Recording what is said of deals: one rule for a form, the API and a file of 100,000 rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import connection, transaction
from django.utils import timezone

from common.bulk import insert_rows, insert_values, update_rows
from deals.errors import DealRefused, FactRefused, NotClosed
from deals.events import DEAL_CHANGED, DEAL_CLOSED
from deals.facts import DealFacts, is_from_person
from deals.models import (
    CatalogueEntry,
    Closing,
    Deal,
    DealAttribute,
    DealCompetitor,
    Outcome,
)
from deals.services.conflicts import note_conflicts
from deals.services.names import entries_named, known_key
from deals.services.standing import (
    CLOSING_COLUMNS,
    DEAL_COLUMNS,
    NAMED,
    SETS,
    SHARED_COLUMNS,
    Roots,
    Standing,
    standing_of,
)
from deals.services.weighing import Verdict, checked, for_outcome, refuse_impossible, weigh
from outbox.services import record

Status = Literal["created", "updated", "unchanged"]

_ATTRIBUTE_KEY_LENGTH = 80
_ATTRIBUTE_VALUE_LENGTH = 250


@dataclass(frozen=True)
class Incoming:
    """What a source says of the deal that it knows as `external_id`."""

    external_id: str
    facts: DealFacts


@dataclass(frozen=True)
class Recorded:
    """What became of it: `contested` names the fields on which a person says otherwise."""

    deal: Deal
    status: Status
    closed: Closing | None = None
    contested: tuple[str, ...] = ()
    awaiting: tuple[CatalogueEntry, ...] = ()


@dataclass
class Writes:
    """The rows that a batch of changes comes down to, written kind by kind."""

    new_deals: list[Deal] = field(default_factory=list)
    changed_deals: list[Deal] = field(default_factory=list)
    reopened: list[Closing] = field(default_factory=list)
    changed_closings: list[Closing] = field(default_factory=list)
    new_closings: list[Closing] = field(default_factory=list)
    new_meetings: list[tuple[Deal, int]] = field(default_factory=list)
    gone_meetings: list[int] = field(default_factory=list)
    new_attributes: list[tuple[Deal, str, str]] = field(default_factory=list)
    changed_attributes: list[DealAttribute] = field(default_factory=list)
    gone_attributes: list[int] = field(default_factory=list)

    def save(self) -> None:
        insert_rows(Deal, self.new_deals)
        update_rows(Deal, self.changed_deals)
        update_rows(Closing, [*self.reopened, *self.changed_closings])
        insert_rows(Closing, self.new_closings)
        if self.gone_meetings:
            DealCompetitor.objects.filter(pk__in=self.gone_meetings).delete()
        meetings = [(deal.pk, competitor) for deal, competitor in self.new_meetings]
        insert_values(DealCompetitor, ("deal", "competitor"), meetings)
        if self.gone_attributes:
            DealAttribute.objects.filter(pk__in=self.gone_attributes).delete()
        update_rows(DealAttribute, self.changed_attributes, ["value"])
        attributes = [(deal.pk, key, value) for deal, key, value in self.new_attributes]
        insert_values(DealAttribute, ("deal", "key", "value"), attributes)


@transaction.atomic
def record_deal(
    facts: DealFacts, *, source: str, external_id: str, by: int | None, provenance: str
) -> Recorded:
    """Bring one deal up to what `source` says of it, making it when it isn't there yet.

    A value that a person entered stands against any other source and becomes a conflict
    for a person to resolve; a deal that opens again and closes later gets a closing of
    its own. Raises `FactRefused`, naming the field, and writes nothing then.
    """
    recorded = _weighed_and_written(
        [Incoming(external_id, facts)], source=source, by=by, provenance=provenance
    )[0]
    if isinstance(recorded, DealRefused):
        raise recorded
    if recorded.status != "unchanged":
        tell_of_deal(recorded.deal, closed=recorded.closed, by=by)
    return recorded


@transaction.atomic
def record_deals(
    rows: Sequence[Incoming],
    *,
    source: str,
    by: int | None,
    provenance: str,
    imported: bool = False,
    names: "Names | None" = None,
) -> list[Recorded | DealRefused]:
    """The same for up to some thousand rows of different ids, in one transaction.

    A row that is refused leaves no trace and its refusal stands in its place; the others
    are written. The number of statements doesn't grow with the rows; one event tells of
    all that changed, one of all that closed. `by` is the id of the person acting.
    """
    results = _weighed_and_written(rows, source=source, by=by, provenance=provenance, names=names)
    changed = [r for r in results if isinstance(r, Recorded) and r.status != "unchanged"]
    if changed:
        payload = {"deal_ids": [recorded.deal.pk for recorded in changed]}
        record(DEAL_CHANGED, payload=payload, by=by)
    closed = [recorded.closed.pk for recorded in changed if recorded.closed is not None]
    if closed:
        record(DEAL_CLOSED, payload={"closing_ids": closed, "imported": imported}, by=by)
    return results


def _weighed_and_written(
    rows: Sequence[Incoming],
    *,
    source: str,
    by: int | None,
    provenance: str,
    names: "Names | None" = None,
) -> list[Recorded | DealRefused]:
    results: dict[int, Recorded | DealRefused] = {}
    values: dict[int, dict[str, Any]] = {}
    for place, row in enumerate(rows):
        try:
            _check_id(source, row.external_id)
            values[place] = checked(row.facts.given())
        except DealRefused as refusal:
            results[place] = refusal
    names = names or Names()
    names.resolve(list(values.values()))
    standings = _standings(source, [rows[place].external_id for place in values], values.values())
    writes = Writes()
    for place, each in values.items():
        standing = standings[rows[place].external_id]
        change = Change(standing, provenance=provenance, by=by, roots=names.roots)
        try:
            results[place] = change.apply(each, writes, awaiting=names.awaiting(each))
        except DealRefused as refusal:
            results[place] = refusal
    writes.save()
    return [results[place] for place in range(len(rows))]


def _standings(
    source: str, ids: Sequence[str], values: Iterable[Mapping[str, Any]]
) -> dict[str, Standing]:
    """What stands of the deals that the source knows by these ids, locked; new ones empty."""
    _one_writer_per_source(source)
    known = (
        Deal.objects.select_for_update().filter(source=source, external_id__in=ids).order_by("pk")
    )
    given = {name for each in values for name in each}
    standings = {s.deal.external_id: s for s in standing_of(list(known), given).values()}
    for external_id in ids:
        if external_id not in standings:
            standings[external_id] = Standing(Deal(source=source, external_id=external_id))
    return standings


def change_standing(standing: Standing, facts: DealFacts, *, by: int, provenance: str) -> Recorded:
    """Change one locked deal about the closing in `standing`, and tell of it."""
    values = checked(facts.given())
    names = Names()
    names.resolve([values])
    writes = Writes()
    change = Change(standing, provenance=provenance, by=by, roots=names.roots)
    recorded = change.apply(values, writes, awaiting=names.awaiting(values))
    writes.save()
    if recorded.status != "unchanged":
        tell_of_deal(recorded.deal, closed=recorded.closed, by=by)
    return recorded


def tell_of_deal(deal: Deal, *, closed: Closing | None, by: int | None) -> None:
    subject = f"deal:{deal.pk}"
    record(DEAL_CHANGED, subject=subject, payload={"deal_ids": [deal.pk]}, by=by)
    if closed is not None:
        payload = {"deal_id": deal.pk, "closing_id": closed.pk}
        record(DEAL_CLOSED, subject=subject, payload=payload, by=by)


class Names:
    """The names that deals bear, as entries of the catalogue, each looked up once."""

    def __init__(self) -> None:
        self.roots = Roots()
        self._by_key: dict[type[CatalogueEntry], dict[str, CatalogueEntry]] = defaultdict(dict)
        self._awaiting: dict[type[CatalogueEntry], dict[int, CatalogueEntry]] = defaultdict(dict)

    def resolve(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put ids in the place of names. Lists come in one order, so that no two writers lock."""
        wanted: dict[type[CatalogueEntry], set[str]] = {}
        for values in rows:
            for name, model in NAMED.items():
                wanted.setdefault(model, set()).update(_words(values.get(name)))
        for model, words in wanted.items():
            self._look_up(model, {w for w in words if known_key(w) not in self._by_key[model]})
        for values in rows:
            for name in NAMED.keys() & values.keys():
                values[name] = _as_ids(values[name], self._by_key[NAMED[name]])

    def _look_up(self, model: type[CatalogueEntry], words: set[str]) -> None:
        if not words:
            return
        for key, entry in entries_named(model, words).items():
            self._by_key[model][key] = entry
            self.roots.learn(entry)
            if not entry.is_reviewed and entry.merged_into_id is None:
                self._awaiting[model][entry.pk] = entry

    def awaiting(self, values: Mapping[str, Any]) -> tuple[CatalogueEntry, ...]:
        """The entries among the values on which nobody has decided."""
        found = []
        for name in NAMED.keys() & values.keys():
            waiting = self._awaiting[NAMED[name]]
            ids = values[name] if name == "competitors" else [values[name]]
            found += [waiting[pk] for pk in ids if pk in waiting]
        return tuple(found)


class Change:
    """The change of one deal: what is taken over, and the rows it comes down to."""

    def __init__(
        self, standing: Standing, *, provenance: str, by: int | None, roots: Roots
    ) -> None:
        self.standing = standing
        self.provenance = provenance
        self.by = by
        self.roots = roots

    def apply(
        self,
        values: Mapping[str, Any],
        writes: Writes,
        *,
        awaiting: tuple[CatalogueEntry, ...] = (),
    ) -> Recorded:
        values = for_outcome(self.standing, _with_winner_met(values, self.standing))
        verdict = weigh(self.standing, values, provenance=self.provenance, roots=self.roots)
        return self._write(values, verdict, writes, awaiting)

    def _write(
        self,
        values: Mapping[str, Any],
        verdict: Verdict,
        writes: Writes,
        awaiting: tuple[CatalogueEntry, ...],
    ) -> Recorded:
        standing, changes, is_new = self.standing, verdict.changes, self.standing.is_new
        if is_new and "name" not in changes:
            raise FactRefused("name", "A deal needs a name.", "Say which deal it is.")
        if not changes:
            contested = note_conflicts(standing, verdict, source=self.provenance)
            return Recorded(standing.deal, "unchanged", None, contested, awaiting)
        closed = self._write_closing(values, changes, writes)
        self._write_deal(changes, writes)
        self._write_sets(changes, writes)
        contested = note_conflicts(standing, verdict, source=self.provenance)
        status: Status = "created" if is_new else "updated"
        return Recorded(standing.deal, status, closed, contested, awaiting)

    def _write_closing(
        self, values: Mapping[str, Any], changes: Mapping[str, Any], writes: Writes
    ) -> Closing | None:
        """Correct the closing, end it or make the next one; returns one that was made."""
        standing = self.standing
        again = self._closes_again(changes)
        after = {
            name: values.get(name) if again else changes.get(name, standing.value(name))
            for name in CLOSING_COLUMNS | SHARED_COLUMNS
        }
        refuse_impossible(after)
        is_open = after["outcome"] is None
        if standing.closing is not None and (is_open or again):
            self._end_closing(standing.closing, values, writes)
        if is_open:
            return None
        if standing.closing is not None:
            if _set_columns(standing.closing, changes, CLOSING_COLUMNS | SHARED_COLUMNS):
                writes.changed_closings.append(standing.closing)
            return None
        made = Closing(deal=standing.deal, number=standing.last_number + 1)
        _set_columns(made, after, CLOSING_COLUMNS | SHARED_COLUMNS)
        writes.new_closings.append(made)
        standing.closing = made
        if standing.is_new:
            # The database would find it out, by writing the row again.
            standing.deal.is_open = False
        return made

    def _end_closing(self, closing: Closing, values: Mapping[str, Any], writes: Writes) -> None:
        """The deal was opened again: what was known of the closing guards the next one no more."""
        if closing.reopened_at is not None:
            raise NotClosed
        deal = self.standing.deal
        closing.reopened_at = timezone.now()
        writes.reopened.append(closing)
        self.standing.closing = None
        kept = deal.provenance.keys() - CLOSING_COLUMNS.keys() - SHARED_COLUMNS.keys()
        deal.provenance = {name: deal.provenance[name] for name in kept}
        _set_columns(deal, values, SHARED_COLUMNS)

    def _closes_again(self, changes: Mapping[str, Any]) -> bool:
        """A source that turns a loss into a later win (or back) saw it reopen in between."""
        closing = self.standing.closing
        outcome, closed_on = changes.get("outcome"), changes.get("closed_on")
        if closing is None or outcome is None or closed_on is None:
            return False
        flips = (outcome == Outcome.WON) != (closing.outcome == Outcome.WON)
        by_source = not is_from_person(self.provenance)
        return flips and by_source and bool(closed_on > closing.closed_on)

    def _write_deal(self, changes: Mapping[str, Any], writes: Writes) -> None:
        deal = self.standing.deal
        _set_columns(deal, changes, DEAL_COLUMNS)
        if self.standing.closing is None:
            _set_columns(deal, changes, SHARED_COLUMNS)
        sources = self._provenance_of(changes)
        if self.standing.is_of_old_closing:
            sources = {n: s for n, s in sources.items() if n in DEAL_COLUMNS or n in SETS}
        deal.provenance = {**deal.provenance, **sources}
        deal.changed_at = timezone.now()
        (writes.new_deals if self.standing.is_new else writes.changed_deals).append(deal)

    def _provenance_of(self, changes: Mapping[str, Any]) -> dict[str, str]:
        """A source's empty value isn't worth a note; that a person emptied one is."""
        keep_empty = is_from_person(self.provenance) or not self.standing.is_new
        return {
            name: self.provenance
            for name, value in changes.items()
            if keep_empty or value not in (None, "", [], {})
        }

    def _write_sets(self, changes: Mapping[str, Any], writes: Writes) -> None:
        deal = self.standing.deal
        if "competitors" in changes:
            standing_ids = {meeting.competitor_id for meeting in self.standing.meetings}
            wanted = dict.fromkeys(changes["competitors"])
            writes.new_meetings += [(deal, pk) for pk in wanted if pk not in standing_ids]
            writes.gone_meetings += [
                meeting.pk
                for meeting in self.standing.meetings
                if meeting.competitor_id not in wanted
            ]
        for key, value in changes.get("attributes", {}).items():
            row = self.standing.attributes.get(key)
            if row is None and value:
                writes.new_attributes.append((deal, key, value))
            elif row is not None and value and row.value != value:
                row.value = value
                writes.changed_attributes.append(row)
            elif row is not None and not value:
                writes.gone_attributes.append(row.pk)


def _check_id(source: str, external_id: str) -> None:
    if not external_id.strip():
        raise FactRefused(
            "external_id", "It is empty.", "Give the id by which the source knows the deal."
        )
    if len(external_id) > 120 or len(source) > 40:
        raise FactRefused(
            "external_id", "It is longer than 120 characters.", "Give the id alone, not a text."
        )


def _with_winner_met(values: Mapping[str, Any], standing: Standing) -> Mapping[str, Any]:
    """Who won the deal was met in it."""
    winner = values.get("winner")
    met = values.get("competitors", standing.value("competitors"))
    if winner is None or winner in met:
        return values
    return {**values, "competitors": [*met, winner]}


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, tuple):
        return [word for word in value if word.strip()]
    return []


def _as_ids(value: Any, entries: Mapping[str, CatalogueEntry]) -> Any:
    if isinstance(value, tuple):
        return list(dict.fromkeys(entries[known_key(word)].pk for word in _words(value)))
    return next((entries[known_key(word)].pk for word in _words(value)), None)


def _set_columns(row: Any, values: Mapping[str, Any], columns: Mapping[str, str]) -> bool:
    """Set those columns of which `values` says something; tells whether there was any."""
    touched = False
    for name, column in columns.items():
        if name in values:
            value = values[name]
            setattr(row, column, value.value if isinstance(value, Outcome) else value)
            touched = True
    return touched


def _one_writer_per_source(source: str) -> None:
    """Two batches that bring the same new id must not both make it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"deals:{source}"])
