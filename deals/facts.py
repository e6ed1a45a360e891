"""The facts of a deal as they come in, and as they are frozen into a debrief."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from deals.models import CatalogueEntry, Closing, Outcome
from people.models import User


class Unset(Enum):
    """The type of `UNSET`: nothing is said of this fact, so it stays as it is."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, kw_only=True)
class DealFacts:
    """What somebody says of a deal. `UNSET` says nothing; None says that there is none.

    Names are as written. Amounts are in `currency`, or in the company's when none is
    given. `attributes` holds only the keys to set; an empty value removes its key.
    """

    name: str | Unset = UNSET
    account: str | Unset | None = UNSET
    owner_id: int | Unset | None = UNSET
    product: str | Unset | None = UNSET
    competitors: tuple[str, ...] | Unset = UNSET
    stage: str | Unset | None = UNSET
    opened_on: date | Unset | None = UNSET
    amount: Decimal | Unset | None = UNSET
    currency: str | Unset | None = UNSET
    notes: str | Unset = UNSET
    outcome: Outcome | Unset | None = UNSET
    closed_on: date | Unset | None = UNSET
    winner: str | Unset | None = UNSET
    attributes: Mapping[str, str] | Unset = UNSET

    def given(self) -> dict[str, Any]:
        """The facts of which something is said, by field name."""
        stated = self.__dict__
        return {public: stated[name] for name, public in _PUBLIC if stated[name] is not UNSET}


_PUBLIC = tuple((each.name, each.name.removesuffix("_id")) for each in fields(DealFacts))


def by_person(person: User) -> str:
    """The provenance of what a person entered."""
    return f"person:{person.pk}"


def by_import(run_id: int) -> str:
    """The provenance of what an import brought."""
    return f"import:{run_id}"


BY_API: Final = "api"


def is_from_person(provenance: str | None) -> bool:
    return bool(provenance) and str(provenance).startswith("person:")


def facts_of(closing: Closing) -> dict[str, Any]:
    """The facts of a closing today, as JSON-ready words and ids, for freezing into a debrief.

    Names are those of today's list. Amounts are decimal strings; an amount of 0 on a lost
    deal is unknown (null). Costs two queries when the closing came by `with_facts()`.
    """
    deal = closing.deal
    account = deal.account.today if deal.account else None
    amount = closing.known_amount
    return {
        "deal_id": deal.pk,
        "closing_number": closing.number,
        "name": deal.name,
        "account": _named(account),
        "industry": account.industry if account else "",
        "segment": account.segment if account else "",
        "country": account.country if account else "",
        "owner": {"id": deal.owner.pk, "name": str(deal.owner)} if deal.owner else None,
        "product": _named(deal.product),
        "competitors": _competitors_met(closing),
        "opened_on": deal.opened_on.isoformat() if deal.opened_on else None,
        "closed_on": closing.closed_on.isoformat(),
        "outcome": str(closing.outcome),
        "stage": _named(closing.stage),
        "winner": _named(closing.winner),
        "amount": None if amount is None else format(amount.normalize(), "f"),
        "currency": None if amount is None else closing.currency_id,
        "attributes": dict(deal.attributes.order_by("key").values_list("key", "value")),
    }


def _named(entry: CatalogueEntry | None) -> dict[str, Any] | None:
    return {"id": entry.today_id, "name": entry.today.name} if entry else None


def _competitors_met(closing: Closing) -> list[dict[str, Any]]:
    meetings = closing.deal.meetings.select_related("competitor__merged_into")
    met = {row.competitor.today_id: row.competitor.today.name for row in meetings}
    return [{"id": key, "name": met[key]} for key in sorted(met, key=met.__getitem__)]
