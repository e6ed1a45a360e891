"""What publishing a template refuses or warns of, each with where it stands and in words."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from deals.models import Outcome
from debriefs.edits import keys_of
from debriefs.errors import Finding
from debriefs.kinds import day_of, number_of
from debriefs.models import Audience
from debriefs.questions import (
    OUTCOME,
    Comparison,
    Condition,
    Effect,
    Question,
    QuestionKind,
    Rule,
    Section,
    TemplateDefinition,
)
from debriefs.reachability import unreachable
from debriefs.wording import answers_of

MOST_QUESTIONS = 25
COMFORTABLY_REQUIRED = 7
# The quick debrief asks for the outcome, the reason and how we know it before any question.
REQUIRED_BY_THE_FORM = 3
REQUIRED_PROMISED = 4
FEWEST_OPTIONS = 2
BY_SIZE = (Comparison.AT_LEAST, Comparison.AT_MOST)
BY_CHOICE = (Comparison.ONE_OF, Comparison.NONE_OF)
SIZED = {
    QuestionKind.NUMBER: "number",
    QuestionKind.DATE: "date",
    QuestionKind.SCALE: "number from 1 to 5",
}
CHOOSING = (QuestionKind.CHOICE, QuestionKind.CHOICES)
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
LIMITS = {"title": 120, "intro": 500, "text": 300, "name": 120, "help": 500, "label": 120}


@dataclass(frozen=True)
class Report:
    """Refusals stop a template from being published; warnings are for the admin to weigh."""

    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class KnownKey:
    """What a key stood for in versions published so far; `is_live` where one still asks it."""

    sort: str
    words: frozenset[str]
    is_live: bool


def report_on(
    definition: TemplateDefinition, *, known: Mapping[str, KnownKey] | None = None
) -> Report:
    """Everything that is wrong with a definition, in the order of the page.

    `known` are the keys of all published versions of all templates.
    """
    refusals = [
        *_size(definition),
        *_keys(definition, known or {}),
        *(finding for section in definition.sections for finding in _section(section)),
        *_rules(definition),
    ]
    if not refusals:
        refusals += _unreachable(definition)
    return Report(tuple(refusals), tuple(_warnings(definition)))


def question_count(definition: TemplateDefinition) -> int:
    """As the editor counts: the factor grid of a section is one question."""
    grids = sum(bool(section.factors) for section in definition.sections)
    return grids + sum(len(section.questions) for section in definition.sections)


def required_count(definition: TemplateDefinition) -> int:
    """The questions that everybody who sees them must answer."""
    return sum(question.required for question in definition.questions())


def _size(definition: TemplateDefinition) -> Iterator[Finding]:
    count = question_count(definition)
    if not count:
        yield Finding("", "There is no question yet.")
    if count > MOST_QUESTIONS:
        yield Finding("", f"There are {count} questions; at most {MOST_QUESTIONS} get answered.")


def _keys(definition: TemplateDefinition, known: Mapping[str, KnownKey]) -> Iterator[Finding]:
    for key, count in Counter(keys_of(definition)).items():
        if count > 1:
            yield Finding(key, f"The key “{key}” stands {count} times.")
        if not KEY.fullmatch(key) or key == OUTCOME:
            yield Finding(
                key,
                f"“{key[:60]}” can't be a key: small letters, digits and _, beginning with a letter.",
            )
    for key, sort, words in meanings(definition):
        before = known.get(key)
        if before is not None and before.sort != sort:
            yield Finding(
                key, f"The key “{key}” already stands for {before.sort}; give it another."
            )
        elif before is not None and not before.is_live and words not in before.words:
            yield Finding(
                key,
                f"The key “{key}” belonged to “{min(before.words)}”, which was retired;"
                " a key is never used again for something else.",
            )


def meanings(definition: TemplateDefinition) -> Iterator[tuple[str, str, str]]:
    """Each key with what sort of thing it stands for, and its words."""
    for question in definition.questions():
        yield question.key, f"a question of the kind “{question.kind.label}”", question.text
    for factor in definition.factors():
        yield factor.key, "a factor", factor.name


def _section(section: Section) -> Iterator[Finding]:
    if not section.title.strip():
        yield Finding(section.key, "The section has no title.")
    if not section.questions and not section.factors:
        yield Finding(section.key, f"The section “{section.title}” is empty.")
    yield from _lengths(section.key, title=section.title, intro=section.intro)
    for factor in section.factors:
        if not factor.name.strip():
            yield Finding(factor.key, "A factor has no name.")
        yield from _lengths(factor.key, name=factor.name, help=factor.help)
    for question in section.questions:
        yield from _question(question)


def _question(question: Question) -> Iterator[Finding]:
    if not question.text.strip():
        yield Finding(question.key, "The question has no words.")
    yield from _lengths(question.key, text=question.text, help=question.help)
    labels = [option.label.strip().casefold() for option in question.options]
    keys = [option.key for option in question.options]
    if question.kind in CHOOSING and len(labels) < FEWEST_OPTIONS:
        yield Finding(question.key, f"“{question.text}” needs at least {FEWEST_OPTIONS} choices.")
    if question.kind not in CHOOSING and labels:
        yield Finding(question.key, f"“{question.text}” is no choice, and has choices.")
    if "" in labels:
        yield Finding(question.key, f"A choice of “{question.text}” is empty.")
    if len(set(labels)) < len(labels) or len(set(keys)) < len(keys):
        yield Finding(question.key, f"“{question.text}” offers the same choice twice.")
    for option in question.options:
        yield from _lengths(question.key, label=option.label)
        if not KEY.fullmatch(option.key):
            yield Finding(question.key, f"“{option.key[:60]}” can't be the key of a choice.")


def _lengths(where: str, **texts: str) -> Iterator[Finding]:
    for name, text in texts.items():
        if len(text) > LIMITS[name]:
            yield Finding(where, f"“{text[:40]}…” is longer than {LIMITS[name]} characters.")


def _rules(definition: TemplateDefinition) -> Iterator[Finding]:
    places = {key: place for place, key in enumerate(_walked(definition))}
    loops = _loops(definition)
    for number, rule in enumerate(definition.rules):
        where = f"rules.{number}"
        if number in loops:
            yield Finding(where, loops[number])
        for message in _rule(rule, definition, places, is_loop=number in loops):
            yield Finding(where, message)


def _walked(definition: TemplateDefinition) -> Iterator[str]:
    """Sections and questions in the order in which a person comes to them."""
    for section in definition.sections:
        yield section.key
        yield from (question.key for question in section.questions)


def _rule(
    rule: Rule, definition: TemplateDefinition, places: Mapping[str, int], *, is_loop: bool
) -> Iterator[str]:
    if not rule.conditions:
        yield "The rule has no condition."
    if rule.target not in places:
        yield f"The rule is about “{rule.target[:60]}”, which is not in this template."
        return
    questions = {question.key: question for question in definition.questions()}
    for each in rule.conditions:
        if each.on == OUTCOME:
            yield from _values(each, "how the deal ended", Outcome.values)
        elif each.on not in questions:
            yield f"The rule looks at “{each.on[:60]}”, which is not in this template."
        elif places[each.on] >= places[rule.target] and not is_loop and rule.effect != Effect.JUMP:
            yield (
                f"The rule about “{name_of(definition, rule.target)}” looks at"
                f" “{questions[each.on].text}”, which comes later."
            )
        if each.on in questions:
            yield from _comparison(each, questions[each.on])
    yield from _withheld(rule, definition, questions)
    if rule.effect is Effect.JUMP:
        yield from _jump(rule, definition)
    if rule.effect is Effect.REQUIRE and rule.target not in questions:
        yield "Only a question can be made required."


def _withheld(
    rule: Rule, definition: TemplateDefinition, questions: Collection[str]
) -> Iterator[str]:
    """A private answer decides nothing that others could tell it from (`debriefs.branching`)."""
    audiences = {section.key: section.audience for section in definition.sections}
    target = audiences.get(rule.target) or definition.section_of(rule.target).audience
    for each in rule.conditions:
        if target != Audience.PRIVATE and each.on in questions:
            section = definition.section_of(each.on)
            if section.audience == Audience.PRIVATE:
                yield (
                    f"“{definition.wording(each.on)}” is private: what others can read must not"
                    " depend on it."
                )


def _comparison(condition: Condition, question: Question) -> Iterator[str]:
    name = f"“{question.text}”"
    if condition.comparison in BY_SIZE:
        if question.kind not in SIZED:
            yield f"{name} can't be compared by size."
        elif len(condition.values) != 1 or not _is_bound(question.kind, condition.values[0]):
            yield f"The rule doesn't say with which {SIZED[question.kind]} {name} is compared."
    elif question.kind in SIZED and question.kind is not QuestionKind.SCALE:
        yield from _values(condition, name, condition.values)
    elif question.kind.is_text and condition.comparison in BY_CHOICE:
        yield f"{name} is free text: a rule sees only whether it is answered."
    else:
        yield from _values(condition, name, list(answers_of(question)))


def _values(condition: Condition, name: str, answers: Collection[str]) -> Iterator[str]:
    if condition.comparison in BY_SIZE:
        yield f"{name[:1].upper()}{name[1:]} can't be compared by size."
    elif condition.comparison in BY_CHOICE and not condition.values:
        yield f"The rule doesn't say which answer to {name} it waits for."
    elif condition.comparison in BY_CHOICE:
        for value in condition.values:
            if value not in answers:
                yield f"“{value[:60]}” is no answer to {name}."


def _is_bound(kind: QuestionKind, value: str) -> bool:
    if kind is QuestionKind.SCALE:
        return value in ("1", "2", "3", "4", "5")
    return (day_of if kind is QuestionKind.DATE else number_of)(value) is not None


def _jump(rule: Rule, definition: TemplateDefinition) -> Iterator[str]:
    sections = [section.key for section in definition.sections]
    if rule.target not in sections:
        yield f"A jump leads to a section; “{name_of(definition, rule.target)}” is none."
        return
    homes = [
        sections.index(definition.section_of(each.on).key)
        for each in rule.conditions
        if each.on in {question.key for question in definition.questions()}
    ]
    origin = max(homes, default=-1)
    if sections.index(rule.target) <= origin:
        yield f"The jump to “{name_of(definition, rule.target)}” leads backwards."
    elif sections.index(rule.target) == origin + 1:
        yield f"The jump to “{name_of(definition, rule.target)}” leaves nothing out."


def _loops(definition: TemplateDefinition) -> dict[int, str]:
    """The rules by which something depends on itself, each with the way round."""
    after: dict[str, set[str]] = {}
    for rule in definition.rules:
        if rule.effect is not Effect.JUMP:
            for each in rule.conditions:
                after.setdefault(each.on, set()).add(rule.target)
    found = {}
    for number, rule in enumerate(definition.rules):
        ons = {each.on for each in rule.conditions}
        way = _way(rule.target, ons, after)
        if way and rule.effect is not Effect.JUMP:
            names = " → ".join(f"“{name_of(definition, key)}”" for key in (*way, way[0]))
            found[number] = f"The rule goes in a circle: {names}."
    return found


def _way(start: str, goals: set[str], after: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The keys from `start` to one of `goals`, by what depends on what; empty where none leads."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop()
        if way[-1] in goals:
            return way
        for key in after.get(way[-1], set()) - seen:
            seen.add(key)
            ways.append((*way, key))
    return ()


def name_of(definition: TemplateDefinition, key: str) -> str:
    """What a person calls a section, question or factor."""
    titles = {section.key: section.title for section in definition.sections}
    return titles.get(key) or definition.wording(key)


def _unreachable(definition: TemplateDefinition) -> Iterator[Finding]:
    for key in unreachable(definition):
        yield Finding(
            key,
            f"“{definition.wording(key)}” must be answered, and no answers lead to it.",
        )


def _warnings(definition: TemplateDefinition) -> Iterator[Finding]:
    required = required_count(definition)
    if required + REQUIRED_BY_THE_FORM > REQUIRED_PROMISED:
        yield Finding(
            "",
            f"A quick debrief promises {REQUIRED_PROMISED} required answers; with the outcome, the"
            f" reason and how we know it, this template asks for {required + REQUIRED_BY_THE_FORM}.",
        )
    if required > COMFORTABLY_REQUIRED:
        yield Finding(
            "", f"{required} questions are required; above {COMFORTABLY_REQUIRED}, people give up."
        )
