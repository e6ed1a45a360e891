"""The proof that the tally equals its source: read again, slowly and by other means, and compared.

Nothing here is shared with the building of blocks: rows come through the ORM, every rule
of domain.md is applied in plain Python to one deal at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from django.db import connection, transaction

from common.periods import add_months, month_label, month_start
from deals.models import (
    Account,
    Closing,
    Competitor,
    DealAttribute,
    DealCompetitor,
    Outcome,
    Product,
    Rate,
    Stage,
)
from debriefs.models import (
    Answer,
    Audience,
    CitedReason,
    Debrief,
    DebriefRequest,
    FactorScore,
    LossReason,
    ReasonChange,
    ReasonGroup,
    ReasonJudgement,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.price import PriceChecks, is_untested
from debriefs.reading import READ_BY
from people.models import Membership, Team, User
from trends.codec import Columns
from trends.labels import ACCOUNT_FACTS, Entry
from trends.layout import (
    ATTRIBUTE,
    DEBRIEF_STATES,
    FACTOR,
    NO_SCORE,
    OUTCOMES,
    PRICE_CHECKS,
    QUESTION,
    RATINGS,
    UNKNOWN,
)
from trends.services import current_basis
from trends.snapshot import Month, Snapshot, Store
from trends.source import LARGEST_AMOUNT, Basis

MOST_DIFFERENCES = 50
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


@dataclass(frozen=True)
class Difference:
    """What the tally says, against what the source says."""

    where: str
    what: str
    tally: str
    source: str


@dataclass
class CheckReport:
    months: int = 0
    deals: int = 0
    differences: list[Difference] = field(default_factory=list)


def check() -> CheckReport:
    """Compare every month and list with the source, as both stand at one moment."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _compare(Store().current())


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


def facts_in_block(month: Month) -> Iterator[DealFacts]:
    """The facts that a month's block holds."""
    block = month.block
    plain = {name: block[name].tolist() for name in (*_PLAIN, *_CODED)}
    cited = _by_row(block, "cited", "rank", "judged", "reason", "recoded", "checks")
    met = _by_row(block, "met", "competitor")
    factors, ratings = _keyed(block, FACTOR, NO_SCORE), _keyed(block, QUESTION, 0)
    attributes = _keyed(block, ATTRIBUTE, 0)
    first = date(1970 + month.number // 12, month.number % 12 + 1, 1)
    for row in range(len(block["deal"])):
        yield DealFacts(
            **{name: plain[name][row] for name in _PLAIN},
            closed_on=first + timedelta(days=plain["day"][row] - 1),
            outcome=OUTCOMES[plain["outcome"][row]],
            amount=_known(plain["amount"][row]),
            cycle=_known(plain["cycle"][row]),
            debrief=DEBRIEF_STATES[plain["debrief"][row]],
            reasons=tuple(
                Cited(rank, judged, reason, recoded, ("", *PRICE_CHECKS)[checks])
                for rank, judged, reason, recoded, checks in cited[row]
            ),
            met=tuple(each for (each,) in met[row]),
            factors=factors[row],
            ratings={key: RATINGS[code - 1] for key, code in ratings[row].items()},
            attributes={
                key: block.texts[ATTRIBUTE + key][code - 1] for key, code in attributes[row].items()
            },
        )


_PLAIN = (
    "deal",
    "closing",
    "stage",
    "product",
    "account",
    "owner",
    "team",
    "winner",
    "unmet_need",
    "rival_strength",
)
_CODED = ("day", "outcome", "amount", "cycle", "debrief")


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


def _known(value: int) -> int | None:
    return None if value == UNKNOWN else value


def _by_row(block: Columns, grain: str, *names: str) -> dict[int, list[tuple[int, ...]]]:
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    columns = [block[f"{grain}.{name}"].tolist() for name in names]
    for row, *values in zip(block[f"{grain}.row"].tolist(), *columns, strict=True):
        found[row].append(tuple(values))
    return found


def _keyed(block: Columns, prefix: str, missing: int) -> dict[int, dict[str, int]]:
    """The values given under each key that begins with the prefix, by row."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for name, column in block.columns.items():
        if name.startswith(prefix):
            for row, value in enumerate(column.tolist()):
                if value != missing:
                    found[row][name.removeprefix(prefix)] = value
    return found


def _compare(snapshot: Snapshot) -> CheckReport:
    report = CheckReport()
    basis = current_basis()
    found = report.differences
    if snapshot.basis != basis.name:
        found.append(Difference("tally", "basis", snapshot.basis or "none yet", basis.name))
        return report
    months = source_months()
    held = {month.number: month for month in snapshot.months}
    numbers = {(month.year - 1970) * 12 + month.month - 1: month for month in months}
    for number in sorted({*held, *numbers}):
        first = numbers.get(number, date(1970 + number // 12, number % 12 + 1, 1))
        expected = facts_of_month(first, basis) if number in numbers else []
        given = list(facts_in_block(held[number])) if number in held else []
        report.months += 1
        report.deals += len(expected)
        found += _differences(month_label(first), given, expected)
        if len(found) > MOST_DIFFERENCES:
            return report
    found += _list_differences(snapshot)
    return report


def _differences(
    month: str, given: list[DealFacts], expected: list[DealFacts]
) -> Iterator[Difference]:
    tally, source = {f.deal: f for f in given}, {f.deal: f for f in expected}
    for deal in sorted({*tally, *source}):
        where = f"{month} deal {deal}"
        left, right = tally.get(deal), source.get(deal)
        if left is None or right is None:
            yield Difference(where, "deal", _presence(left), _presence(right))
            continue
        for each in fields(DealFacts):
            a, b = getattr(left, each.name), getattr(right, each.name)
            if a != b:
                yield Difference(where, each.name, str(a), str(b))


def _presence(facts: DealFacts | None) -> str:
    return "absent" if facts is None else "present"


def _list_differences(snapshot: Snapshot) -> Iterator[Difference]:
    """Names and merges that differ; a name that no closed deal bears may be new to the tally."""
    labels = snapshot.labels
    merged = ("pk", "name", "merged_into_id")
    lists: list[tuple[str, Iterable[Entry], Any, tuple[str, ...]]] = [
        ("products", labels.products, Product.objects.values_list(*merged), ("product",)),
        (
            "unmet needs",
            labels.unmet_needs,
            TextCode.objects.filter(of_text="unmet_need").values_list(*merged),
            ("unmet_need",),
        ),
        (
            "strengths of rivals",
            labels.rival_strengths,
            TextCode.objects.filter(of_text="rival_strength").values_list(*merged),
            ("rival_strength",),
        ),
        ("stages", labels.stages, Stage.objects.values_list(*merged), ("stage",)),
        (
            "competitors",
            labels.competitors,
            Competitor.objects.values_list(*merged),
            ("winner", "met.competitor"),
        ),
    ]
    for name, entries, rows, columns in lists:
        given = {entry.id: (entry.name, entry.into or None) for entry in entries}
        yield from _named(name, given, {row[0]: row[1:] for row in rows}, _used(snapshot, *columns))
    owners = {user.pk: str(user) for user in User.objects.all()}
    given_people = {entry.id: entry.name for entry in labels.people}
    yield from _named("people", given_people, owners, _used(snapshot, "owner"))
    teams = {t.id: (t.name, t.kind, t.parent or None, t.manager or None) for t in labels.teams}
    rows = Team.objects.values_list("pk", "name", "kind", "parent_id", "manager_id")
    yield from _named("teams", teams, {row[0]: row[1:] for row in rows}, _used(snapshot, "team"))
    yield from _reason_differences(snapshot)
    yield from _account_differences(snapshot)


def _reason_differences(snapshot: Snapshot) -> Iterator[Difference]:
    """Today's list as the tally reads it against the rows, and the changes in force."""
    listed = snapshot.labels.reason_list
    given = {
        pk: (standing.label, standing.group, standing.into or None)
        for pk, standing in listed.standings[-1].items()
    }
    rows = LossReason.objects.values_list("pk", "name", "group_id", "merged_into_id")
    used = _used(snapshot, "cited.reason", "cited.recoded")
    yield from _named("reasons", given, {row[0]: row[1:] for row in rows}, used)
    groups = dict(ReasonGroup.objects.values_list("pk", "name"))
    yield from _named("reason groups", listed.group_names[-1], groups, set())
    told = {
        (each.since, each.kind, each.id, each.name or each.target)
        for each in (*listed.changes, *listed.renamed_groups)
    }
    source = {
        (
            each.since.isoformat(),
            each.kind,
            each.reason_id or each.of_group_id,
            each.name or each.into_id or each.group_id or 0,
        )
        for each in ReasonChange.objects.filter(kind__in=READ_BY, taken_back_at=None)
    }
    for change in sorted(told ^ source, key=str):
        presence = [("absent", "present")[change in side] for side in (told, source)]
        yield Difference("changes of reasons", str(change), *presence)


def _used(snapshot: Snapshot, *columns: str) -> set[int]:
    used = {
        each for month in snapshot.months for name in columns for each in month.block[name].tolist()
    }
    return used - {0}


def _named(
    where: str, given: Mapping[int, Any], source: Mapping[int, Any], used: set[int]
) -> Iterator[Difference]:
    for each in sorted({*given, *used}):
        left, right = given.get(each, "absent"), source.get(each, "absent")
        if left != right:
            yield Difference(where, str(each), str(left), str(right))


def _account_differences(snapshot: Snapshot) -> Iterator[Difference]:
    accounts = snapshot.accounts
    rows = {account.pk: account for account in Account.objects.all()}
    used = _used(snapshot, "account")
    for pk, row in sorted(rows.items()):
        standing = row
        while standing.merged_into_id:
            standing = rows[standing.merged_into_id]
        if not accounts.know([pk]):
            if pk in used:
                yield Difference("accounts", f"account {pk}", "absent", "present")
            continue
        for fact in ACCOUNT_FACTS:
            code = int(accounts.facts[fact][pk])
            given = accounts.texts[fact][code - 1] if code else ""
            expected = getattr(standing, fact)
            if given != expected:
                yield Difference("accounts", f"{fact} of account {pk}", given, expected)
