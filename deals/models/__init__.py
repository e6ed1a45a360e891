"""Accounts, competitors, products, currencies, deals and their closings."""

from deals.models.catalogue import Account, CatalogueEntry, Competitor, Product, Stage
from deals.models.currencies import Currency, Rate
from deals.models.deals import (
    Closing,
    Deal,
    DealAttribute,
    DealCompetitor,
    DealConflict,
    Outcome,
)

__all__ = [
    "Account",
    "CatalogueEntry",
    "Closing",
    "Competitor",
    "Currency",
    "Deal",
    "DealAttribute",
    "DealCompetitor",
    "DealConflict",
    "Outcome",
    "Product",
    "Rate",
    "Stage",
]
