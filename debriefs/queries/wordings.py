"""When a question or factor was asked in other words: what a chart over time has to mark."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from common.clock import company_day
from debriefs.models import TemplateVersion
from debriefs.questions import TemplateDefinition


@dataclass(frozen=True)
class WordingChange:
    """From this day on new debriefs are asked in other words. The key, and the trend, stay."""

    day: date
    before: str
    after: str


def wording_changes(key: str) -> list[WordingChange]:
    """The changes of a question's or factor's words, the earliest first, over all templates.

    The day is that of publishing, in the company's time zone. A key that a version left out
    and a later one brought back has changed where it came back in other words.
    """
    found: list[WordingChange] = []
    words: dict[int, str] = {}
    versions = TemplateVersion.objects.exclude(published_at=None).order_by("published_at", "pk")
    for version in versions:
        after = dict(_wordings(TemplateDefinition.of(version))).get(key)
        if after is None or version.published_at is None:
            continue
        before = words.get(version.template_id, after)
        words[version.template_id] = after
        if after != before:
            found.append(WordingChange(company_day(version.published_at), before, after))
    return found


def _wordings(definition: TemplateDefinition) -> Iterator[tuple[str, str]]:
    for question in definition.questions():
        yield question.key, question.text
    for factor in definition.factors():
        yield factor.key, factor.name
