"""The shape of a question template: typed, parsed from the JSON of a published version."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from debriefs.models import Audience, TemplateVersion


class QuestionKind(StrEnum):
    RATING = "rating"  # yes / partly / no / does not apply / don't know, and text
    LONG_TEXT = "long_text"


@dataclass(frozen=True)
class Question:
    """One question. `key` never changes, so that a reworded question keeps its trend."""

    key: str
    kind: QuestionKind
    text: str
    help: str = ""
    required: bool = False


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


@dataclass(frozen=True)
class TemplateDefinition:
    """All that a version asks. `wording(key)` gives a key its words."""

    sections: tuple[Section, ...]
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
    def from_json(cls, definition: dict[str, Any]) -> "TemplateDefinition":
        sections = tuple(_section(entry) for entry in definition["sections"])
        words = {q.key: q.text for s in sections for q in s.questions}
        words |= {f.key: f.name for s in sections for f in s.factors}
        return cls(sections=sections, _words=words)

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


def current_version() -> TemplateVersion:
    """The version that a new debrief is written on."""
    return TemplateVersion.objects.published().get(template__key="debrief")


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
            )
            for q in entry.get("questions", ())
        ),
        factors=tuple(
            Factor(key=f["key"], name=f["name"], help=f.get("help", ""))
            for f in entry.get("factors", ())
        ),
    )
