"""One person's work on one closing, read in one statement."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db import connection

from common.money import written
from deals.models import Outcome
from debriefs.branching import Path, path_of
from debriefs.fields import FACTS
from debriefs.forms import LONGEST_LIST, FactChoices, ReasonChoice
from debriefs.models import DebriefVersion, LossReason, ReasonKind
from debriefs.queries.notes import HAS_NOTES
from debriefs.queries.traits import PUBLISHED, TRAITS, chosen_version
from debriefs.questions import TemplateDefinition, definition_of
from debriefs.services.corrections import may_correct
from people.models import User

# Facts that the form asks for where the CRM doesn't know them.
ASKED_WHEN_UNKNOWN = ("stage", "competitors", "winner")
FEWEST_COMPLETIONS = 5
LATEST_COMPLETIONS = 50
MEDIAN_KEPT_SECONDS = 3600

# By hand, since the form must cost little: compiling and planning joins for each name takes
# longer than reading them.
_WORK = f"""
SELECT closing.id AS closing_id, closing.deal_id, deal.name AS deal_name, deal.owner_id,
       closing.reopened_at IS NULL AS stands, closing.closed_on, closing.outcome,
       CASE WHEN closing.outcome = 'won' THEN closing.amount
            ELSE NULLIF(closing.amount, 0) END AS amount,
       COALESCE(closing.currency_id, '') AS currency,
       COALESCE((
           SELECT COALESCE(today.name, written.name) FROM deals_account written
           LEFT JOIN deals_account today ON today.id = written.merged_into_id
           WHERE written.id = deal.account_id), '') AS account,
       COALESCE((
           SELECT COALESCE(today.name, written.name) FROM deals_product written
           LEFT JOIN deals_product today ON today.id = written.merged_into_id
           WHERE written.id = deal.product_id), '') AS product,
       COALESCE((
           SELECT COALESCE(today.name, written.name) FROM deals_stage written
           LEFT JOIN deals_stage today ON today.id = written.merged_into_id
           WHERE written.id = closing.stage_id), '') AS stage,
       COALESCE((
           SELECT COALESCE(today.name, written.name) FROM deals_competitor written
           LEFT JOIN deals_competitor today ON today.id = written.merged_into_id
           WHERE written.id = closing.winner_id), '') AS winner,
       ARRAY(
           SELECT DISTINCT COALESCE(rival_today.name, rival.name)
           FROM deals_dealcompetitor meeting
           JOIN deals_competitor rival ON rival.id = meeting.competitor_id
           LEFT JOIN deals_competitor rival_today ON rival_today.id = rival.merged_into_id
           WHERE meeting.deal_id = deal.id
           ORDER BY 1
       ) AS met,
       {HAS_NOTES} AS has_notes,
       debrief.id AS debrief_id, debrief.amendable_until,
       debrief.template_version_id,
       CASE WHEN debrief.id IS NULL THEN {PUBLISHED} END AS published,
       CASE WHEN debrief.id IS NULL THEN {TRAITS} END AS traits,
       version.number AS submitted_number, version.submitted_at,
       draft.revision, draft.fields
FROM deals_closing closing
JOIN deals_deal deal ON deal.id = closing.deal_id
LEFT JOIN debriefs_debrief debrief
       ON debrief.closing_id = closing.id AND debrief.author_id = %s
LEFT JOIN debriefs_debriefversion version ON version.id = debrief.current_version_id
LEFT JOIN debriefs_draft draft ON draft.debrief_id = debrief.id
WHERE closing.id = %s
"""  # noqa: S608

_CHOICES = """
(SELECT 'stage', position, name FROM deals_stage
 WHERE merged_into_id IS NULL AND reviewed_at IS NOT NULL ORDER BY position, name LIMIT %s)
UNION ALL
(SELECT 'competitor', 0, name FROM deals_competitor
 WHERE merged_into_id IS NULL AND reviewed_at IS NOT NULL ORDER BY name LIMIT %s)
"""


@dataclass(frozen=True)
class Work:
    """The deal's facts as a person would write them, and the person's debrief so far.

    `values` are the draft's, None when there is no draft; `submitted_number` is the version
    that counts, None before the first submission.
    """

    closing_id: int
    deal_id: int
    deal_name: str
    stands: bool
    closed_on: date
    amount: Decimal | None
    has_notes: bool
    facts: Mapping[str, str]
    may_correct: bool
    definition: TemplateDefinition
    template_version_id: int
    debrief_id: int | None
    amendable_until: datetime | None
    submitted_number: int | None
    submitted_at: datetime | None
    revision: int
    draft: Mapping[str, str] | None

    @property
    def is_submitted(self) -> bool:
        return self.submitted_number is not None

    @property
    def is_writable(self) -> bool:
        """There is a draft, or nothing yet and the deal still stands closed."""
        return self.draft is not None or (self.debrief_id is None and self.stands)

    @property
    def typed(self) -> Mapping[str, str]:
        return self.draft or {}

    @property
    def values(self) -> dict[str, str]:
        """What the form shows: the outcome as known, and over it what was typed."""
        known = self.facts["outcome"]
        shown = {} if known == Outcome.LOST_UNSPECIFIED else {"facts.outcome": known}
        return {**shown, **self.typed}

    @property
    def outcome(self) -> str:
        """As it will be once the draft is submitted."""
        return self.typed.get("facts.outcome") or self.facts["outcome"]

    @cached_property
    def path(self) -> Path:
        """What the draft's answers ask for."""
        return path_of(self.definition, self.values, outcome=self.outcome)

    @property
    def is_lost(self) -> bool:
        return self.outcome != Outcome.WON

    @property
    def takes_proposals(self) -> bool:
        """There are notes to propose a reason from, and the author has chosen none yet."""
        chosen = self.typed.get("reasons.1.reason")
        return self.has_notes and self.is_lost and self.is_writable and not chosen

    @property
    def must_refine(self) -> bool:
        return self.may_correct and self.facts["outcome"] == Outcome.LOST_UNSPECIFIED

    def open_facts(self, *, correcting: bool) -> tuple[str, ...]:
        """The facts shown as inputs: all when correcting, else the unknown and the changed."""
        if not self.may_correct:
            return ()
        return tuple(
            name
            for name in FACTS
            if name != "outcome"
            and (correcting or f"facts.{name}" in self.typed or self._is_asked(name))
        )

    def _is_asked(self, name: str) -> bool:
        wanted = name != "winner" or self.is_lost
        return name in ASKED_WHEN_UNKNOWN and wanted and not self.facts[name]

    def known_facts(self) -> list[tuple[str, str]]:
        """What the CRM knows, as a person reads it."""
        facts = self.facts
        shown = {
            "Account": facts["account"],
            "Product": facts["product"],
            "Amount": money(self.amount, facts["currency"]),
            "Closed on": f"{self.closed_on:%-d %B %Y}",
            "Outcome": Outcome(facts["outcome"]).label,
            "Stage": facts["stage"],
            "Competitors met": ", ".join(facts["competitors"].splitlines()),
            "Won by": facts["winner"],
        }
        return [(label, value) for label, value in shown.items() if value]


def find_work(user: User, closing_id: int) -> Work | None:
    """The person's work on a closing; None where there is nothing for them to write on.

    Everybody in sales writes on a closing that stands; on one whose deal was opened again,
    those who had begun.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WORK, [user.pk, closing_id])
        values = cursor.fetchone()
        columns = [column.name for column in cursor.description or ()]
    row = dict(zip(columns, values or (), strict=False))
    if not row or user.is_partner or not (row["stands"] or row["debrief_id"]):
        return None
    return _work(user, row)


def _work(user: User, row: Mapping[str, Any]) -> Work:
    fields = None if row["fields"] is None else json.loads(row["fields"])
    amount = row["amount"]
    version_id = row["template_version_id"] or chosen_version(row["published"], row["traits"])
    return Work(
        closing_id=row["closing_id"],
        deal_id=row["deal_id"],
        deal_name=row["deal_name"],
        stands=row["stands"],
        closed_on=row["closed_on"],
        amount=amount,
        has_notes=row["has_notes"],
        facts={
            "outcome": row["outcome"],
            "closed_on": row["closed_on"].isoformat(),
            "stage": row["stage"],
            "amount": "" if amount is None else format(amount.normalize(), "f"),
            "currency": row["currency"],
            "account": row["account"],
            "product": row["product"],
            "competitors": "\n".join(row["met"]),
            "winner": row["winner"],
        },
        may_correct=may_correct(
            user, deal_id=row["deal_id"], owner_id=row["owner_id"], stands=row["stands"]
        ),
        definition=definition_of(version_id),
        template_version_id=version_id,
        debrief_id=row["debrief_id"],
        amendable_until=row["amendable_until"],
        submitted_number=row["submitted_number"],
        submitted_at=row["submitted_at"],
        revision=row["revision"] or 0,
        draft=None if fields is None else {name: value for name, (value, *_) in fields.items()},
    )


def reason_choices() -> tuple[ReasonChoice, ...]:
    """The reasons that a debrief may cite, in the order of the list."""
    listed = LossReason.objects.choosable().values_list(
        "key", "name", "definition", "example", "group__name", "kind", "asks_price_checks"
    )
    return tuple(
        ReasonChoice(key, name, definition, example, group, kind != ReasonKind.ORDINARY, checks)
        for key, name, definition, example, group, kind, checks in listed
    )


def fact_choices() -> FactChoices:
    """The listed stages and competitors, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, [LONGEST_LIST, LONGEST_LIST])
        rows = cursor.fetchall()
    return FactChoices(
        stages=tuple(name for kind, _, name in rows if kind == "stage"),
        competitors=tuple(name for kind, _, name in rows if kind == "competitor"),
    )


def median_seconds(template_version_id: int) -> int | None:
    """Seconds that the latest first submissions took at the median; None below five."""
    key = f"debriefs:median-seconds:{template_version_id}"
    known: int | None = cache.get(key)
    if known is None:
        known = _measured_median(template_version_id) or 0
        cache.set(key, known, MEDIAN_KEPT_SECONDS)
    return known or None


def money(amount: Decimal | None, currency: str) -> str:
    """`USD 12,500`; empty when it is not known."""
    return "" if amount is None else written(amount, currency)


def _measured_median(template_version_id: int) -> int | None:
    latest = (
        DebriefVersion.objects.filter(
            debrief__template_version=template_version_id, number=1, seconds_to_fill__gt=0
        )
        .order_by("-pk")
        .values_list("seconds_to_fill", flat=True)[:LATEST_COMPLETIONS]
    )
    taken = [seconds for seconds in latest if seconds is not None]
    return round(median(taken)) if len(taken) >= FEWEST_COMPLETIONS else None
