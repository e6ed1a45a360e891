"""All writes of this app, by noun. Import from here."""

from deals.services.catalogue import (
    add_entry,
    add_stage,
    change_account,
    keep_entries,
    keep_entry,
    merge_entry,
    order_stages,
    part_entry,
    rename_entry,
)
from deals.services.change import Recorded
from deals.services.currencies import remove_rate, set_rate
from deals.services.deals import (
    change_closing,
    change_deal,
    close_deal,
    create_deal,
    keep_ours,
    reopen_deal,
    set_attributes,
    set_competitors_met,
    take_theirs,
)
from deals.services.names import entries_named, entry_named
from deals.services.recording import Incoming, record_deal, record_deals

__all__ = [
    "Incoming",
    "Recorded",
    "add_entry",
    "add_stage",
    "change_account",
    "change_closing",
    "change_deal",
    "close_deal",
    "create_deal",
    "entries_named",
    "entry_named",
    "keep_entries",
    "keep_entry",
    "keep_ours",
    "merge_entry",
    "order_stages",
    "part_entry",
    "record_deal",
    "record_deals",
    "remove_rate",
    "rename_entry",
    "reopen_deal",
    "set_attributes",
    "set_competitors_met",
    "set_rate",
    "take_theirs",
]
