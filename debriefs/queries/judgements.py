"""What others made of an author's reasons, as a page shows it beside them."""

from dataclasses import dataclass
from datetime import datetime

from debriefs.models import CitedReason, DebriefVersion, LossReason, ReasonJudgement, Recoding


@dataclass(frozen=True)
class Named:
    id: int
    name: str
    key: str


@dataclass(frozen=True)
class Judged:
    """A manager's judgement in force. `is_carried_over` where it was given on an earlier version,
    and the author has amended since without changing the reasons."""

    by: str
    at: datetime
    agrees: bool
    note: str
    reasons: tuple[Named, ...]
    is_carried_over: bool


@dataclass(frozen=True)
class Outdated:
    """A judgement of the version before, which the amendment's other reasons outdated.

    `was` are the reasons that the manager had read; where they are the same as now, the words
    beside “other” or “don't know” have changed.
    """

    by: str
    at: datetime
    version: int
    was: tuple[Named, ...]
    is_reworded: bool


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
        is_carried_over=judgement.judged_at < version.submitted_at,
    )


def outdated_judgement(version: DebriefVersion) -> Outdated | None:
    """What a manager judged of the version before, where this one has not been judged yet."""
    if version.number == 1 or ReasonJudgement.objects.filter(version=version).exists():
        return None
    earlier = (
        ReasonJudgement.objects.in_force()
        .filter(version__debrief=version.debrief_id, version__number=version.number - 1)
        .select_related("judged_by")
        .first()
    )
    if earlier is None:
        return None
    was, now = _cited(earlier.version_id), _cited(version.pk)
    return Outdated(
        str(earlier.judged_by), earlier.judged_at, version.number - 1, was, is_reworded=was == now
    )


def _cited(version_id: int) -> tuple[Named, ...]:
    cited = CitedReason.objects.filter(version=version_id).select_related("reason")
    return tuple(_named(each.reason) for each in cited.order_by("rank"))


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
