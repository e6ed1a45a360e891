"""The tables of deals and debriefs as targets of a copy, in the order of their foreign keys."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from deals.models import Closing, Deal, DealAttribute, DealCompetitor
from debriefs.hindsight import Hindsight
from debriefs.models import (
    Answer,
    CitedReason,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    FactorScore,
    TextCoding,
)
from debriefs.price import CHECKS, PriceChecks, is_untested
from reflection.loadgen.copying import RowCopy, analyze

NO_HINDSIGHT = Hindsight()
COPIED = (
    Deal,
    Closing,
    DealCompetitor,
    DealAttribute,
    Debrief,
    DebriefVersion,
    Answer,
    FactorScore,
    CitedReason,
    TextCoding,
    DebriefRequest,
)


def refresh_statistics() -> None:
    """Tell the planner of what was copied."""
    analyze(*COPIED)


class DealTables:
    """Deals, their closings, competitors met and other attributes."""

    def __init__(self) -> None:
        self.deals = RowCopy(
            Deal,
            *("id", "source", "external_id", "name", "account", "owner", "product", "stage"),
            *("opened_on", "amount", "currency", "notes", "provenance", "is_open"),
        )
        self.closings = RowCopy(
            Closing,
            *("id", "deal", "number", "closed_on", "outcome", "stage", "winner"),
            *("amount", "currency", "recorded_at", "reopened_at"),
        )
        self.meetings = RowCopy(DealCompetitor, "deal", "competitor")
        self.attributes = RowCopy(DealAttribute, "deal", "key", "value")

    def flush(self) -> None:
        for table in (self.deals, self.closings, self.meetings, self.attributes):
            table.flush()


class DebriefTables:
    """Debriefs with their versions, answers, factors and reasons, and the requests for them."""

    def __init__(self) -> None:
        self._debriefs = RowCopy(
            Debrief,
            *("id", "closing", "author", "template_version", "begun_at", "submitted_at"),
            *("current_version", "amendable_until"),
        )
        self._versions = RowCopy(
            DebriefVersion,
            *("id", "debrief", "number", "submission_id", "submitted_at", "facts"),
            *("was_runner_up", "runner_up_evidence", "seconds_to_fill", "runner_up_basis"),
            *("missed_sign", "missed_sign_stage", "unmet_need", "rival_better", "idea"),
        )
        self.answers = RowCopy(Answer, "version", "key", "rating", "value", "text", "audience")
        self.factors = RowCopy(FactorScore, "version", "key", "score", "note", "audience")
        self._reasons = RowCopy(
            CitedReason,
            *("version", "rank", "reason", "basis", "quote", "text"),
            *(*CHECKS, "is_untested"),
        )
        self.codings = RowCopy(TextCoding, "version", "of_text", "code")
        self.requests = RowCopy(
            DebriefRequest,
            *("closing", "person", "requested_at", "due_at", "done_at"),
            *("dismissed_at", "dismissed_because", "escalates_at", "reminded_until"),
        )
        self._amending_time = timedelta(days=settings.ENV.amend_days)

    def add_debrief(
        self,
        debrief: int,
        *,
        closing: int,
        author: int,
        template_version: int,
        begun_at: datetime,
        submitted_at: datetime,
        current_version: int,
    ) -> None:
        until = submitted_at + self._amending_time
        row = (debrief, closing, author, template_version, begun_at, submitted_at)
        self._debriefs.add(*row, current_version, until)

    def add_version(
        self, *told: object, hindsight: Hindsight = NO_HINDSIGHT, stage: int | None = None
    ) -> None:
        """`told` up to what says that we were the runner-up; `stage` is that of the missed sign."""
        self._versions.add(
            *told,
            *(hindsight.missed_sign, stage, hindsight.unmet_need),
            *(hindsight.rival_better, hindsight.idea),
        )

    def add_reason(
        self,
        *cited: object,
        checks: PriceChecks | None = None,
    ) -> None:
        """`cited` up to the text; `checks` None where the reason doesn't ask for them."""
        given = checks or PriceChecks()
        self._reasons.add(
            *cited,
            *(given.gap_known, given.percent, given.budget_owner_met, given.won_at_equal_price),
            checks is not None and is_untested(checks),
        )

    def flush(self) -> None:
        tables = (self._debriefs, self._versions, self.answers, self.factors, self._reasons)
        for table in (*tables, self.codings, self.requests):
            table.flush()


def frozen_facts(
    *,
    deal: int,
    number: int,
    name: str,
    account: Mapping[str, Any],
    account_facts: Mapping[str, str],
    owner: Mapping[str, Any],
    product: Mapping[str, Any],
    met: list[dict[str, Any]],
    opened_on: date,
    closed_on: date,
    outcome: str,
    stage: Mapping[str, Any],
    winner: Mapping[str, Any] | None,
    amount: Decimal | None,
    currency: str,
    attributes: Mapping[str, str],
) -> dict[str, Any]:
    """What `deals.facts.facts_of` freezes into a debrief, from values at hand."""
    return {
        "deal_id": deal,
        "closing_number": number,
        "name": name,
        "account": dict(account),
        **account_facts,
        "owner": dict(owner),
        "product": dict(product),
        "competitors": sorted(met, key=lambda one: one["name"]),
        "opened_on": opened_on.isoformat(),
        "closed_on": closed_on.isoformat(),
        "outcome": outcome,
        "stage": dict(stage),
        "winner": dict(winner) if winner else None,
        "amount": format(amount.normalize(), "f") if amount is not None else None,
        "currency": currency if amount is not None else None,
        "attributes": dict(attributes),
    }
