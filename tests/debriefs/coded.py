"""Coded debriefs of deals with notes, as rows: enough of them to learn from."""

from deals.models import Closing, Deal
from debriefs.models import (
    Answer,
    Audience,
    Basis,
    CitedReason,
    Debrief,
    DebriefVersion,
    LossReason,
)
from debriefs.questions import default_version
from people.models import User
from tests.factories import CLOSED_ON, SUBMITTED_AT

SAID = {
    "price": ("They found us far too expensive.", "Norvik was cheaper, much cheaper."),
    "slow_response": ("Our answer took three weeks.", "The security review came late."),
    "other": ("Nobody called back.", "Demo with nine people."),
}


def write_coded_debriefs(count: int, *, owner: User, first: int = 0) -> None:
    """`count` lost deals of the owner's with notes and a submitted debrief each.

    The notes say the reason; each eleventh is coded as another than they say.
    """
    numbers = range(first, first + count)
    keys = [("price", "slow_response", "price", "slow_response", "other")[n % 5] for n in numbers]
    deals = Deal.objects.bulk_create(
        Deal(
            source="coded", external_id=f"C-{n}", name=f"Coded {n}", owner=owner,
            notes=f"Call with the buyer. {SAID[key][n // 5 % 2]}",
        )
        for n, key in zip(numbers, keys, strict=True)
    )  # fmt: skip
    closings = Closing.objects.bulk_create(
        Closing(deal=deal, closed_on=CLOSED_ON, outcome="lost_to_competitor") for deal in deals
    )
    template = default_version()
    debriefs = Debrief.objects.bulk_create(
        Debrief(closing=closing, author=owner, template_version=template) for closing in closings
    )
    versions = DebriefVersion.objects.bulk_create(
        DebriefVersion(debrief=debrief, submitted_at=SUBMITTED_AT) for debrief in debriefs
    )
    for debrief, version in zip(debriefs, versions, strict=True):
        debrief.current_version, debrief.submitted_at = version, SUBMITTED_AT
    Debrief.objects.bulk_update(debriefs, ["current_version", "submitted_at"])
    _cite(
        versions,
        ["slow_response" if n % 11 == 0 else key for n, key in zip(numbers, keys, strict=True)],
    )


def _cite(versions: list[DebriefVersion], keys: list[str]) -> None:
    reasons = {reason.key: reason for reason in LossReason.objects.all()}
    CitedReason.objects.bulk_create(
        CitedReason(version=version, rank=1, reason=reasons[key], basis=Basis.INFERRED)
        for version, key in zip(versions, keys, strict=True)
    )
    Answer.objects.bulk_create(
        Answer(
            version=version,
            key="do_differently",
            text=SAID[key][0] if key in SAID else "",
            audience=Audience.COMPANY,
        )
        for version, key in zip(versions, keys, strict=True)
    )
