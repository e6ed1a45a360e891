"""The debriefs that count of some closings, as far as a person may read them.

By hand, since lists of deals ask for them: writing the querysets' statement takes longer than
answering it. Tests hold them equal to `DebriefQuerySet.counting` and the two `visible_to`, where the
rules stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from debriefs.models import Audience
from debriefs.queries.owed import OWED
from people.models import User

_COUNTING = """
SELECT counting.closing_id, counting.id, {reason}
FROM (
    SELECT DISTINCT ON (debrief.closing_id)
        debrief.closing_id, debrief.id, debrief.author_id, debrief.current_version_id
    FROM debriefs_debrief debrief
    JOIN deals_closing closing ON closing.id = debrief.closing_id
    JOIN deals_deal deal ON deal.id = closing.deal_id
    WHERE debrief.closing_id = ANY(%(closings)s) AND debrief.current_version_id IS NOT NULL
    ORDER BY debrief.closing_id, debrief.author_id IS DISTINCT FROM deal.owner_id,
        debrief.submitted_at, debrief.id
) counting
WHERE {visible}
"""
_PRIMARY_REASON = """coalesce((
    SELECT reason.name FROM debriefs_citedreason cited
    JOIN debriefs_lossreason reason ON reason.id = cited.reason_id
    WHERE cited.version_id = counting.current_version_id AND cited.rank = 1
), '')"""
_TO_SALES = _COUNTING.format(
    reason=_PRIMARY_REASON,
    visible=f"counting.author_id = %(person)s OR counting.closing_id NOT IN ({OWED})",
)
_TO_PARTNERS = _COUNTING.format(
    reason="''",
    visible="""EXISTS (
        SELECT FROM debriefs_answer answer
        WHERE answer.version_id = counting.current_version_id AND answer.audience = %(shared)s
    )""",
)


@dataclass(frozen=True)
class CountingDebrief:
    """`reason` is the primary one, empty where there is none or it isn't the reader's to see."""

    id: int
    reason: str


def counting_debriefs(closing_ids: Sequence[int], viewer: User) -> Mapping[int, CountingDebrief]:
    """By closing the debrief that the tally counts, where `viewer` may read it."""
    if not closing_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _TO_PARTNERS if viewer.is_partner else _TO_SALES,
            {"closings": list(closing_ids), "person": viewer.pk, "shared": Audience.COMPANY},
        )
        return {closing: CountingDebrief(pk, reason) for closing, pk, reason in cursor.fetchall()}
