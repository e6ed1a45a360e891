"""Closed deals as a proposal sees them: what the CRM said before anybody debriefed them.

A fact that a person corrected is left out, since the next deal's proposal is made before
anybody could correct it.
"""

from typing import Any

from django.db import connection

from debriefs.models import LossReason
from debriefs.proposals.coded import NO_REASON, CodedCase
from debriefs.proposals.words import Case
from debriefs.queries.notes import HAS_NOTES, NOTES
from people.models import User

MOST_DEBRIEFS = 5_000
LONGEST_TOLD = 8_000
_FACTS = """
       CASE WHEN closing.outcome <> 'lost_unspecified'
                 AND COALESCE(deal.provenance->>'outcome', '') NOT LIKE 'person:%%'
            THEN 'outcome:' || closing.outcome END AS outcome,
       CASE WHEN COALESCE(deal.provenance->>'stage', '') NOT LIKE 'person:%%'
            THEN 'stage:' || COALESCE(stage.merged_into_id, stage.id) END AS stage,
       CASE WHEN COALESCE(deal.provenance->>'competitors', '') NOT LIKE 'person:%%'
                 AND EXISTS (SELECT FROM deals_dealcompetitor WHERE deal_id = deal.id)
            THEN 'met:yes' END AS met
"""
_CASE = f"""
SELECT {NOTES} AS notes, {_FACTS}
FROM deals_closing closing
JOIN deals_deal deal ON deal.id = closing.deal_id
LEFT JOIN deals_stage stage ON stage.id = closing.stage_id
WHERE closing.id = %(closing)s
"""  # noqa: S608
_COUNTING = f"""
WITH counting AS (
    SELECT DISTINCT ON (debrief.closing_id)
           debrief.current_version_id AS version, closing.id AS closing
    FROM debriefs_debrief debrief
    JOIN deals_closing closing ON closing.id = debrief.closing_id
    JOIN deals_deal deal ON deal.id = closing.deal_id
    WHERE debrief.current_version_id IS NOT NULL
      AND closing.reopened_at IS NULL AND closing.outcome <> 'won'
      AND {HAS_NOTES}
    ORDER BY debrief.closing_id, (debrief.author_id = deal.owner_id) DESC NULLS LAST,
             debrief.submitted_at, debrief.id
)
"""  # noqa: S608
_CODED = f"""
{_COUNTING}SELECT COALESCE(part.into_id, triage.into_id, judged.reason_id, cited.reason_id) AS reason,
       {NOTES} AS notes, {_FACTS},
       left(concat_ws(E'\\n', NULLIF(cited.quote, ''), NULLIF(cited.text, ''),
           (SELECT string_agg(answer.text, E'\\n' ORDER BY answer.key)
            FROM debriefs_answer answer
            WHERE answer.version_id = counting.version
              AND answer.audience <> 'private' AND answer.text <> '')), %(longest)s) AS told
FROM counting
JOIN debriefs_citedreason cited ON cited.version_id = counting.version AND cited.rank = 1
LEFT JOIN debriefs_reasonjudgement judgement
       ON judgement.version_id = counting.version AND judgement.withdrawn_at IS NULL
LEFT JOIN debriefs_judgedreason judged
       ON judged.judgement_id = judgement.id AND judged.rank = 1
LEFT JOIN debriefs_recoding triage
       ON triage.version_id = counting.version AND triage.taken_back_at IS NULL
      AND triage.split_id IS NULL
      AND triage.reason_id = COALESCE(judged.reason_id, cited.reason_id)
LEFT JOIN debriefs_recoding part
       ON part.version_id = counting.version AND part.taken_back_at IS NULL
      AND part.split_id IS NOT NULL
      AND part.reason_id = COALESCE(triage.into_id, judged.reason_id, cited.reason_id)
JOIN deals_closing closing ON closing.id = counting.closing
JOIN deals_deal deal ON deal.id = closing.deal_id
LEFT JOIN deals_stage stage ON stage.id = closing.stage_id
ORDER BY counting.version DESC
LIMIT %(most)s
"""  # noqa: S608


def case_of(closing_id: int) -> Case:
    """What the CRM says of a closed deal."""
    row = _rows(_CASE, closing=closing_id)[0]
    return _case(row)


def coded_debriefs() -> tuple[CodedCase, ...]:
    """The debriefs that the tally counts, of lost deals with notes: the latest MOST_DEBRIEFS.

    The reason is today's, the manager's where one judged, else the triaged one, else the
    author's: a merged one counts as what it was merged into, a split one as the part it was
    given; "other", "don't know" and retired ones as `NO_REASON`. Private answers are left out.
    """
    rows = _rows(_CODED, longest=LONGEST_TOLD, most=MOST_DEBRIEFS)[::-1]
    today = reasons_today()
    return tuple(
        CodedCase(_case(row), today.get(row["reason"], NO_REASON), row["told"]) for row in rows
    )


def count_coded() -> int:
    """How many debriefs there are to learn from."""
    return int(_rows(f"{_COUNTING} SELECT count(*) AS n FROM counting")[0]["n"])  # noqa: S608


def reasons_today() -> dict[int, int]:
    """For each reason that can be proposed, under any of its ids, the id that it has today."""
    merged = dict(LossReason.objects.values_list("pk", "merged_into"))
    proposable = set(LossReason.objects.choosable().ordinary().values_list("pk", flat=True))
    today = {key: _end_of(key, merged) for key in merged}
    return {key: end for key, end in today.items() if end in proposable}


def names_of_people() -> frozenset[str]:
    """The words of everybody's name, folded in case."""
    names = User.objects.values_list("full_name", flat=True)
    return frozenset(word for name in names for word in name.casefold().split() if len(word) > 1)


def _end_of(key: int, merged: dict[int, int | None]) -> int:
    """Where a chain of merges ends."""
    seen = {key}
    while (following := merged[key]) is not None and following not in seen:
        seen.add(following)
        key = following
    return key


def _case(row: dict[str, Any]) -> Case:
    return Case(row["notes"], tuple(filter(None, (row["outcome"], row["stage"], row["met"]))))


def _rows(statement: str, **parameters: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
