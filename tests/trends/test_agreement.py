"""The correction by measured agreement, on companies whose true reasons are known."""

import numpy as np
import pytest

from trends.agreement import Agreement

# How a manager would call a debrief whose author cites reason 0, 1 or 2.
TRUTH = np.array([[0.7, 0.25, 0.05], [0.1, 0.85, 0.05], [0.0, 0.1, 0.9]])


def table(*rows: tuple[int, ...]) -> Agreement:
    return Agreement(np.array(rows))


def test_corrected_reasons_add_up_to_the_same_debriefs() -> None:
    unjudged, confirmed = np.array([[10, 5, 0], [0, 7, 3]]), np.array([[2, 0, 1], [0, 0, 4]])
    over_time, whole = table((20, 5, 1), (2, 30, 0), (0, 1, 12)).applied(unjudged, confirmed)
    assert over_time.mean.sum(axis=1) == pytest.approx([18, 14])
    assert whole.mean.sum() == pytest.approx(32)


def test_judged_debriefs_stand_as_they_are() -> None:
    nothing, confirmed = np.zeros((1, 3), dtype=int), np.array([[4, 0, 2]])
    over_time, _ = table((20, 5, 1), (2, 30, 0), (0, 1, 12)).applied(nothing, confirmed)
    assert over_time.low.tolist() == over_time.high.tolist() == [[4, 0, 2]]


def test_a_reason_without_judgements_leans_on_all_together() -> None:
    rows = table((30, 10, 0), (5, 35, 0), (0, 0, 0)).rows()
    shares = rows[2] / rows[2].sum()
    assert shares[2] == pytest.approx((65 + 1) / (80 + 2))
    assert shares[1] > shares[0]


def test_more_judgements_make_the_interval_narrower() -> None:
    unjudged, confirmed = np.array([[200, 0, 0]]), np.zeros((1, 3), dtype=int)
    few, _ = table((7, 3, 0), (0, 10, 0), (0, 0, 10)).applied(unjudged, confirmed)
    many, _ = table((700, 300, 0), (0, 10, 0), (0, 0, 10)).applied(unjudged, confirmed)
    width = [float(each.high[0, 0] - each.low[0, 0]) for each in (few, many)]
    assert width[1] < width[0] / 2
    assert many.mean[0, 0] == pytest.approx(140, abs=3)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """120 companies of 300 debriefed losses of which 80 are judged, three reasons each."""
    random, held, wrong_by = np.random.default_rng(5), [], []
    for _ in range(120):
        author = random.choice(3, size=300, p=[0.5, 0.3, 0.2])
        manager = np.array([random.choice(3, p=TRUTH[reason]) for reason in author])
        judged = np.arange(300) < 80
        counts = np.zeros((3, 3), dtype=int)
        np.add.at(counts, (author[judged], manager[judged]), 1)
        unjudged = np.bincount(author[~judged], minlength=3)[None]
        confirmed = np.bincount(manager[judged], minlength=3)[None]
        _, whole = Agreement(counts).applied(unjudged, confirmed)
        true = np.bincount(manager, minlength=3)
        held += ((whole.low[0] <= true) & (true <= whole.high[0])).tolist()
        wrong_by.append(whole.mean[0] - true)
    assert 0.92 <= np.mean(held) <= 0.99
    recorded_wrong_by = 300 * (np.array([0.5, 0.3, 0.2]) - np.array([0.5, 0.3, 0.2]) @ TRUTH)
    assert np.abs(np.mean(wrong_by, axis=0)).max() < np.abs(recorded_wrong_by).max() / 5
