"""The tables of the deals behind a number."""

from collections.abc import Callable, Sequence
from html import escape

from django.utils.safestring import SafeString

from common.tables import UNSAID, Column, addresses_of, day_cell, remark_cell, stacked_table
from deals.tables import amount_cell, name_cell, outcome_cell
from trends.queries import DealRow

_SHORT = (Column("Deal"), Column("Closed"), Column("Outcome"), Column("Debrief"))
_OWNER = Column("Owner")
_COLUMNS = (
    *_SHORT[:3],
    Column("Stage"),
    Column("Primary reason"),
    Column("Amount", is_number=True),
    _OWNER,
    Column("Debrief"),
)


def deal_table(rows: Sequence[DealRow], *, is_partner: bool) -> SafeString:
    """All that sales may know of each; empty without rows. Partners neither open a deal nor learn its owner."""
    if not rows:
        return SafeString()
    deal, debrief = addresses_of("deals:detail"), addresses_of("playbook:detail")
    columns = [column for column in _COLUMNS if not (is_partner and column is _OWNER)]
    return stacked_table(
        columns,
        (
            (
                name_cell(row.name, row.account, "" if is_partner else deal(row.deal_id)),
                day_cell(row.closed_on),
                outcome_cell(row.outcome),
                row.stage or UNSAID,
                row.reason or UNSAID,
                amount_cell(row.amount, row.currency),
                *(() if is_partner else (row.owner or UNSAID,)),
                _debrief_cell(row, debrief, missing="none yet"),
            )
            for row in rows
        ),
    )


def short_deal_table(rows: Sequence[DealRow]) -> SafeString:
    """Where only their debriefs matter."""
    deal, debrief = addresses_of("deals:detail"), addresses_of("playbook:detail")
    return stacked_table(
        _SHORT,
        (
            (
                name_cell(row.name, "", deal(row.deal_id)),
                day_cell(row.closed_on),
                outcome_cell(row.outcome),
                _debrief_cell(row, debrief, missing=UNSAID),
            )
            for row in rows
        ),
    )


def _debrief_cell(row: DealRow, address: Callable[[int], str], *, missing: str) -> SafeString:
    if row.debrief_id is None:
        return remark_cell(missing)
    whose = f'<span class="visually-hidden"> the debrief of {escape(row.name)}</span>'
    return SafeString(f'<a href="{address(row.debrief_id)}">Read{whose}</a>')
