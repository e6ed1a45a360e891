"""Publishing: what it refuses, and how a version takes the place of the one before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from debriefs.checks import Report, report_on
from debriefs.errors import Finding, PublishingRefused, TemplateNotRetired
from debriefs.events import TEMPLATE_PUBLISHED, TEMPLATE_RETIRED
from debriefs.models import QuestionTemplate, TemplateVersion
from debriefs.queries.scopes import Names, names_in_scopes
from debriefs.questions import TemplateDefinition
from debriefs.scopes import Contender, Scope, gaps, overlaps, shadowed
from debriefs.services.templates.drafts import claimed, copy_of
from debriefs.services.templates.history import known_keys
from outbox.services import record
from people.models import User


def draft_report(draft: TemplateVersion) -> Report:
    """What publishing the draft would refuse, and what it warns of."""
    return _report(draft, live=draft.based_on_id)


@transaction.atomic
def publish_draft(draft: TemplateVersion, *, revision: int, by: User) -> TemplateVersion:
    """Freeze and number the draft; the version before it is retired.

    Debriefs begun from now on are written on it; those begun before finish on theirs.
    PublishingRefused with every finding, TemplateMovedOn when it was edited since `revision`.
    """
    _hold_templates()
    draft = claimed(draft, revision)
    _require_sound(draft, live=draft.based_on_id)
    now = timezone.now()
    versions = TemplateVersion.objects.filter(template=draft.template_id)
    versions.published().update(retired_at=now)
    draft.published_at, draft.published_by = now, by
    draft.save(update_fields=["published_at", "published_by"])
    _tell(draft, by)
    return draft


@transaction.atomic
def restore_version(version: TemplateVersion, *, by: User) -> TemplateVersion:
    """Publish an old version again, as a new number; an open draft stays, for the number after.

    PublishingRefused where it can't stand beside what was published since.
    """
    _hold_templates()
    versions = TemplateVersion.objects.filter(template=version.template_id)
    version = versions.with_scope().get(pk=version.pk)
    _require_sound(version, live=version.pk)
    number = versions.ever_published().order_by("-number")[0].number + 1
    versions.drafts().update(number=number + 1)
    now = timezone.now()
    versions.published().update(retired_at=now)
    restored = copy_of(version, number=number, published_at=now, published_by=by)
    _tell(restored, by)
    return restored


@transaction.atomic
def retire_template(template: QuestionTemplate, *, by: User) -> None:
    """It asks about no further deal; its debriefs and drafts stay. Not the default."""
    if template.is_default:
        raise TemplateNotRetired("The default asks about the deals that are left: it stays.")
    published = TemplateVersion.objects.published().filter(template=template)
    if published.update(retired_at=timezone.now()):
        record(
            TEMPLATE_RETIRED,
            subject=f"template:{template.pk}",
            payload={"template_id": template.pk},
            by=by.pk,
        )


@transaction.atomic
def shift_template(template: QuestionTemplate, *, by: int) -> None:
    """Try it one place earlier (-1) or later (+1) than now; the default stays last."""
    rows = [each for each in _hold_templates() if not each.is_default]
    places = [each.pk for each in rows]
    if template.pk not in places:
        return
    place = places.index(template.pk)
    rows.insert(min(max(place + by, 0), len(rows) - 1), rows.pop(place))
    for position, each in enumerate(rows, start=1):
        each.position = position
    QuestionTemplate.objects.bulk_update(rows, ["position"])


def _hold_templates() -> list[QuestionTemplate]:
    """All templates, locked: two publications at once could give one key two meanings."""
    return list(QuestionTemplate.objects.select_for_update().in_order())


def _tell(version: TemplateVersion, by: User) -> None:
    record(
        TEMPLATE_PUBLISHED,
        subject=f"template:{version.template_id}",
        payload={"template_id": version.template_id, "version": version.number},
        by=by.pk,
    )


def _require_sound(version: TemplateVersion, *, live: int | None) -> None:
    if refusals := _report(version, live=live).refusals:
        raise PublishingRefused(refusals)


def _report(version: TemplateVersion, *, live: int | None) -> Report:
    definition = TemplateDefinition.from_json(version.definition)
    report = report_on(definition, known=known_keys(live=live))
    contenders, mine = _contenders(version)
    names = names_in_scopes()
    return Report(
        refusals=(*report.refusals, *_scope_refusals(version.template, contenders, mine, names)),
        warnings=(*report.warnings, *_scope_warnings(contenders, mine, names)),
    )


def _contenders(version: TemplateVersion) -> tuple[list[Contender], Contender]:
    """The templates as they would be tried once the version is published; and its own."""
    others = TemplateVersion.objects.with_scope().published().exclude(template=version.template_id)
    standing = {each.template_id: each for each in (*others, version)}
    ordered = [
        Contender(template.pk, template.name, Scope.of(standing[template.pk]))
        for template in QuestionTemplate.objects.in_order()
        if template.pk in standing
    ]
    mine = next(each for each in ordered if each.template_id == version.template_id)
    return ordered, mine


def _scope_refusals(
    template: QuestionTemplate, contenders: Sequence[Contender], mine: Contender, names: Names
) -> Iterator[Finding]:
    if template.is_default and not mine.scope.is_everything:
        yield Finding("scope", "The default asks about every deal that is left: it has no scope.")
    if template.is_default:
        return
    if mine.scope.is_everything:
        yield Finding("scope", "Say which deals it asks about; the default asks about all others.")
        return
    for later, earlier in shadowed(_today(contenders, names), lines=names.lines):
        if mine.template_id in (later.template_id, earlier.template_id):
            yield Finding(
                "scope",
                f"“{later.name}” could never ask: “{earlier.name}”, which is tried first, asks"
                f" about {names.words(later.scope)} already.",
            )


def _scope_warnings(
    contenders: Sequence[Contender], mine: Contender, names: Names
) -> Iterator[Finding]:
    today = _today(contenders, names)
    for first, second, both in overlaps(today, lines=names.lines):
        if mine.template_id in (first.template_id, second.template_id):
            yield Finding(
                "scope",
                f"{_capital(names.words(both))} are asked about by both “{first.name}” and"
                f" “{second.name}”: “{first.name}” is tried first.",
            )
    for hole in gaps(today):
        yield Finding("scope", f"{_capital(names.words(hole))} are left to the default.")


def _today(contenders: Sequence[Contender], names: Names) -> list[Contender]:
    """Except for the default, with each product under its name of today."""
    return [
        Contender(
            each.template_id,
            each.name,
            replace(
                each.scope,
                products=frozenset(names.products_today.get(p, p) for p in each.scope.products),
            ),
        )
        for each in contenders
        if not each.scope.is_everything
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
