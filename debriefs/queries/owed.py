"""Which closings a person owes a debrief, as plain ids.

By hand, since every page of the playbook and the dashboard asks for them: writing the queryset's
statement takes longer than answering it. Tests hold them equal to `closings_owed_by`, where the
rule stands.
"""

from django.db import connection

from people.models import User

OWED = """
SELECT closing_id FROM debriefs_debrief
WHERE author_id = %(person)s AND current_version_id IS NULL
UNION
SELECT request.closing_id FROM debriefs_debriefrequest request
JOIN deals_closing closing ON closing.id = request.closing_id
WHERE request.person_id = %(person)s AND request.done_at IS NULL
  AND request.dismissed_at IS NULL AND closing.reopened_at IS NULL
"""

_WITHHELD = f"""
SELECT owed.closing_id FROM ({OWED}) owed WHERE EXISTS (
    SELECT FROM debriefs_debrief debrief
    WHERE debrief.closing_id = owed.closing_id AND debrief.current_version_id IS NOT NULL
)
"""  # noqa: S608 - our own words


def closing_ids_owed_by(user: User) -> frozenset[int]:
    """The ids that `debriefs.models.closings_owed_by` holds, in one statement."""
    return _ids(OWED, user)


def closing_ids_withheld_from(user: User) -> frozenset[int]:
    """Those of them that somebody has debriefed: what was said of these, `user` mustn't learn yet."""
    return _ids(_WITHHELD, user)


def _ids(statement: str, user: User) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"person": user.pk})
        return frozenset(row[0] for row in cursor.fetchall())
