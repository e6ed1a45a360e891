"""From ids in blocks to codes of a dimension: merges, trees and facts are resolved here.

A code is a place in the dimension's vocabulary. Blocks never change with a merge or a
rename: "as recorded" and "today's list" are two lookups over the same columns.
"""

from collections.abc import Callable, Iterable
from copy import copy
from functools import cached_property

import numpy as np

from deals.models import Outcome
from trends.codec import Column
from trends.codes import Codes, joined, paired, rated, scored, table_of, take
from trends.dimensions import DIMENSIONS, Shape, dimension
from trends.errors import TrendError
from trends.groups import GROUPED, SMALL, SMALL_LABEL, hidden_in
from trends.labels import ACCOUNT_FACTS, Entry, Labels, resolved
from trends.layout import (
    ATTRIBUTE,
    BY_AUTHOR,
    CONFIRMED,
    DEBRIEF_STATES,
    FACTOR,
    OUTCOMES,
    PRICE_CHECKS,
    QUESTION,
    SUBMITTED,
    TESTED,
    UNTESTED,
    WON,
)
from trends.query import Judgement, ListReading
from trends.reason_codes import ReasonCodes
from trends.results import Key
from trends.snapshot import Month, Snapshot
from trends.source import month_of_number
from trends.vocabulary import Vocabulary

LOST_GROUP = "lost"
# Dimensions of cited reasons, each by the list whose places its codes are.
_REASONS = {"reason": "reason", "reason_group": "reason_group", "untested_reason": "reason"}
# Dimensions of lists whose entries can be merged.
_MERGED = ("product", "competitor", "winner", "stage", "unmet_need", "rival_strength")

_UNKNOWN_LABELS = {
    "reason": "No reason given",
    "reason_group": "No reason given",
    "untested_reason": "No reason untested",
    "price_check": "No price named, or not asked",
    "competitor": "No competitor named",
    "unmet_need": "None named, or not coded yet",
    "rival_strength": "None named, or not coded yet",
    "team": "No team",
    "region": "No region",
    "rep": "No owner",
}
_ORDERED = {"stage", "outcome", "month", "week", "quarter", "factor", "question", "debrief",
    "price_check",
}  # fmt: skip


class Coding:
    """The codes of one snapshot under one reading and judgement.

    Plain, each team and region has its own code. As `seen_by` somebody, the deals of groups
    too small to show have one code together.
    """

    def __init__(self, snapshot: Snapshot, reading: ListReading, judgement: Judgement) -> None:
        self.snapshot = snapshot
        self._plain: Coding | None = None
        self.managed: frozenset[int] | None = None
        self.labels: Labels = snapshot.labels
        self.today = reading is ListReading.TODAY
        self.judged = CONFIRMED if judgement is Judgement.CONFIRMED else BY_AUTHOR
        self._token = (
            reading,
            judgement,
            snapshot.versions.get("labels"),
            snapshot.versions.get("accounts"),
        )
        self._lookups: dict[str, Column] = {}
        self._vocabularies: dict[str, Vocabulary] = {}

    @classmethod
    def of(cls, snapshot: Snapshot, reading: ListReading, judgement: Judgement) -> "Coding":
        key = ("coding", reading, judgement)
        found = snapshot.derived.get(key)
        if found is None:
            found = snapshot.derived[key] = cls(snapshot, reading, judgement)
        return found

    def seen_by(self, managed: frozenset[int]) -> "Coding":
        """The same to somebody who answers for the teams `managed`; it shares all that is kept."""
        seen = copy(self.plain)
        seen._plain, seen.managed = self.plain, managed
        return seen

    @property
    def plain(self) -> "Coding":
        """The coding in which no groups are merged."""
        return self._plain or self

    def vocabulary(self, name: str) -> Vocabulary:
        found = self._vocabularies.get(name)
        if found is None:
            found = self._vocabularies[name] = Vocabulary(
                self._keys(name), ordered=name in _ORDERED
            )
        return found

    def codes(self, month: Month, name: str) -> Codes:
        """The codes of a dimension that is not of time."""
        if name.startswith(ATTRIBUTE):
            return self._attribute(month, name)
        hidden = self.hidden(month, name)
        if hidden:
            return self._together(month, name, hidden)
        token = (name, self._token)
        found = month.derived.get(token)
        if found is None:
            found = month.derived[token] = self._make(month, name)
        return found

    def hidden(self, month: Month, name: str) -> frozenset[int]:
        """The teams whose deals of the month count under SMALL in a dimension."""
        if self.managed is None or name not in GROUPED:
            return frozenset()
        return hidden_in(month, self.labels, self.managed).of(name)

    @property
    def token(self) -> object:
        """Equal for codings under which a month's codes are equal where nothing is hidden."""
        return self._token

    def token_of(self, name: str) -> object:
        """The same for one dimension, which facts of accounts concern or the names of lists."""
        reading, judgement, labels, accounts = self._token
        return (accounts,) if name in ACCOUNT_FACTS else (reading, judgement, labels)

    @cached_property
    def reasons(self) -> ReasonCodes:
        if self._plain:
            return self._plain.reasons
        return ReasonCodes(self.labels.reason_list, today=self.today)

    def chosen(self, name: str, value: str | None, *, field: str) -> frozenset[int]:
        """The codes that count for a value: a merged one's in today's list is its target's.

        TrendError at `field` for a value that isn't listed.
        """
        return frozenset(
            self._standing_code(name, code) for code in self._named(name, value, field)
        )

    def key_of(self, name: str, value: str | None, *, field: str) -> Key:
        """The key of a value that was asked for, by all the names that it means."""
        keys = [self.vocabulary(name).keys[code] for code in self._named(name, value, field)]
        return keys[0] if len(keys) == 1 else Key(value, " / ".join(key.label for key in keys))

    def _named(self, name: str, value: str | None, field: str) -> list[int]:
        """The codes that a value names; a reason's id stands for all the names it went by.

        An address keeps its meaning when only the reading changes: in today's list
        `12:Price` is reason 12.
        """
        vocabulary = self.vocabulary(name)
        subject = (value or "").partition(":")[0]
        asks_for_id = name in _REASONS and subject.isdecimal() and not vocabulary.lists(value)
        codes = self.reasons.of_subject(_REASONS[name], int(subject)) if asks_for_id else []
        return codes or [vocabulary.code_of(value, field=field)]

    def _standing_code(self, name: str, code: int) -> int:
        if name in _REASONS:
            return self.reasons.standing(_REASONS[name], code)
        if name not in _MERGED:
            return code
        entry_id = self.vocabulary(name).keys[code].id
        return int(self._lookup(name)[int(entry_id)]) if entry_id else code

    def _keys(self, name: str) -> list[Key]:
        unknown = [Key(None, _UNKNOWN_LABELS.get(name, "Unknown"))]
        if name.startswith(ATTRIBUTE):
            return unknown + [Key(text, text) for text in self._attribute_texts(name)]
        if name == "outcome":
            return [Key(value, Outcome(value).label) for value in OUTCOMES]
        if name == "debrief":
            return [Key(state, state.capitalize()) for state in DEBRIEF_STATES]
        if name in ACCOUNT_FACTS:
            return unknown + [
                Key(text, text) for text in self.snapshot.accounts.texts.get(name, ())
            ]
        if name in ("factor", "question"):
            pairs = self.labels.factors if name == "factor" else self.labels.questions
            return [Key(key, words) for key, words in pairs]
        if name == "price_check":
            return unknown + [Key(state, state.capitalize()) for state in PRICE_CHECKS]
        if name in _REASONS:
            return unknown + self.reasons.keys(_REASONS[name])
        listed = [Key(str(entry.id), entry.name) for entry in self._entries(name)]
        return unknown + listed + ([Key(SMALL, SMALL_LABEL)] if name in GROUPED else [])

    def _entries(self, name: str) -> Iterable[Entry]:
        labels = self.labels
        lists: dict[str, Callable[[], Iterable[Entry]]] = {
            "competitor": lambda: labels.competitors,
            "winner": lambda: labels.competitors,
            "stage": lambda: labels.stages,
            "unmet_need": lambda: labels.unmet_needs,
            "rival_strength": lambda: labels.rival_strengths,
            "product": lambda: labels.products,
            "rep": lambda: labels.people,
            "team": lambda: [Entry(team.id, team.name) for team in labels.teams],
            "region": lambda: [
                Entry(team.id, team.name) for team in labels.teams if team.kind == "region"
            ],
        }
        return lists[name]()

    def _lookup(self, name: str) -> Column:
        """Codes by id."""
        found = self._lookups.get(name)
        if found is None:
            found = self._lookups[name] = self._make_lookup(name)
        return found

    def _make_lookup(self, name: str) -> Column:
        if name == "region":
            regions = {entry.id: n + 1 for n, entry in enumerate(self._entries("region"))}
            return table_of(
                {
                    team.id: regions.get(self.labels.region_of(team.id), 0)
                    for team in self.labels.teams
                }
            )
        entries = list(self._entries(name))
        places = {entry.id: n + 1 for n, entry in enumerate(entries)}
        standing = self._standing(entries)
        return table_of({each: places[standing[each]] for each in places})

    def _standing(self, entries: Iterable[Entry]) -> dict[int, int]:
        return resolved(entries) if self.today else {entry.id: entry.id for entry in entries}

    def _make(self, month: Month, name: str) -> Codes:
        block = month.block
        if name == "outcome":
            return Codes(block["outcome"])
        if name == "debrief":
            return Codes(block["debrief"])
        if name in ACCOUNT_FACTS:
            return Codes(take(self.snapshot.accounts.facts[name], block["account"]))
        if name in _REASONS:
            return self._cited(month, name)
        if name == "price_check":
            return self._checked(month)
        if name == "competitor":
            codes = take(self._lookup(name), block["met.competitor"])
            return paired(block["met.row"], codes, everyone=np.arange(len(month)))
        if name == "winner":
            lost = np.flatnonzero(block["outcome"] != WON)
            return Codes(take(self._lookup(name), block["winner"][lost]), lost)
        if name == "factor":
            return self._present(month, FACTOR, self.labels.factors, scored)
        if name == "question":
            return self._present(month, QUESTION, self.labels.questions, rated)
        column = {"rep": "owner", "region": "team"}.get(name, name)
        return Codes(take(self._lookup(name), block[column]))

    def _together(self, month: Month, name: str, hidden: frozenset[int]) -> Codes:
        """Made each time it is asked for: one look-up, and else there would be one per viewer."""
        codes = self._lookup(name)
        table = np.zeros(max(len(codes), max(hidden) + 1), dtype=codes.dtype)
        table[: len(codes)] = codes
        table[list(hidden)] = len(self.vocabulary(name)) - 1
        return Codes(take(table, month.block["team"]))

    def _cited(self, month: Month, name: str) -> Codes:
        block = month.block
        mine = cited_in(month, self.judged)
        if name == "untested_reason":
            mine = mine & (block["cited.checks"] == UNTESTED)
        rows, codes, ranks = self.citations(month, name, mine)
        debriefed = np.flatnonzero(block["debrief"] == SUBMITTED)
        return paired(rows, codes, everyone=debriefed, ranks=ranks)

    def citations(self, month: Month, name: str, chosen: Column) -> tuple[Column, Column, Column]:
        """The rows of deals, the codes and the ranks of the chosen citations of a month."""
        block = month.block
        rows, reasons = block["cited.row"][chosen], block["cited.reason"][chosen]
        if self.today:
            recoded = block["cited.recoded"][chosen]
            reasons = np.where(recoded > 0, recoded, reasons)
        before_first = month_of_number(month.number).toordinal() - 1
        days = before_first + block["day"][rows].astype(np.int64)
        return rows, self.reasons.codes(_REASONS[name], reasons, days), block["cited.rank"][chosen]

    def _checked(self, month: Month) -> Codes:
        """Untested where any cited reason is, tested where one was and all those asked were."""
        block = month.block
        mine = cited_in(month, self.judged)
        codes = np.zeros(len(month), dtype=np.int64)
        for check in (TESTED, UNTESTED):
            codes[block["cited.row"][mine & (block["cited.checks"] == check)]] = check
        return Codes(codes)

    def _present(
        self,
        month: Month,
        prefix: str,
        pairs: Iterable[tuple[str, str]],
        read: Callable[[Column], tuple[Column, Column]],
    ) -> Codes:
        rows, codes, asked_rows, asked_codes = [], [], [], []
        for code, (key, _) in enumerate(pairs):
            if prefix + key in month.block.columns:
                present, asked = read(month.block[prefix + key])
                rows.append(present)
                codes.append(np.full(len(present), code))
                asked_rows.append(asked)
                asked_codes.append(np.full(len(asked), code))
        row, code_of_row = joined(rows, codes)
        return Codes(code_of_row, row, asked=joined(asked_rows, asked_codes))

    def _attribute(self, month: Month, name: str) -> Codes:
        texts = month.block.texts.get(name)
        if texts is None:
            return Codes(np.zeros(len(month), dtype=np.int64))
        vocabulary = self.vocabulary(name)
        table = np.array([0, *(vocabulary.code_of(text, field=name) for text in texts)])
        return Codes(table[month.block[name]])

    def _attribute_texts(self, name: str) -> list[str]:
        found: set[str] = set()
        for month in self.snapshot.months:
            found.update(month.block.texts.get(name, ()))
        if not found and not any(name in month.block.texts for month in self.snapshot.months):
            raise TrendError(
                name, f"No deal has an attribute called “{name.removeprefix(ATTRIBUTE)}”."
            )
        return sorted(found)


def cited_in(month: Month, judged: int) -> Column:
    """Which of the month's citations stand in a judgement."""
    mine: Column = (month.block["cited.judged"] & judged) > 0
    return mine


def attribute_keys(snapshot: Snapshot) -> list[str]:
    """The names of all attributes that closed deals bring, such as `size` of `attribute:size`."""
    found = {name for month in snapshot.months for name in month.block.texts}
    return sorted(name.removeprefix(ATTRIBUTE) for name in found)


def is_several(name: str) -> bool:
    return name in DIMENSIONS and dimension(name, field="by").shape is Shape.SEVERAL
