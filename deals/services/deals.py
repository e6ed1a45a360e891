"""What people do with a deal: make, change, close, reopen it, and settle differences."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from deals.errors import AlreadyDecided, FactRefused, NotClosed, NotOpen
from deals.facts import UNSET, DealFacts, Unset, by_person
from deals.models import Closing, Deal, DealConflict, Outcome
from deals.services.change import Change, Recorded, Writes
from deals.services.conflicts import decode
from deals.services.recording import change_standing, record_deal, tell_of_deal
from deals.services.standing import Roots, Standing, standing_of
from people.models import User

BY_HAND: Final = "manual"


def create_deal(facts: DealFacts, *, by: User) -> Deal:
    """A deal that a person enters; it belongs to them unless the facts name another owner."""
    if facts.owner_id is UNSET:
        facts = replace(facts, owner_id=by.pk)
    recorded = record_deal(
        facts,
        source=BY_HAND,
        external_id=uuid.uuid4().hex,
        by=by.pk,
        provenance=by_person(by),
    )
    return recorded.deal


@transaction.atomic
def change_deal(deal: Deal, facts: DealFacts, *, by: User) -> Recorded:
    """Change what is known of a deal, as a person: their word stands against later imports."""
    return change_standing(_locked(deal, facts), facts, by=by.pk, provenance=by_person(by))


@transaction.atomic
def change_closing(closing: Closing, facts: DealFacts, *, by: User) -> Recorded:
    """Correct the facts of one closing, be it the current one or one that was opened again.

    Facts of the deal itself (name, account, owner, competitors met, attributes) may come
    along. An outcome of None is refused: that is `reopen_deal`.
    """
    if facts.outcome is None:
        raise FactRefused("outcome", "A closing has an outcome.", "Reopen the deal instead.")
    standing = _locked(closing.deal, facts)
    if standing.closing is None or standing.closing.pk != closing.pk:
        standing.closing = Closing.objects.select_for_update().get(pk=closing.pk)
    return change_standing(standing, facts, by=by.pk, provenance=by_person(by))


@transaction.atomic
def close_deal(
    deal: Deal,
    *,
    closed_on: date,
    outcome: Outcome,
    by: User,
    stage: str | Unset | None = UNSET,
    winner: str | None = None,
    amount: Decimal | Unset | None = UNSET,
    currency: str | Unset | None = UNSET,
    competitors: tuple[str, ...] | Unset = UNSET,
) -> Closing:
    """Close an open deal. What isn't given stays as it stood while the deal was open."""
    facts = DealFacts(
        outcome=outcome,
        closed_on=closed_on,
        winner=winner,
        stage=stage,
        amount=amount,
        currency=currency,
        competitors=competitors,
    )
    standing = _locked(deal, facts)
    if standing.closing is not None:
        raise NotOpen
    recorded = change_standing(standing, facts, by=by.pk, provenance=by_person(by))
    if recorded.closed is None:
        raise FactRefused("outcome", "A closing has an outcome.", "Say how the deal closed.")
    return recorded.closed


@transaction.atomic
def reopen_deal(deal: Deal, *, by: User) -> Deal:
    """Open a closed deal again. Its closing and what was debriefed of it are kept."""
    facts = DealFacts(outcome=None)
    standing = _locked(deal, facts)
    if standing.closing is None:
        raise NotClosed
    return change_standing(standing, facts, by=by.pk, provenance=by_person(by)).deal


def set_competitors_met(deal: Deal, names: Sequence[str], *, by: User) -> Recorded:
    """Say which competitors were met, replacing the ones named before. The winner stays met."""
    return change_deal(deal, DealFacts(competitors=tuple(names)), by=by)


def set_attributes(deal: Deal, attributes: Mapping[str, str], *, by: User) -> Recorded:
    """Set these attributes of a deal; an empty value removes its key, others stay."""
    return change_deal(deal, DealFacts(attributes=attributes), by=by)


@transaction.atomic
def keep_ours(conflict: DealConflict, *, by: User) -> None:
    """Let the person's value stand; the same value from the source isn't asked about again."""
    _claim(conflict, by)


@transaction.atomic
def take_theirs(conflict: DealConflict, *, by: User) -> Deal:
    """Take over the source's value; from then on later imports may change it again."""
    _claim(conflict, by)
    deal = Deal.objects.select_for_update().get(pk=conflict.deal_id)
    deal.provenance = {k: v for k, v in deal.provenance.items() if k != conflict.field}
    standing = standing_of([deal], [conflict.field, "competitors"])[deal.pk]
    writes = Writes()
    change = Change(standing, provenance=conflict.source, by=by.pk, roots=Roots())
    value = decode(conflict.field, conflict.value)
    recorded = change.apply({conflict.field: value}, writes)
    writes.save()
    if recorded.status != "unchanged":
        tell_of_deal(recorded.deal, closed=recorded.closed, by=by.pk)
    return recorded.deal


def _claim(conflict: DealConflict, by: User) -> None:
    claimed = DealConflict.objects.unresolved().filter(pk=conflict.pk)
    if not claimed.update(resolved_at=timezone.now(), resolved_by=by):
        raise AlreadyDecided


def _locked(deal: Deal, facts: DealFacts) -> Standing:
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    return standing_of([locked], facts.given())[locked.pk]
