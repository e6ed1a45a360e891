"""The blocks in memory: loaded by version, published by one reference swap."""

import threading
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from trends.codec import Column, Columns, decode
from trends.labels import Accounts, Labels, accounts_of, decode_labels
from trends.layout import ACCOUNTS, LABELS
from trends.storage import read_contents, read_versions


@dataclass
class Month:
    """One month's block. `derived` holds what was computed from it, for as long as it lives."""

    number: int
    version: int
    block: Columns
    derived: dict[Any, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return month_name(self.number)

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
        versions, as_of, basis = read_versions()
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
        kept = {month.name: month for month in held.months if month.name not in changed}
        months = {name: month for name, month in kept.items() if name in versions}
        labels, accounts, known = held.labels, held.accounts, dict(versions)
        for name, version, content in read_contents(changed):
            known[name] = version
            if name == LABELS:
                labels = decode_labels(bytes(content))
            elif name == ACCOUNTS:
                accounts = accounts_of(decode(content))
            else:
                months[name] = Month(month_number_of(name), version, decode(content))
        in_order = [months[name] for name in sorted(months)]
        if LABELS in changed or ACCOUNTS in changed:
            in_order = [Month(month.number, month.version, month.block) for month in in_order]
        bitmaps = held.derived.get("bitmaps", held.derived.get("bitmaps before"))
        self._held = Snapshot(
            *(known, tuple(in_order), labels, accounts, as_of, basis),
            derived={"bitmaps before": bitmaps},
        )
        return self._held


def month_name(number: int) -> str:
    return f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"


def month_number_of(name: str) -> int:
    day = date.fromisoformat(f"{name}-01")
    return (day.year - 1970) * 12 + day.month - 1


store = Store()
