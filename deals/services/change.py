"""The change of one deal: what is taken over of what is said, and the rows it comes down to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils import timezone

from common.bulk import insert_rows, insert_values, update_rows
from deals.errors import FactRefused, NotClosed
from deals.facts import is_from_person
from deals.models import CatalogueEntry, Closing, Deal, DealAttribute, DealCompetitor, Outcome
from deals.services.conflicts import note_conflicts
from deals.services.standing import (
    CLOSING_COLUMNS,
    DEAL_COLUMNS,
    SETS,
    SHARED_COLUMNS,
    Roots,
    Standing,
)
from deals.services.weighing import Verdict, for_outcome, refuse_impossible, weigh

Status = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True)
class Recorded:
    """What became of what was said: `contested` names the fields on which a person says otherwise."""

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


def _with_winner_met(values: Mapping[str, Any], standing: Standing) -> Mapping[str, Any]:
    """Who won the deal was met in it."""
    winner = values.get("winner")
    met = values.get("competitors", standing.value("competitors"))
    if winner is None or winner in met:
        return values
    return {**values, "competitors": [*met, winner]}


def _set_columns(row: Any, values: Mapping[str, Any], columns: Mapping[str, str]) -> bool:
    """Set those columns of which `values` says something; tells whether there was any."""
    touched = False
    for name, column in columns.items():
        if name in values:
            value = values[name]
            setattr(row, column, value.value if isinstance(value, Outcome) else value)
            touched = True
    return touched
