"""The reason that a deal's notes speak for, with the words that say so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import cached_property

from debriefs.models import LossReason, ReasonProposer
from debriefs.proposals.coded import FEWEST_DEBRIEFS
from debriefs.proposals.weights import Evidence, Guess, Weights, weights_from
from debriefs.proposals.words import Case, sentence_around
from debriefs.queries.coded import case_of, count_coded, reasons_today
from debriefs.queries.work import Work


@dataclass(frozen=True)
class Piece:
    """A stretch of the notes, marked where it speaks for the reason."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class Proposal:
    """A reason for a person to take or leave, and everything that it rests on.

    Of the `proposed` debriefed deals on which proposals as sure as this were tried out, with
    a third of the wordings unknown, `right` had the proposed reason.
    """

    reason: LossReason
    case: Case
    evidence: tuple[Evidence, ...]
    proposed: int
    right: int

    @cached_property
    def passage(self) -> list[Piece]:
        """The sentences with the words that count, each word marked, gaps shown as an ellipsis."""
        return list(_pieces(self.case.notes, self.evidence))


@dataclass(frozen=True)
class NotYet:
    """Why nothing is proposed on any deal: what was learned from so far, and what it takes."""

    debriefs: int
    needed: int = FEWEST_DEBRIEFS

    @property
    def is_too_few(self) -> bool:
        return self.debriefs < self.needed


def not_yet(work: Work) -> NotYet | None:
    """Why the notes of no deal propose anything yet; None where those of others do."""
    if not work.takes_proposals:
        return None
    proposer = ReasonProposer.objects.standing().defer("weights").first()
    if proposer is None:
        return NotYet(count_coded())
    return NotYet(proposer.debriefs) if proposer.threshold is None else None


def proposal_for(work: Work) -> Proposal | None:
    """What to propose to the person who works on this debrief; most often nothing.

    Only for a lost deal with notes whose author has chosen no reason yet, only above the
    confidence that was measured, and only a reason that the list still offers.
    """
    if not work.takes_proposals:
        return None
    proposer = ReasonProposer.objects.standing().defer("weights").first()
    if proposer is None or proposer.threshold is None:
        return None
    case = case_of(work.closing_id)
    guess = _weights(proposer.content_hash).guess(case)
    if guess is None or guess.confidence < proposer.threshold:
        return None
    return _proposal(guess, case, proposer)


def _proposal(guess: Guess, case: Case, proposer: ReasonProposer) -> Proposal | None:
    today = reasons_today().get(guess.reason)
    if today is None:
        return None
    reason = LossReason.objects.get(pk=today)
    return Proposal(reason, case, guess.evidence, proposer.proposed, proposer.right)


@lru_cache(maxsize=2)
def _weights(content_hash: str) -> Weights:
    """Kept in memory: a hash never stands for other weights."""
    kept = ReasonProposer.objects.standing().values_list("weights", flat=True)
    return weights_from(bytes(kept.get(content_hash=content_hash)))


def _pieces(notes: str, evidence: Sequence[Evidence]) -> Iterator[Piece]:
    marks = sorted((each.term.start, each.term.end) for each in evidence)
    shown = 0
    for start, end in marks:
        begin, until = sentence_around(notes, start, end)
        if begin > shown:
            yield Piece(" … ")
        yield Piece(notes[max(shown, begin) : start])
        yield Piece(notes[start:end], is_marked=True)
        shown = min([at for at, _ in marks if end <= at < until], default=until)
        yield Piece(notes[end:shown])
    if notes[shown:].strip():
        yield Piece(" …")
