"""What others made of an author's reasons, as a page shows it beside them."""

from dataclasses import dataclass
from datetime import datetime

from debriefs.models import DebriefVersion, LossReason, ReasonJudgement, Recoding


@dataclass(frozen=True)
class Named:
    id: int
    name: str
    key: str


@dataclass(frozen=True)
class Judged:
    """A manager's judgement in force."""

    by: str
    at: datetime
    agrees: bool
    note: str
    reasons: tuple[Named, ...]


@dataclass(frozen=True)
class Meant:
    """What somebody said that a citation was."""

    reason: Named
    by: str
    at: datetime
    is_triage: bool


def judged(version: DebriefVersion) -> Judged | None:
    """The manager's judgement of this version, if there is one."""
    judgement = (
        ReasonJudgement.objects.in_force()
        .filter(version=version)
        .select_related("judged_by")
        .prefetch_related("reasons__reason")
        .first()
    )
    if judgement is None:
        return None
    return Judged(
        by=str(judgement.judged_by),
        at=judgement.judged_at,
        agrees=judgement.agrees,
        note=judgement.note,
        reasons=tuple(_named(each.reason) for each in judgement.reasons.all()),
    )


def meanings(version: DebriefVersion) -> dict[int, list[Meant]]:
    """What citations of this version meant, by the reason cited."""
    found: dict[int, list[Meant]] = {}
    recodings = Recoding.objects.in_force().filter(version=version)
    for each in recodings.select_related("into__merged_into", "made_by").order_by("pk"):
        meant = Meant(
            _named(each.into), str(each.made_by or ""), each.made_at, each.split_id is None
        )
        found.setdefault(each.reason_id, []).append(meant)
    return found


def _named(reason: LossReason) -> Named:
    return Named(reason.pk, reason.name, reason.key)
