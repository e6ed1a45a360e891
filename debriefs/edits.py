"""What an admin changes in a template: each edit a value, applied to a definition by a pure function.

Keys are made here, once, and never again for something else.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from debriefs.errors import FieldsRefused
from debriefs.models import Audience
from debriefs.questions import (
    Effect,
    Factor,
    Option,
    Question,
    Rule,
    Section,
    TemplateDefinition,
)

LONGEST_KEY = 40


class Meaning(StrEnum):
    """What rewording does: the same question keeps its key and trend, another one begins anew."""

    SAME = "same"
    NEW = "new"


@dataclass(frozen=True)
class KeyHistory:
    """The keys that any version of any template ever used, drafts included.

    `published` are those that debriefs may have answered; `options` the keys of the choices
    that each question ever offered.
    """

    taken: frozenset[str] = frozenset()
    published: frozenset[str] = frozenset()
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Edit(Protocol):
    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition: ...


@dataclass(frozen=True)
class AddSection:
    """A new section at the end; its key is made from its title."""

    title: str
    audience: Audience
    intro: str = ""

    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition:
        key = new_key(self.title, history.taken)
        made = Section(key=key, title=self.title, audience=self.audience, intro=self.intro)
        return TemplateDefinition.made_of((*definition.sections, made), definition.rules)


@dataclass(frozen=True)
class ChangeSection:
    key: str
    title: str
    audience: Audience
    intro: str = ""

    def on(self, definition: TemplateDefinition, _history: KeyHistory, /) -> TemplateDefinition:
        _require(self.key, [section.key for section in definition.sections])
        return _with_sections(
            definition,
            lambda each: (
                replace(each, title=self.title, audience=self.audience, intro=self.intro)
                if each.key == self.key
                else each
            ),
        )


@dataclass(frozen=True)
class AddQuestion:
    """A new question at the end of a section. `question`'s own key and option keys are made here."""

    section: str
    question: Question

    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition:
        made = _keyed(self.question, history)
        return _in_section(
            definition, self.section, lambda each: replace(each, questions=(*each.questions, made))
        )


@dataclass(frozen=True)
class ChangeQuestion:
    """Other words, options, help or duty for a question.

    Another kind, and words that mean something else (`NEW`), make it another question: it
    takes the old one's place under a key of its own, and the old one is retired.
    """

    question: Question
    meaning: Meaning | None = None

    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition:
        before = question_of(definition, self.question.key)
        is_new = self.question.kind is not before.kind or _is_new(
            self.meaning, before.key, before.text, self.question.text, history
        )
        after = (
            _keyed(self.question, history)
            if is_new
            else replace(
                self.question,
                options=_with_keys(
                    self.question.options, history.options.get(before.key, frozenset())
                ),
            )
        )
        sections = _replaced_questions(definition, {before.key: after})
        return TemplateDefinition.made_of(
            sections, (_following(rule, before.key, after.key) for rule in definition.rules)
        )


@dataclass(frozen=True)
class AddFactor:
    section: str
    name: str
    help: str = ""

    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition:
        made = Factor(new_key(self.name, history.taken), self.name, self.help)
        return _in_section(
            definition, self.section, lambda each: replace(each, factors=(*each.factors, made))
        )


@dataclass(frozen=True)
class ChangeFactor:
    key: str
    name: str
    help: str = ""
    meaning: Meaning | None = None

    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition:
        _require(self.key, [factor.key for factor in definition.factors()])
        is_new = _is_new(self.meaning, self.key, definition.wording(self.key), self.name, history)
        key = new_key(self.name, history.taken) if is_new else self.key
        made = Factor(key, self.name, self.help)
        return _with_sections(
            definition,
            lambda each: replace(
                each, factors=tuple(made if f.key == self.key else f for f in each.factors)
            ),
        )


@dataclass(frozen=True)
class Retire:
    """Takes a section with all in it, a question or a factor out, and the rules about it.

    Rules that look at a retired question stay, for the admin to decide: publishing names them.
    """

    key: str

    def on(self, definition: TemplateDefinition, _history: KeyHistory, /) -> TemplateDefinition:
        _require(self.key, keys_of(definition))
        sections = tuple(
            replace(
                section,
                questions=tuple(q for q in section.questions if q.key != self.key),
                factors=tuple(f for f in section.factors if f.key != self.key),
            )
            for section in definition.sections
            if section.key != self.key
        )
        left = TemplateDefinition.made_of(sections)
        known = set(keys_of(left))
        return TemplateDefinition.made_of(
            sections, (rule for rule in definition.rules if rule.target in known)
        )


@dataclass(frozen=True)
class Move:
    """Puts a section, question or factor at a place, counted from 0 without itself.

    `section` is where a question or factor goes; a section itself has none.
    """

    key: str
    place: int
    section: str = ""

    def on(self, definition: TemplateDefinition, _history: KeyHistory, /) -> TemplateDefinition:
        keys = [section.key for section in definition.sections]
        if self.key in keys:
            sections = _placed(definition.sections, self.key, self.place)
            return TemplateDefinition.made_of(sections, definition.rules)
        _require(self.section, keys)
        _require(self.key, keys_of(definition))
        question = next((q for q in definition.questions() if q.key == self.key), None)
        factor = next((f for f in definition.factors() if f.key == self.key), None)
        return _with_sections(definition, lambda each: self._moved(each, question, factor))

    def _moved(self, section: Section, question: Question | None, factor: Factor | None) -> Section:
        questions = [q for q in section.questions if q.key != self.key]
        factors = [f for f in section.factors if f.key != self.key]
        if section.key == self.section and question is not None:
            questions.insert(max(self.place, 0), question)
        if section.key == self.section and factor is not None:
            factors.insert(max(self.place, 0), factor)
        return replace(section, questions=tuple(questions), factors=tuple(factors))


@dataclass(frozen=True)
class Shift:
    """One place up (-1) or down (+1); a question at the end of its section goes into the next."""

    key: str
    by: int

    def on(self, definition: TemplateDefinition, history: KeyHistory, /) -> TemplateDefinition:
        _require(self.key, keys_of(definition))
        return self._move(definition).on(definition, history)

    def _move(self, definition: TemplateDefinition) -> Move:
        keys = [section.key for section in definition.sections]
        if self.key in keys:
            return Move(self.key, max(keys.index(self.key) + self.by, 0))
        home = keys.index(definition.section_of(self.key).key)
        row = _row_with(definition.sections[home], self.key)
        place = row.index(self.key) + self.by
        beyond = home + self.by
        if 0 <= place < len(row) or not 0 <= beyond < len(keys):
            return Move(self.key, max(place, 0), keys[home])
        is_factor = self.key in {factor.key for factor in definition.factors()}
        there = definition.sections[beyond]
        length = len(there.factors if is_factor else there.questions)
        return Move(self.key, length if self.by < 0 else 0, keys[beyond])


@dataclass(frozen=True)
class AddRule:
    rule: Rule

    def on(self, definition: TemplateDefinition, _history: KeyHistory, /) -> TemplateDefinition:
        return TemplateDefinition.made_of(definition.sections, (*definition.rules, self.rule))


@dataclass(frozen=True)
class ChangeRule:
    """Replaces the rule at a place, counted from 0; without one it goes."""

    place: int
    rule: Rule | None = None

    def on(self, definition: TemplateDefinition, _history: KeyHistory, /) -> TemplateDefinition:
        rules = list(definition.rules)
        if not 0 <= self.place < len(rules):
            raise FieldsRefused({"rule": "This condition is gone."})
        rules[self.place : self.place + 1] = [self.rule] if self.rule else []
        return TemplateDefinition.made_of(definition.sections, rules)


def keys_of(definition: TemplateDefinition) -> Iterator[str]:
    """The keys of sections, questions and factors, which share one vocabulary."""
    for section in definition.sections:
        yield section.key
        yield from (question.key for question in section.questions)
        yield from (factor.key for factor in section.factors)


def question_of(definition: TemplateDefinition, key: str) -> Question:
    """FieldsRefused where the definition has no such question."""
    for question in definition.questions():
        if question.key == key:
            return question
    raise FieldsRefused({"key": f"There is no question “{key[:60]}”."})


def new_key(words: str, taken: Collection[str]) -> str:
    """A key that was never used: the words in plain letters, numbered where needed."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain))
    stem = stem if len(stem) <= LONGEST_KEY else stem[:LONGEST_KEY].rsplit("_", 1)[0]
    stem = stem if stem[:1].isalpha() else f"q_{stem}".rstrip("_")
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def _is_new(
    meaning: Meaning | None, key: str, before: str, after: str, history: KeyHistory
) -> bool:
    """Whether other words ask something else: the admin says so of what debriefs may have answered."""
    if before == after or key not in history.published:
        return meaning is Meaning.NEW
    if meaning is None:
        raise FieldsRefused(
            {"meaning": "Say whether it still asks the same: its trend goes on, or begins anew."}
        )
    return meaning is Meaning.NEW


def _keyed(question: Question, history: KeyHistory) -> Question:
    """The question under a key of its own."""
    key = new_key(question.text, history.taken)
    return replace(question, key=key, options=_with_keys(question.options, frozenset()))


def _with_keys(options: tuple[Option, ...], ever: frozenset[str]) -> tuple[Option, ...]:
    """Options without a key get one that neither stands beside them nor ever stood there."""
    taken = {option.key for option in options} | ever
    keyed = []
    for option in options:
        key = option.key or new_key(option.label, taken)
        taken.add(key)
        keyed.append(Option(key, option.label))
    return tuple(keyed)


def _require(key: str, known: Collection[str] | Iterator[str]) -> None:
    if key not in set(known):
        raise FieldsRefused({"key": f"There is no “{key[:60]}” in this draft."})


def _with_sections(
    definition: TemplateDefinition, change: Callable[[Section], Section]
) -> TemplateDefinition:
    return TemplateDefinition.made_of(map(change, definition.sections), definition.rules)


def _in_section(
    definition: TemplateDefinition, key: str, change: Callable[[Section], Section]
) -> TemplateDefinition:
    _require(key, [section.key for section in definition.sections])
    return _with_sections(definition, lambda each: change(each) if each.key == key else each)


def _replaced_questions(
    definition: TemplateDefinition, new: dict[str, Question]
) -> Iterator[Section]:
    for section in definition.sections:
        yield replace(section, questions=tuple(new.get(q.key, q) for q in section.questions))


def _following(rule: Rule, before: str, after: str) -> Rule:
    """The rule with one key for another, since the new question stands in the old one's place."""
    return replace(
        rule,
        conditions=tuple(
            replace(each, on=after) if each.on == before else each for each in rule.conditions
        ),
        target=after if rule.target == before and rule.effect is not Effect.JUMP else rule.target,
    )


def _placed(row: tuple[Section, ...], key: str, place: int) -> tuple[Section, ...]:
    others = [section for section in row if section.key != key]
    moved = [section for section in row if section.key == key]
    place = max(place, 0)
    return (*others[:place], *moved, *others[place:])


def _row_with(section: Section, key: str) -> list[str]:
    """The keys of the section's questions, or of its factors, whichever the key is among."""
    questions = [question.key for question in section.questions]
    return questions if key in questions else [factor.key for factor in section.factors]
