"""Accounts, competitors, products, currencies, deals and their closings."""

from deals.models.catalogue import Account, CatalogueEntry, Competitor, Product, Stage
from deals.models.currencies import Currency, Rate
from deals.models.deals import (
    Closing,
    Deal,
    DealCompetitor,
    Outcome,
)
from deals.models.details import DealAttribute, DealConflict
from deals.models.imports import (
    FileKind,
    ImportFile,
    ImportNote,
    ImportPart,
    ImportRun,
    ImportState,
    NoteKind,
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
    "FileKind",
    "ImportFile",
    "ImportNote",
    "ImportPart",
    "ImportRun",
    "ImportState",
    "NoteKind",
    "Outcome",
    "Product",
    "Rate",
    "Stage",
]
