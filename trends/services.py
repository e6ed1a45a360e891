"""Keeping the tally: serial, in one transaction, from source rows to new versions of blocks.

A touched month is patched: the rows of the touched deals are read again and put in place
of the old ones. A month of which more than a third is touched is built anew from the
source, which costs as much as in a rebuild, so no refresh is dearer than one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from common.money import minor_units
from deals.models import Currency
from outbox import relay
from outbox.subscriptions import registry
from trends import blocks, source, storage
from trends.codec import Column, Columns, encode
from trends.labels import Labels, encode_labels, read_accounts, read_labels
from trends.layout import ACCOUNTS, LABELS
from trends.models import Block, TallyState
from trends.rebuilding import built_months
from trends.snapshot import Snapshot, month_name, store
from trends.source import Basis
from trends.source_debriefs import Keys

TALLY = "trends.tally"
BUILD_ANEW_ABOVE = 1 / 3
MANY = 1_000  # below it, looking where the deals lie costs nothing
AT_ONCE = 20_000
LOCK = 0x7A11


@dataclass(frozen=True)
class Touched:
    """What may have changed since the last tally."""

    deal_ids: frozenset[int] = frozenset()
    labels: bool = False
    accounts: bool = False


@dataclass
class TallyReport:
    """What a tally did. `rebuilt` says that it was a full one."""

    rebuilt: bool = False
    months_patched: list[str] = field(default_factory=list)
    months_built: list[str] = field(default_factory=list)
    months_dropped: list[str] = field(default_factory=list)
    lists_written: list[str] = field(default_factory=list)
    deals: int = 0
    names: set[tuple[str, int]] = field(default_factory=set, repr=False)
    accounts: set[int] = field(default_factory=set, repr=False)

    def saw(self, block: Columns) -> None:
        """Note what names the rows of a fresh block use."""
        self.names |= _names_in(block)
        self.accounts.update(np.unique(block["account"]).tolist())


def current_basis() -> Basis:
    """The reporting currency with its decimals, from the currency table or ISO 4217."""
    code = settings.ENV.reporting_currency
    decimals = Currency.objects.filter(pk=code).values_list("decimals", flat=True).first()
    return Basis(code, minor_units(code) if decimals is None else decimals)


@transaction.atomic
def bring_up_to_date(touched: Touched) -> TallyReport:
    """Write new versions of what `touched` concerns; everything anew where the basis changed.

    Idempotent: the blocks are what a rebuild would give. A version is written only where
    the content differs.
    """
    _lock()
    basis = current_basis()
    if _touches_most(touched):
        return _rebuild(basis)
    snapshot = store.current()
    if snapshot.basis != basis.name:
        return _rebuild(basis)
    report = TallyReport()
    keys = _keys(snapshot)
    _refresh_months(touched.deal_ids, snapshot, basis, keys, report)
    _refresh_lists(touched, snapshot, keys, report)
    _note(basis)
    return report


@transaction.atomic
def rebuild(*, workers: int = 1) -> TallyReport:
    """Build every block from the source, month by month, so that memory stays bounded.

    With several workers the months are read by as many connections at once, so the rows
    must be committed. Who built a month makes no difference to its bytes.
    """
    _lock()
    return _rebuild(current_basis(), workers=workers)


def _lock() -> None:
    """One tally at a time; released with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _touches_most(touched: Touched) -> bool:
    """Whether to rebuild at once, before even asking which months are concerned."""
    count = len(touched.deal_ids)
    return count > MANY and count > BUILD_ANEW_ABOVE * size()["deals"]


def _note(basis: Basis) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO trends_tallystate (id, basis, brought_up_to_date_at)
            VALUES (1, %s, statement_timestamp())
            ON CONFLICT (id) DO UPDATE SET basis = excluded.basis,
                brought_up_to_date_at = excluded.brought_up_to_date_at
            """,
            [basis.name],
        )


def _rebuild(basis: Basis, *, workers: int = 1) -> TallyReport:
    report = TallyReport(rebuilt=True)
    keys = Keys([], [])
    months = [source.month_number(month) for month in source.closing_months()]
    for month in built_months(months, basis=basis, keys=keys, workers=workers):
        report.deals += month.deals
        _keep(month.name, month.content, deals=month.deals)
        report.months_built.append(month.name)
    names = {LABELS, ACCOUNTS, *map(month_name, months)}
    Block.objects.exclude(name__in=names).delete()
    _keep(LABELS, encode_labels(read_labels(keys)))
    _keep(ACCOUNTS, encode(read_accounts()))
    report.lists_written = [LABELS, ACCOUNTS]
    _note(basis)
    return report


def _keep(name: str, content: bytes, *, deals: int = 0) -> bool:
    """Whether it differed from what is kept and was written."""
    differs = not storage.holds(name, content)
    if differs:
        storage.write(name, content, deals=deals)
    return differs


def _keys(snapshot: Snapshot) -> Keys:
    """The keys met so far, from the labels: those of templates and those of debriefs."""
    return Keys(
        [key for key, _ in snapshot.labels.factors], [key for key, _ in snapshot.labels.questions]
    )


def _refresh_months(
    deal_ids: frozenset[int], snapshot: Snapshot, basis: Basis, keys: Keys, report: TallyReport
) -> None:
    if not deal_ids:
        return
    ids = np.array(sorted(deal_ids), dtype=np.int64)
    now = source.months_of_deals(ids.tolist())
    before = {
        month.number: held
        for month in snapshot.months
        if len(held := month.deals[blocks.rows_of(month.block, ids)])
    }
    to_patch: dict[int, Column] = {}
    for number in sorted({*now, *before}):
        none = np.empty(0, dtype=np.int64)
        gone, come = before.get(number, none), now.get(number, none)
        touched = np.union1d(gone, come)
        month = snapshot.month(number)
        if month is None or len(touched) > BUILD_ANEW_ABOVE * len(month):
            _build_month(number, basis, keys, report)
        else:
            to_patch[number] = touched
    _patch_months(to_patch, snapshot, basis, keys, report)


def _build_month(number: int, basis: Basis, keys: Keys, report: TallyReport) -> None:
    rows = source.rows_of_month(source.month_of_number(number), basis=basis, keys=keys)
    block = blocks.build(number, rows)
    report.saw(block)
    if _keep_month(number, block, report):
        report.months_built.append(month_name(number))


def _patch_months(
    touched: dict[int, Column], snapshot: Snapshot, basis: Basis, keys: Keys, report: TallyReport
) -> None:
    """Patch them, so many at once that memory holds the rows of about AT_ONCE deals."""
    for some in _portions(touched):
        ids = np.unique(np.concatenate([touched[number] for number in some]))
        rows = source.rows_of_deals(ids.tolist(), basis=basis, keys=keys)
        for number in some:
            month = snapshot.month(number)
            assert month is not None
            fresh = blocks.build(number, rows)
            report.saw(fresh)
            block = blocks.patch(month.block, touched[number], fresh)
            if not block.equals(month.block) and _keep_month(number, block, report):
                report.months_patched.append(month_name(number))


def _portions(touched: dict[int, Column]) -> Iterator[list[int]]:
    portion: list[int] = []
    deals = 0
    for number, ids in touched.items():
        portion.append(number)
        deals += len(ids)
        if deals >= AT_ONCE:
            yield portion
            portion, deals = [], 0
    if portion:
        yield portion


def _keep_month(number: int, block: Columns, report: TallyReport) -> bool:
    """Whether there was a difference to write; a month without deals is dropped."""
    name = month_name(number)
    count = len(block["deal"])
    report.deals += count
    if count:
        return _keep(name, encode(block), deals=count)
    dropped, _ = Block.objects.filter(name=name).delete()
    if dropped:
        report.months_dropped.append(name)
    return False


def _refresh_lists(touched: Touched, snapshot: Snapshot, keys: Keys, report: TallyReport) -> None:
    """Lists are read again when told of a change, or when a row names what they don't know."""
    labels = snapshot.labels
    has_new_keys = len(labels.factors) + len(labels.questions) < len(keys.factors) + len(
        keys.questions
    )
    new_names = has_new_keys or not report.names <= _known_names(labels)
    if (touched.labels or new_names) and _keep(LABELS, encode_labels(read_labels(keys))):
        report.lists_written.append(LABELS)
    new_accounts = not snapshot.accounts.know(report.accounts)
    if (touched.accounts or new_accounts) and _keep(ACCOUNTS, encode(read_accounts())):
        report.lists_written.append(ACCOUNTS)


_NAMES = {
    "product": "products",
    "stage": "stages",
    "owner": "people",
    "team": "teams",
    "winner": "competitors",
    "met.competitor": "competitors",
    "cited.reason": "reasons",
    "cited.recoded": "reasons",
    "unmet_need": "unmet_needs",
    "rival_strength": "rival_strengths",
}


def _known_names(labels: Labels) -> set[tuple[str, int]]:
    return {(name, entry.id) for name in set(_NAMES.values()) for entry in getattr(labels, name)}


def _names_in(block: Columns) -> set[tuple[str, int]]:
    return {
        (name, each)
        for column, name in _NAMES.items()
        for each in np.unique(block[column]).tolist()
        if each
    }


def keep() -> None:
    """Bring the tally up where nothing was told: an empty instance, a changed layout or currency.

    When nothing waits for the tally, that is noted as being up to date.
    """
    if is_rebuild_due():
        rebuild()
    elif relay.is_quiet():
        TallyState.objects.update(brought_up_to_date_at=Now())


def is_rebuild_due() -> bool:
    """Whether the blocks rest on another layout or reporting currency than the code's."""
    return not TallyState.objects.filter(basis=current_basis().name).exists()


def catch_up() -> int:
    """Take now what waits for the tally, whether or not a worker runs; returns how many events."""
    subscription = registry.get(TALLY)
    assert subscription is not None
    relay.fan_out()
    delivered = 0
    while made := relay.deliver_batch(subscription):
        delivered += made
    keep()
    return delivered


def size() -> dict[str, int]:
    """How many months the tally holds, and how many deals."""
    months = Block.objects.exclude(name__in=[LABELS, ACCOUNTS])
    return {"months": months.count(), "deals": sum(months.values_list("deals", flat=True))}
