"""The draft of a template: one at a time, changed edit by edit under a revision number."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from deals.models import Currency, Product
from debriefs.edits import Edit, new_key
from debriefs.errors import FieldsRefused, TemplateMovedOn
from debriefs.models import QuestionTemplate, TemplateVersion
from debriefs.questions import TemplateDefinition, default_version
from debriefs.services.templates.history import key_history
from people.models import Team


@transaction.atomic
def create_template(name: str) -> TemplateVersion:
    """A new template with a draft that begins with the questions of the default; its draft.

    It is tried after the others, and asks about no deal until it is published.
    """
    keys = set(QuestionTemplate.objects.values_list("key", flat=True))
    last = QuestionTemplate.objects.aggregate(last=Max("position"))["last"] or 0
    template = QuestionTemplate.objects.create(
        key=new_key(name, keys), name=name, position=last + 1
    )
    return TemplateVersion.objects.create(
        template=template, number=1, definition=default_version().definition
    )


def rename_template(template: QuestionTemplate, *, name: str) -> None:
    template.name = name
    template.save(update_fields=["name"])


@transaction.atomic
def begin_draft(template: QuestionTemplate) -> TemplateVersion:
    """The next version of a template, as a copy of the published one; the draft there is, if any.

    Of a retired template, a copy of its latest version.
    """
    template = QuestionTemplate.objects.select_for_update().get(pk=template.pk)
    versions = TemplateVersion.objects.filter(template=template)
    draft = versions.drafts().first()
    if draft is not None:
        return draft
    latest = versions.with_scope().ever_published().order_by("-number")[0]
    published = versions.with_scope().published().first()
    return copy_of(published or latest, number=latest.number + 1)


@transaction.atomic
def edit_draft(draft: TemplateVersion, edit: Edit, *, revision: int) -> TemplateVersion:
    """Apply one edit to the draft as it stood at `revision`; the draft on its next revision.

    TemplateMovedOn when it was edited, published or discarded since; FieldsRefused for an
    edit that can't be made.
    """
    draft = claimed(draft, revision)
    definition = TemplateDefinition.from_json(draft.definition)
    draft.definition = edit.on(definition, key_history()).as_json()
    draft.save(update_fields=["definition"])
    return draft


@transaction.atomic
def change_scope(
    draft: TemplateVersion,
    *,
    revision: int,
    outcomes: Iterable[str] = (),
    amount_from: Decimal | None = None,
    amount_below: Decimal | None = None,
    currency: Currency | None = None,
    products: Iterable[Product] = (),
    teams: Iterable[Team] = (),
) -> TemplateVersion:
    """Say which deals the draft will ask about. What is left out narrows nothing.

    FieldsRefused for amounts without a currency or out of order; TemplateMovedOn as
    `edit_draft`.
    """
    draft = claimed(draft, revision)
    has_amount = amount_from is not None or amount_below is not None
    if has_amount and currency is None:
        raise FieldsRefused({"amount_currency": "Say in which currency."})
    if amount_from is not None and amount_below is not None and amount_from >= amount_below:
        raise FieldsRefused({"amount_below": "It must be more than the amount it begins at."})
    draft.outcomes = sorted(outcomes)
    draft.amount_from, draft.amount_below = amount_from, amount_below
    draft.amount_currency = currency if has_amount else None
    draft.save(update_fields=["outcomes", "amount_from", "amount_below", "amount_currency"])
    draft.products.set(products)
    draft.teams.set(teams)
    return draft


@transaction.atomic
def discard_draft(draft: TemplateVersion, *, revision: int) -> None:
    """Throw the draft away; a template that was never published goes with it."""
    draft = claimed(draft, revision)
    template = draft.template
    draft.delete()
    if not TemplateVersion.objects.filter(template=template).exists():
        template.delete()


def claimed(draft: TemplateVersion, revision: int) -> TemplateVersion:
    """The draft, its row locked, on the revision after `revision`. TemplateMovedOn otherwise."""
    mine = TemplateVersion.objects.drafts().filter(pk=draft.pk, revision=revision)
    if not mine.update(revision=F("revision") + 1):
        raise TemplateMovedOn(
            "Somebody changed this draft since you opened the page. Here is how it stands now;"
            " your last change was not made."
        )
    return TemplateVersion.objects.with_scope().get(pk=draft.pk)


def copy_of(version: TemplateVersion, *, number: int, **fields: Any) -> TemplateVersion:
    """A version with the questions and the scope of another one of its template."""
    copy = TemplateVersion.objects.create(
        template=version.template,
        number=number,
        definition=version.definition,
        based_on=version,
        outcomes=version.outcomes,
        amount_from=version.amount_from,
        amount_below=version.amount_below,
        amount_currency=version.amount_currency,
        **fields,
    )
    copy.products.set(version.products.all())
    copy.teams.set(version.teams.all())
    return copy
