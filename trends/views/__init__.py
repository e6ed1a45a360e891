"""The dashboard's pages, the deals behind their numbers, and their tables as CSV."""

from trends.views.boards import board
from trends.views.drill import deals, table

__all__ = ["board", "deals", "table"]
