"""Planned deals and debriefs as rows, each as the services would have written it."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deals.facts import BY_API
from deals.models import Closing, Deal
from debriefs.deadlines import deadlines
from debriefs.models import Debrief, DebriefVersion, LossReason, TemplateVersion
from debriefs.questions import TemplateDefinition, default_version
from people.models import User
from reflection.demo.catalogue import Catalogue, named
from reflection.demo.planned import (
    PlannedClosing,
    PlannedDeal,
    PlannedDebrief,
    PlannedVersion,
)
from reflection.loadgen.copying import take_ids
from reflection.loadgen.tables import DealTables, DebriefTables, frozen_facts

SOURCE = "halden-crm"
KNOWN_TO_CRM = ("name", "account", "owner", "product", "competitors", "stage", "opened_on")
KNOWN_AT_CLOSING = ("outcome", "closed_on", "winner", "amount", "currency")
DISMISSALS = (
    "Renewal without a decision to speak of.",
    "Duplicate of another opportunity at the same account.",
    "Test order, 900 euro, nothing to learn.",
    "Disqualified in the first call, wrong country.",
    "Handled by the partner, we were never in the room.",
    "Same deal as last month, split for billing.",
)
DISMISSED = 0.12
FRESH_DAYS = 14
REQUESTED_DAYS = 92


@dataclass
class Written:
    """The ids of a deal's rows, for what refers to them."""

    planned: PlannedDeal
    deal: int
    closings: list[int] = field(default_factory=list)


class Rows:
    """Writes the plan through copies, table by table."""

    def __init__(self, people: dict[str, User], catalogue: Catalogue, now: datetime) -> None:
        self._people, self._catalogue, self._now = people, catalogue, now
        self._rng = random.Random(SOURCE)
        self._definition = TemplateDefinition.of(default_version())
        self._templates = _default_versions()
        self._reasons = dict(LossReason.objects.values_list("key", "pk"))

    def write(self, deals: list[PlannedDeal]) -> list[Written]:
        written = self._write_deals(deals)
        self._write_debriefs(written)
        self._write_requests(written)
        return written

    def _write_deals(self, deals: list[PlannedDeal]) -> list[Written]:
        tables = DealTables()
        ids = iter(take_ids(Closing, sum(len(deal.closings) for deal in deals)))
        written = [
            Written(deal, key, [next(ids) for _ in deal.closings])
            for deal, key in zip(deals, take_ids(Deal, len(deals)), strict=True)
        ]
        for each in written:
            self._add_deal(tables, each)
        tables.flush()
        return written

    def _add_deal(self, tables: DealTables, written: Written) -> None:
        planned, catalogue = written.planned, self._catalogue
        known = KNOWN_TO_CRM + (KNOWN_AT_CLOSING if planned.closings else ())
        account = catalogue.accounts[planned.account.name].pk
        owner, product = self._people[planned.owner].pk, catalogue.products[planned.product].pk
        tables.deals.add(
            *(written.deal, SOURCE, f"HA-{planned.number}", planned.name, account, owner, product),
            *(catalogue.stages[planned.stage].pk, planned.opened_on),
            *_money(planned.amount, planned.account.currency),
            *(planned.notes, dict.fromkeys(known, BY_API), planned.is_open),
        )
        for name in planned.met:
            tables.meetings.add(written.deal, catalogue.competitors[name].pk)
        tables.attributes.add(written.deal, "Lead source", planned.lead_source)
        for number, (key, closing) in enumerate(
            zip(written.closings, planned.closings, strict=True), start=1
        ):
            winner = catalogue.competitors[closing.winner].pk if closing.winner else None
            tables.closings.add(
                *(key, written.deal, number, closing.closed_on, closing.outcome.value),
                *(catalogue.stages[closing.stage].pk, winner),
                *_money(closing.amount, planned.account.currency),
                *(closing.recorded_at, closing.reopened_at),
            )

    def _write_debriefs(self, written: list[Written]) -> None:
        tables = DebriefTables()
        told = [(each, debrief) for each in written for debrief in each.planned.debriefs]
        debriefs = take_ids(Debrief, len(told))
        versions = iter(take_ids(DebriefVersion, sum(len(one.versions) for _, one in told)))
        for (each, planned), key in zip(told, debriefs, strict=True):
            version_ids = [next(versions) for _ in planned.versions]
            self._add_debrief(tables, each, planned, key, version_ids)
        tables.flush()

    def _add_debrief(
        self,
        tables: DebriefTables,
        written: Written,
        planned: PlannedDebrief,
        key: int,
        versions: list[int],
    ) -> None:
        first = planned.versions[0]
        begun_at = first.submitted_at - timedelta(seconds=first.seconds)
        tables.add_debrief(
            key,
            closing=written.closings[planned.closing],
            author=self._people[planned.author].pk,
            template_version=self._asked_then(begun_at),
            begun_at=begun_at,
            submitted_at=first.submitted_at,
            current_version=versions[-1],
        )
        facts = self._facts(written, planned.closing)
        for number, (version, told) in enumerate(
            zip(versions, planned.versions, strict=True), start=1
        ):
            self._add_version(tables, told, key, version, number, facts)

    def _asked_then(self, moment: datetime) -> int:
        """The id of the version that was published then; the oldest for what was before it."""
        standing = (key for published_at, key in self._templates if published_at <= moment)
        return next(standing, self._templates[-1][1])

    def _add_version(
        self,
        tables: DebriefTables,
        told: PlannedVersion,
        debrief: int,
        version: int,
        number: int,
        facts: dict[str, Any],
    ) -> None:
        token = UUID(int=self._rng.getrandbits(128), version=4)
        sign_at = self._catalogue.stages.get(told.hindsight.missed_sign_stage)
        tables.add_version(
            *(version, debrief, number, token, told.submitted_at, facts),
            *(told.was_runner_up, told.evidence, told.seconds, told.evidence_kind),
            hindsight=told.hindsight,
            stage=sign_at.pk if sign_at else None,
        )
        for answer in told.answers:
            tables.answers.add(
                version, answer.key, answer.rating, None, answer.text, answer.audience
            )
        for factor, (score, note) in told.factors.items():
            audience = self._definition.section_of(factor).audience.value
            tables.factors.add(version, factor, score, note, audience)
        for rank, cited in enumerate(told.reasons, start=1):
            reason = self._reasons[cited.key]
            tables.add_reason(
                *(version, rank, reason, cited.basis.value, cited.quote, cited.text),
                checks=cited.checks,
            )

    def _facts(self, written: Written, place: int) -> dict[str, Any]:
        planned, catalogue = written.planned, self._catalogue
        closing = planned.closings[place]
        account, owner = catalogue.accounts[planned.account.name], self._people[planned.owner]
        return frozen_facts(
            deal=written.deal,
            number=place + 1,
            name=planned.name,
            account=named(account),
            account_facts={
                "industry": account.industry,
                "segment": account.segment,
                "country": account.country,
            },
            owner={"id": owner.pk, "name": owner.full_name},
            product=named(catalogue.products[planned.product]),
            met=[named(catalogue.competitors[name]) for name in planned.met],
            opened_on=planned.opened_on,
            closed_on=closing.closed_on,
            outcome=closing.outcome.value,
            stage=named(catalogue.stages[closing.stage]),
            winner=named(catalogue.competitors[closing.winner]) if closing.winner else None,
            amount=closing.amount or None if closing.outcome.is_lost else closing.amount,
            currency=planned.account.currency,
            attributes={"Lead source": planned.lead_source},
        )

    def _write_requests(self, written: list[Written]) -> None:
        """Requests of the last months: done, dismissed, or still open on fresh closings."""
        tables = DebriefTables()
        for each in written:
            if each.planned.closings and not each.planned.is_open:
                self._add_request(tables, each, each.planned.last)
        tables.flush()

    def _add_request(
        self, tables: DebriefTables, written: Written, closing: PlannedClosing
    ) -> None:
        age = self._now - closing.recorded_at
        asked, owner = closing.recorded_at, self._people[written.planned.owner]
        dates = deadlines(asked, time_zone=owner.time_zone, calendar=owner.calendar)
        row = (written.closings[-1], owner.pk, asked, dates.due_at)
        reminders = (dates.escalates_at, dates.reminded_until)
        place = len(written.closings) - 1
        own = [
            debrief
            for debrief in written.planned.debriefs
            if (debrief.closing, debrief.author) == (place, written.planned.owner)
        ]
        if own and age < timedelta(days=REQUESTED_DAYS):
            tables.requests.add(*row, own[0].versions[-1].submitted_at, None, "", *reminders)
        elif not own and age < timedelta(days=FRESH_DAYS):
            tables.requests.add(*row, None, None, "", *reminders)
        elif not own and self._rng.random() < DISMISSED:
            dismissed = asked + timedelta(hours=self._rng.randint(4, 90))
            why = self._rng.choice(DISMISSALS)
            tables.requests.add(*row, None, dismissed, why, *reminders)


def _default_versions() -> list[tuple[datetime, int]]:
    """When which version of the template that always applies was published, the newest first."""
    versions = TemplateVersion.objects.ever_published().filter(template__is_default=True)
    dated = versions.order_by("-published_at").values_list("published_at", "pk")
    return [(published_at, key) for published_at, key in dated if published_at]


def _money(amount: Decimal | None, currency: str) -> tuple[Decimal | None, str | None]:
    return (None, None) if amount is None else (amount, currency)
