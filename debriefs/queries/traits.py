"""Which template a closed deal is asked on: read in one statement, chosen by a pure function."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from debriefs.models import TemplateVersion
from debriefs.scopes import DealTraits, Scope, chosen

# The published versions as they are tried on a deal. `queries.work` and `version_for` ask for
# them with each deal, so that a template published by another process counts at once.
PUBLISHED = """
ARRAY(SELECT published.id
      FROM debriefs_templateversion published
      JOIN debriefs_questiontemplate template ON template.id = published.template_id
      WHERE published.published_at IS NOT NULL AND published.retired_at IS NULL
      ORDER BY template.is_default, template.position, template.id)
"""

# Of the `deal` and `closing` of the statement around it; as text, to be read once.
TRAITS = """
json_build_object(
    'outcome', closing.outcome,
    'amount', (CASE WHEN closing.outcome = 'won' THEN closing.amount
                    ELSE NULLIF(closing.amount, 0) END)::text,
    'currency', COALESCE(closing.currency_id, ''),
    'products', ARRAY(
        SELECT same.id FROM deals_product written
        JOIN deals_product same ON COALESCE(same.merged_into_id, same.id)
                                 = COALESCE(written.merged_into_id, written.id)
        WHERE written.id = deal.product_id),
    'teams', ARRAY(
        WITH RECURSIVE above(id) AS (
            SELECT membership.team_id FROM people_membership membership
            WHERE membership.user_id = deal.owner_id AND membership.since <= closing.closed_on
              AND (membership.until IS NULL OR membership.until > closing.closed_on)
            UNION
            SELECT team.parent_id FROM people_team team
            JOIN above ON above.id = team.id WHERE team.parent_id IS NOT NULL)
        SELECT id FROM above),
    'rates', COALESCE((
        SELECT json_object_agg(currency_id, rate::text) FROM (
            SELECT DISTINCT ON (currency_id) currency_id, rate FROM deals_rate
            WHERE since <= closing.closed_on ORDER BY currency_id, since DESC) in_force
        ), '{}'::json)
)::text
"""

_VERSION_FOR = f"""
SELECT {PUBLISHED}, (
    SELECT {TRAITS} FROM deals_closing closing JOIN deals_deal deal ON deal.id = closing.deal_id
    WHERE closing.id = %s)
"""  # noqa: S608

_SCOPES: dict[int, Scope] = {}


def version_for(closing_id: int | None) -> int:
    """The id of the version that a new debrief of this closing is written on.

    Of None, a deal that is still open, that of the default.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERSION_FOR, [closing_id])
        published, traits = cursor.fetchone() or ([], None)
    return chosen_version(published, traits)


def chosen_version(published: Sequence[int], traits: str | None) -> int:
    """Among `PUBLISHED`, for these `TRAITS`. A lone template needs none."""
    if len(published) == 1 or traits is None:
        return published[-1]
    scopes = scopes_of(published)
    return published[chosen([scopes[version_id] for version_id in published], traits_of(traits))]


def scopes_of(version_ids: Sequence[int]) -> Mapping[int, Scope]:
    """The scopes of published versions, which never change: read once per process."""
    unknown = [version_id for version_id in version_ids if version_id not in _SCOPES]
    if unknown:
        read = TemplateVersion.objects.with_scope().in_bulk(unknown)
        _SCOPES.update({version_id: Scope.of(version) for version_id, version in read.items()})
    return _SCOPES


def traits_of(text: str) -> DealTraits:
    read: dict[str, Any] = json.loads(text)
    rates = {currency: Decimal(rate) for currency, rate in read["rates"].items()}
    return DealTraits(
        outcome=read["outcome"],
        amount=None if read["amount"] is None else Decimal(read["amount"]),
        currency=read["currency"],
        products=frozenset(read["products"]),
        teams=frozenset(read["teams"]),
        rates={**rates, settings.ENV.reporting_currency: Decimal(1)},
    )
