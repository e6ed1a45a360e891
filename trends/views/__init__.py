"""The dashboard's pages, the deals behind their numbers, and their tables as CSV."""

from trends.views.boards import board
from trends.views.contrasts import contrasts_table, wins_against_losses
from trends.views.drill import deals, table

__all__ = ["board", "contrasts_table", "deals", "table", "wins_against_losses"]
