"""Names of the demo as entries of the catalogue: listed ones, and some as somebody wrote them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from common.text import name_key
from deals.models import Account, CatalogueEntry, Competitor, Deal, Product, Stage
from deals.services import entries_named
from deals.services.names import list_names
from people.models import User
from reflection.demo.company import PRODUCTS, RIVALS, STAGES
from reflection.demo.planned import PlannedAccount, PlannedDeal


@dataclass(frozen=True)
class Catalogue:
    """Entries by name."""

    accounts: dict[str, Account] = field(default_factory=dict)
    competitors: dict[str, Competitor] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)


def write_catalogue(
    accounts: list[PlannedAccount], deals: list[PlannedDeal], *, by: User
) -> Catalogue:
    """List the demo's names, then take in those that only deals bear, for review."""
    catalogue = Catalogue(
        accounts=_list(Account, (account.name for account in accounts), by),
        competitors=_list(Competitor, (rival.name for rival in RIVALS), by),
        products=_list(Product, (product.name for product in PRODUCTS), by),
        stages=_stages(by),
    )
    _describe(catalogue, accounts)
    _take_in(Account, catalogue.accounts, {deal.account.name for deal in deals})
    _take_in(Competitor, catalogue.competitors, {name for deal in deals for name in deal.met})
    _take_in(Product, catalogue.products, {deal.product for deal in deals})
    return catalogue


def _list(model: Any, names: Iterable[str], by: User) -> dict[str, Any]:
    names = list(names)
    entries = list_names(model, names, by=by)
    return {name: entries[name_key(name)] for name in names}


def _take_in(model: Any, known: dict[str, Any], names: set[str]) -> None:
    missing = sorted(names - known.keys())
    entries = entries_named(model, missing)
    known |= {name: entries[name_key(name)] for name in missing}


def _stages(by: User) -> dict[str, Stage]:
    """The demo's own steps in their order; the standard ones go where nothing stands on them."""
    if not Deal.objects.exists():
        Stage.objects.exclude(name_key__in=[name_key(name) for name in STAGES]).delete()
    stages = _list(Stage, STAGES, by)
    for position, name in enumerate(STAGES):
        stages[name].position = position
    Stage.objects.bulk_update(stages.values(), ["position"])
    return stages


def _describe(catalogue: Catalogue, accounts: list[PlannedAccount]) -> None:
    for planned in accounts:
        account = catalogue.accounts[planned.name]
        account.country, account.industry = planned.country, planned.industry
        account.segment, account.employees = planned.segment, planned.employees
    Account.objects.bulk_update(
        catalogue.accounts.values(), ["country", "industry", "segment", "employees"]
    )
    for product in PRODUCTS:
        catalogue.products[product.name].series = product.series
    Product.objects.bulk_update(catalogue.products.values(), ["series"])


def named(entry: CatalogueEntry) -> dict[str, Any]:
    """As it stands in the facts frozen into a debrief."""
    return {"id": entry.pk, "name": entry.name}
