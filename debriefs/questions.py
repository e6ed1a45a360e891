"""The shape of a question template: typed, parsed from the JSON of a published version."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from debriefs.models import Audience, TemplateVersion

OUTCOME = "outcome"


class QuestionKind(StrEnum):
    """How a question is answered, and in which field of the draft (`answers.KEY.…`)."""

    RATING = "rating"  # yes / partly / no / does not apply / don't know (.rating), and .text
    SCALE = "scale"  # 1 to 5 (.value)
    CHOICE = "choice"  # the key of one option (.value)
    CHOICES = "choices"  # the keys of several options, one per line (.value)
    NUMBER = "number"  # a decimal number (.value)
    DATE = "date"  # such as 2026-03-31 (.value)
    SHORT_TEXT = "short_text"  # one line (.text)
    LONG_TEXT = "long_text"  # (.text)

    @property
    def label(self) -> str:
        """What an admin calls it."""
        return _KIND_LABELS[self]

    @property
    def is_text(self) -> bool:
        return self in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


_KIND_LABELS = {
    QuestionKind.RATING: "Rating: yes, partly, no",
    QuestionKind.SCALE: "Scale from 1 to 5",
    QuestionKind.CHOICE: "One choice",
    QuestionKind.CHOICES: "Several choices",
    QuestionKind.NUMBER: "Number",
    QuestionKind.DATE: "Date",
    QuestionKind.SHORT_TEXT: "Short text",
    QuestionKind.LONG_TEXT: "Long text",
}


@dataclass(frozen=True)
class Option:
    """One answer of a choice. `key` never changes, as a question's doesn't."""

    key: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question. `key` never changes, so that a reworded question keeps its trend.

    `options` are those of a choice, `low` and `high` the words at the ends of a scale, `unit`
    what a number counts, `skill` the key of the skill that the question speaks to.
    """

    key: str
    kind: QuestionKind
    text: str
    help: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    unit: str = ""
    skill: str = ""


@dataclass(frozen=True)
class Factor:
    """One row of the factor grid, scored from -2 (hurt us a lot) to +2 (helped us a lot)."""

    key: str
    name: str
    help: str = ""


@dataclass(frozen=True)
class Section:
    """Questions shown together, with the audience their answers have by default."""

    key: str
    title: str
    audience: Audience
    intro: str = ""
    questions: tuple[Question, ...] = ()
    factors: tuple[Factor, ...] = ()


class Comparison(StrEnum):
    """How a condition compares. All but `unanswered` need an answer to hold."""

    ONE_OF = "one_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Condition:
    """One condition: `on` is a question's key, or `OUTCOME` for how the deal ended."""

    on: str
    comparison: Comparison
    values: tuple[str, ...] = ()


class Match(StrEnum):
    ALL = "all"
    ANY = "any"


class Effect(StrEnum):
    """What a rule does to its target, a question or a section; a jump's is a later section."""

    SHOW = "show"
    HIDE = "hide"
    REQUIRE = "require"
    JUMP = "jump"


@dataclass(frozen=True)
class Rule:
    """If all (or any) of the conditions hold, then `effect` on `target`. See `debriefs.branching`."""

    conditions: tuple[Condition, ...]
    effect: Effect
    target: str
    match: Match = Match.ALL


@dataclass(frozen=True)
class TemplateDefinition:
    """All that a version asks. `wording(key)` gives a key its words."""

    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()
    _words: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, version: TemplateVersion) -> "TemplateDefinition":
        """The definition of a version; a published one is immutable and read once."""
        key = (version.pk, version.published_at)
        if version.published_at is None:
            return cls.from_json(version.definition)
        if key not in _PUBLISHED:
            _PUBLISHED[key] = cls.from_json(version.definition)
        return _PUBLISHED[key]

    @classmethod
    def made_of(
        cls, sections: Iterable[Section], rules: Iterable[Rule] = ()
    ) -> "TemplateDefinition":
        sections = tuple(sections)
        words = {q.key: q.text for s in sections for q in s.questions}
        words |= {f.key: f.name for s in sections for f in s.factors}
        return cls(sections=sections, rules=tuple(rules), _words=words)

    @classmethod
    def from_json(cls, definition: dict[str, Any]) -> "TemplateDefinition":
        return cls.made_of(
            map(_section, definition["sections"]), map(_rule, definition.get("rules", ()))
        )

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads: only what differs from a default is written."""
        written: dict[str, Any] = {"sections": [_plain(section) for section in self.sections]}
        if self.rules:
            written["rules"] = [_plain(rule) for rule in self.rules]
        return written

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def rated_questions(self) -> Iterator[Question]:
        return (q for q in self.questions() if q.kind is QuestionKind.RATING)

    def factors(self) -> Iterator[Factor]:
        for section in self.sections:
            yield from section.factors

    def wording(self, key: str) -> str:
        return self._words.get(key, key)

    def section_of(self, key: str) -> Section:
        """The section of a question's or factor's key. KeyError for an unknown key."""
        for section in self.sections:
            keys = [q.key for q in section.questions] + [f.key for f in section.factors]
            if key in keys:
                return section
        raise KeyError(key)


def definition_of(version_id: int) -> TemplateDefinition:
    """The definition of a published version, which never changes: read once per process."""
    if version_id not in _BY_VERSION:
        version = TemplateVersion.objects.get(pk=version_id)
        if version.published_at is None:
            return TemplateDefinition.from_json(version.definition)
        _BY_VERSION[version_id] = TemplateDefinition.of(version)
    return _BY_VERSION[version_id]


def default_version() -> TemplateVersion:
    """The published version of the template that always applies."""
    return TemplateVersion.objects.published().get(template__is_default=True)


_BY_VERSION: dict[int, TemplateDefinition] = {}
_PUBLISHED: dict[tuple[int, datetime | None], TemplateDefinition] = {}


def _section(entry: dict[str, Any]) -> Section:
    return Section(
        key=entry["key"],
        title=entry["title"],
        intro=entry.get("intro", ""),
        audience=Audience(entry["audience"]),
        questions=tuple(
            Question(
                key=q["key"],
                kind=QuestionKind(q["kind"]),
                text=q["text"],
                help=q.get("help", ""),
                required=q.get("required", False),
                options=tuple(Option(o["key"], o["label"]) for o in q.get("options", ())),
                low=q.get("low", ""),
                high=q.get("high", ""),
                unit=q.get("unit", ""),
                skill=q.get("skill", ""),
            )
            for q in entry.get("questions", ())
        ),
        factors=tuple(
            Factor(key=f["key"], name=f["name"], help=f.get("help", ""))
            for f in entry.get("factors", ())
        ),
    )


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        conditions=tuple(
            Condition(each["on"], Comparison(each["comparison"]), tuple(each.get("values", ())))
            for each in entry["conditions"]
        ),
        effect=Effect(entry["effect"]),
        target=entry["target"],
        match=Match(entry.get("match", Match.ALL)),
    )


def _plain(item: Any) -> dict[str, Any]:
    """A part of a definition as JSON values, its defaults left out."""
    written: dict[str, Any] = {}
    for each in fields(item):
        value = getattr(item, each.name)
        if value == each.default:
            continue
        if isinstance(value, tuple):
            value = [_plain(part) if is_dataclass(part) else part for part in value]
        written[each.name] = str(value) if isinstance(value, StrEnum | Audience) else value
    return written
