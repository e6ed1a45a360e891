"""When a question or factor was asked in other words: what a chart over time has to mark."""

from collections.abc import Iterable, Iterator
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


def wording_changes_of(keys: Iterable[str]) -> dict[str, list[WordingChange]]:
    """The changes of questions' and factors' words by key, the earliest first, over all templates.

    The day is that of publishing, in the company's time zone. A key that a version left out
    and a later one brought back has changed where it came back in other words.
    """
    found: dict[str, list[WordingChange]] = {key: [] for key in keys}
    words: dict[tuple[int, str], str] = {}
    versions = TemplateVersion.objects.exclude(published_at=None).order_by("published_at", "pk")
    for version in versions if found else ():
        assert version.published_at is not None
        day = company_day(version.published_at)
        for key, after in _wordings(TemplateDefinition.of(version)):
            before = words.setdefault((version.template_id, key), after)
            words[(version.template_id, key)] = after
            if after != before and key in found:
                found[key].append(WordingChange(day, before, after))
    return found


def _wordings(definition: TemplateDefinition) -> Iterator[tuple[str, str]]:
    for question in definition.questions():
        yield question.key, question.text
    for factor in definition.factors():
        yield factor.key, factor.name
