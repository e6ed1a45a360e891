"""Learning from coded debriefs which words go with which reason, and when to trust it.

The only module that imports scikit-learn, which a web process must never do: it is imported
by the job alone.

The steps: TF-IDF over words and pairs of words and a multinomial logistic regression (both
scikit-learn); scores of deals that the weights have not seen, by cross-validation, once as
the notes stand and once with a third of the wordings hidden from what is learned; one
temperature that makes them probabilities (C. Guo et al., "On Calibration of Modern Neural
Networks", ICML 2017); and the lowest confidence above which the proposals were right often
enough both times, by the lower end of a Wilson interval.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from common.intervals import wilson
from debriefs.proposals.coded import (
    FEWEST_DEBRIEFS,
    FEWEST_OF_A_REASON,
    NO_REASON,
    CodedCase,
)
from debriefs.proposals.weights import Floats, Weights, softmax
from debriefs.proposals.wordings import without_some_wordings
from debriefs.proposals.words import Case, terms_of

RIGHT_AT_LEAST = 0.75
FOLDS = 5
SEED = 1
MOST_TERMS = 10_000
STRENGTH = 3.0
UNSEEN = np.float32(-30)
TEMPERATURES = np.exp(np.linspace(-2.0, 2.0, 81))


@dataclass(frozen=True)
class Trained:
    """Weights and how far to trust them.

    `threshold` is the confidence from which reasons are proposed, None where no confidence is
    enough. `proposed` counts the deals above it when they were tried with a third of the
    wordings hidden, `right` those whose reason it was.
    """

    weights: Weights
    threshold: float | None
    proposed: int
    right: int


def train(coded: Sequence[CodedCase], *, names: frozenset[str] = frozenset()) -> Trained | None:
    """Train on an instance's coded debriefs; None below the floor.

    The floor: FEWEST_DEBRIEFS deals with notes, and two reasons with FEWEST_OF_A_REASON each;
    a rarer reason is never proposed. `names` are words of people's names, folded in case: a
    person is no reason, so their names are no evidence.
    """
    coded = _with_rare_ones_apart(coded)
    reasons = sorted({each.reason for each in coded} - {NO_REASON})
    if len(coded) < FEWEST_DEBRIEFS or len(reasons) < 2:
        return None
    classes = (NO_REASON, *reasons)
    # The machine has other work: one thread each is also faster than several that wait.
    with threadpool_limits(limits=1):
        trials = [_trial(coded, classes, names, is_hiding=hiding) for hiding in (False, True)]
        weights = _fit([_Example.of(each, names) for each in coded], classes)
    labels = np.array([classes.index(each.reason) for each in coded])
    temperature = _temperature(trials, labels)
    tried = [trial.judged(labels, temperature) for trial in trials]
    return Trained(replace(weights, temperature=temperature), *_threshold(tried))


def _with_rare_ones_apart(coded: Sequence[CodedCase]) -> list[CodedCase]:
    counts = Counter(each.reason for each in coded)
    return [
        each if counts[each.reason] >= FEWEST_OF_A_REASON else replace(each, reason=NO_REASON)
        for each in coded
    ]


@dataclass(frozen=True)
class _Example:
    """A coded case with the features of its notes and of its debrief."""

    case: Case
    reason: int
    noted: list[str]
    told: list[str]

    @classmethod
    def of(cls, coded: CodedCase, names: frozenset[str]) -> "_Example":
        noted = [*_terms_without(names, coded.case.notes), *coded.case.facts]
        return cls(coded.case, coded.reason, noted, _terms_without(names, coded.told))


def _terms_without(names: frozenset[str], text: str) -> list[str]:
    """The text's terms but those that hold a capitalised word of a person's name."""
    return [
        term.text
        for term in terms_of(text)
        if not any(word[0].isupper() and word.casefold() in names for word in term.words)
    ]


@dataclass(frozen=True)
class _Judged:
    """Of deals that were tried: how sure the proposal was, 0 where there was none, and whether
    it was right."""

    sure: npt.NDArray[np.floating]
    is_right: npt.NDArray[np.bool_]

    def above(self, threshold: float) -> tuple[int, int]:
        """How many proposals are as sure as that, and how many of them were right."""
        chosen = self.sure >= threshold
        return int(chosen.sum()), int((chosen & self.is_right).sum())


@dataclass(frozen=True)
class _Trial:
    """Scores by weights that had not seen the deal, and how familiar its notes were to them.

    `familiarity` is 0 where there was nothing to propose.
    """

    scores: Floats
    familiarity: Floats

    def judged(self, labels: npt.NDArray[np.intp], temperature: float) -> _Judged:
        confidences = softmax(self.scores / np.float32(temperature))
        return _Judged(
            confidences.max(axis=1) * self.familiarity, confidences.argmax(axis=1) == labels
        )


def _trial(
    coded: Sequence[CodedCase],
    classes: Sequence[int],
    names: frozenset[str],
    *,
    is_hiding: bool,
) -> _Trial:
    """Try each deal, as it stands, on weights of the others, from which wordings may be hidden."""
    scores = np.zeros((len(coded), len(classes)), np.float32)
    familiarity = np.zeros(len(coded), np.float32)
    for turn, (inside, outside) in enumerate(_folds([each.reason for each in coded])):
        known = [coded[place] for place in inside]
        if is_hiding:
            known = [without_some_wordings(each, turn=turn) for each in known]
        weights = _fit([_Example.of(each, names) for each in known], classes)
        for place in outside:
            scores[place] = weights.scores(coded[place].case)
            if weights.guess(coded[place].case):
                familiarity[place] = weights.familiarity(coded[place].case)
    return _Trial(scores, familiarity)


def _folds(reasons: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Each deal outside once; each reason spread evenly, the same way every time."""
    mixed = np.random.default_rng(SEED).permutation(len(reasons))
    turn: Counter[int] = Counter()
    fold = [0] * len(reasons)
    for place in mixed:
        fold[place] = turn[reasons[place]] % FOLDS
        turn[reasons[place]] += 1
    for number in range(FOLDS):
        yield (
            [place for place, own in enumerate(fold) if own != number],
            [place for place, own in enumerate(fold) if own == number],
        )


def _fit(examples: Sequence[_Example], classes: Sequence[int]) -> Weights:
    """Learn from the notes and from what the debriefs say; count words in the notes alone."""
    told = [each for each in examples if each.told]
    vectorizer = TfidfVectorizer(
        analyzer=_as_they_are,
        sublinear_tf=True,
        min_df=2,
        max_df=0.5,
        max_features=MOST_TERMS,
        dtype=np.float32,
    )
    vectors = vectorizer.fit_transform([e.noted for e in examples] + [e.told for e in told])
    labels = np.array([each.reason for each in (*examples, *told)])
    model = LogisticRegression(C=STRENGTH, max_iter=500, tol=1e-3).fit(vectors, labels)
    coefficients, intercepts = _by_class(model, classes)
    labels, vectors = labels[: len(examples)], vectors[: len(examples)]
    return Weights(
        terms=tuple(vectorizer.get_feature_names_out()),
        reasons=tuple(classes),
        rarity=vectorizer.idf_.astype(np.float32),
        coefficients=coefficients,
        intercepts=intercepts,
        temperature=1.0,
        debriefed=np.array([(labels == key).sum() for key in classes], np.int32),
        seen_with=np.stack([vectors[labels == key].getnnz(axis=0) for key in classes]).astype(
            np.int32
        ),
    )


def _by_class(model: LogisticRegression, classes: Sequence[int]) -> tuple[Floats, Floats]:
    """Coefficients and intercepts in the order of `classes`, whichever of them the model met."""
    coefficients = np.zeros((len(classes), model.coef_.shape[1]), np.float32)
    intercepts = np.full(len(classes), UNSEEN)
    met = [classes.index(key) for key in model.classes_]
    if len(met) == 2:
        half = model.coef_[0] / 2
        coefficients[met] = np.stack([-half, half])
        intercepts[met] = np.array([-0.5, 0.5]) * model.intercept_[0]
    else:
        coefficients[met] = model.coef_
        intercepts[met] = model.intercept_
    return coefficients, intercepts


def _as_they_are(features: list[str]) -> list[str]:
    return features


def _temperature(trials: Sequence[_Trial], labels: npt.NDArray[np.intp]) -> float:
    """The divisor under which the deals' own reasons are likeliest over all trials."""
    scores: Floats = np.concatenate([trial.scores for trial in trials]).astype(np.float32)
    rows, own = np.arange(len(scores)), np.tile(labels, len(trials))
    losses = [
        -np.log(softmax(scores / np.float32(t))[rows, own] + 1e-12).mean() for t in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _threshold(tried: Sequence[_Judged]) -> tuple[float | None, int, int]:
    """The lowest confidence above which proposals are right at least RIGHT_AT_LEAST of the time.

    Asks it of each trial, and of the lower end of its interval, so that a lucky few are not
    enough. Returns the threshold with how many deals of the last trial stand above it, and
    how many of them were right.
    """
    for at in np.unique(np.concatenate([each.sure for each in tried])):
        counts = [each.above(at) for each in tried]
        if at > 0 and all(_is_right_enough(*count) for count in counts):
            return float(at), *counts[-1]
    return None, 0, 0


def _is_right_enough(proposed: int, right: int) -> bool:
    return proposed > 0 and wilson(right, proposed)[0] >= RIGHT_AT_LEAST
