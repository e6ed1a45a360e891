"""How good proposed reasons are, on synthetic coded notes that training has not seen.

Beside the most frequent reason (the three most frequent, for top-3) and multinomial naive Bayes, which learn from the same notes
and debriefs. Held-out notes come twice: in the wordings that training met, and with a third
of the wordings new to it, since tomorrow's notes are written by somebody else.
"""

from typing import TYPE_CHECKING

from benchmarks.results import Row, at_least, at_most, for_the_record

if TYPE_CHECKING:
    from benchmarks.proposal_scores import Score

FEW, DEBRIEFS, MANY = 300, 1_000, 2_500
KNOWN_WORDINGS = 0.67


def run() -> list[Row]:
    # Only here: the product is not set up before.
    from benchmarks.proposal_scores import mean_score
    from debriefs.proposals.training import RIGHT_AT_LEAST

    few = mean_score(FEW)
    usual = mean_score(DEBRIEFS)
    many = mean_score(MANY)
    new = mean_score(DEBRIEFS, known=KNOWN_WORDINGS)
    return [
        *_rows(f"{DEBRIEFS:,} debriefs", usual),
        at_least(
            "top-1 / most frequent reason", usual.top_1 / max(usual.frequent, 0.001), 2.0, "x"
        ),
        at_least("top-1 less naive Bayes's", usual.top_1 - usual.bayes_top_1, 0.0, ""),
        at_most("expected calibration error", usual.calibration, 0.06, ""),
        at_least("precision at the chosen threshold", usual.right, RIGHT_AT_LEAST, ""),
        at_least("share of notes with a proposal", usual.proposed, 0.2, ""),
        at_most("CPU of one proposal", usual.milliseconds, 5.0, "ms"),
        *_rows("a third of the wordings new", new),
        at_most("calibration error, a third of the wordings new", new.calibration, 0.12, ""),
        at_least("precision, a third of the wordings new", new.right, RIGHT_AT_LEAST, ""),
        for_the_record("share with a proposal, a third new", new.proposed, ""),
        *_rows(f"{MANY:,} debriefs", many),
        at_least(f"precision at the threshold, {MANY:,} debriefs", many.right, RIGHT_AT_LEAST, ""),
        for_the_record(f"share with a proposal, {MANY:,} debriefs", many.proposed, ""),
        *_rows(f"{FEW:,} debriefs", few),
        for_the_record(f"share with a proposal, {FEW:,} debriefs", few.proposed, ""),
    ]


def _rows(label: str, score: "Score") -> list[Row]:
    return [
        for_the_record(f"top-1, {label}", score.top_1, ""),
        for_the_record(f"top-1 of naive Bayes, {label}", score.bayes_top_1, ""),
        for_the_record(f"top-1 of the most frequent reason, {label}", score.frequent, ""),
        for_the_record(f"calibration error, {label}", score.calibration, ""),
        for_the_record(f"calibration error of naive Bayes, {label}", score.bayes_calibration, ""),
        for_the_record(f"top-3, {label}", score.top_3, ""),
        for_the_record(f"top-3 of naive Bayes, {label}", score.bayes_top_3, ""),
        for_the_record(f"the three most frequent reasons, {label}", score.frequent_3, ""),
    ]
