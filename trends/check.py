"""The proof that the tally equals its source: read again, slowly and by other means, and compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import connection, transaction

from common.periods import month_label
from deals.models import Account, Competitor, Product, Stage
from debriefs.models import LossReason, ReasonChange, ReasonGroup, TextCode
from debriefs.reading import READ_BY
from people.models import Team, User
from trends.block_facts import facts_in_block
from trends.labels import ACCOUNT_FACTS, Entry
from trends.services import current_basis
from trends.snapshot import Snapshot, Store
from trends.source_facts import DealFacts, facts_of_month, source_months

MOST_DIFFERENCES = 50


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
