"""What training left behind: plain arrays, and the arithmetic that turns notes into a proposal.

The web process needs NumPy for it and nothing else. Weights are kept as an `.npz` file that
is read without pickle, so that no byte of it can run.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from common.intervals import wilson
from debriefs.proposals.coded import NO_REASON
from debriefs.proposals.words import Case, Term, features_of, says_something, terms_of

MOST_EVIDENCE = 3
ENOUGH_WORDS = 12
FEWEST_SEEN = 3
# How many times as often as usual a word must go with a reason, at the least that is likely.
TELLING = 1.5

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Evidence:
    """A term of the notes that speaks for a reason.

    `seen` debriefed deals have it in their notes; `seen_with` of them were lost for the reason.
    """

    term: Term
    seen: int
    seen_with: int


@dataclass(frozen=True)
class Guess:
    """The likeliest reason (its key in the database), how sure, and the words that say so.

    `confidence` is the reason's probability times the notes' familiarity.
    """

    reason: int
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Weights:
    """A linear model over terms and facts with calibrated confidences.

    One class for each of `reasons`; `NO_REASON` stands for all that is never proposed.
    `temperature` divides the scores before the softmax. `debriefed` counts the deals that
    training saw by class, `seen_with` those of each class whose notes hold a term.
    """

    terms: tuple[str, ...]
    reasons: tuple[int, ...]
    rarity: Floats
    coefficients: Floats
    intercepts: Floats
    temperature: float
    debriefed: Counts
    seen_with: Counts

    @cached_property
    def places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def scores(self, case: Case) -> Floats:
        """One score for each class, before calibration."""
        places, values = self._vector(features_of(case))
        scores: Floats = self.coefficients[:, places] @ values + self.intercepts
        return scores

    def confidences(self, case: Case) -> Floats:
        """The probability of each class; they sum to 1."""
        shares: Floats = softmax(self.scores(case)[np.newaxis, :] / np.float32(self.temperature))[0]
        return shares

    def guess(self, case: Case) -> Guess | None:
        """The likeliest reason; None where it is none to propose or no word speaks for it."""
        confidences = self.confidences(case)
        best = int(confidences.argmax())
        evidence = () if self.reasons[best] == NO_REASON else self._evidence(case, best)
        if not evidence:
            return None
        confidence = float(confidences[best]) * self.familiarity(case)
        return Guess(self.reasons[best], confidence, evidence)

    def familiarity(self, case: Case) -> float:
        """The share of the notes' words, common ones apart, that training met; 1 without any.

        What stands in unknown words may be the reason, and the known ones about another. In
        long notes, such as the minutes of a call, ENOUGH_WORDS known ones are enough: most of
        what they say is about no reason at all.
        """
        words = [t.text for t in terms_of(case.notes) if len(t.words) == 1 and says_something(t)]
        known = sum(word in self.places for word in words)
        return min(1.0, known / min(len(words), ENOUGH_WORDS)) if words else 1.0

    def _vector(self, features: Sequence[str]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Term frequency (logarithmic) times rarity, of length 1: as training saw it."""
        counts = Counter(self.places[name] for name in features if name in self.places)
        places = np.fromiter(counts.keys(), np.intp, len(counts))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        values = (1 + np.log(often)) * self.rarity[places]
        length = np.sqrt((values * values).sum())
        return places, values / length if length else values

    def _evidence(self, case: Case, best: int) -> tuple[Evidence, ...]:
        """The terms that weigh most for the class.

        Each went with it in at least half of its deals, and surely TELLING times as often as
        the class comes anyway.
        """
        found = {t.text: t for t in reversed([*terms_of(case.notes)]) if says_something(t)}
        wanted = TELLING * self.debriefed[best] / self.debriefed.sum()
        weighed = []
        for name, term in found.items():
            place = self.places.get(name)
            if place is None:
                continue
            seen, seen_with = int(self.seen_with[:, place].sum()), int(self.seen_with[best, place])
            weight = float(self.coefficients[best, place] * self.rarity[place])
            is_telling = seen >= FEWEST_SEEN and 2 * seen_with >= seen
            if weight > 0 and is_telling and wilson(seen_with, seen)[0] > wanted:
                weighed.append((weight, Evidence(term, seen, seen_with)))
        weighed.sort(key=lambda pair: -pair[0])
        return _apart([evidence for _, evidence in weighed])

    def as_bytes(self) -> bytes:
        file = io.BytesIO()
        np.savez_compressed(
            file,
            terms=np.frombuffer("\n".join(self.terms).encode(), np.uint8),
            reasons=np.array(self.reasons, np.int64),
            rarity=self.rarity,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
            temperature=np.array([self.temperature]),
            debriefed=self.debriefed,
            seen_with=self.seen_with,
        )
        return file.getvalue()


def weights_from(content: bytes) -> Weights:
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        return Weights(
            terms=tuple(kept["terms"].tobytes().decode().split("\n")),
            reasons=tuple(int(key) for key in kept["reasons"]),
            rarity=kept["rarity"],
            coefficients=kept["coefficients"],
            intercepts=kept["intercepts"],
            temperature=float(kept["temperature"][0]),
            debriefed=kept["debriefed"],
            seen_with=kept["seen_with"],
        )


def softmax(scores: Floats) -> Floats:
    """Row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _apart(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The first few that don't overlap in the text."""
    kept: list[Evidence] = []
    for each in evidence:
        if all(each.term.end <= k.term.start or each.term.start >= k.term.end for k in kept):
            kept.append(each)
        if len(kept) == MOST_EVIDENCE:
            break
    return tuple(kept)
