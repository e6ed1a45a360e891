"""Sizes of deals: how a span reads and is written, and which five stand around a median."""

from decimal import Decimal

import pytest

from trends.amounts import Span, size_in_words, spans_around
from trends.errors import TrendError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20000..100000", "20,000 to below 100,000"),
        ("..0.5", "Below 0.5"),
        ("100000..", "100,000 and more"),
        ("known", "Known"),
        ("unknown", "Unknown"),
    ],
)
def test_a_size_is_said_in_words(text: str, words: str) -> None:
    assert size_in_words(text) == words


@pytest.mark.parametrize("text", ["", "..", "5", "5..5", "9..2", "-1..2", "NaN..2", "a..b"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(TrendError):
        size_in_words(text)


def test_a_bound_between_two_minor_units_is_the_next_one() -> None:
    assert Span.of("0.014..0.015").in_minor(2) == (2, 2)
    assert Span.of("7..").in_minor(0) == (7, None)


@pytest.mark.parametrize(
    ("median", "texts"),
    [
        ("60000", ["..4000", "4000..20000", "20000..100000", "100000..500000", "500000.."]),
        ("9", ["..0.4", "0.4..2", "2..10", "10..50", "50.."]),
        ("0", ["0.."]),
    ],
)
def test_five_sizes_with_round_bounds_stand_around_the_median(
    median: str, texts: list[str]
) -> None:
    spans = spans_around(Decimal(median))
    assert [str(span) for span in spans] == texts
    assert [Span.of(str(span)) for span in spans] == list(spans)
