"""The dashboard's pages, the deals behind their numbers, and what people keep beside them."""

from trends.views.annotations import annotation_change, annotation_list, annotation_remove
from trends.views.arrangement import arrangement
from trends.views.boards import board, choices, rest
from trends.views.contrasts import contrasts_attributes, contrasts_table, wins_against_losses
from trends.views.drill import deals, table
from trends.views.explore import explore_page
from trends.views.perception import perceived
from trends.views.printed import (
    printed,
    printed_contrasts,
    printed_participation,
    printed_perception,
)
from trends.views.saved import view_change, view_create, view_delete, view_list, view_open
from trends.views.subscriptions import view_leave, view_weekly, view_weekly_end

__all__ = [
    "annotation_change",
    "annotation_list",
    "annotation_remove",
    "arrangement",
    "board",
    "choices",
    "contrasts_attributes",
    "contrasts_table",
    "deals",
    "explore_page",
    "perceived",
    "printed",
    "printed_contrasts",
    "printed_participation",
    "printed_perception",
    "rest",
    "table",
    "view_change",
    "view_create",
    "view_delete",
    "view_leave",
    "view_list",
    "view_open",
    "view_weekly",
    "view_weekly_end",
    "wins_against_losses",
]
