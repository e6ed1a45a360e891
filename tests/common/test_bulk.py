"""Rows written by COPY are the rows that were given."""

import pytest

from debriefs.models import Answer, Audience, CitedReason
from tests.factories import LossReasonFactory, submitted_debrief

AWKWARD = "a tab\there, a line\nand \\N, \\., “quotes”, é and \r"


@pytest.mark.django_db
def test_text_comes_back_as_it_was_given() -> None:
    version = submitted_debrief().current_version
    Answer.objects.copy_in(
        Answer(version=version, key=f"q{n}", text=text, audience=Audience.SALES, value=value)
        for n, (text, value) in enumerate([(AWKWARD, None), ("", {"a": [1, "\t"]}), (r"\N", "x")])
    )
    found = Answer.objects.filter(version=version, key__startswith="q").order_by("key")
    assert [(answer.text, answer.value) for answer in found] == [
        (AWKWARD, None),
        ("", {"a": [1, "\t"]}),
        (r"\N", "x"),
    ]


@pytest.mark.django_db
def test_nothing_is_written_of_no_rows() -> None:
    Answer.objects.copy_in(())
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_what_some_rows_leave_to_the_database_it_fills_in() -> None:
    version = submitted_debrief().current_version
    assert version is not None
    version.reasons.all().delete()
    CitedReason.objects.copy_in(
        [
            CitedReason(
                version=version,
                rank=1,
                reason=LossReasonFactory.create(),
                basis="guess",
                gap_known="yes",
            ),
            CitedReason(version=version, rank=2, reason=LossReasonFactory.create(), basis="guess"),
        ]
    )
    assert list(version.reasons.values_list("rank", "gap_known")) == [(1, "yes"), (2, "")]
