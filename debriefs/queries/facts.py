"""The facts of a closing as `deals.facts.facts_of` gives them, read in one statement.

A submission must cost little: the joins of all names take the database longer to plan than
everything else that it does. A test holds the two ways equal.
"""

import json
from typing import Any

from django.db import connection

_FACTS = """
SELECT json_build_object(
    'deal_id', deal.id,
    'closing_number', closing.number,
    'name', deal.name,
    'account', (
        SELECT json_build_object(
            'id', today.id, 'name', today.name, 'industry', today.industry,
            'segment', today.segment, 'country', today.country)
        FROM deals_account written
        JOIN deals_account today ON today.id = COALESCE(written.merged_into_id, written.id)
        WHERE written.id = deal.account_id),
    'owner', (
        SELECT json_build_object('id', id, 'name', COALESCE(NULLIF(full_name, ''), username))
        FROM people_user WHERE id = deal.owner_id),
    'product', (
        SELECT json_build_object('id', today.id, 'name', today.name)
        FROM deals_product written
        JOIN deals_product today ON today.id = COALESCE(written.merged_into_id, written.id)
        WHERE written.id = deal.product_id),
    'competitors', COALESCE((
        SELECT json_agg(json_build_object('id', id, 'name', name))
        FROM (
            SELECT DISTINCT today.id, today.name
            FROM deals_dealcompetitor meeting
            JOIN deals_competitor written ON written.id = meeting.competitor_id
            JOIN deals_competitor today
              ON today.id = COALESCE(written.merged_into_id, written.id)
            WHERE meeting.deal_id = deal.id
        ) met), '[]'::json),
    'opened_on', deal.opened_on,
    'closed_on', closing.closed_on,
    'outcome', closing.outcome,
    'stage', (
        SELECT json_build_object('id', today.id, 'name', today.name)
        FROM deals_stage written
        JOIN deals_stage today ON today.id = COALESCE(written.merged_into_id, written.id)
        WHERE written.id = closing.stage_id),
    'winner', (
        SELECT json_build_object('id', today.id, 'name', today.name)
        FROM deals_competitor written
        JOIN deals_competitor today ON today.id = COALESCE(written.merged_into_id, written.id)
        WHERE written.id = closing.winner_id),
    'amount', CASE WHEN closing.outcome = 'won' OR closing.amount <> 0
        THEN trim_scale(closing.amount)::text END,
    'currency', CASE WHEN closing.amount IS NOT NULL
        AND (closing.outcome = 'won' OR closing.amount <> 0) THEN closing.currency_id END,
    'attributes', COALESCE((
        SELECT json_object_agg(attribute.key, attribute.value ORDER BY attribute.key)
        FROM deals_dealattribute attribute WHERE attribute.deal_id = deal.id), '{}'::json)
)::text
FROM deals_closing closing
JOIN deals_deal deal ON deal.id = closing.deal_id
WHERE closing.id = %s
"""


def frozen_facts(closing_id: int) -> dict[str, Any]:
    """The facts of a closing today, as a submission freezes them."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [closing_id])
        (row,) = cursor.fetchone() or ("{}",)
    facts: dict[str, Any] = json.loads(row)
    account = facts["account"] or {}
    for name in ("industry", "segment", "country"):
        facts[name] = account.pop(name, "")
    facts["competitors"].sort(key=lambda met: met["name"])
    return facts
