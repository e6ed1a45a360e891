"""The plan of the demo: three stories with exact numbers on any day, and texts like people's."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time
from functools import cache

import pytest

from common.periods import month_start
from deals.models import Outcome
from debriefs.services.defaults import DEFINITION, REASONS
from reflection.demo.company import LOGINS, STAGES
from reflection.demo.library import CHOICE, library, slots_of
from reflection.demo.plan import FRESH_DAYS, WAITING_FOR_REP, DemoPlan, plan_demo
from reflection.demo.planned import PlannedDeal, PlannedVersion
from reflection.demo.stories import DEADLY_STAGE, apportion
from reflection.demo.telling import EFFORT, FACTORS, HOME, QUESTIONS

# An ordinary Monday, a leap day, a Sunday.
DAYS = (
    date(2026, 11, 23),
    date(2028, 2, 29),
    date(2026, 8, 2),
)
every_day = pytest.mark.parametrize("today", DAYS, ids=str)


@cache
def plan_on(today: date) -> DemoPlan:
    audiences = {
        item["key"]: section["audience"]
        for section in DEFINITION["sections"]
        for item in (*section.get("questions", ()), *section.get("factors", ()))
    }
    return plan_demo(datetime.combine(today, time(11), UTC), today, audiences)


def closed(plan: DemoPlan) -> list[PlannedDeal]:
    return [deal for deal in plan.deals if not deal.is_open]


def lost(plan: DemoPlan) -> list[PlannedDeal]:
    return [deal for deal in closed(plan) if deal.last.outcome.is_lost]


def counted(deal: PlannedDeal) -> PlannedVersion | None:
    """What the owner says of the closing that stands."""
    for debrief in deal.debriefs:
        if (debrief.closing, debrief.author) == (len(deal.closings) - 1, deal.owner):
            return debrief.versions[-1]
    return None


def texts(plan: DemoPlan) -> list[str]:
    """Everything that stands in the versions that count."""
    versions = [debrief.versions[-1] for deal in plan.deals for debrief in deal.debriefs]
    said = [answer.text for version in versions for answer in version.answers]
    said += [
        words for version in versions for one in version.reasons for words in (one.quote, one.text)
    ]
    return [text for text in said if text]


@every_day
def test_norvik_wins_three_a_quarter_then_eleven_in_mid_market(today: date) -> None:
    plan = plan_on(today)
    to_norvik = Counter(
        month_start(deal.last.closed_on)
        for deal in lost(plan)
        if deal.last.winner == "Norvik" and deal.account.segment == "Mid-market"
    )
    monthly = [to_norvik[month] for month in plan.timeline.months[:-1]]
    assert monthly == [1] * 12 + [3, 4, 4, 3, 4, 4]
    quarters = [sum(monthly[n : n + 3]) for n in range(16)]
    assert quarters[:10] == [3] * 10
    assert quarters[12:] == [11] * 4


@every_day
def test_three_of_ten_losses_die_in_the_security_review(today: date) -> None:
    plan = plan_on(today)
    for month in plan.timeline.months:
        of_month = [deal for deal in lost(plan) if month_start(deal.last.closed_on) == month]
        died = [deal for deal in of_month if deal.last.stage == DEADLY_STAGE]
        assert len(died) == round(0.3 * len(of_month))
    stages = Counter(deal.last.stage for deal in lost(plan))
    (first, most), (_, next_most) = stages.most_common(2)
    assert first == DEADLY_STAGE
    assert next_most * 2 <= most


@every_day
def test_the_start_package_cut_the_losses_to_implementation_effort(today: date) -> None:
    plan = plan_on(today)
    for place, month in enumerate(plan.timeline.months):
        told = [
            version.reasons[0].key
            for deal in lost(plan)
            if month_start(deal.last.closed_on) == month and (version := counted(deal))
        ]
        share = 0.22 if place < 9 else 0.07
        assert told.count(EFFORT) == round(share * len(told))
    assert plan.timeline.action_on == plan.timeline.months[9]


@every_day
def test_it_holds_2500_closed_deals_of_which_three_in_five_are_debriefed(today: date) -> None:
    plan = plan_on(today)
    debriefed = sum(counted(deal) is not None for deal in closed(plan))
    assert len(closed(plan)) == 2_500
    assert 1_480 <= debriefed <= 1_530
    assert len({deal.number for deal in plan.deals}) == len(plan.deals)


@every_day
def test_nothing_happens_in_the_future_or_before_its_time(today: date) -> None:
    now = datetime.combine(today, time(11), UTC)
    for deal in plan_on(today).deals:
        assert deal.opened_on <= today
        for closing in deal.closings:
            assert deal.opened_on <= closing.closed_on <= today
            assert closing.recorded_at <= now
            assert closing.reopened_at is None or closing.recorded_at < closing.reopened_at <= now
        for debrief in deal.debriefs:
            told = [version.submitted_at for version in debrief.versions]
            assert told == sorted(told)
            assert deal.closings[debrief.closing].recorded_at <= told[0]
            assert told[-1] <= now


@every_day
def test_the_rep_who_can_sign_in_has_debriefs_to_write(today: date) -> None:
    fresh = [
        deal
        for deal in closed(plan_on(today))
        if deal.owner == LOGINS[0].name
        and counted(deal) is None
        and (today - deal.last.closed_on).days <= FRESH_DAYS
    ]
    assert len(fresh) >= WAITING_FOR_REP


def test_the_same_day_gives_the_same_plan() -> None:
    first = plan_on(DAYS[0])
    plan_on.cache_clear()
    assert plan_on(DAYS[0]) == first


@every_day
def test_no_two_texts_are_the_same_and_none_has_a_hole(today: date) -> None:
    said = texts(plan_on(today))
    assert len(said) > 6_000
    assert [text for text, times in Counter(said).items() if times > 1] == []
    assert [text for text in said if re.search(r"[{}\[\]|]|\bthe the\b", text)] == []


def test_texts_are_short_and_long() -> None:
    lengths = sorted(len(text) for text in texts(plan_on(DAYS[0])))
    assert lengths[len(lengths) // 20] < 60
    assert lengths[-len(lengths) // 20] > 180


def test_every_lost_debrief_says_what_to_do_differently_and_why() -> None:
    for deal in lost(plan_on(DAYS[0])):
        for debrief in deal.debriefs:
            for version in debrief.versions:
                answered = {answer.key: answer for answer in version.answers}
                assert answered["do_differently"].text
                assert 1 <= len(version.reasons) <= 3
                for cited in version.reasons:
                    assert bool(cited.text) == (cited.key in ("other", "dont_know"))


def test_a_bare_lost_of_the_crm_was_never_debriefed() -> None:
    bare = [d for d in lost(plan_on(DAYS[0])) if d.last.outcome is Outcome.LOST_UNSPECIFIED]
    assert bare
    assert [deal.name for deal in bare if counted(deal)] == []


def test_the_stock_of_sentences_covers_the_template_and_the_reasons() -> None:
    asked = {
        question["key"]
        for section in DEFINITION["sections"]
        for question in section.get("questions", ())
        if question["kind"] == "rating"
    }
    scored = {
        factor["key"] for section in DEFINITION["sections"] for factor in section.get("factors", ())
    }
    assert set(QUESTIONS) == asked
    assert set(FACTORS) == scored
    ordinary = {key for key, *_ in REASONS} - {"other", "dont_know"}
    assert set(HOME) == ordinary
    needed = {f"{key} / {rating}" for key in asked for rating in ("yes", "partly", "no")}
    needed |= {f"{reason} / {key}" for reason, keys in HOME.items() for key in keys}
    needed |= {f"{reason} / {kind}" for reason in HOME for kind in ("terse", "quote", "lesson")}
    needed |= {f"{key} / {way}" for key in scored for way in ("hurt", "helped")}
    assert needed - library().keys() == set()


def test_every_sentence_asks_for_facts_that_there_are() -> None:
    known = {
        "account", "product", "industry", "pain", "pain2", "metric", "event", "system", "site",
        "stage", "feature", "missing", "standard", "clause", "decider", "decider_plain", "finance",
        "champion", "blocker", "gap", "percent", "weeks", "weeks2", "days", "users",
        "amount_limit", "month", "date_by", "month_later", "date", "ref", "incumbent", "rival",
        "amount",
    }  # fmt: skip
    lines = [line for lines in library().values() for line in lines]
    assert {slot for line in lines for slot in slots_of(line)} == known
    assert [line for line in lines if re.search(r"[\[\]|]", CHOICE.sub("", line))] == []


def test_stages_are_the_companys_own() -> None:
    assert {deal.last.stage for deal in closed(plan_on(DAYS[0]))} == set(STAGES)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [(10, [1, 1, 1], [4, 3, 3]), (0, [2, 1], [0, 0]), (7, [0.5, 0.25, 0.25], [3, 2, 2])],
)
def test_apportioning_adds_up(total: int, weights: list[float], shares: list[int]) -> None:
    assert apportion(total, weights) == shares
