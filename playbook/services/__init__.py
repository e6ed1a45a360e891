"""Writes of the playbook."""

from playbook.services.entries import rebuild_entries, refresh_entries, repair_entries
from playbook.services.touched import deals_touched_by

__all__ = ["deals_touched_by", "rebuild_entries", "refresh_entries", "repair_entries"]
