"""Facts that the author of a debrief corrects: they go to the deal, where facts stand once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from common.text import plain_number, tidy
from deals.errors import DealRefused
from deals.facts import DealFacts
from deals.models import Closing, Deal, Outcome
from deals.services.deals import change_closing
from debriefs.errors import FieldsRefused
from debriefs.fields import FACTS
from people.models import User


def may_correct(person: User, *, deal_id: int, owner_id: int | None, stands: bool) -> bool:
    """The owner of the deal, the managers above and admins, while the closing stands."""
    if not stands:
        return False
    if person.is_admin or owner_id == person.pk:
        return True
    return Deal.objects.editable_by(person).filter(pk=deal_id).exists()


def may_correct_closing(person: User, closing: Closing) -> bool:
    return may_correct(
        person,
        deal_id=closing.deal_id,
        owner_id=closing.deal.owner_id,
        stands=closing.reopened_at is None,
    )


def outcome_after(closing: Closing, facts: Mapping[str, str]) -> str:
    """The outcome once these corrections are in."""
    return facts.get("outcome") or closing.outcome


def correct_facts(closing: Closing, facts: Mapping[str, str], *, by: User) -> None:
    """Change what differs on the deal. Without facts it costs no statement.

    FieldsRefused, naming the fact, for a value that can't be one or from somebody who may
    not change the deal.
    """
    if not facts:
        return
    closing = Closing.objects.with_facts().get(pk=closing.pk)
    changes = changed_facts(closing, facts)
    if not changes:
        return
    if not may_correct_closing(by, closing):
        raise FieldsRefused(
            {
                f"facts.{name}": "Only the deal's owner or a manager corrects this."
                for name in changes
            }
        )
    try:
        change_closing(closing, _deal_facts(changes), by=by)
    except DealRefused as refusal:
        message = f"{refusal.why} {refusal.remedy}"
        raise FieldsRefused({f"facts.{refusal.field}": message}) from refusal


def changed_facts(closing: Closing, facts: Mapping[str, str]) -> dict[str, str]:
    """Those of the given facts that differ from what stands, as written.

    An empty outcome says nothing; a deal that turns out won has no other winner.
    """
    given = {name: value for name, value in facts.items() if name in FACTS}
    if not given.get("outcome"):
        given.pop("outcome", None)
    if outcome_after(closing, facts) == Outcome.WON:
        given["winner"] = ""
    standing = facts_as_written(closing, with_competitors="competitors" in given)
    return {name: value for name, value in given.items() if not _same(standing[name], value)}


def facts_as_written(closing: Closing, *, with_competitors: bool = True) -> dict[str, str]:
    """The facts by the names of `fields.FACTS`, as a person would write them into the form."""
    deal = closing.deal
    amount = closing.known_amount
    return {
        "outcome": closing.outcome,
        "closed_on": closing.closed_on.isoformat(),
        "stage": closing.stage.today.name if closing.stage else "",
        "amount": "" if amount is None else format(amount.normalize(), "f"),
        "currency": closing.currency_id or "",
        "account": deal.account.today.name if deal.account else "",
        "product": deal.product.today.name if deal.product else "",
        "competitors": "\n".join(_met(closing)) if with_competitors else "",
        "winner": closing.winner.today.name if closing.winner else "",
    }


def _met(closing: Closing) -> list[str]:
    meetings = closing.deal.meetings.select_related("competitor__merged_into")
    return sorted({meeting.competitor.today.name for meeting in meetings})


def _same(standing: str, given: str) -> bool:
    return sorted(_lines(standing)) == sorted(_lines(given))


def _lines(text: str) -> list[str]:
    return [line for line in map(tidy, text.splitlines()) if line]


def _deal_facts(changes: Mapping[str, str]) -> DealFacts:
    given: dict[str, Any] = {}
    for name, value in changes.items():
        given[name] = _READERS.get(name, _name)(value)
    return DealFacts(**given)


def _name(value: str) -> str | None:
    return tidy(value) or None


def _outcome(value: str) -> Outcome:
    return Outcome(value)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise FieldsRefused(
            {"facts.closed_on": f"“{value[:40]}” is no date such as 2026-03-31."}
        ) from None


def _amount(value: str) -> Decimal | None:
    """`12500`, `12,500.00` and `12 500` are numbers; an empty one is unknown."""
    plain = plain_number(value)
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 15:
        raise FieldsRefused(
            {"facts.amount": f"“{value[:40]}” is no amount such as 12500 or 12,500.00."}
        )
    return amount


def _competitors(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_lines(value)))


_READERS = {
    "outcome": _outcome,
    "closed_on": _day,
    "amount": _amount,
    "competitors": _competitors,
}
