"""What the source rows say of each closed deal, read through the ORM and reasoned in plain Python.

Nothing here is shared with the building of blocks: every rule of domain.md is applied to one
deal at a time, so that the two can be compared (`trends.check`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from common.periods import add_months, month_start
from deals.models import Closing, DealAttribute, DealCompetitor, Outcome, Rate
from debriefs.models import (
    Answer,
    Audience,
    CitedReason,
    Debrief,
    DebriefRequest,
    FactorScore,
    ReasonJudgement,
    Recoding,
    TextCoding,
)
from debriefs.price import PriceChecks, is_untested
from people.models import Membership
from trends.source import LARGEST_AMOUNT, Basis

_PRECISION = 80


@dataclass(frozen=True, order=True)
class Cited:
    """A reason of a debrief. `recoded` is the part it was given after a split, 0 for none.

    `judged` names in whose judgement it stands: bit 1 the author's, bit 2 the confirmed one;
    bit 4 says that its author has it from the buyer.
    `checks` says how the author's price checks of it went, if any were asked.
    """

    rank: int
    judged: int
    reason: int
    recoded: int = 0
    checks: str = ""


@dataclass(frozen=True)
class DealFacts:
    """All that the tally says of one deal. Ids are 0 and amounts None for unknown."""

    deal: int
    closing: int
    closed_on: date
    outcome: str
    stage: int
    product: int
    account: int
    owner: int
    team: int
    winner: int
    amount: int | None
    cycle: int | None
    debrief: str
    unmet_need: int = 0
    rival_strength: int = 0
    reasons: tuple["Cited", ...] = ()
    met: tuple[int, ...] = ()
    factors: dict[str, int] = field(default_factory=dict)
    ratings: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


def source_months() -> list[date]:
    """The first day of each month in which a current closing lies."""
    days = Closing.objects.current().values_list("closed_on", flat=True).distinct()
    return sorted({month_start(day) for day in days})


def facts_of_month(first: date, basis: Basis) -> list[DealFacts]:
    """The facts of every deal closed in the month, by deal id, from the source."""
    last = add_months(first, 1) - timedelta(days=1)
    closings = list(
        Closing.objects.current()
        .closed_between(first, last)
        .select_related("deal")
        .order_by("deal")
    )
    surroundings = _Surroundings(closings)
    return [_facts(closing, surroundings, basis) for closing in closings]


class _Surroundings:
    """What hangs on the closings of one month, by the id it hangs on."""

    def __init__(self, closings: list[Closing]) -> None:
        deals = [closing.deal_id for closing in closings]
        ids = [closing.pk for closing in closings]
        owners = {closing.deal.owner_id for closing in closings}
        self.memberships = _grouped(Membership.objects.filter(user__in=owners), "user_id")
        self.rates = _grouped(Rate.objects.order_by("since"), "currency_id")
        self.debriefs = _grouped(Debrief.objects.filter(closing__in=ids), "closing_id")
        self.requests = _grouped(DebriefRequest.objects.filter(closing__in=ids), "closing_id")
        self.met = _grouped(DealCompetitor.objects.filter(deal__in=deals), "deal_id")
        self.attributes = _grouped(DealAttribute.objects.filter(deal__in=deals), "deal_id")
        versions = [each.current_version_id for rows in self.debriefs.values() for each in rows]
        self.reasons = _grouped(CitedReason.objects.filter(version__in=versions), "version_id")
        self.recodings = _grouped(Recoding.objects.filter(version__in=versions), "version_id")
        self.codings = _grouped(TextCoding.objects.filter(version__in=versions), "version_id")
        self.judgements = _grouped(
            ReasonJudgement.objects.filter(version__in=versions).prefetch_related("reasons"),
            "version_id",
        )
        self.factors = _grouped(FactorScore.objects.filter(version__in=versions), "version_id")
        self.answers = _grouped(
            Answer.objects.filter(version__in=versions).exclude(audience=Audience.PRIVATE),
            "version_id",
        )


def _grouped(rows: Iterable[Any], key: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _facts(closing: Closing, around: _Surroundings, basis: Basis) -> DealFacts:
    deal = closing.deal
    debrief = _counting(around.debriefs[closing.pk], deal.owner_id)
    version = debrief.current_version_id if debrief else None
    opened = deal.opened_on
    return DealFacts(
        deal=deal.pk,
        closing=closing.pk,
        closed_on=closing.closed_on,
        outcome=closing.outcome,
        stage=closing.stage_id or 0,
        product=deal.product_id or 0,
        account=deal.account_id or 0,
        owner=deal.owner_id or 0,
        team=_team(around.memberships[deal.owner_id], closing.closed_on),
        winner=closing.winner_id or 0,
        amount=_amount(closing, around.rates[closing.currency_id], basis),
        cycle=(closing.closed_on - opened).days if opened and opened <= closing.closed_on else None,
        debrief=_debrief_state(debrief, around.requests[closing.pk]),
        reasons=_cited(version, around),
        **_coded(version, around),
        met=tuple(sorted(each.competitor_id for each in around.met[deal.pk])),
        factors={e.key: e.score for e in around.factors[version] if e.score is not None},
        ratings={e.key: e.rating for e in around.answers[version] if e.rating},
        attributes={each.key: each.value for each in around.attributes[deal.pk]},
    )


def _counting(debriefs: list[Debrief], owner_id: int | None) -> Debrief | None:
    """The deal owner's debrief, else the first submitted."""
    submitted = [each for each in debriefs if each.submitted_at is not None]
    own = [each for each in submitted if each.author_id == owner_id]
    ordered = sorted(own or submitted, key=lambda each: (each.submitted_at, each.pk))
    return ordered[0] if ordered else None


def _cited(version: int | None, around: _Surroundings) -> tuple[Cited, ...]:
    """The reasons in either judgement; what stands in both at one rank stands once."""
    by_author = {(each.rank, each.reason_id) for each in around.reasons[version]}
    told = {
        (each.rank, each.reason_id)
        for each in around.reasons[version]
        if each.basis == "buyer_said"
    }
    checks = {each.reason_id: _checks(each) for each in around.reasons[version]}
    recodings = [each for each in around.recodings[version] if each.taken_back_at is None]
    triaged = {each.reason_id: each.into_id for each in recodings if each.split_id is None}
    recoded = {each.reason_id: each.into_id for each in recodings if each.split_id is not None}
    judged = [each for each in around.judgements[version] if each.withdrawn_at is None]
    decided = [(e.rank, e.reason_id) for each in judged for e in each.reasons.all()]
    confirmed = {
        (rank, triaged.get(reason, reason)) for rank, reason in (decided if judged else by_author)
    }
    return tuple(
        sorted(
            Cited(
                rank=rank,
                judged=((rank, reason) in by_author)
                + 2 * ((rank, reason) in confirmed)
                + 4 * ((rank, reason) in told),
                reason=reason,
                recoded=recoded.get(reason, 0),
                checks=checks.get(reason, ""),
            )
            for rank, reason in by_author | confirmed
        )
    )


def _checks(cited: CitedReason) -> str:
    """How the price checks of a citation went, nothing where none were asked."""
    given = PriceChecks.of(cited)
    if given == PriceChecks() and not cited.is_untested:
        return ""
    return "untested" if is_untested(given) else "tested"


def _coded(version: int | None, around: _Surroundings) -> dict[str, int]:
    """What the version's texts were said to amount to."""
    return {
        each.of_text: each.code_id for each in around.codings[version] if each.taken_back_at is None
    }


def _debrief_state(debrief: Debrief | None, requests: list[DebriefRequest]) -> str:
    if debrief is not None:
        return "submitted"
    dismissed = any(
        request.dismissed_at is not None and request.asked_by_id is None for request in requests
    )
    return "dismissed" if dismissed else "missing"


def _team(memberships: list[Membership], day: date) -> int:
    for each in memberships:
        if each.since <= day and (each.until is None or day < each.until):
            return each.team_id
    return 0


def _amount(closing: Closing, rates: list[Rate], basis: Basis) -> int | None:
    """Minor units of the reporting currency, None for unknown."""
    if closing.amount is None:
        return None
    if closing.amount == 0:
        return 0 if closing.outcome == Outcome.WON else None
    rate = Decimal(1) if closing.currency_id == basis.currency else None
    if rate is None:
        in_force = [each.rate for each in rates if each.since <= closing.closed_on]
        if not in_force:
            return None
        rate = in_force[-1]
    with localcontext() as context:
        context.prec = _PRECISION
        exact = (closing.amount * rate).scaleb(basis.decimals)
        if exact > LARGEST_AMOUNT:
            return None
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
