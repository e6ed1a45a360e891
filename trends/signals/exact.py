"""Two shares compared without approximation, many at a time.

`k` of `n` deals in a window are held against `k_before` of `n_before` in the weeks before it.
Given both together, the window's count is hypergeometric where nothing changed (R. A. Fisher,
*Statistical Methods for Research Workers*, 1934, section 21.02), whatever the share is, so that it
holds for counts of two or three. Half of the probability of the very count is taken (H. O.
Lancaster, JASA 56, 1961), since the whole of it is needlessly cautious for small counts.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

_MOST_TERMS = 5_000
_NEGLIGIBLE = 1e-9


def tail(k: Numbers, n: Numbers, k_before: Numbers, n_before: Numbers) -> Numbers:
    """The mid-p of a count at least as high as `k`, by the hypergeometric distribution."""
    from scipy.stats import hypergeom

    k, n, k_before, n_before = (
        np.atleast_1d(np.asarray(each, dtype=float)) for each in (k, n, k_before, n_before)
    )
    hits, deals = k + k_before, n + n_before
    term = np.exp(hypergeom.logpmf(k, deals, hits, n))
    total = term / 2
    for _ in range(_MOST_TERMS):
        term = term * (hits - k) * (n - k) / ((k + 1) * (deals - hits - n + k + 1))
        k = k + 1
        total = total + np.maximum(term, 0)
        if not (term > total * _NEGLIGIBLE).any():
            break
    smaller: Numbers = np.minimum(total, 1.0)
    return smaller


def tail_down(k: Numbers, n: Numbers, k_before: Numbers, n_before: Numbers) -> Numbers:
    """The mid-p of a count at most as high as `k`."""
    n, n_before = np.asarray(n, dtype=float), np.asarray(n_before, dtype=float)
    return tail(n - k, n, n_before - k_before, n_before)


def signed_root(k: Numbers, n: Numbers, k_before: Numbers, n_before: Numbers) -> Numbers:
    """The signed root of the likelihood ratio: about a standard normal where nothing changed.

    Quick enough for every window of every series; what it singles out is then tested by `tail`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (k + k_before) / (n + n_before)
        gain = (
            _log_likelihood(k, n)
            + _log_likelihood(k_before, n_before)
            - _log_likelihood(k + k_before, n + n_before)
        )
        sign = np.sign(k - n * share)
        root = sign * np.sqrt(np.maximum(2 * gain, 0))
    known: Numbers = np.nan_to_num(root)
    return known


def _log_likelihood(k: Numbers, n: Numbers) -> Numbers:
    """Of `k` in `n` at their own share."""
    from scipy.special import xlogy

    found: Numbers = xlogy(k, k / n) + xlogy(n - k, 1 - k / n)
    return found
