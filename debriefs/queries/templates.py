"""What the pages of the template editor show."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, F

from deals.models import Outcome
from debriefs.checks import Report, question_count, required_count
from debriefs.estimates import FACTOR, OWN, Completion, Minutes, Pace, learned, minutes_of
from debriefs.models import (
    Answer,
    Audience,
    Debrief,
    DebriefVersion,
    FactorScore,
    QuestionTemplate,
    TemplateVersion,
)
from debriefs.queries.scopes import Names, names_in_scopes
from debriefs.questions import Factor, Question, Section, TemplateDefinition, definition_of
from debriefs.scopes import Scope
from debriefs.wording import rule_words

LATEST_COMPLETIONS = 300
LONGEST_SECONDS = 3600
PACE_KEPT_SECONDS = 3600
_PACE_KEY = "debriefs:pace"
Findings = list[tuple[str, str]]


@dataclass(frozen=True)
class TemplateLine:
    """A template in the list: what it asks about, and where its versions stand."""

    id: int
    name: str
    is_default: bool
    asks_about: str
    published: int | None
    draft: int | None
    questions: int
    debriefs: int
    may_rise: bool
    may_fall: bool


@dataclass(frozen=True)
class VersionLine:
    """A version in a template's history; `state` is draft, published or retired."""

    number: int
    state: str
    published_at: datetime | None
    published_by: str
    restored_from: int | None
    asks_about: str
    questions: int
    debriefs: int


@dataclass(frozen=True)
class Limits:
    """What the editor counts as one goes."""

    questions: int
    required: int
    minutes: Minutes
    learned_from: int


@dataclass(frozen=True)
class RuleLine:
    """A rule on the card of what it is about; `place` counts the draft's rules from 0."""

    place: int
    words: str
    findings: Findings


@dataclass(frozen=True)
class Card:
    """A question or a factor in the editor."""

    item: Question | Factor
    name: str
    may_rise: bool
    may_fall: bool
    rules: list[RuleLine]
    findings: Findings


@dataclass(frozen=True)
class SectionCard:
    """A section in the editor, with the cards in it."""

    section: Section
    readers: str
    may_rise: bool
    may_fall: bool
    rules: list[RuleLine]
    findings: Findings
    questions: list[Card]
    factors: list[Card]


def template_lines() -> list[TemplateLine]:
    """All templates as they are tried, the default last; those retired stay in the list."""
    names = names_in_scopes()
    by_template: dict[int, list[TemplateVersion]] = defaultdict(list)
    for version in TemplateVersion.objects.with_scope():
        by_template[version.template_id].append(version)
    counts = _debriefs("template_version__template")
    templates = list(QuestionTemplate.objects.in_order())
    ordered = [each.pk for each in templates if not each.is_default]
    return [
        _template_line(each, by_template[each.pk], names, counts.get(each.pk, 0), ordered)
        for each in templates
    ]


def version_lines(template: QuestionTemplate) -> list[VersionLine]:
    """The versions of a template, the latest first."""
    names = names_in_scopes()
    counts = _debriefs("template_version")
    versions = (
        TemplateVersion.objects.with_scope()
        .select_related("published_by", "based_on")
        .filter(template=template)
        .order_by("-number")
    )
    return [_version_line(each, names, counts.get(each.pk, 0)) for each in versions]


def limits_of(definition: TemplateDefinition) -> Limits:
    pace = measured_pace()
    return Limits(
        questions=question_count(definition),
        required=required_count(definition),
        minutes=minutes_of(definition, pace, outcome=Outcome.LOST_TO_COMPETITOR),
        learned_from=pace.completions,
    )


def measured_pace() -> Pace:
    """How long each part takes, from the latest completions; worked out once an hour."""
    pace: Pace | None = cache.get(_PACE_KEY)
    if pace is None:
        pace = learned(_completions())
        cache.set(_PACE_KEY, pace, PACE_KEPT_SECONDS)
    return pace


def findings_by_place(report: Report) -> dict[str, Findings]:
    """What a report says by where it stands: a tone for the page, and the words."""
    found: dict[str, Findings] = defaultdict(list)
    for tone, findings in (("lost", report.refusals), ("caution", report.warnings)):
        for finding in findings:
            found[finding.where].append((tone, finding.message))
    return found


def section_cards(
    definition: TemplateDefinition, found: Mapping[str, Findings]
) -> list[SectionCard]:
    """The draft as the editor shows it; `found` as `findings_by_place` gives it."""
    last = len(definition.sections) - 1
    return [
        SectionCard(
            section=section,
            readers=Audience(section.audience).label,
            may_rise=place > 0,
            may_fall=place < last,
            rules=_rules(definition, section.key, found),
            findings=found.get(section.key, []),
            questions=[
                _card(
                    definition,
                    found,
                    q,
                    q.text,
                    is_first=not n and not place,
                    is_last=place == last and n == len(section.questions) - 1,
                )
                for n, q in enumerate(section.questions)
            ],
            factors=[
                _card(
                    definition,
                    found,
                    f,
                    f.name,
                    is_first=not n and not place,
                    is_last=place == last and n == len(section.factors) - 1,
                )
                for n, f in enumerate(section.factors)
            ],
        )
        for place, section in enumerate(definition.sections)
    ]


def _card(
    definition: TemplateDefinition,
    found: Mapping[str, Findings],
    item: Question | Factor,
    name: str,
    *,
    is_first: bool,
    is_last: bool,
) -> Card:
    rules = _rules(definition, item.key, found)
    return Card(item, name, not is_first, not is_last, rules, found.get(item.key, []))


def _rules(
    definition: TemplateDefinition, key: str, found: Mapping[str, Findings]
) -> list[RuleLine]:
    """Those about it; a jump's target is the section that it leads to."""
    return [
        RuleLine(place, rule_words(definition, rule), found.get(f"rules.{place}", []))
        for place, rule in enumerate(definition.rules)
        if rule.target == key
    ]


def _template_line(
    template: QuestionTemplate,
    versions: Sequence[TemplateVersion],
    names: Names,
    debriefs: int,
    ordered: Sequence[int],
) -> TemplateLine:
    published = next((v for v in versions if v.published_at and not v.retired_at), None)
    draft = next((v for v in versions if not v.published_at), None)
    shown = published or draft or max(versions, key=lambda version: version.number)
    return TemplateLine(
        id=template.pk,
        name=template.name,
        is_default=template.is_default,
        asks_about=_asks_about(template, shown, names),
        published=published.number if published else None,
        draft=draft.number if draft else None,
        questions=question_count(TemplateDefinition.of(shown)),
        debriefs=debriefs,
        may_rise=not template.is_default and template.pk != ordered[0],
        may_fall=not template.is_default and template.pk != ordered[-1],
    )


def _version_line(version: TemplateVersion, names: Names, debriefs: int) -> VersionLine:
    based_on = version.based_on
    is_restored = (
        version.published_at is not None
        and based_on is not None
        and based_on.number != version.number - 1
    )
    return VersionLine(
        number=version.number,
        state="draft"
        if not version.published_at
        else "retired"
        if version.retired_at
        else "published",
        published_at=version.published_at,
        published_by=str(version.published_by or ""),
        restored_from=based_on.number if is_restored and based_on else None,
        asks_about=_asks_about(version.template, version, names),
        questions=question_count(TemplateDefinition.of(version)),
        debriefs=debriefs,
    )


def _asks_about(template: QuestionTemplate, version: TemplateVersion, names: Names) -> str:
    scope = Scope.of(version)
    if template.is_default and scope.is_everything:
        return "every deal that no other template asks about"
    return "no deal yet" if scope.is_everything else names.words(scope)


def _debriefs(by: str) -> dict[int, int]:
    """How many debriefs, drafts among them, stand on each."""
    counted = Debrief.objects.values(owner=F(by)).annotate(count=Count("pk"))
    return {row["owner"]: row["count"] for row in counted}


def _completions() -> list[Completion]:
    """The latest first submissions of less than an hour at the keyboard."""
    latest = list(
        DebriefVersion.objects.filter(
            number=1, seconds_to_fill__gt=0, seconds_to_fill__lte=LONGEST_SECONDS
        )
        .order_by("-pk")
        .values_list("pk", "seconds_to_fill", "debrief__template_version")[:LATEST_COMPLETIONS]
    )
    ids = [pk for pk, _, _ in latest]
    keys: dict[int, list[str]] = defaultdict(list)
    for version_id, key in Answer.objects.filter(version__in=ids).values_list("version", "key"):
        keys[version_id].append(key)
    scored = Counter(FactorScore.objects.filter(version__in=ids).values_list("version", flat=True))
    return [
        Completion(seconds, {OWN: 1, FACTOR: scored[pk], **_kinds(template_id, keys[pk])})
        for pk, seconds, template_id in latest
        if seconds is not None
    ]


def _kinds(template_version_id: int, keys: Sequence[str]) -> Counter[str]:
    kinds = {q.key: q.kind.value for q in definition_of(template_version_id).questions()}
    return Counter(kinds[key] for key in keys if key in kinds)
