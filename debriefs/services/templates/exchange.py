"""Templates as JSON files: written out, and taken in as drafts."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from common.text import name_key
from deals.models import Currency, Product
from debriefs.errors import FieldsRefused
from debriefs.exchange import FORMAT, ScopeFile, TemplateFile, read_file, written
from debriefs.models import QuestionTemplate, TemplateVersion
from debriefs.queries.scopes import names_in_scopes
from debriefs.questions import TemplateDefinition
from people.models import Team


def export_version(version: TemplateVersion) -> bytes:
    """The version as a file. Taking it in again gives the same questions, rules and scope."""
    definition = TemplateDefinition.from_json(version.definition)
    contents: dict[str, Any] = {
        "format": FORMAT,
        "key": version.template.key,
        "name": version.template.name,
        "definition": definition.as_json(),
    }
    if scope := _scope(version):
        contents["asks_about"] = scope
    return written(contents)


@transaction.atomic
def import_template(content: bytes) -> TemplateVersion:
    """Take a file in as the draft of the template of its key, which is made if there is none.

    What publishing asks for is checked there, so that a draft can be mended. FieldsRefused
    with a message per path for a file that is no template, for names that this instance
    doesn't know, and when the template has a draft already.
    """
    file = read_file(content)
    scope, products, teams = _found_scope(file.asks_about)
    template = _template(file)
    versions = TemplateVersion.objects.filter(template=template)
    if versions.drafts().exists():
        raise FieldsRefused(
            {"key": f"“{template.name}” has a draft already: publish or discard it first."}
        )
    draft = TemplateVersion.objects.create(
        template=template,
        number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        definition=TemplateDefinition.from_json(_definition(file)).as_json(),
        based_on=versions.published().first(),
        **scope,
    )
    draft.products.set(products)
    draft.teams.set(teams)
    return draft


def _scope(version: TemplateVersion) -> dict[str, Any]:
    """Only what narrows, by name."""
    paths = names_in_scopes().paths
    low, below = version.amount_from, version.amount_below
    said = {
        "outcomes": sorted(version.outcomes),
        "amount_from": None if low is None else format(low.normalize(), "f"),
        "amount_below": None if below is None else format(below.normalize(), "f"),
        "currency": version.amount_currency_id,
        "products": sorted(product.name for product in version.products.all()),
        "teams": sorted(list(paths[team.pk]) for team in version.teams.all()),
    }
    return {name: value for name, value in said.items() if value not in (None, [])}


def _template(file: TemplateFile) -> QuestionTemplate:
    last = QuestionTemplate.objects.aggregate(last=Max("position"))["last"] or 0
    template, _ = QuestionTemplate.objects.select_for_update().get_or_create(
        key=file.key, defaults={"name": file.name, "position": last + 1}
    )
    return template


def _definition(file: TemplateFile) -> dict[str, Any]:
    return file.definition.model_dump(mode="json", exclude_none=True)


def _found_scope(scope: ScopeFile) -> tuple[dict[str, Any], list[Product], list[Team]]:
    """The fields of a version, its products and its teams. FieldsRefused for unknown names."""
    errors: dict[str, str] = {}
    has_amount = scope.amount_from is not None or scope.amount_below is not None
    currency = Currency.objects.filter(code=scope.currency).first()
    if has_amount and currency is None:
        errors["asks_about.currency"] = f"“{scope.currency[:20]}” is no currency known here."
    if _is_reversed(scope):
        errors["asks_about.amount_below"] = "It must be more than the amount it begins at."
    products = {product.name_key: product for product in Product.objects.all()}
    for number, name in enumerate(scope.products):
        if name_key(name) not in products:
            errors[f"asks_about.products[{number}]"] = f"There is no product “{name[:60]}”."
    teams = {path: pk for pk, path in names_in_scopes().paths.items()}
    for number, path in enumerate(scope.teams):
        if tuple(path) not in teams:
            errors[f"asks_about.teams[{number}]"] = f"There is no team “{' / '.join(path)[:60]}”."
    if errors:
        raise FieldsRefused(errors)
    fields = {
        "outcomes": sorted(set(scope.outcomes)),
        "amount_from": scope.amount_from,
        "amount_below": scope.amount_below,
        "amount_currency": currency if has_amount else None,
    }
    ids = [teams[tuple(path)] for path in scope.teams]
    named = [products[name_key(name)] for name in scope.products]
    return fields, named, list(Team.objects.filter(pk__in=ids))


def _is_reversed(scope: ScopeFile) -> bool:
    low, below = scope.amount_from, scope.amount_below
    return low is not None and below is not None and low >= below
