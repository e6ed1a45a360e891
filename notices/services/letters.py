"""Mails of their own that apps write for one person: each once, handed over as digests are."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from notices.models import Letter
from notices.services.digests import BATCH, LEASE
from people.models import User


def written_among(keys: Iterable[str]) -> set[str]:
    """Those that were written before, so that nobody needs to write them again."""
    return set(Letter.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def write_letter(
    key: str,
    *,
    to: User,
    due_at: datetime,
    subject: str,
    text: str,
    html: str,
    picture: bytes,
    leave_path: str,
) -> None:
    """Keep a letter to be sent from `due_at` on, for four hours. The same `key` again is nothing."""
    letter = Letter(
        key=key,
        person=to,
        due_at=due_at,
        leased_until=due_at,
        subject=subject[:200],
        text=text,
        html=html,
        picture=picture,
        leave_path=leave_path,
    )
    Letter.objects.bulk_create([letter], ignore_conflicts=True)


@transaction.atomic
def lease_letters(*, at: datetime) -> list[Letter]:
    """Up to 100 letters for this worker to send within ten minutes; others pass them over."""
    free = Letter.objects.to_send(at=at).order_by("due_at", "pk")
    batch = list(
        free.select_for_update(skip_locked=True, of=("self",)).select_related("person")[:BATCH]
    )
    taken = Letter.objects.filter(pk__in=[letter.pk for letter in batch])
    taken.update(leased_until=at + LEASE, attempts=F("attempts") + 1)
    return batch
