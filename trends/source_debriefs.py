"""What the debriefs that count say of their deals: reasons in each judgement, factors and answers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from trends.binary_copy import Field, copied
from trends.codec import Column
from trends.layout import (
    BUYER_SAID,
    BY_AUTHOR,
    CONFIRMED,
    FACTOR,
    NO_SCORE,
    QUESTION,
    RATINGS,
    TESTED,
    UNTESTED,
)


@dataclass
class Keys:
    """The stable keys of factors and questions met so far; new ones are found as they come."""

    factors: list[str]
    questions: list[str]

    def copy(self) -> "Keys":
        return Keys(list(self.factors), list(self.questions))

    def add(self, other: "Keys") -> None:
        self.factors += [key for key in other.factors if key not in self.factors]
        self.questions += [key for key in other.questions if key not in self.questions]


class DealsOfVersions:
    """From version ids to the deals that they speak of."""

    def __init__(self, versions: Column, deals: Column) -> None:
        order = np.argsort(versions, kind="stable")
        self.versions, self._deals = versions[order], deals[order]

    def deals(self, versions: Column) -> Column:
        return self._deals[np.searchsorted(self.versions, versions)]


# What the author cites, and what counts as confirmed: the manager's reasons where there are
# any, else the author's, with "other" and "don't know" read through their triage. A reason
# that stands in both at the same rank is one row. Price checks are the author's: a manager
# answers none, so a reason that only the manager names has none.
_CITED = f"""
    WITH cited AS (
        SELECT version_id, reason_id, rank,
            CASE WHEN is_untested THEN {UNTESTED}
                WHEN gap_percent IS NOT NULL AND budget_owner_met = 'yes'
                    AND won_at_equal_price = 'yes' THEN {TESTED}
                ELSE 0 END AS checks,
            CASE WHEN basis = 'buyer_said' THEN {BUYER_SAID} ELSE 0 END AS told
        FROM debriefs_citedreason
        WHERE version_id = ANY(%(ids)s)
    ), judgement AS (
        SELECT id, version_id FROM debriefs_reasonjudgement
        WHERE withdrawn_at IS NULL AND version_id = ANY(%(ids)s)
    ), recoding AS (
        SELECT version_id, reason_id, into_id, split_id FROM debriefs_recoding
        WHERE taken_back_at IS NULL AND version_id = ANY(%(ids)s)
    ), confirmed AS (
        SELECT judgement.version_id, judged.reason_id, judged.rank
        FROM judgement JOIN debriefs_judgedreason judged ON judged.judgement_id = judgement.id
        UNION ALL
        SELECT version_id, reason_id, rank FROM cited
        WHERE version_id NOT IN (SELECT version_id FROM judgement)
    ), judged AS (
        SELECT version_id, reason_id, rank, {BY_AUTHOR} + told AS bit FROM cited
        UNION ALL
        SELECT confirmed.version_id, coalesce(triage.into_id, confirmed.reason_id),
            confirmed.rank, {CONFIRMED}
        FROM confirmed LEFT JOIN recoding triage ON triage.version_id = confirmed.version_id
            AND triage.reason_id = confirmed.reason_id AND triage.split_id IS NULL
    )
    SELECT judged.version_id::int, judged.reason_id::int, judged.rank::int,
        coalesce(part.into_id, 0)::int, sum(judged.bit)::int, coalesce(max(own.checks), 0)::int
    FROM judged
    LEFT JOIN cited own ON own.version_id = judged.version_id
        AND own.reason_id = judged.reason_id
    LEFT JOIN recoding part ON part.version_id = judged.version_id
        AND part.reason_id = judged.reason_id AND part.split_id IS NOT NULL
    GROUP BY judged.version_id, judged.reason_id, judged.rank, part.into_id
"""
_CITED_FIELDS: tuple[Field, ...] = (
    ("version", ">i4"),
    ("reason", ">i4"),
    ("rank", ">i4"),
    ("recoded", ">i4"),
    ("judged", ">i4"),
    ("checks", ">i4"),
)


def cited(of_version: DealsOfVersions) -> dict[str, Column]:
    found = copied(_CITED, {"ids": of_version.versions.tolist()}, _CITED_FIELDS)
    deals = of_version.deals(found["version"])
    order = np.lexsort((found["judged"], found["rank"], deals))
    columns = {name: found[name][order] for name, _ in _CITED_FIELDS if name != "version"}
    return {"deal": deals[order]} | columns


def scores(of_version: DealsOfVersions, keys: Keys) -> dict[str, dict[str, Column]]:
    factors = _keyed(
        "debriefs_factorscore",
        f"coalesce(score, {NO_SCORE})::int",
        "score IS NOT NULL",
        of_version,
        keys.factors,
    )
    questions = _keyed(
        "debriefs_answer",
        "array_position(%(ratings)s::text[], rating::text)",
        "rating <> '' AND audience <> 'private'",
        of_version,
        keys.questions,
    )
    return {
        **{FACTOR + key: found for key, found in factors.items()},
        **{QUESTION + key: found for key, found in questions.items()},
    }


def _keyed(
    table: str, value: str, given: str, of_version: DealsOfVersions, keys: list[str]
) -> dict[str, dict[str, Column]]:
    """The values of each key by deal; a key not met before is added to `keys`."""
    parameters: dict[str, Any] = {
        "ids": of_version.versions.tolist(),
        "ratings": list(RATINGS),
        "keys": keys,
    }
    sql = (
        f"SELECT version_id::int, coalesce(array_position(%(keys)s::text[], key::text), 0),"
        f" {value} FROM {table} WHERE version_id = ANY(%(ids)s) AND {given}"
    )
    fields = (("version", ">i4"), ("key", ">i4"), ("value", ">i4"))
    found = copied(sql, parameters, fields)
    if not found["key"].all():
        keys += _new_keys(table, parameters)
        found = copied(sql, parameters, fields)
    deals = of_version.deals(found["version"])
    return {
        keys[code - 1]: {"deal": deals[mine], "value": found["value"][mine]}
        for code in np.unique(found["key"]).tolist()
        for mine in [found["key"] == code]
    }


def _new_keys(table: str, parameters: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT key FROM {table} WHERE version_id = ANY(%(ids)s)"
            " AND key <> ALL(%(keys)s::text[]) ORDER BY key",
            parameters,
        )
        return [row[0] for row in cursor.fetchall()]
