"""The blocks in memory: loaded by version, published by one reference swap."""

import threading
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from trends.codec import Column, Columns, decode
from trends.labels import Accounts, Labels, accounts_of, decode_labels
from trends.layout import ACCOUNTS, LABELS, LAYOUT

_VERSIONS = """
    SELECT block.name, block.version, state.brought_up_to_date_at, state.basis
    FROM trends_tallystate state LEFT JOIN trends_block block ON block.layout = %s
"""


@dataclass
class Month:
    """One month's block. `derived` holds what was computed from it, for as long as it lives."""

    number: int
    version: int
    block: Columns
    derived: dict[Any, Any] = field(default_factory=dict)

    @property
    def deals(self) -> Column:
        return self.block["deal"]

    def __len__(self) -> int:
        return len(self.block["deal"])


@dataclass(frozen=True)
class Snapshot:
    """Everything that a query reads, of one moment. Never changed, only replaced.

    `derived` and `answers` hold what was worked out from it, for as long as it stands.
    """

    versions: dict[str, int]
    months: tuple[Month, ...]
    labels: Labels
    accounts: Accounts
    as_of: datetime | None
    basis: str
    derived: dict[Any, Any] = field(default_factory=dict, compare=False)
    answers: dict[Any, Any] = field(default_factory=dict, compare=False)

    def month(self, number: int) -> Month | None:
        return next((month for month in self.months if month.number == number), None)

    @property
    def deal_count(self) -> int:
        return sum(len(month) for month in self.months)


EMPTY = Snapshot({}, (), Labels(), accounts_of(None), None, "")


class Store:
    """The snapshot of this process. One query tells whether it still holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = EMPTY

    @property
    def held(self) -> Snapshot:
        """What `current` gave last, for lists that a page needs beside its figures: asks nothing."""
        return self._held

    def current(self) -> Snapshot:
        """The snapshot of what is committed (or written by this transaction) now."""
        versions, as_of, basis = _read_versions()
        held = self._held
        if held.versions == versions:
            return self._publish(held, as_of, basis)
        with self._lock:
            return self._load(versions, as_of, basis)

    def _publish(self, held: Snapshot, as_of: datetime | None, basis: str) -> Snapshot:
        if held.as_of == as_of and held.basis == basis:
            return held
        answers = held.answers if held.basis == basis else {}
        fresh = replace(held, as_of=as_of, basis=basis, answers=answers)
        self._held = fresh
        return fresh

    def _load(self, versions: dict[str, int], as_of: datetime | None, basis: str) -> Snapshot:
        held = self._held
        changed = [name for name, each in versions.items() if held.versions.get(name) != each]
        loaded = _read_blocks(changed)
        kept = {month_name(month.number): month for month in held.months}
        months = []
        for name in sorted(set(versions) - {LABELS, ACCOUNTS}):
            if name in loaded:
                version, content = loaded[name]
                months.append(Month(month_number_of(name), version, decode(content)))
            elif name in kept and name not in changed:
                months.append(kept[name])
        if LABELS in changed or ACCOUNTS in changed:
            months = [Month(month.number, month.version, month.block) for month in months]
        labels, accounts = held.labels, held.accounts
        if LABELS in loaded:
            labels = decode_labels(loaded[LABELS][1])
        if ACCOUNTS in loaded:
            accounts = accounts_of(decode(loaded[ACCOUNTS][1]))
        known = versions | {name: version for name, (version, _) in loaded.items()}
        self._held = Snapshot(known, tuple(months), labels, accounts, as_of, basis)
        return self._held


def month_name(number: int) -> str:
    return f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"


def month_number_of(name: str) -> int:
    day = date.fromisoformat(f"{name}-01")
    return (day.year - 1970) * 12 + day.month - 1


def _read_versions() -> tuple[dict[str, int], datetime | None, str]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [LAYOUT])
        rows = cursor.fetchall()
    if not rows:
        return {}, None, ""
    return {row[0]: row[1] for row in rows if row[0]}, rows[0][2], rows[0][3]


def _read_blocks(names: list[str]) -> dict[str, tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, version, content FROM trends_block WHERE name = ANY(%s) AND layout = %s",
            [names, LAYOUT],
        )
        return {row[0]: (row[1], bytes(row[2])) for row in cursor.fetchall()}


store = Store()
