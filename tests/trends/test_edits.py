"""Five hundred edits by people, told through the outbox only: the tally equals its source."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from deals.errors import DealRefused
from deals.facts import DealFacts
from deals.models import Closing, Competitor, Currency, Deal, Outcome, Product
from deals.services.catalogue import merge_entry, part_entry
from deals.services.currencies import remove_rate, set_rate
from deals.services.deals import (
    change_closing,
    change_deal,
    close_deal,
    create_deal,
    reopen_deal,
    set_attributes,
    set_competitors_met,
)
from debriefs.errors import DebriefError
from debriefs.models import Debrief, LossReason
from debriefs.services.drafts import begin_amendment, begin_debrief
from debriefs.services.submission import submit_debrief
from debriefs.submissions import AnswerGiven, DebriefSubmission, FactorGiven, ReasonGiven
from people.errors import PeopleError
from people.models import Team, TeamKind, User
from people.services.memberships import end_membership, join_team
from tests.factories import AdminFactory, CurrencyFactory, TeamFactory, UserFactory
from trends.check import check
from trends.models import Block
from trends.services import catch_up, rebuild

EDITS = 500
FIRST_DAY = date(2025, 11, 1)
REFUSED = (DealRefused, DebriefError, PeopleError, IndexError)


@dataclass
class Company:
    random: Random
    admin: User
    reps: list[User]
    teams: list[Team]
    done: dict[str, int] = field(default_factory=dict)

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.random.randrange(240))

    def deal(self) -> Deal:
        return self.random.choice(list(Deal.objects.all()))

    def closing(self) -> Closing:
        return self.random.choice(list(Closing.objects.current()))


def enter_deal(company: Company) -> None:
    random = company.random
    facts = DealFacts(
        name=f"Deal {uuid.uuid4()}",
        account=random.choice(["Acme", "Globex", "Initech"]),
        product=random.choice(["GTX Pro", "GTXPro", "Basic"]),
        owner_id=random.choice(company.reps).pk,
        opened_on=FIRST_DAY - timedelta(days=random.randrange(60)),
    )
    close(company, create_deal(facts, by=company.admin))


def close(company: Company, deal: Deal | None = None) -> None:
    random = company.random
    outcome = random.choice([Outcome.WON, *Outcome])
    close_deal(
        deal or company.deal(),
        closed_on=company.day(),
        outcome=outcome,
        by=company.admin,
        stage=random.choice([None, "Proposal", "Negotiation"]),
        winner=None if outcome == Outcome.WON else random.choice([None, "Norvik", "Bluepeak"]),
        amount=random.choice([None, Decimal(0), Decimal("10.125"), Decimal("999.5")]),
        currency=random.choice(["USD", "EUR", "JPY"]),
        competitors=tuple(random.sample(["Norvik", "Bluepeak", "Orla"], 2)),
    )


def reopen(company: Company) -> None:
    reopen_deal(company.closing().deal, by=company.admin)


def correct(company: Company) -> None:
    facts = company.random.choice(
        [
            DealFacts(closed_on=company.day()),
            DealFacts(outcome=Outcome.NO_DECISION, winner=None),
            DealFacts(amount=Decimal("77.777"), currency="EUR"),
        ]
    )
    change_closing(company.closing(), facts, by=company.admin)


def hand_over(company: Company) -> None:
    owner = company.random.choice(company.reps)
    change_deal(company.deal(), DealFacts(owner_id=owner.pk), by=company.admin)


def describe(company: Company) -> None:
    set_attributes(
        company.deal(), {"size": company.random.choice(["S", "L", ""])}, by=company.admin
    )
    met = company.random.sample(["Norvik", "Bluepeak", "Orla", "Newcomer"], 2)
    set_competitors_met(company.deal(), met, by=company.admin)


def debrief(company: Company) -> None:
    author = company.random.choice(company.reps)
    made = begin_debrief(company.closing(), author=author)
    submit_debrief(made, submission(company), submission_id=uuid.uuid4(), by=author)


def amend(company: Company) -> None:
    made = company.random.choice(
        list(Debrief.objects.submitted().filter(closing__reopened_at=None))
    )
    begin_amendment(made, by=made.author)
    submit_debrief(made, submission(company), submission_id=uuid.uuid4(), by=made.author)


def submission(company: Company) -> DebriefSubmission:
    random = company.random
    keys = random.sample(
        list(LossReason.objects.choosable().filter(kind="ordinary").values_list("key", flat=True)),
        2,
    )
    return DebriefSubmission(
        answers=(
            AnswerGiven(key="do_differently", text="Ask sooner."),
            AnswerGiven(key="value_roi", rating=random.choice(["yes", "no", "partly"]), text="x"),
        ),
        factors=(FactorGiven(key="timing", score=random.choice([-2, 1])),),
        reasons=tuple(ReasonGiven(reason=key, basis="guess") for key in keys),
    )


def move(company: Company) -> None:
    person = company.random.choice(company.reps)
    if company.random.random() < 0.2:
        end_membership(person, on=company.day(), by=company.admin)
    else:
        team = company.random.choice(company.teams)
        join_team(person, team, since=company.day(), by=company.admin)


def change_rate(company: Company) -> None:
    currency = Currency.objects.get(pk=company.random.choice(["EUR", "JPY"]))
    rate = Decimal(company.random.choice(["1.1", "0.0067", "0.93"]))
    row = set_rate(currency, since=company.day(), rate=rate, by=company.admin)
    if company.random.random() < 0.2:
        remove_rate(row, by=company.admin)


def decide_name(company: Company) -> None:
    model: Any = company.random.choice([Product, Competitor])
    entry, into = company.random.sample(list(model.objects.all()), 2)
    if entry.merged_into_id:
        part_entry(entry, by=company.admin)
    else:
        merge_entry(entry, into=into, by=company.admin)


KINDS: list[Callable[[Company], None]] = [
    enter_deal, enter_deal, close, close, reopen, correct, hand_over, describe,
    debrief, debrief, debrief, amend, amend, move, change_rate, decide_name,
]  # fmt: skip


@pytest.mark.django_db
def test_after_500_random_edits_the_tally_equals_its_source_and_a_rebuild() -> None:
    company = founded()
    edits = 0
    while edits < EDITS:
        kind = company.random.choice(KINDS)
        try:
            kind(company)
        except REFUSED:
            continue
        edits += 1
        company.done[kind.__name__] = company.done.get(kind.__name__, 0) + 1
        if edits % 25 == 0:
            catch_up()
    catch_up()
    assert set(company.done) == {kind.__name__ for kind in KINDS}
    assert check().differences == []
    before = {block.name: bytes(block.content) for block in Block.objects.filter(deals__gt=0)}
    rebuild()
    after = {block.name: bytes(block.content) for block in Block.objects.filter(deals__gt=0)}
    assert before == after
    assert check().differences == []


def founded() -> Company:
    for code in ("USD", "EUR", "JPY"):
        CurrencyFactory.create(code=code)
    region = TeamFactory.create(name="East", kind=TeamKind.REGION)
    teams = [TeamFactory.create(name=f"Team {n}", parent=region) for n in range(3)]
    company = Company(Random(7), AdminFactory.create(), UserFactory.create_batch(5), teams)
    for _ in range(20):
        enter_deal(company)
    catch_up()
    return company
