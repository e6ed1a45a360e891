"""An amendment keeps what others made of the version before, wherever it says the same still."""

from collections.abc import Iterable

from common.text import tidy
from debriefs.models import (
    CitedReason,
    CodedText,
    DebriefVersion,
    JudgedReason,
    ReasonJudgement,
    Recoding,
    TextCoding,
)


def carry_over(before_id: int, after: DebriefVersion) -> None:
    """Let the judgement, the recodings and the codes of a version hold for the next one too.

    The judgement, where the same reasons are cited in the same order; a recoding, where its
    reason is cited still or is named by what was carried over; a code, where its text is the
    same. What was said beside “other” or “don't know” has to be the same as well. Each keeps
    who said it and when. Six statements, and one more for each kind there was.
    """
    before = DebriefVersion.objects.select_for_update(no_key=True).get(pk=before_id)
    then, now = _said(before_id), _said(after.pk)
    judged = _carry_judgement(before_id, after) if then == now else set()
    same = {reason for reason, _ in set(then) & set(now)}
    _carry_recodings(before_id, after, named=same | judged)
    _carry_codes(before, after)


def _said(version_id: int) -> list[tuple[int, str]]:
    """The cited reasons in their order, each with the words that say what “other” was."""
    cited = CitedReason.objects.filter(version=version_id).select_related("reason")
    return [
        (each.reason_id, tidy(each.text) if each.reason.needs_text else "")
        for each in cited.order_by("rank")
    ]


def _carry_judgement(before_id: int, after: DebriefVersion) -> set[int]:
    """The reasons that the judgement names, if there was one in force."""
    judgement = ReasonJudgement.objects.in_force().filter(version=before_id).first()
    if judgement is None:
        return set()
    reasons = list(judgement.reasons.all())
    judgement.pk, judgement.version = None, after
    judgement.save(force_insert=True)
    JudgedReason.objects.bulk_create(
        JudgedReason(judgement=judgement, rank=each.rank, reason_id=each.reason_id)
        for each in reasons
    )
    return {each.reason_id for each in reasons}


def _carry_recodings(before_id: int, after: DebriefVersion, *, named: Iterable[int]) -> None:
    """Those of the reasons named, and of what these were recoded into."""
    known = set(named)
    left = list(Recoding.objects.in_force().filter(version=before_id).order_by("pk"))
    carried: list[Recoding] = []
    while more := [each for each in left if each.reason_id in known]:
        carried += more
        left = [each for each in left if each.reason_id not in known]
        known |= {each.into_id for each in more}
    for each in carried:
        each.pk, each.version = None, after
    Recoding.objects.bulk_create(carried)


def _carry_codes(before: DebriefVersion, after: DebriefVersion) -> None:
    codings = TextCoding.objects.in_force().filter(version=before)
    carried = [
        each for each in codings if _text(before, each.of_text) == _text(after, each.of_text)
    ]
    for each in carried:
        each.pk, each.version = None, after
    TextCoding.objects.bulk_create(carried)


def _text(version: DebriefVersion, of_text: str) -> str:
    return tidy(getattr(version, CodedText(of_text).column))
