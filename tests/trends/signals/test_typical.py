"""Typical words: more often here than there beyond chance, and only what the reader may see."""

import pytest

from debriefs.models import Audience, Debrief
from people.models import User
from tests.factories import ClosingFactory, DebriefRequestFactory, submitted_debrief
from trends.signals.typical import most_typical, typical_words


def test_a_word_of_these_debriefs_comes_before_one_of_all() -> None:
    here = [{"seat", "price", "team"}] * 8 + [{"price", "team"}] * 4
    others = [{"price", "team"}] * 60 + [{"seat"}] * 2
    [word] = most_typical(here, others)
    assert (word.word, word.here, word.others) == ("seat", 8, 2)


def test_a_word_that_two_people_wrote_is_theirs() -> None:
    assert most_typical([{"seat"}, {"seat"}, {"price"}], [{"price"}] * 50) == []


@pytest.fixture
def debriefs(rep: User) -> list[Debrief]:
    """Six that speak of seats to sales, of rebates to nobody, and thirty that speak of neither."""
    told = {
        "pain_points": {"text": "The seats were too many.", "audience": Audience.SALES},
        "internal_roadblocks": {"text": "My rebate was refused.", "audience": Audience.PRIVATE},
    }
    plain = {"pain_points": {"text": "They waited for months.", "audience": Audience.COMPANY}}
    return [
        submitted_debrief(closing=ClosingFactory.create(deal__owner=rep), author=rep, answers=each)
        for each in [told] * 6 + [plain] * 30
    ]


def words_for(viewer: User, debriefs: list[Debrief]) -> list[str]:
    closings = [debrief.closing_id for debrief in debriefs]
    return [each.word for each in typical_words(closings[:6], closings[6:], viewer).words]


def test_sales_reads_words_for_sales_and_no_private_ones(
    debriefs: list[Debrief], manager: User, outsider: User
) -> None:
    assert "seats" in words_for(outsider, debriefs)
    assert "rebate" not in words_for(outsider, debriefs)


def test_a_partner_reads_words_for_the_company_only(debriefs: list[Debrief], partner: User) -> None:
    assert words_for(partner, debriefs) == []


def test_who_owes_a_view_reads_nothing_of_that_debrief(
    debriefs: list[Debrief], outsider: User, rep: User
) -> None:
    for debrief in debriefs[:5]:
        DebriefRequestFactory.create(closing=debrief.closing, person=outsider, asked_by=rep)
    closings = [debrief.closing_id for debrief in debriefs]
    read = typical_words(closings[:6], closings[6:], outsider)
    assert (read.here, read.others, read.words) == (1, 30, ())
