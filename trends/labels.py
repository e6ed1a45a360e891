"""What codes stand for: names, merges, trees. Kept as blocks, so that readers load them like months."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce

from deals.models import Competitor, Product, Stage
from debriefs.models import CodedText, TemplateVersion, TextCode
from debriefs.queries.reasons import reason_list
from debriefs.questions import TemplateDefinition
from debriefs.reading import Change, FirstStood, ReasonList
from people.models import Membership, Team, TeamKind, User
from trends.codec import Column, Columns
from trends.source_debriefs import Keys

ACCOUNT_FACTS = ("segment", "industry", "country")


@dataclass(frozen=True)
class Entry:
    """One name of a list. `into` is the entry it was merged into, 0 for none."""

    id: int
    name: str
    into: int = 0


@dataclass(frozen=True)
class TeamNode:
    id: int
    name: str
    kind: str
    parent: int
    manager: int


@dataclass(frozen=True)
class Belonging:
    """A membership; `until` is the first day outside it, "9999-12-31" for none."""

    team: int
    user: int
    since: str
    until: str


@dataclass(frozen=True)
class Labels:
    """Every list in its own order. Wordings are (key, words) in the order of the template.

    Reasons and their groups are as they first stood, with the changes since.
    """

    products: tuple[Entry, ...] = ()
    competitors: tuple[Entry, ...] = ()
    stages: tuple[Entry, ...] = ()
    reasons: tuple[FirstStood, ...] = ()
    reason_groups: tuple[FirstStood, ...] = ()
    reason_changes: tuple[Change, ...] = ()
    renamed_groups: tuple[Change, ...] = ()
    unmet_needs: tuple[Entry, ...] = ()
    rival_strengths: tuple[Entry, ...] = ()
    people: tuple[Entry, ...] = ()
    teams: tuple[TeamNode, ...] = ()
    belongings: tuple[Belonging, ...] = ()
    factors: tuple[tuple[str, str], ...] = ()
    questions: tuple[tuple[str, str], ...] = ()

    @cached_property
    def reason_list(self) -> ReasonList:
        return ReasonList(
            self.reasons, self.reason_groups, self.reason_changes, self.renamed_groups
        )

    @cached_property
    def team_by_id(self) -> dict[int, TeamNode]:
        return {team.id: team for team in self.teams}

    def region_of(self, team_id: int) -> int:
        """The nearest region at or above the team, 0 for none."""
        team = self.team_by_id.get(team_id)
        while team is not None and team.kind != TeamKind.REGION:
            team = self.team_by_id.get(team.parent)
        return team.id if team else 0

    def teams_at_or_below(self, team_id: int) -> frozenset[int]:
        found = {team_id}
        grown = True
        while grown:
            below = {team.id for team in self.teams if team.parent in found} - found
            found |= below
            grown = bool(below)
        return frozenset(found)

    @cached_property
    def managed(self) -> dict[int, frozenset[int]]:
        """By manager the teams that they manage, and all below these."""
        found: dict[int, set[int]] = {}
        for each in self.teams:
            team: TeamNode | None = each
            while team is not None:
                found.setdefault(team.manager, set()).add(each.id)
                team = self.team_by_id.get(team.parent)
        found.pop(0, None)
        return {manager: frozenset(teams) for manager, teams in found.items()}


@dataclass(frozen=True)
class Accounts:
    """Facts of accounts by id, as known today; code 0 is unknown, code n the n-th text."""

    into: Column
    facts: dict[str, Column]
    texts: dict[str, tuple[str, ...]]

    def know(self, ids: Iterable[int]) -> bool:
        """Whether all of `ids` are listed; 0 is no account."""
        return all(each == 0 or (each < len(self.into) and self.into[each]) for each in ids)


def resolved(entries: Iterable[Entry]) -> dict[int, int]:
    """Each id to the entry that stands for it today, along chains of merges."""
    into = {entry.id: entry.into for entry in entries}
    standing: dict[int, int] = {}
    for start in into:
        path, current = [], start
        while into.get(current) and current not in path:
            path.append(current)
            current = into[current]
        standing[start] = current
    return standing


def read_labels(keys: Keys) -> Labels:
    """The lists as they stand in the source; `keys` are those met in debriefs."""
    wordings = _wordings()
    listed = reason_list()
    return Labels(
        products=_entries(Product.objects.order_by("name", "pk")),
        competitors=_entries(Competitor.objects.order_by("name", "pk")),
        stages=_entries(Stage.objects.order_by("position", "name", "pk")),
        reasons=listed.reasons,
        reason_groups=listed.groups,
        reason_changes=listed.changes,
        renamed_groups=listed.renamed_groups,
        unmet_needs=_entries(TextCode.objects.of(CodedText.UNMET_NEED).order_by("name", "pk")),
        rival_strengths=_entries(
            TextCode.objects.of(CodedText.RIVAL_STRENGTH).order_by("name", "pk")
        ),
        people=tuple(
            Entry(pk, full_name or username)
            for pk, full_name, username in User.objects.order_by("full_name", "pk").values_list(
                "pk", "full_name", "username"
            )
        ),
        teams=tuple(
            TeamNode(pk, name, kind, parent or 0, manager or 0)
            for pk, name, kind, parent, manager in Team.objects.order_by("name", "pk").values_list(
                "pk", "name", "kind", "parent_id", "manager_id"
            )
        ),
        belongings=tuple(
            Belonging(team, user, since.isoformat(), until.isoformat() if until else "9999-12-31")
            for team, user, since, until in Membership.objects.order_by(
                "team_id", "user_id", "since"
            ).values_list("team_id", "user_id", "since", "until")
        ),
        factors=_worded(keys.factors, wordings[0]),
        questions=_worded(keys.questions, wordings[1]),
    )


def _pair(*words: str) -> tuple[str, ...]:
    return words


_ITEMS: dict[str, Callable[..., object]] = {
    "reasons": FirstStood,
    "reason_groups": FirstStood,
    "reason_changes": Change,
    "renamed_groups": Change,
    "teams": TeamNode,
    "belongings": Belonging,
    "factors": _pair,
    "questions": _pair,
}


def encode_labels(labels: Labels) -> bytes:
    lists = {
        name: [tuple(vars(item).values()) if hasattr(item, "__dict__") else item for item in items]
        for name, items in vars(labels).items()
        if isinstance(items, tuple)
    }
    return json.dumps(lists, ensure_ascii=False, separators=(",", ":")).encode()


def decode_labels(content: bytes) -> Labels:
    lists = json.loads(content)
    made: dict[str, Any] = {
        name: tuple(_ITEMS.get(name, Entry)(*item) for item in items)
        for name, items in lists.items()
    }
    return Labels(**made)


def read_accounts() -> Columns:
    """The facts of all accounts, sorted by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, coalesce(merged_into_id, 0), segment, industry, country"
            " FROM deals_account ORDER BY id"
        )
        rows = cursor.fetchall()
    columns = {
        "id": np.array([row[0] for row in rows], dtype=np.int64),
        "into": np.array([row[1] for row in rows], dtype=np.int64),
    }
    texts = {}
    for place, fact in enumerate(ACCOUNT_FACTS, start=2):
        texts[fact] = tuple(sorted({row[place] for row in rows} - {""}))
        codes = {"": 0} | {text: n + 1 for n, text in enumerate(texts[fact])}
        columns[fact] = np.array([codes[row[place]] for row in rows], dtype=np.int64)
    return Columns(columns, texts)


def accounts_of(block: Columns | None) -> Accounts:
    """Facts by account id, those of a merged account being those of the one it went into."""
    if block is None or not len(block["id"]):
        nothing = np.zeros(1, dtype=np.int64)
        return Accounts(nothing, dict.fromkeys(ACCOUNT_FACTS, nothing), {})
    ids = block["id"].astype(np.int64)
    size = int(ids.max()) + 1
    into = np.zeros(size, dtype=np.int64)
    into[ids] = np.where(block["into"] > 0, block["into"], ids)
    while (into != into[into]).any():
        into = into[into]
    facts = {}
    for fact in ACCOUNT_FACTS:
        own = np.zeros(size, dtype=np.int64)
        own[ids] = block[fact]
        facts[fact] = own[into]
    return Accounts(into, facts, dict(block.texts))


def _or_zero(field: str) -> Coalesce:
    return Coalesce(field, Value(0))


def _entries(queryset: Any) -> tuple[Entry, ...]:
    return tuple(
        Entry(*row) for row in queryset.values_list("pk", "name", _or_zero("merged_into_id"))
    )


def _wordings() -> tuple[dict[str, str], dict[str, str]]:
    """The words of each factor and rated question, the latest published version's first."""
    factors: dict[str, str] = {}
    questions: dict[str, str] = {}
    versions = TemplateVersion.objects.exclude(published_at=None).order_by("-published_at", "-pk")
    for version in versions:
        definition = TemplateDefinition.of(version)
        for factor in definition.factors():
            factors.setdefault(factor.key, factor.name)
        for question in definition.rated_questions():
            questions.setdefault(question.key, question.text)
    return factors, questions


def _worded(keys: Iterable[str], words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Those that a template words, in its order, then those that only debriefs know."""
    return (*words.items(), *((key, key) for key in sorted(set(keys) - set(words))))
