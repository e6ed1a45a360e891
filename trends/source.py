"""What stands in the source rows, as columns: with `source_debriefs` the only reader of other apps' tables here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from common.periods import add_months
from trends.binary_copy import Field, copied
from trends.codec import Column
from trends.layout import DISMISSED, LAYOUT, MISSING, OUTCOMES, SUBMITTED, UNKNOWN
from trends.source_debriefs import DealsOfVersions, Keys, cited, scores

EPOCH = date(1970, 1, 1)
# No deal is worth more; such an amount is dirt and counts as unknown, so that sums stay exact.
LARGEST_AMOUNT = 9 * 10**15

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
    found = copied(
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
    deals = copied(_DEALS + scope, common | parameters, _DEAL_FIELDS)
    order = np.argsort(deals["deal"], kind="stable")
    deals = {name: column[order] for name, column in deals.items()}
    debriefed = deals["version"] > 0
    of_version = DealsOfVersions(deals["version"][debriefed], deals["deal"][debriefed])
    return SourceRows(
        deals=deals,
        cited=cited(of_version),
        met=_met(deals["deal"]),
        scores=scores(of_version, keys),
        attributes=_attributes(deals["deal"]),
    )


def _met(deals: Column) -> dict[str, Column]:
    found = copied(
        "SELECT deal_id::int, competitor_id::int FROM deals_dealcompetitor"
        " WHERE deal_id = ANY(%(ids)s)",
        {"ids": deals.tolist()},
        (("deal", ">i4"), ("competitor", ">i4")),
    )
    order = np.lexsort((found["competitor"], found["deal"]))
    return {name: column[order] for name, column in found.items()}


def _attributes(deals: Column) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deal_id, key, value FROM deals_dealattribute"
            " WHERE deal_id = ANY(%s) ORDER BY key, value, deal_id",
            [deals.tolist()],
        )
        return list(cursor.fetchall())
