"""What changed between two versions of a template, question by question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from debriefs.models import Audience
from debriefs.questions import Factor, Question, Section, TemplateDefinition
from debriefs.wording import rule_words


class Change(StrEnum):
    """One thing that is different about a question, a factor or a section."""

    ADDED = "added"
    RETIRED = "retired"
    MOVED = "moved"
    REWORDED = "reworded"
    KIND = "kind"
    OPTIONS = "options"
    REQUIRED = "required"
    AUDIENCE = "audience"
    HELP = "help"
    SKILL = "skill"
    CONDITIONS = "conditions"


@dataclass(frozen=True)
class Detail:
    """One change of an item: how it was and how it is, in words."""

    change: Change
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Difference:
    """What changed about one item. `name` is what it is called now, or was called last."""

    key: str
    sort: str
    name: str
    details: tuple[Detail, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(detail.change for detail in self.details)


@dataclass(frozen=True)
class _Item:
    """A section, question or factor with what is compared of it, in words."""

    sort: str
    name: str
    home: str
    said: dict[Change, str]


def differences(old: TemplateDefinition, new: TemplateDefinition) -> list[Difference]:
    """Each item that is not the same in both, in the new order; the retired ones last.

    Among the items of one place as few as possible count as moved.
    """
    before, after = _items(old), _items(new)
    moved = _moved(before, after)
    found = []
    for key, item in after.items():
        details = (
            tuple(_details(before[key], item, is_moved=key in moved))
            if key in before
            else (Detail(Change.ADDED),)
        )
        if details:
            found.append(Difference(key, item.sort, item.name, details))
    found += [
        Difference(key, item.sort, item.name, (Detail(Change.RETIRED),))
        for key, item in before.items()
        if key not in after
    ]
    return found


def _details(before: _Item, after: _Item, *, is_moved: bool) -> Iterator[Detail]:
    if before.name != after.name:
        yield Detail(Change.REWORDED, before.name, after.name)
    if is_moved:
        apart = before.home != after.home
        yield Detail(Change.MOVED, before.home if apart else "", after.home if apart else "")
    for change, said in after.said.items():
        if before.said.get(change, "") != said:
            yield Detail(change, before.said.get(change, ""), said)


def _items(definition: TemplateDefinition) -> dict[str, _Item]:
    found: dict[str, _Item] = {}
    for section in definition.sections:
        found[section.key] = _section(definition, section)
        for question in section.questions:
            found[question.key] = _question(definition, section, question)
        for factor in section.factors:
            found[factor.key] = _factor(section, factor)
    return found


def _section(definition: TemplateDefinition, section: Section) -> _Item:
    said = {
        Change.HELP: section.intro,
        Change.AUDIENCE: Audience(section.audience).label,
        Change.CONDITIONS: _conditions(definition, section.key),
    }
    return _Item("section", section.title, "", said)


def _question(definition: TemplateDefinition, section: Section, question: Question) -> _Item:
    ends = " to ".join(filter(None, (question.low, question.high)))
    said = {
        Change.KIND: question.kind.label,
        Change.OPTIONS: ", ".join([option.label for option in question.options])
        or ends
        or question.unit,
        Change.REQUIRED: "required" if question.required else "optional",
        Change.AUDIENCE: Audience(section.audience).label,
        Change.HELP: question.help,
        Change.SKILL: question.skill,
        Change.CONDITIONS: _conditions(definition, question.key),
    }
    return _Item("question", question.text, section.title, said)


def _factor(section: Section, factor: Factor) -> _Item:
    said = {Change.HELP: factor.help, Change.AUDIENCE: Audience(section.audience).label}
    return _Item("factor", factor.name, section.title, said)


def _conditions(definition: TemplateDefinition, key: str) -> str:
    rules = [rule for rule in definition.rules if rule.target == key]
    return " ".join(rule_words(definition, rule) for rule in rules)


def _moved(before: dict[str, _Item], after: dict[str, _Item]) -> set[str]:
    """The items in another section, and the fewest whose leaving puts the others in order."""
    moved = {
        key
        for key, item in after.items()
        if key in before and item.sort != "section" and _home(before, key) != _home(after, key)
    }
    homes = {_home(after, key) for key in after}
    for home in homes:
        now = [k for k in after if k in before and k not in moved and _home(after, k) == home]
        places = {key: place for place, key in enumerate(before)}
        moved |= set(now) - set(_longest_rising(now, [places[key] for key in now]))
    return moved


def _home(items: dict[str, _Item], key: str) -> str:
    """The key of the section an item stands in; empty for a section."""
    if items[key].sort == "section":
        return ""
    home = ""
    for each, item in items.items():
        home = each if item.sort == "section" else home
        if each == key:
            break
    return home


def _longest_rising(keys: Sequence[str], places: Sequence[int]) -> list[str]:
    """The most keys that stand in the order that they had before."""
    best: list[list[str]] = []
    for number, key in enumerate(keys):
        earlier = (best[n] for n in range(number) if places[n] < places[number])
        best.append([*max(earlier, key=len, default=[]), key])
    return max(best, key=len, default=[])
