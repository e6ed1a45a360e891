"""What stands in the source rows, as columns: the only reader of other apps' tables here.

Numbers come by COPY in binary: with every field of fixed width, a result is an array
without a Python object per value.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from common.periods import add_months
from trends.codec import Column
from trends.layout import (
    BUYER_SAID,
    BY_AUTHOR,
    CONFIRMED,
    DISMISSED,
    FACTOR,
    LAYOUT,
    MISSING,
    NO_SCORE,
    OUTCOMES,
    QUESTION,
    RATINGS,
    SUBMITTED,
    TESTED,
    UNKNOWN,
    UNTESTED,
)

EPOCH = date(1970, 1, 1)
# No deal is worth more; such an amount is dirt and counts as unknown, so that sums stay exact.
LARGEST_AMOUNT = 9 * 10**15

_COPY_HEADER_BYTES = 19
_COPY_TRAILER_BYTES = 2

Field = tuple[str, str]

_DEAL_FIELDS: tuple[Field, ...] = (
    ("deal", ">i4"),
    ("closing", ">i4"),
    ("days", ">i4"),
    ("outcome", ">i4"),
    ("stage", ">i4"),
    ("product", ">i4"),
    ("account", ">i4"),
    ("owner", ">i4"),
    ("team", ">i4"),
    ("winner", ">i4"),
    ("amount", ">i8"),
    ("cycle", ">i4"),
    ("debrief", ">i4"),
    ("unmet_need", ">i4"),
    ("rival_strength", ">i4"),
    ("version", ">i4"),
)

# Rounding is half-even: PostgreSQL's own round() goes half away from zero.
_DEALS = f"""
    SELECT closing.deal_id::int, closing.id::int, closing.closed_on - DATE '1970-01-01',
        array_position(%(outcomes)s::text[], closing.outcome::text) - 1,
        coalesce(closing.stage_id, 0)::int, coalesce(deal.product_id, 0)::int,
        coalesce(deal.account_id, 0)::int, coalesce(deal.owner_id, 0)::int,
        coalesce(membership.team_id, 0)::int, coalesce(closing.winner_id, 0)::int,
        CASE
            WHEN closing.amount IS NULL THEN {UNKNOWN}
            WHEN closing.amount = 0 AND closing.outcome <> 'won' THEN {UNKNOWN}
            WHEN closing.amount = 0 THEN 0
            WHEN converted.amount IS NULL OR converted.amount > {LARGEST_AMOUNT} THEN {UNKNOWN}
            WHEN converted.amount - trunc(converted.amount) = 0.5
                AND trunc(converted.amount) %% 2 = 0 THEN trunc(converted.amount)
            ELSE round(converted.amount)
        END::bigint,
        CASE WHEN deal.opened_on <= closing.closed_on
            THEN closing.closed_on - deal.opened_on ELSE {UNKNOWN} END,
        CASE WHEN counting.current_version_id IS NOT NULL THEN {SUBMITTED}
            WHEN EXISTS (
                SELECT FROM debriefs_debriefrequest request
                WHERE request.closing_id = closing.id AND request.dismissed_at IS NOT NULL
                    AND request.asked_by_id IS NULL
            ) THEN {DISMISSED} ELSE {MISSING} END,
        coalesce((
            SELECT coding.code_id FROM debriefs_textcoding coding
            WHERE coding.version_id = counting.current_version_id
                AND coding.of_text = 'unmet_need' AND coding.taken_back_at IS NULL
        ), 0)::int,
        coalesce((
            SELECT coding.code_id FROM debriefs_textcoding coding
            WHERE coding.version_id = counting.current_version_id
                AND coding.of_text = 'rival_strength' AND coding.taken_back_at IS NULL
        ), 0)::int,
        coalesce(counting.current_version_id, 0)::int
    FROM deals_closing closing
    JOIN deals_deal deal ON deal.id = closing.deal_id
    LEFT JOIN people_membership membership ON membership.user_id = deal.owner_id
        AND membership.since <= closing.closed_on
        AND (membership.until IS NULL OR membership.until > closing.closed_on)
    LEFT JOIN LATERAL (
        SELECT CASE WHEN closing.currency_id = %(currency)s THEN 1 ELSE (
            SELECT rate.rate FROM deals_rate rate
            WHERE rate.currency_id = closing.currency_id AND rate.since <= closing.closed_on
            ORDER BY rate.since DESC LIMIT 1
        ) END * closing.amount * %(scale)s AS amount
    ) converted ON true
    LEFT JOIN LATERAL (
        SELECT debrief.current_version_id FROM debriefs_debrief debrief
        WHERE debrief.closing_id = closing.id AND debrief.current_version_id IS NOT NULL
        ORDER BY debrief.author_id IS DISTINCT FROM deal.owner_id,
            debrief.submitted_at, debrief.id
        LIMIT 1
    ) counting ON true
    WHERE closing.reopened_at IS NULL AND
"""


@dataclass(frozen=True)
class Basis:
    """What every amount rests on: the reporting currency and its decimals."""

    currency: str
    decimals: int

    @property
    def name(self) -> str:
        """As kept with the blocks: another name means another layout or money, and a rebuild."""
        return f"{LAYOUT} {self.currency} {self.decimals}"

    @classmethod
    def of_name(cls, name: str) -> "Basis | None":
        """The inverse of `name`; None for that of a layout which this code doesn't write."""
        layout, _, rest = name.partition(" ")
        currency, _, decimals = rest.partition(" ")
        return cls(currency, int(decimals)) if layout == str(LAYOUT) else None


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


@dataclass(frozen=True)
class SourceRows:
    """The deal grain by column, and the long rows that hang on it, all by deal id."""

    deals: dict[str, Column]
    cited: dict[str, Column]
    met: dict[str, Column]
    scores: dict[str, dict[str, Column]]
    attributes: list[tuple[int, str, str]]

    @property
    def months(self) -> Column:
        """The closing month of each row, as months since 1970."""
        return months_of_days(self.deals["days"])


def months_of_days(days: Column) -> Column:
    """Months since 1970 of days since 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_number(month: date) -> int:
    return (month.year - EPOCH.year) * 12 + month.month - 1


def month_of_number(number: int) -> date:
    return date(EPOCH.year + number // 12, number % 12 + 1, 1)


def rows_of_month(month: date, *, basis: Basis, keys: Keys) -> SourceRows:
    """All deals whose current closing lies in the month."""
    scope = "closing.closed_on >= %(since)s AND closing.closed_on < %(until)s"
    return _rows(scope, {"since": month, "until": add_months(month, 1)}, basis, keys)


def rows_of_deals(deal_ids: Sequence[int], *, basis: Basis, keys: Keys) -> SourceRows:
    """Those of the deals that have a current closing."""
    return _rows("closing.deal_id = ANY(%(ids)s)", {"ids": list(deal_ids)}, basis, keys)


def months_of_deals(deal_ids: Sequence[int]) -> dict[int, Column]:
    """Month number to the ids of those deals whose current closing lies in it."""
    found = _copy(
        "SELECT deal_id::int, closed_on - DATE '1970-01-01' FROM deals_closing"
        " WHERE reopened_at IS NULL AND deal_id = ANY(%(ids)s)",
        {"ids": list(deal_ids)},
        (("deal", ">i4"), ("days", ">i4")),
    )
    months = months_of_days(found["days"])
    return {int(each): found["deal"][months == each] for each in np.unique(months)}


def closing_months() -> list[date]:
    """Every month in which a deal's current closing lies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('month', closed_on)::date FROM deals_closing"
            " WHERE reopened_at IS NULL ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def deals_in_currency(currency: str, since: date, until: date | None) -> list[int]:
    """Deals whose current closing is in the currency, from `since` until before `until`."""
    return _ids(
        "SELECT deal_id FROM deals_closing WHERE reopened_at IS NULL AND currency_id = %s"
        " AND closed_on >= %s AND (%s::date IS NULL OR closed_on < %s)",
        [currency, since, until, until],
    )


def deals_owned_by(user_id: int, since: date, until: date | None) -> list[int]:
    """Deals of the owner whose current closing lies from `since` until before `until`."""
    return _ids(
        "SELECT closing.deal_id FROM deals_closing closing"
        " JOIN deals_deal deal ON deal.id = closing.deal_id"
        " WHERE closing.reopened_at IS NULL AND deal.owner_id = %s"
        " AND closing.closed_on >= %s AND (%s::date IS NULL OR closing.closed_on < %s)",
        [user_id, since, until, until],
    )


def _ids(sql: str, parameters: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def _rows(scope: str, parameters: dict[str, Any], basis: Basis, keys: Keys) -> SourceRows:
    common = {
        "outcomes": list(OUTCOMES),
        "currency": basis.currency,
        "scale": 10**basis.decimals,
    }
    deals = _copy(_DEALS + scope, common | parameters, _DEAL_FIELDS)
    order = np.argsort(deals["deal"], kind="stable")
    deals = {name: column[order] for name, column in deals.items()}
    debriefed = deals["version"] > 0
    of_version = _Lookup(deals["version"][debriefed], deals["deal"][debriefed])
    return SourceRows(
        deals=deals,
        cited=_cited(of_version),
        met=_met(deals["deal"]),
        scores=_scores(of_version, keys),
        attributes=_attributes(deals["deal"]),
    )


class _Lookup:
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


def _cited(of_version: _Lookup) -> dict[str, Column]:
    found = _copy(_CITED, {"ids": of_version.versions.tolist()}, _CITED_FIELDS)
    deals = of_version.deals(found["version"])
    order = np.lexsort((found["judged"], found["rank"], deals))
    columns = {name: found[name][order] for name, _ in _CITED_FIELDS if name != "version"}
    return {"deal": deals[order]} | columns


def _met(deals: Column) -> dict[str, Column]:
    found = _copy(
        "SELECT deal_id::int, competitor_id::int FROM deals_dealcompetitor"
        " WHERE deal_id = ANY(%(ids)s)",
        {"ids": deals.tolist()},
        (("deal", ">i4"), ("competitor", ">i4")),
    )
    order = np.lexsort((found["competitor"], found["deal"]))
    return {name: column[order] for name, column in found.items()}


def _scores(of_version: _Lookup, keys: Keys) -> dict[str, dict[str, Column]]:
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
    table: str, value: str, given: str, of_version: _Lookup, keys: list[str]
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
    found = _copy(sql, parameters, fields)
    if not found["key"].all():
        keys += _new_keys(table, parameters)
        found = _copy(sql, parameters, fields)
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


def _attributes(deals: Column) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deal_id, key, value FROM deals_dealattribute"
            " WHERE deal_id = ANY(%s) ORDER BY key, value, deal_id",
            [deals.tolist()],
        )
        return list(cursor.fetchall())


def _copy(sql: str, parameters: dict[str, Any], fields: Iterable[Field]) -> dict[str, Column]:
    """The columns of a query none of whose values is null and all of which have fixed width."""
    fields = list(fields)
    layout = [("count", ">i2")]
    for name, type_name in fields:
        layout += [(f"{name} bytes", ">i4"), (name, type_name)]
    record = np.dtype(layout)
    target = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.cursor.mogrify(sql, parameters).decode()
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", target)
    body = memoryview(target.getvalue())[_COPY_HEADER_BYTES:-_COPY_TRAILER_BYTES]
    records = np.frombuffer(body, dtype=record)
    return {name: records[name].astype(np.int64) for name, _ in fields}
