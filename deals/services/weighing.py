"""Which of the values that come in may change a deal, and which contradict a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.conf import settings

from common.clock import company_today
from deals.currency_list import CURRENCIES
from deals.errors import FactRefused
from deals.facts import is_from_person
from deals.models import Outcome
from deals.services.names import checked_name, is_fine_name
from deals.services.standing import CLOSING_COLUMNS, NAMED, SHARED_COLUMNS, Roots, Standing

FIRST_BELIEVABLE_DAY = date(1990, 1, 1)
_LARGEST_AMOUNT = Decimal(10) ** 15
_MILLS = Decimal("0.001")
_OF_A_CLOSING = CLOSING_COLUMNS.keys() | SHARED_COLUMNS.keys()
LONGEST = {"name": 250, "notes": 100_000}


@dataclass
class Verdict:
    """`changes` are to be written; `contested` contradict a person; `agreed` say the same."""

    changes: dict[str, Any] = field(default_factory=dict)
    contested: dict[str, Any] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they would be stored; refuses what can't be one, naming the field."""
    clean = dict(values)
    _check_words(clean)
    if "name" in clean and not (clean["name"] or "").strip():
        raise FactRefused("name", "A deal needs a name.", "Say which deal it is.")
    if clean.get("amount") is not None:
        clean["amount"] = _amount(clean["amount"])
    elif "amount" in clean:
        clean["currency"] = None
    if clean.get("currency") is not None and clean["currency"] not in CURRENCIES:
        raise FactRefused(
            "currency",
            f"“{clean['currency']}” is no currency of ISO 4217.",
            "Give a code such as USD.",
        )
    if clean.get("closed_on") is not None:
        _check_closing_day(clean["closed_on"])
    return clean


def for_outcome(standing: Standing, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they read once the outcome is known.

    0 on a lost deal says nothing of its worth; an open deal has no closing day and no
    winner; an amount without currency is the company's.
    """
    after = dict(values)
    if "outcome" in after and after["outcome"] is None:
        after = {"closed_on": None, "winner": None, **after}
    outcome = after.get("outcome", standing.value("outcome"))
    is_lost = outcome is not None and outcome != Outcome.WON
    if is_lost and after.get("amount") == 0:
        after["amount"] = after["currency"] = None
    if after.get("amount") is not None and after.get("currency") is None:
        after["currency"] = standing.value("currency") or settings.ENV.reporting_currency
    return after


def weigh(
    standing: Standing, values: Mapping[str, Any], *, provenance: str, roots: Roots
) -> Verdict:
    """Sort the values; a value that a person entered only a person overwrites.

    Where the source contradicts a person on whether or how the deal closed, nothing else
    that it says about the closing is taken over: it speaks of another state of the deal.
    """
    verdict = Verdict()
    if standing.is_new:
        verdict.changes = {n: v for n, v in values.items() if v not in (None, "", [], {})}
        return verdict
    by_person = is_from_person(provenance)
    for name, value in values.items():
        guarded = not by_person and is_from_person(standing.provenance(name))
        ours = standing.value(name)
        if roots.same(name, ours, value) or (guarded and _says_less(name, ours, value)):
            verdict.agreed.add(name)
        elif guarded:
            verdict.contested[name] = value
        else:
            verdict.changes[name] = value
    _settle_winner(standing, verdict, by_person=by_person)
    if "outcome" in verdict.contested:
        for name in _OF_A_CLOSING - {"outcome"}:
            verdict.changes.pop(name, None)
            verdict.contested.pop(name, None)
    return verdict


def refuse_impossible(after: Mapping[str, Any]) -> None:
    """Refuse a state of the whole deal that can't be; `after` holds the closing's facts."""
    if after["outcome"] is None:
        for name in ("closed_on", "winner"):
            if after[name] is not None:
                raise FactRefused(
                    name,
                    "An open deal has none.",
                    "Give the outcome too, or leave this out.",
                )
        return
    if after["closed_on"] is None:
        raise FactRefused("closed_on", "A closed deal needs the day it closed.", "Give the date.")
    if after["outcome"] == Outcome.WON and after["winner"] is not None:
        raise FactRefused(
            "winner", "We won this deal ourselves.", "Leave the winner out, or correct the outcome."
        )


def _check_words(values: Mapping[str, Any]) -> None:
    for name in NAMED.keys() & values.keys():
        for word in values[name] if name == "competitors" else (values[name],):
            if word and not is_fine_name(word) and word.strip():
                checked_name(word, field=name)
    for name, longest in LONGEST.items():
        length = len(values.get(name) or "")
        if length > longest:
            raise FactRefused(
                name, f"It is {length:,} characters long; at most {longest:,} fit.", "Shorten it."
            )


def _amount(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) >= _LARGEST_AMOUNT:
        raise FactRefused("amount", f"{amount} is no amount that fits.", "Check the number.")
    if amount < 0:
        raise FactRefused(
            "amount", f"{amount} is below zero.", "Give what the deal was worth, 0 or more."
        )
    return amount.quantize(_MILLS, rounding=ROUND_HALF_EVEN)


def _check_closing_day(day: date) -> None:
    today = company_today()
    if day > today + timedelta(days=1):
        raise FactRefused(
            "closed_on",
            f"{day} is in the future (today is {today}).",
            "Give the day on which it closed, or leave the deal open.",
        )
    if day < FIRST_BELIEVABLE_DAY:
        raise FactRefused(
            "closed_on", f"{day} is before 1990.", "Check the year; it needs four digits."
        )


def _says_less(name: str, ours: Any, theirs: Any) -> bool:
    """Whether a source knows less than the person, so that the two don't contradict.

    An empty value says nothing, a bare "lost" not how, and fewer competitors only some.
    """
    if name == "outcome":
        is_lost = ours is not None and ours != Outcome.WON
        return is_lost and bool(theirs == Outcome.LOST_UNSPECIFIED)
    if name == "competitors":
        return set(theirs) <= set(ours)
    return theirs is None or theirs == "" or theirs == {}


def _settle_winner(standing: Standing, verdict: Verdict, *, by_person: bool) -> None:
    """A deal that turns out won has no other winner, unless a person named one."""
    if verdict.changes.get("outcome") != Outcome.WON or standing.value("winner") is None:
        return
    if not by_person and is_from_person(standing.provenance("winner")):
        verdict.contested["outcome"] = verdict.changes.pop("outcome")
    elif verdict.changes.get("winner") is None:
        verdict.changes["winner"] = None
