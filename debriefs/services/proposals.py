"""Keeping what proposes reasons: trained anew when enough was debriefed since."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from debriefs.models import Debrief, ReasonProposer
from debriefs.proposals.coded import FEWEST_DEBRIEFS, LAYOUT, CodedCase
from debriefs.queries.coded import coded_debriefs, names_of_people

FEWEST_FRESH = 20
FRESH_SHARE = 0.05
CHECKED_EVERY = timedelta(days=7)


def keep_proposer() -> bool:
    """Train on the coded debriefs where that is worth while; true when what proposes changed.

    Worth while: FEWEST_FRESH submissions and FRESH_SHARE of those trained on have come in
    since it was last compared, or that was a week ago. The same debriefs are never trained on
    twice.
    What falls below the floor again proposes nothing more.
    """
    standing = ReasonProposer.objects.standing().first()
    if not _is_due(standing):
        return False
    newest = _newest_version()
    coded = coded_debriefs()
    content_hash = _hash_of(coded)
    if standing and standing.content_hash == content_hash:
        standing.checked_at, standing.newest_version = timezone.now(), newest
        standing.save(update_fields=["checked_at", "newest_version"])
        return False
    trained = _trained(coded, content_hash, newest)
    if trained is None:
        return _forget(standing)
    _put_in_place(trained)
    return True


def _is_due(standing: ReasonProposer | None) -> bool:
    if standing and standing.checked_at < timezone.now() - CHECKED_EVERY:
        return True
    wanted = max(FEWEST_FRESH, int(FRESH_SHARE * standing.debriefs)) if standing else None
    since = Debrief.objects.submitted().filter(
        current_version__gt=standing.newest_version if standing else 0
    )
    return since[: wanted or FEWEST_DEBRIEFS].count() >= (wanted or FEWEST_DEBRIEFS)


def _newest_version() -> int:
    newest = Debrief.objects.aggregate(version=Max("current_version"))["version"]
    return newest or 0


def _hash_of(coded: Sequence[CodedCase]) -> str:
    content = json.dumps([LAYOUT, *map(astuple, coded)], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _trained(
    coded: Sequence[CodedCase], content_hash: str, newest_version: int
) -> ReasonProposer | None:
    # Only here, so that a process that never trains never loads scikit-learn.
    from debriefs.proposals.training import train

    trained = train(coded, names=names_of_people())
    if trained is None:
        return None
    return ReasonProposer(
        content_hash=content_hash,
        layout=LAYOUT,
        weights=trained.weights.as_bytes(),
        debriefs=len(coded),
        newest_version=newest_version,
        threshold=trained.threshold,
        proposed=trained.proposed,
        right=trained.right,
    )


def _forget(standing: ReasonProposer | None) -> bool:
    if standing is None:
        return False
    standing.delete()
    return True


@transaction.atomic
def _put_in_place(proposer: ReasonProposer) -> None:
    """The new one stands alone; two jobs on the same debriefs leave one."""
    ReasonProposer.objects.bulk_create([proposer], ignore_conflicts=True)
    ReasonProposer.objects.exclude(content_hash=proposer.content_hash).delete()
