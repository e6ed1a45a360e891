"""From one row's cells to what they say of a deal."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from deals.errors import RowRefused
from deals.facts import UNSET, DealFacts, Unset
from deals.imports.mapping import ATTRIBUTE, Mapping
from deals.imports.parsing import (
    Amount,
    NotUnderstood,
    Order,
    is_nothing,
    parse_amount,
    parse_date,
    parse_flag,
    plain_text,
)
from deals.imports.vocabulary import (
    OPEN,
    OPEN_STAGE_WORDS,
    OPEN_STATUS_WORDS,
    outcome_meant_by,
    word_key,
)
from deals.models import Outcome

LONGEST_ATTRIBUTE = 250
_ACCOUNT_FACTS = ("industry", "segment", "country")
_NO_COMPETITOR = frozenset({"no", "unknown", "none", "yes"})


@dataclass(frozen=True)
class ReadRow:
    """What a row says; the owner as written, until a person is found."""

    external_id: str
    facts: DealFacts
    owner: str | Unset | None
    account_facts: dict[str, str] = field(default_factory=dict)
    notes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """What the whole file shows of how single cells are meant."""

    orders: AnyMapping[str, Order | None] = field(default_factory=dict)
    comma_is_decimal: bool | None = None
    open_stages: frozenset[str] = frozenset()
    company_currency: str = "USD"


class RowReader:
    """Reads rows of one file. Columns are found once, values that repeat are read once."""

    def __init__(self, mapping: Mapping, headers: Sequence[str], reading: Reading) -> None:
        self.mapping = mapping
        self.reading = reading
        self._places = {
            name: [place for place, h in enumerate(headers) if mapping.columns.get(h) == name]
            for name in {*mapping.columns.values()}
        }
        self._attributes = [
            (target.removeprefix(ATTRIBUTE), places)
            for target, places in self._places.items()
            if target.startswith(ATTRIBUTE)
        ]
        self._given = mapping.fields()
        self._width = len(headers)
        self._stages = {word_key(word): meant for word, meant in mapping.stages.items()}
        self._date: Callable[[str, str], tuple[date, str]] = lru_cache(20_000)(self._read_date)
        self._amount: Callable[[str], Amount] = lru_cache(20_000)(self._read_amount)
        self._standing: Callable[[str, str], tuple[Outcome | None, bool] | None]
        self._standing = lru_cache(5_000)(self._standing_of_words)

    def identity(self, number: int, cells: Sequence[str]) -> str:
        """The id by which the row's deal is known; empty when the row has none."""
        if self.mapping.identity == "row":
            return f"row {number}"
        if self.mapping.identity == "account_name":
            account, name = self._cell(cells, "account"), self._cell(cells, "name")
            return f"{account} / {name}"[:120] if name else ""
        return self._cell(cells, "external_id")

    def word(self, cells: Sequence[str], name: str) -> str:
        """What stands in the columns of a field, as written."""
        return self._cell(cells, name)

    def read(self, number: int, cells: Sequence[str]) -> ReadRow:
        """Raises `RowRefused`, naming the field, for a row that can't be understood."""
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise RowRefused(
                "row",
                f"It has {len(cells)} values where the header has {self._width}.",
                "Put quotation marks around values that hold the separator.",
            )
        external_id = self.identity(number, cells)
        if not external_id:
            raise RowRefused("external_id", "It has no id.", "Give each deal an id of its own.")
        notes: list[tuple[str, str, str]] = []
        outcome, stage = self._outcome_and_stage(cells)
        amount, currency = self._money(cells)
        facts = DealFacts(
            name=self._name(cells, external_id),
            account=self._optional(cells, "account"),
            product=self._optional(cells, "product"),
            competitors=self._competitors(cells),
            stage=stage,
            opened_on=self._day(cells, "opened_on", notes),
            amount=amount,
            currency=currency,
            notes=self._long_text(cells),
            outcome=outcome,
            closed_on=UNSET if outcome is None else self._closing_day(cells, notes),
            winner=UNSET if outcome is None else self._optional(cells, "winner"),
            attributes=self._kept(cells),
        )
        account_facts = {
            name: self._cell(cells, name)[:80] for name in _ACCOUNT_FACTS if name in self._given
        }
        return ReadRow(
            external_id, facts, self._optional(cells, "owner"), account_facts, tuple(notes)
        )

    def _cell(self, cells: Sequence[str], name: str) -> str:
        """The first filled cell among the columns of a field, else its constant."""
        for place in self._places.get(name, ()):
            if place < len(cells) and not is_nothing(cells[place]):
                return cells[place].strip()
        return self.mapping.constants.get(name, "")

    def _optional(self, cells: Sequence[str], name: str) -> str | Unset | None:
        if name not in self._given:
            return UNSET
        return self._cell(cells, name) or None

    def _name(self, cells: Sequence[str], external_id: str) -> str:
        """The deal's name; without one, what is sold to whom."""
        name = self._cell(cells, "name")
        if name:
            return name
        parts = [self._cell(cells, "account"), self._cell(cells, "product")]
        return " · ".join(part for part in parts if part) or f"Deal {external_id}"

    def _competitors(self, cells: Sequence[str]) -> tuple[str, ...] | Unset:
        if "competitors" not in self._given:
            return UNSET
        text = self._cell(cells, "competitors")
        for mark in ("|", "\n"):
            text = text.replace(mark, ";")
        words = (word.strip() for word in text.split(";"))
        return tuple(word for word in words if word and word.casefold() not in _NO_COMPETITOR)

    def _long_text(self, cells: Sequence[str]) -> str | Unset:
        if "notes" not in self._given:
            return UNSET
        filled = [cells[place] for place in self._places.get("notes", ()) if place < len(cells)]
        return "\n\n".join(plain_text(text.strip()) for text in filled if not is_nothing(text))

    def _kept(self, cells: Sequence[str]) -> dict[str, str] | Unset:
        if not self._attributes:
            return UNSET
        return {
            key: next(
                (
                    cells[place].strip()[:LONGEST_ATTRIBUTE]
                    for place in places
                    if place < len(cells) and not is_nothing(cells[place])
                ),
                "",
            )
            for key, places in self._attributes
        }

    def _outcome_and_stage(self, cells: Sequence[str]) -> tuple[Outcome | None, str | Unset | None]:
        """How the deal stands, by its flags, else its status, else the meaning of its stage."""
        stage, status = self._cell(cells, "stage"), self._cell(cells, "outcome")
        outcome, is_decided = self._by_flags(cells)
        if not is_decided:
            found = self._standing(status, stage)
            if found is None:
                raise _no_standing(status, stage)
            outcome = found[0]
        elif outcome is Outcome.LOST_UNSPECIFIED:
            outcome = outcome_meant_by(status or stage) or outcome
        names_stage = (
            stage and outcome_meant_by(stage) is None and self._meant(stage) in (None, OPEN)
        )
        return outcome, stage if names_stage else UNSET

    def _by_flags(self, cells: Sequence[str]) -> tuple[Outcome | None, bool]:
        """The outcome by yes-or-no columns, and whether they decide."""
        flags = {
            name: self._flag(cells, name)
            for name in ("is_won", "is_lost", "active")
            if self._cell(cells, name)
        }
        if flags.get("is_won"):
            return Outcome.WON, True
        if flags.get("is_lost") or flags.get("active") is False:
            return Outcome.LOST_UNSPECIFIED, True
        both = {"is_won", "is_lost"} <= flags.keys()
        return None, both

    def _standing_of_words(self, status: str, stage: str) -> tuple[Outcome | None, bool] | None:
        if status:
            meant = self._meant(status)
            if meant == OPEN or word_key(status) in OPEN_STATUS_WORDS:
                return None, True
            outcome = Outcome(meant) if meant else outcome_meant_by(status)
            return (outcome, True) if outcome else None
        if not stage:
            return (None, True) if "outcome" in self._given else None
        meant = self._meant(stage)
        if meant is not None:
            return (None if meant == OPEN else Outcome(meant)), True
        outcome = outcome_meant_by(stage)
        if outcome is not None:
            return outcome, True
        key = word_key(stage)
        is_open = key in OPEN_STAGE_WORDS or key in self.reading.open_stages
        is_open = is_open or ("outcome" in self._given and not status)
        return (None, True) if is_open else None

    def _meant(self, word: str) -> str | None:
        return self._stages.get(word_key(word))

    def _money(self, cells: Sequence[str]) -> tuple[Decimal | Unset | None, str | Unset | None]:
        if "amount" not in self._given:
            return UNSET, UNSET
        cell = self._cell(cells, "amount")
        if not cell:
            return None, None
        try:
            amount = self._amount(cell)
        except NotUnderstood as error:
            raise RowRefused(
                "amount", str(error), "Write a number such as 1234.50.", value=cell
            ) from error
        written = self._cell(cells, "currency").upper()
        if written and amount.currency and written != amount.currency and "$" not in cell:
            raise RowRefused(
                "currency",
                f"The amount says {amount.currency}, the currency column {written}.",
                "Correct one of the two.",
                value=cell,
            )
        return amount.value, written or amount.currency or UNSET

    def _closing_day(
        self, cells: Sequence[str], notes: list[tuple[str, str, str]]
    ) -> date | Unset | None:
        day = self._day(cells, "closed_on", notes)
        if day is UNSET or day is None:
            raise RowRefused(
                "closed_on", "A closed deal needs the day it closed.", "Fill in the date."
            )
        return day

    def _day(
        self, cells: Sequence[str], name: str, notes: list[tuple[str, str, str]]
    ) -> date | Unset | None:
        if name not in self._given:
            return UNSET
        cell = self._cell(cells, name)
        if not cell:
            return None
        try:
            day, note = self._date(name, cell)
        except NotUnderstood as error:
            raise RowRefused(
                name, str(error), "Write the date as 2026-03-31.", value=cell
            ) from error
        if note:
            notes.append((name, cell, note))
        return day

    def _flag(self, cells: Sequence[str], name: str) -> bool:
        cell = self._cell(cells, name)
        try:
            return parse_flag(cell)
        except NotUnderstood as error:
            raise RowRefused(name, str(error), "Write yes or no.", value=cell) from error

    def _read_date(self, name: str, cell: str) -> tuple[date, str]:
        return parse_date(cell, order=self.reading.orders.get(name))

    def _read_amount(self, cell: str) -> Amount:
        return parse_amount(
            cell,
            comma_is_decimal=self.reading.comma_is_decimal,
            company_currency=self.reading.company_currency,
        )


def _no_standing(status: str, stage: str) -> RowRefused:
    name, word = ("outcome", status) if status else ("stage", stage)
    if not word:
        return RowRefused(name, "It is empty.", "Give the stage, or won or lost.")
    return RowRefused(
        name,
        f"“{word[:80]}” maps to no outcome and to no known stage.",
        "List the stage in Reflection, or say what it means in the mapping.",
        value=word,
    )
