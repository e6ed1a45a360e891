"""A page of the dashboard for one reader, whichever way it goes out: the screen, a file, a mail."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from people.models import User
from trends.dashboard.beside import Beside, beside_figures
from trends.dashboard.boards import Board, Drawn, Part, drawn
from trends.dashboard.catalogue import WIDGETS
from trends.dashboard.catalogue.overview import OVERVIEW
from trends.dashboard.state import DashboardState
from trends.errors import TrendError
from trends.snapshot import store
from trends.withheld import Withheld


def drawn_for(board: Board, state: DashboardState, viewer: User, *, subject: str = "") -> Drawn:
    """The page as its reader has it on screen: arranged as they want it, with its marks.

    PermissionDenied where it isn't theirs; Http404 for a subject that isn't there.
    """
    if board.sales_only and not viewer.in_sales:
        raise PermissionDenied
    store.current()  # some questions are asked of the labels that this process holds
    beside = beside_figures(state.period, viewer, overview=board is OVERVIEW)
    return drawn_or_missing(board, state, viewer, subject=subject, beside=beside)


def drawn_or_missing(
    board: Board,
    state: DashboardState,
    viewer: User,
    *,
    subject: str,
    beside: Beside,
    withheld: Withheld | None = None,
    part: Part = Part.WHOLE,
) -> Drawn:
    """The page; Http404 for a subject that isn't there."""
    arranged, marks = beside.arranged, beside.marks
    widgets = None if arranged is None else [WIDGETS[key] for key in arranged if key in WIDGETS]
    try:
        return drawn(
            board,
            state,
            viewer,
            marks=marks,
            subject=subject,
            arranged=widgets,
            withheld=withheld,
            part=part,
        )
    except TrendError as error:
        if subject and error.field == board.subject:
            raise Http404 from error
        raise
