"""Recording what is said of deals: one rule for a form, the API and a file of 100,000 rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from deals.errors import DealRefused, FactRefused
from deals.events import DEAL_CHANGED, DEAL_CLOSED
from deals.facts import DealFacts
from deals.models import Closing, Deal
from deals.services.change import Change, Recorded, Writes
from deals.services.naming import Names
from deals.services.standing import Standing, standing_of
from deals.services.weighing import checked
from outbox.services import record


@dataclass(frozen=True)
class Incoming:
    """What a source says of the deal that it knows as `external_id`."""

    external_id: str
    facts: DealFacts


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


def _check_id(source: str, external_id: str) -> None:
    if not external_id.strip():
        raise FactRefused(
            "external_id", "It is empty.", "Give the id by which the source knows the deal."
        )
    if len(external_id) > 120 or len(source) > 40:
        raise FactRefused(
            "external_id", "It is longer than 120 characters.", "Give the id alone, not a text."
        )


def _one_writer_per_source(source: str) -> None:
    """Two batches that bring the same new id must not both make it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"deals:{source}"])
