"""Scores of proposals on held-out notes: ours, naive Bayes's and the most frequent reason's."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import fmean

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from benchmarks.coded_notes import coded_notes
from debriefs.proposals.coded import NO_REASON, CodedCase
from debriefs.proposals.training import Trained, train
from debriefs.proposals.words import Case, features_of

SEEDS = (1, 2, 3)
HELD_OUT = 1_500
BINS = 15
SMOOTHINGS = (0.1, 0.3, 1.0)

Probabilities = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Score:
    """Shares of the held-out notes, the calibration errors, and what a proposal takes."""

    frequent: float
    frequent_3: float
    top_1: float
    top_3: float
    bayes_top_1: float
    bayes_top_3: float
    calibration: float
    bayes_calibration: float
    proposed: float
    right: float
    milliseconds: float


def mean_score(count: int, *, known: float = 1.0) -> Score:
    """The mean over the seeds; each trains anew on other debriefs."""
    scores = [_score(count, seed, known) for seed in SEEDS]
    means = {f.name: _mean_of([getattr(s, f.name) for s in scores]) for f in fields(Score)}
    return Score(**means)


def _mean_of(values: Sequence[float]) -> float:
    """Of those that there are: without proposals there is no precision."""
    there = [value for value in values if not np.isnan(value)]
    return fmean(there) if there else float("nan")


def _score(count: int, seed: int, known: float) -> Score:
    coded = coded_notes(count, seed=seed, known=known)
    held_out = coded_notes(HELD_OUT, seed=seed + 1_000)
    trained = train(coded)
    if trained is None:
        raise RuntimeError(f"{count} debriefs are below the floor")
    weights = trained.weights
    began = time.process_time()
    ours = np.stack([weights.confidences(each.case) for each in held_out])
    proposals = [_is_proposal_right(trained, each) for each in held_out]
    spent = time.process_time() - began
    labels = _labels(held_out, weights.reasons)
    theirs = _naive_bayes(coded, held_out, weights.reasons)
    made = [is_right for is_right in proposals if is_right is not None]
    return Score(
        frequent=_frequent(coded, held_out, 1),
        frequent_3=_frequent(coded, held_out, 3),
        top_1=_among_first(ours, labels, 1),
        top_3=_among_first(ours, labels, 3),
        bayes_top_1=_among_first(theirs, labels, 1),
        bayes_top_3=_among_first(theirs, labels, 3),
        calibration=_calibration_error(ours, labels),
        bayes_calibration=_calibration_error(theirs, labels),
        proposed=len(made) / len(held_out),
        right=fmean(made) if made else float("nan"),
        milliseconds=spent * 1000 / len(held_out),
    )


def _is_proposal_right(trained: Trained, coded: CodedCase) -> bool | None:
    """None where nothing is proposed."""
    guess = trained.weights.guess(coded.case)
    if guess is None or trained.threshold is None or guess.confidence < trained.threshold:
        return None
    return guess.reason == coded.reason


def _labels(coded: Sequence[CodedCase], reasons: Sequence[int]) -> npt.NDArray[np.intp]:
    places = {reason: place for place, reason in enumerate(reasons)}
    return np.array([places.get(each.reason, places[NO_REASON]) for each in coded])


def _naive_bayes(
    coded: Sequence[CodedCase], held_out: Sequence[CodedCase], reasons: Sequence[int]
) -> Probabilities:
    """Multinomial naive Bayes on the counts of the same features.

    With the smoothing that does best on the held-out notes, which flatters it.
    """
    counts = CountVectorizer(analyzer=features_of)
    cases = [*(each.case for each in coded), *(Case(each.told) for each in coded)]
    labels = [*_labels(coded, reasons)] * 2
    seen = counts.fit_transform(cases)
    unseen = counts.transform([each.case for each in held_out])
    wanted = _labels(held_out, reasons)
    tried = []
    for smoothing in SMOOTHINGS:
        model = MultinomialNB(alpha=smoothing).fit(seen, labels)
        shares = np.zeros((len(held_out), len(reasons)))
        shares[:, model.classes_] = model.predict_proba(unseen)
        tried.append(shares)
    return max(tried, key=lambda shares: _among_first(shares, wanted, 1))


def _frequent(coded: Sequence[CodedCase], held_out: Sequence[CodedCase], count: int) -> float:
    """The share of held-out notes whose reason is among the most frequent ones of training."""
    most = {reason for reason, _ in Counter(each.reason for each in coded).most_common(count)}
    return fmean(each.reason in most for each in held_out)


def _among_first(shares: Probabilities, labels: npt.NDArray[np.intp], count: int) -> float:
    first = np.argsort(-shares, axis=1)[:, :count]
    return float((first == labels[:, np.newaxis]).any(axis=1).mean())


def _calibration_error(shares: Probabilities, labels: npt.NDArray[np.intp]) -> float:
    """Expected calibration error over BINS bins of equal width (C. Guo et al., ICML 2017)."""
    confidence, is_right = shares.max(axis=1), shares.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(confidence[bins == b].mean() - is_right[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))
