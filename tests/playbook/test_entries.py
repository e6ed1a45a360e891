"""Entries say of each submitted debrief what its source rows say, whoever writes them."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.events import ACCOUNT_CHANGED, CATALOGUE_CHANGED, DEAL_CHANGED, RATE_CHANGED
from deals.models import Closing, Outcome
from debriefs.events import DEBRIEF_SUBMITTED, REASON_CHANGED
from debriefs.models import Answer, Audience, Debrief
from outbox.models import Event
from people.events import MEMBERSHIP_CHANGED, PERSON_CHANGED
from people.models import Membership, Team, User
from playbook.models import PlaybookEntry
from playbook.services import deals_touched_by, rebuild_entries, refresh_entries, repair_entries
from playbook.subscribers import keep_entries
from playbook.tasks import repair
from reflection.schedule import SCHEDULE
from tests.factories import (
    AccountFactory,
    AnswerFactory,
    ClosingFactory,
    CompetitorFactory,
    CurrencyFactory,
    DebriefVersionFactory,
    LossReasonFactory,
    ProductFactory,
    RateFactory,
    closed_deal,
    submitted_debrief,
)
from tests.playbook.conftest import Listed

pytestmark = pytest.mark.django_db


def entry() -> PlaybookEntry:
    return PlaybookEntry.objects.get()


def rows() -> list[dict[str, Any]]:
    return [dict(row) for row in PlaybookEntry.objects.order_by("debrief").values()]


def event(kind: str, **payload: Any) -> Event:
    return Event(kind=kind, payload=payload)


def test_an_entry_holds_the_facts_of_today(listed: Listed, rep: User, team: Team) -> None:
    rival, product = CompetitorFactory.create(), ProductFactory.create()
    price, terms = LossReasonFactory.create(), LossReasonFactory.create()
    debrief = listed(
        deal={
            "owner": rep,
            "product": product,
            "competitors": [rival],
            "closing": {"winner": rival},
        },
        reasons=[terms, price],
    )
    made = entry()
    account = debrief.closing.deal.account
    assert account is not None
    assert model_to_dict(made, exclude=["company_words", "sales_words"]) == {
        "debrief": debrief.pk,
        "deal": debrief.closing.deal_id,
        "closing": debrief.closing_id,
        "counts": True,
        "is_current": True,
        "open_to_company": False,
        "closed_on": date(2026, 3, 10),
        "outcome": Outcome.LOST_TO_COMPETITOR,
        "account": account.pk,
        "product": product.pk,
        "stage": debrief.closing.stage_id,
        "team": team.pk,
        "winner": rival.pk,
        "industry": "Retail",
        "segment": "Mid-market",
        "country": "Germany",
        "competitor_ids": [rival.pk],
        "reason_ids": [terms.pk, price.pk],
        "untested_ids": [],
        "amount_minor": 100_000,
        "company_excerpt": "",
        "sales_excerpt": "",
    }


def test_a_draft_has_no_entry(rep: User) -> None:
    debrief = submitted_debrief(closing=closed_deal(owner=rep))
    debrief.current_version, debrief.submitted_at = None, None
    debrief.save()
    assert rebuild_entries() == 0


def test_merged_names_stand_under_the_one_that_took_their_place(listed: Listed) -> None:
    old, kept = CompetitorFactory.create(), CompetitorFactory.create()
    reason, into = LossReasonFactory.create(), LossReasonFactory.create()
    account, big = AccountFactory.create(), AccountFactory.create(industry="Energy")
    debrief = listed(deal={"account": account, "competitors": [old, kept]}, reasons=[reason, into])
    for merged, target in ((old, kept), (reason, into), (account, big)):
        merged.merged_into = target
        merged.save()
    refresh_entries([debrief.closing.deal_id])
    made = entry()
    assert (made.competitor_ids, made.reason_ids) == ([kept.pk], [into.pk])
    assert (made.account_id, made.industry) == (big.pk, "Energy")


def test_the_owners_debrief_counts_and_the_others_do_not(
    listed: Listed, rep: User, teammate: User
) -> None:
    closing = closed_deal(owner=rep)
    second = submitted_debrief(
        closing=closing, author=teammate, submitted_at=timezone.now() - timedelta(days=9)
    )
    own = listed(closing=closing, author=rep)
    counted = dict(PlaybookEntry.objects.values_list("debrief", "counts"))
    assert counted == {own.pk: True, second.pk: False}


def test_a_reopened_closing_stays_but_is_not_current(listed: Listed) -> None:
    first = listed()
    first.closing.reopened_at = timezone.now()
    first.closing.save()
    again = listed(closing=ClosingFactory.create(deal=first.closing.deal))
    current = dict(PlaybookEntry.objects.values_list("debrief", "is_current"))
    assert current == {first.pk: False, again.pk: True}


def test_the_team_is_the_owners_on_the_day_of_closing(
    listed: Listed, rep: User, team: Team, other_team: Team
) -> None:
    membership = Membership.objects.get(user=rep)
    membership.until = date(2026, 3, 10)
    membership.save()
    Membership.objects.create(user=rep, team=other_team, since=date(2026, 3, 10))
    listed(deal={"owner": rep, "closing": {"closed_on": date(2026, 3, 9)}})
    listed(deal={"owner": rep, "closing": {"closed_on": date(2026, 3, 10)}})
    teams = PlaybookEntry.objects.order_by("closed_on").values_list("team", flat=True)
    assert list(teams) == [team.pk, other_team.pk]


@pytest.mark.parametrize(
    ("amount", "currency", "outcome", "minor"),
    [
        ("12.345", "USD", Outcome.WON, 1234),
        ("12.355", "USD", Outcome.WON, 1236),
        ("10", "EUR", Outcome.WON, 1100),
        ("0.05", "EUR", Outcome.WON, 6),
        ("0.15", "EUR", Outcome.WON, 16),
        ("10", "CHF", Outcome.WON, None),
        ("0", "USD", Outcome.WON, 0),
        ("0", "USD", Outcome.NO_DECISION, None),
        (None, "USD", Outcome.WON, None),
    ],
)
def test_amounts_are_converted_half_even_and_unknown_where_they_are(
    listed: Listed, amount: str | None, currency: str, outcome: Outcome, minor: int | None
) -> None:
    RateFactory.create(currency__code="EUR", rate=Decimal("1.1"))
    listed(
        deal={
            "closing": {
                "amount": amount and Decimal(amount),
                "currency": CurrencyFactory.create(code=currency),
                "outcome": outcome,
            }
        }
    )
    assert entry().amount_minor == minor


def test_partners_find_something_where_an_answer_is_for_the_company(listed: Listed) -> None:
    listed(answers={"value_roi": {"text": "Sheet came late.", "audience": Audience.COMPANY}})
    assert entry().open_to_company is True
    assert entry().company_excerpt == "Sheet came late."


def test_the_excerpt_is_the_lesson_and_never_a_private_answer(listed: Listed) -> None:
    listed(
        answers={
            "objections": {"text": "A much longer answer than the lesson.", "audience": "sales"},
            "do_differently": {"text": "Call first.", "audience": "company"},
            "for_my_coach": {"text": "I was afraid to call.", "audience": "private"},
        }
    )
    made = entry()
    assert (made.sales_excerpt, made.company_excerpt) == ("Call first.", "Call first.")


def test_only_the_current_version_counts(listed: Listed) -> None:
    debrief = listed(answers={"objections": {"text": "first wording", "audience": "company"}})
    debrief.current_version = DebriefVersionFactory.create(debrief=debrief)
    debrief.save()
    AnswerFactory.create(
        version=debrief.current_version, text="second wording", audience=Audience.COMPANY
    )
    refresh_entries([debrief.closing.deal_id])
    assert entry().company_excerpt == "second wording"


def test_an_entry_that_is_right_is_not_written_again(listed: Listed) -> None:
    debrief = listed()
    assert refresh_entries([debrief.closing.deal_id]) == 0
    assert repair_entries() == 0


def test_the_subscriber_run_twice_is_as_once(listed: Listed) -> None:
    debrief = submitted_debrief(closing=closed_deal(), reasons=[LossReasonFactory.create()])
    told = [event(DEBRIEF_SUBMITTED, deal_id=debrief.closing.deal_id, debrief_id=debrief.pk)]
    keep_entries(told)
    once = rows()
    keep_entries(told)
    assert rows() == once
    assert len(once) == 1


def test_a_debrief_that_is_no_longer_submitted_is_forgotten(listed: Listed) -> None:
    debrief = listed()
    debrief.submitted_at = debrief.current_version = None
    debrief.save()
    keep_entries([event(DEAL_CHANGED, deal_ids=[debrief.closing.deal_id])])
    assert rows() == []


def test_each_event_touches_the_deals_that_it_is_about(listed: Listed, rep: User) -> None:
    rival, reason = CompetitorFactory.create(), LossReasonFactory.create()
    merged = CompetitorFactory.create(merged_into=rival)
    debrief = listed(deal={"owner": rep, "competitors": [merged]}, reasons=[reason])
    closing = debrief.closing
    listed(deal={"closing": {"currency": CurrencyFactory.create(code="EUR")}})
    deal = {closing.deal_id}
    expected: list[tuple[Event, set[int]]] = [
        (event(DEAL_CHANGED, deal_ids=[closing.deal_id]), deal),
        (event(ACCOUNT_CHANGED, account_ids=[closing.deal.account_id]), deal),
        (event(CATALOGUE_CHANGED, catalogue="competitor", ids=[rival.pk]), deal),
        (event(CATALOGUE_CHANGED, catalogue="product", ids=[closing.deal.product_id]), deal),
        (event(REASON_CHANGED, reason_ids=[reason.pk]), deal),
        (event(PERSON_CHANGED, user_ids=[rep.pk]), deal),
        (event(MEMBERSHIP_CHANGED, user_id=rep.pk, since="2026-03-10", until=None), deal),
        (event(MEMBERSHIP_CHANGED, user_id=rep.pk, since="2026-01-01", until="2026-03-10"), set()),
        (event(RATE_CHANGED, currency="USD", since="2026-01-01", until=None), deal),
        (event(RATE_CHANGED, currency="USD", since="2026-03-11", until=None), set()),
    ]
    assert [deals_touched_by([told]) for told, _ in expected] == [deals for _, deals in expected]


def test_answers_of_drafts_and_private_ones_are_in_no_column(listed: Listed) -> None:
    listed(answers={"for_my_coach": {"text": "zebrafinch", "audience": Audience.PRIVATE}})
    made = entry()
    assert "zebrafinch" not in f"{made.sales_words} {made.company_words} {made.sales_excerpt}"
    assert Answer.objects.filter(text="zebrafinch").exists()


def test_the_daily_repair_is_scheduled_and_mends_what_was_missed(listed: Listed) -> None:
    listed()
    before = rows()
    PlaybookEntry.objects.update(industry="Wrong", sales_excerpt="wrong")
    assert SCHEDULE["repair the playbook's entries"]["task"] == repair.name
    repair()
    assert rows() == before


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_what_the_subscriber_keeps_is_what_a_rebuild_makes(
    seed: int, rep: User, teammate: User, team: Team, other_team: Team
) -> None:
    """Random changes, each told by its event, against deriving everything anew."""
    draw = random.Random(seed)
    edits = RandomEdits(draw, rep, teammate, other_team)
    for _ in range(8):
        keep_entries([edits.one()])
    kept = rows()
    rebuild_entries()
    assert rows() == kept


class RandomEdits:
    """Changes as services make them, with the events that tell of them."""

    def __init__(self, draw: random.Random, rep: User, teammate: User, team: Team) -> None:
        self.draw, self.people, self.team = draw, [rep, teammate], team
        self.rivals = CompetitorFactory.create_batch(3)
        self.reasons = LossReasonFactory.create_batch(3)
        self.debriefs = [self._debrief() for _ in range(3)]
        keep_entries([self._told(debrief) for debrief in self.debriefs])

    def one(self) -> Event:
        edits = (self.new, self.amend, self.reopen, self.meet, self.merge, self.merge_reason)
        return self.draw.choice((*edits, self.move, self.industry, self.rate))()

    def _debrief(self) -> Debrief:
        day = date(2026, self.draw.randint(1, 9), 3)
        closing = closed_deal(owner=self.draw.choice(self.people), closing={"closed_on": day})
        return self._say(closing)

    def _say(self, closing: Closing) -> Debrief:
        cited = self.draw.sample(self.reasons, self.draw.randint(0, 3))
        text = self.draw.choice(["pilot", "price", "finance"])
        audience = self.draw.choice(["private", "sales", "company"])
        answers = {"objections": {"text": text, "audience": audience}}
        return submitted_debrief(
            closing=closing, author=self.draw.choice(self.people), reasons=cited, answers=answers
        )

    def _told(self, debrief: Debrief) -> Event:
        return event(DEAL_CHANGED, deal_ids=[debrief.closing.deal_id])

    def new(self) -> Event:
        self.debriefs.append(self._debrief())
        return event(DEBRIEF_SUBMITTED, deal_id=self.debriefs[-1].closing.deal_id)

    def amend(self) -> Event:
        debrief = self.draw.choice(self.debriefs)
        debrief.current_version = DebriefVersionFactory.create(debrief=debrief)
        debrief.save()
        AnswerFactory.create(version=debrief.current_version, text="amended")
        return event(DEBRIEF_SUBMITTED, deal_id=debrief.closing.deal_id)

    def reopen(self) -> Event:
        debrief = self.draw.choice(self.debriefs)
        Closing.objects.filter(deal=debrief.closing.deal_id).update(reopened_at=timezone.now())
        self.debriefs.append(self._say(ClosingFactory.create(deal=debrief.closing.deal)))
        return self._told(debrief)

    def meet(self) -> Event:
        debrief = self.draw.choice(self.debriefs)
        debrief.closing.deal.competitors.set(self.draw.sample(self.rivals, 2))
        return self._told(debrief)

    def merge(self) -> Event:
        self.rivals[0].merged_into = self.rivals[1]
        self.rivals[0].save()
        return event(CATALOGUE_CHANGED, catalogue="competitor", ids=[self.rivals[1].pk])

    def merge_reason(self) -> Event:
        self.reasons[0].merged_into = self.reasons[1]
        self.reasons[0].save()
        return event(REASON_CHANGED, reason_ids=[r.pk for r in self.reasons[:2]])

    def move(self) -> Event:
        person = self.draw.choice(self.people)
        Membership.objects.filter(user=person).delete()
        since = date(2026, self.draw.randint(1, 9), 1)
        Membership.objects.create(user=person, team=self.team, since=since)
        return event(MEMBERSHIP_CHANGED, user_id=person.pk, since="2020-01-01", until=None)

    def industry(self) -> Event:
        account = self.draw.choice(self.debriefs).closing.deal.account
        assert account is not None
        account.industry = self.draw.choice(["Energy", "Retail", ""])
        account.save()
        return event(ACCOUNT_CHANGED, account_ids=[account.pk])

    def rate(self) -> Event:
        debrief = self.draw.choice(self.debriefs)
        closing = Closing.objects.filter(pk=debrief.closing_id)
        closing.update(currency=CurrencyFactory.create(code="EUR"))
        return self._told(debrief)
