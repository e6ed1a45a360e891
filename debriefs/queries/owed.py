"""Which closings a person owes a debrief, as plain ids.

By hand, since every page of the playbook asks for them: writing the queryset's statement takes
longer than answering it. A test holds it equal to `closings_owed_by`, where the rule stands.
"""

from django.db import connection

from people.models import User

_OWED = """
SELECT closing_id FROM debriefs_debrief
WHERE author_id = %(person)s AND current_version_id IS NULL
UNION
SELECT request.closing_id FROM debriefs_debriefrequest request
JOIN deals_closing closing ON closing.id = request.closing_id
WHERE request.person_id = %(person)s AND request.done_at IS NULL
  AND request.dismissed_at IS NULL AND closing.reopened_at IS NULL
"""


def closing_ids_owed_by(user: User) -> frozenset[int]:
    """The ids that `debriefs.models.closings_owed_by` holds, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, {"person": user.pk})
        return frozenset(row[0] for row in cursor.fetchall())
