"""Keeping one entry per submitted debrief equal to the rows that it is derived from.

One statement derives entries, for a few deals or for all, so that what the subscriber
keeps and what a rebuild makes cannot differ.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from common.money import minor_units
from debriefs.models import Debrief
from playbook.models import PlaybookEntry
from playbook.services.derivation import COLUMNS, DERIVED

CHUNK = 2_000

_UPSERT = f"""
INSERT INTO playbook_playbookentry AS kept ({", ".join(COLUMNS)})
{DERIVED}
ON CONFLICT (debrief_id) DO UPDATE SET
    ({", ".join(COLUMNS)}) = ({", ".join(f"EXCLUDED.{name}" for name in COLUMNS)})
WHERE ({", ".join(f"kept.{name}" for name in COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in COLUMNS)})
"""
_FORGET = """
DELETE FROM playbook_playbookentry entry
WHERE entry.deal_id = ANY(%(deals)s) AND NOT EXISTS (
    SELECT FROM debriefs_debrief debrief
    JOIN deals_closing closing ON closing.id = debrief.closing_id
    WHERE debrief.id = entry.debrief_id
        AND debrief.current_version_id IS NOT NULL
        AND closing.deal_id = entry.deal_id
)
"""
# A load leaves these without the statistics that a good plan needs.
_SOURCES = (
    "deals_account",
    "deals_deal",
    "deals_closing",
    "deals_dealcompetitor",
    "people_membership",
    "debriefs_debrief",
    "debriefs_debriefversion",
    "debriefs_answer",
    "debriefs_factorscore",
    "debriefs_citedreason",
)
_WORD_INDEXES = ("playbook_entry_company_words", "playbook_entry_sales_words")
_INDEX_DEFINITIONS = "SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)"
_ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('playbook entries'))"


def refresh_entries(deal_ids: Sequence[int]) -> int:
    """Bring the entries of these deals up to date; returns how many rows were written.

    Safe to run twice: an entry that is right already is not written. Writers take turns,
    so that the one who reads last writes last.
    """
    written = 0
    for chunk in _chunks(sorted(set(deal_ids))):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ONE_WRITER)
            cursor.execute(_FORGET, {"deals": chunk})
            written += cursor.rowcount
            cursor.execute(_UPSERT, _parameters(chunk))
            written += cursor.rowcount
    return written


def repair_entries() -> int:
    """Refresh every deal that has a debrief or an entry, a few at a time, while people work.

    Returns how many entries differed: 0 unless an event was missed.
    """
    debriefed = Debrief.objects.submitted().values_list("closing__deal", flat=True)
    kept = PlaybookEntry.objects.values_list("deal", flat=True)
    return refresh_entries(list(debriefed.union(kept)))


def rebuild_entries() -> int:
    """Empty the table and derive all entries at once; returns how many there are.

    Locks readers out while it runs: for loading, not for every day (`repair_entries`).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE playbook_playbookentry")
        cursor.execute(_INDEX_DEFINITIONS, [list(_WORD_INDEXES)])
        definitions = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"ANALYZE {', '.join(_SOURCES)}")
        cursor.execute(f"DROP INDEX {', '.join(_WORD_INDEXES)}")
        cursor.execute(_UPSERT, _parameters(None))
        count = int(cursor.rowcount)
        for definition in definitions:
            cursor.execute(definition)
        cursor.execute("ANALYZE playbook_playbookentry")
    return count


def _parameters(deal_ids: list[int] | None) -> dict[str, Any]:
    currency = settings.ENV.reporting_currency
    return {
        "deals": deal_ids,
        "reporting_currency": currency,
        "decimals": minor_units(currency),
    }


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
