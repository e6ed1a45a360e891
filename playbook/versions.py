"""Two versions of one debrief, question by question, with the facts then and now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from enum import StrEnum

from deals.facts import facts_of
from deals.models import Closing, Outcome
from debriefs.models import Debrief, DebriefVersion
from debriefs.questions import TemplateDefinition
from people.models import User
from playbook.debrief_page import fact_words, joined
from playbook.said import NOTHING, STAGE_OF_SIGN, ByTopic, Said, Topic, said_in, topics_of

# Beyond so many words a text is shown as replaced rather than compared word by word.
MOST_WORDS = 2_000

_WORDS = re.compile(r"\s*\S+\s*")


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A piece of a text, marked where the other version lacks it."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Compared:
    """One topic in both versions. The pieces are those of the texts."""

    topic: Topic
    change: Change
    then: Said
    now: Said
    then_pieces: tuple[Piece, ...]
    now_pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class FactCompared:
    """A fact when either version was written, and today."""

    label: str
    then: str
    now: str
    today: str
    has_changed: bool


@dataclass(frozen=True)
class VersionChoice:
    number: int
    submitted_at: datetime
    is_current: bool


@dataclass(frozen=True)
class VersionsPage:
    """`earlier` and `later` are the two compared; `choices` all there are, the first one first."""

    debrief_id: int
    deal: str
    outcome: Outcome
    closed_on: date
    author: str
    choices: tuple[VersionChoice, ...]
    earlier: VersionChoice
    later: VersionChoice
    compared: tuple[Compared, ...]
    facts: tuple[FactCompared, ...]

    @property
    def changed(self) -> int:
        return sum(each.change is not Change.SAME for each in self.compared)


def versions_page(
    debrief: Debrief, viewer: User, *, earlier: int | None, later: int | None
) -> VersionsPage | None:
    """Compare two versions of a debrief that `viewer` may see; None for one that there isn't.

    Without numbers: the version that counts with the one before it. Each answer is read by
    the audience that it had in its own version. Ten statements.
    """
    versions = list(debrief.versions.select_related(STAGE_OF_SIGN).order_by("number"))
    numbers = {version.number: version for version in versions}
    now = numbers.get(later if later is not None else versions[-1].number)
    before = earlier if earlier is not None else max((now.number if now else 0) - 1, 1)
    then = numbers.get(before)
    if now is None or then is None:
        return None
    closing = Closing.objects.with_facts().get(pk=debrief.closing_id)
    choices = {
        version.pk: VersionChoice(
            version.number, version.submitted_at, version.pk == debrief.current_version_id
        )
        for version in versions
    }
    return VersionsPage(
        debrief_id=debrief.pk,
        deal=closing.deal.name,
        outcome=Outcome(closing.outcome),
        closed_on=closing.closed_on,
        author=str(debrief.author),
        choices=tuple(choices.values()),
        earlier=choices[then.pk],
        later=choices[now.pk],
        compared=_compared(debrief, then, now, viewer),
        facts=_facts(then, now, closing, viewer),
    )


def pieces(text: str, other: str) -> tuple[Piece, ...]:
    """`text` in pieces, those marked that `other` doesn't have at that place."""
    mine, theirs = _WORDS.findall(text), _WORDS.findall(other)
    if not mine:
        return ()
    if not theirs or max(len(mine), len(theirs)) > MOST_WORDS:
        return (Piece(text, is_marked=text != other),)
    matcher = SequenceMatcher(a=[w.strip() for w in mine], b=[w.strip() for w in theirs])
    return tuple(
        Piece("".join(mine[start:stop]), is_marked=kind != "equal")
        for kind, start, stop, _, _ in matcher.get_opcodes()
        if stop > start
    )


def _compared(
    debrief: Debrief, then: DebriefVersion, now: DebriefVersion, viewer: User
) -> tuple[Compared, ...]:
    definition = TemplateDefinition.of(debrief.template_version)
    versions = [then, now] if then.pk != now.pk else [now]
    said = said_in(versions, {version.pk: definition for version in versions}, viewer)
    return tuple(_lines(topics_of([definition]), said[then.pk], said[now.pk]))


def _lines(topics: Sequence[Topic], then: ByTopic, now: ByTopic) -> list[Compared]:
    lines = []
    for topic in topics:
        before, after = then.get(topic.key, NOTHING), now.get(topic.key, NOTHING)
        if before or after:
            lines.append(
                Compared(
                    topic,
                    _change(before, after),
                    before,
                    after,
                    pieces(before.text, after.text),
                    pieces(after.text, before.text),
                )
            )
    return lines


def _change(before: Said, after: Said) -> Change:
    if not before:
        return Change.ADDED
    if not after:
        return Change.REMOVED
    same = (before.words, before.text, before.only) == (after.words, after.text, after.only)
    return Change.SAME if same else Change.CHANGED


def _facts(
    then: DebriefVersion, now: DebriefVersion, closing: Closing, viewer: User
) -> tuple[FactCompared, ...]:
    """The facts that one of them knows. A version without frozen facts has none that changed."""
    columns = [
        {label: joined(words) for label, words in fact_words(facts, viewer).items()}
        for facts in (then.facts, now.facts, facts_of(closing))
    ]
    frozen = [bool(then.facts), bool(now.facts), True]
    found = []
    for label in dict.fromkeys(label for column in reversed(columns) for label in column):
        words = [column.get(label, "") for column in columns]
        known = {word for word, is_kept in zip(words, frozen, strict=True) if is_kept}
        if any(words):
            before, after, today = words
            found.append(FactCompared(label, before, after, today, has_changed=len(known) > 1))
    return tuple(found)
