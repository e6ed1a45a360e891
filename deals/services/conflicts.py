"""Differences between what a person entered and what a source says now."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from deals.models import DealConflict, Outcome
from deals.services.standing import NAMED, Standing
from deals.services.weighing import Verdict
from people.models import User


def note_conflicts(standing: Standing, verdict: Verdict, *, source: str) -> tuple[str, ...]:
    """Keep each difference once, and close those on which the two now agree.

    A value that a person has already declined isn't asked about again. Returns the names
    of the fields on which a difference stands.
    """
    settled = [standing.conflicts[n] for n in standing.conflicts.keys() & verdict.agreed]
    settled += [standing.conflicts[n] for n in standing.conflicts.keys() & verdict.changes.keys()]
    for conflict in settled:
        conflict.resolved_at = timezone.now()
        conflict.save(update_fields=["resolved_at"])
    standing_out = []
    for name, value in verdict.contested.items():
        stored = encode(value)
        if standing.declined.get(name, ...) == stored:
            continue
        standing_out.append(name)
        _note(standing, name, value, source)
    return tuple(standing_out)


def _note(standing: Standing, name: str, value: Any, source: str) -> None:
    known = standing.conflicts.get(name)
    if known is not None and known.value == encode(value):
        return
    conflict = known or DealConflict(deal=standing.deal, field=name)
    conflict.ours = shown(name, standing.value(name))
    conflict.theirs = shown(name, value)
    conflict.value, conflict.source = encode(value), source
    conflict.save()
    standing.conflicts[name] = conflict


def encode(value: Any) -> Any:
    """A value of a fact as JSON; `decode` is its inverse."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Outcome):
        return str(value)
    return value


def decode(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("opened_on", "closed_on"):
        return date.fromisoformat(value)
    if name == "amount":
        return Decimal(value)
    if name == "outcome":
        return Outcome(value)
    return value


def shown(name: str, value: Any) -> str:
    """A stored value as a person reads it."""
    if name == "outcome":
        return str(Outcome(value).label) if value else "Open"
    if value is None or value == "" or value == [] or value == {}:
        return "nothing"
    if name == "owner":
        return str(User.objects.get(pk=value))
    if name in NAMED:
        ids = value if isinstance(value, list) else [value]
        entries = NAMED[name]._default_manager.filter(pk__in=ids)
        return ", ".join(entry.name for entry in entries)[:250]
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {word}" for key, word in sorted(value.items()))[:250]
    return str(encode(value))[:250]
