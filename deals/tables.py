"""The table of the list of deals, and the cells that other tables of deals have too."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.money import written
from common.tables import UNSAID, Column, addresses_of, day_cell, remark_cell, stacked_table
from deals.models import Outcome
from deals.queries import DealLine, ListOf

_DEAL = Column("Deal")
_CLOSING = (Column("Closed"), Column("Outcome"))
_FACTS = (Column("Product"), Column("Stage"), Column("Amount", is_number=True), Column("Owner"))


def table_of(lines: Iterable[DealLine], show: ListOf) -> SafeString:
    """The lines of open or of closed deals."""
    address = addresses_of("deals:detail")
    is_closed = show is ListOf.CLOSED
    columns = (_DEAL, *(_CLOSING if is_closed else ()), *_FACTS)
    return stacked_table(
        columns,
        (
            (
                name_cell(line.name, line.account, address(line.id)),
                *(_closing_cells(line) if is_closed else ()),
                line.product or UNSAID,
                line.stage or UNSAID,
                amount_cell(line.amount, line.currency),
                line.owner or UNSAID,
            )
            for line in lines
        ),
    )


def _closing_cells(line: DealLine) -> tuple[SafeString, SafeString]:
    assert line.closed_on is not None
    return day_cell(line.closed_on), outcome_cell(line.outcome)


def name_cell(deal: str, account: str, address: str) -> SafeString:
    """The deal, a link where there is an address, over its account."""
    name = f'<a href="{address}">{escape(deal)}</a>' if address else escape(deal)
    return SafeString(f"{name}<br>{remark_cell(account)}" if account else name)


@cache
def outcome_cell(outcome: str) -> SafeString:
    badge = {"outcome": outcome, "label": Outcome(outcome).label}
    return SafeString(render_to_string("components/outcome_badge.html", badge).strip())


def amount_cell(amount: Decimal | None, currency: str) -> str:
    return remark_cell("unknown") if amount is None else written(amount, currency)
