"""Similar deals: by structure first, by the words used second, each with its why.

Structure is a sum of weights over what two deals share. Where sums are equal, deals whose
debriefs share the rarer words of this one come first, then the latest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Any

from django.db import connection
from django.http import Http404

from deals.models import Deal, Outcome
from debriefs.models import closings_owed_by
from people.models import User
from playbook.cursors import LARGEST

SHOWN = 6
CANDIDATES = 60
WEIGHTS = {
    "competitor": 3,
    "reason": 3,
    "product": 2,
    "industry": 2,
    "segment": 2,
    "stage": 1,
}
# Below this, two deals share too little to be called similar.
LEAST = 4
# From this likeness of words on, the explanation names it.
ALIKE = 0.25

_TARGET = """
SELECT
    deal.name,
    COALESCE(account.merged_into_id, account.id) AS account_id,
    COALESCE(entry.industry, account.industry, '') AS industry,
    COALESCE(entry.segment, account.segment, '') AS segment,
    COALESCE(product.merged_into_id, product.id) AS product_id,
    product.name AS product,
    COALESCE(entry.stage_id, stage.merged_into_id, stage.id) AS stage_id,
    stage.name AS stage,
    COALESCE(entry.reason_ids, '{{}}') AS reason_ids,
    ARRAY(SELECT reason.name FROM unnest(entry.reason_ids) WITH ORDINALITY AS cited(id, rank)
        JOIN debriefs_lossreason reason ON reason.id = cited.id ORDER BY cited.rank) AS reasons,
    met.ids AS competitor_ids,
    met.names AS competitors,
    tsvector_to_array(
        COALESCE(entry.{words}, to_tsvector('reflection', deal.name || ' ' || {notes}))
    ) AS words
FROM deals_deal deal
LEFT JOIN LATERAL (
    SELECT kept.* FROM playbook_playbookentry kept
    WHERE kept.deal_id = deal.id AND (%(in_sales)s OR kept.open_to_company)
        AND kept.closing_id <> ALL(%(owed)s::bigint[])
    ORDER BY kept.is_current DESC, kept.counts DESC, kept.debrief_id DESC LIMIT 1
) entry ON true
LEFT JOIN deals_account written ON written.id = deal.account_id
LEFT JOIN deals_account account ON account.id = COALESCE(written.merged_into_id, written.id)
LEFT JOIN deals_product product_written ON product_written.id = deal.product_id
LEFT JOIN deals_product product
    ON product.id = COALESCE(product_written.merged_into_id, product_written.id)
LEFT JOIN deals_stage stage_written ON stage_written.id = COALESCE(entry.stage_id, deal.stage_id)
LEFT JOIN deals_stage stage
    ON stage.id = COALESCE(stage_written.merged_into_id, stage_written.id)
CROSS JOIN LATERAL (
    SELECT COALESCE(array_agg(rival.id ORDER BY rival.name), '{{}}') AS ids,
        COALESCE(array_agg(rival.name ORDER BY rival.name), '{{}}') AS names
    FROM (
        SELECT DISTINCT rival.id, rival.name
        FROM deals_dealcompetitor meeting
        JOIN deals_competitor named ON named.id = meeting.competitor_id
        JOIN deals_competitor rival ON rival.id = COALESCE(named.merged_into_id, named.id)
        WHERE meeting.deal_id = deal.id
    ) rival
) met
WHERE deal.id = %(deal)s AND (%(sees_deal)s OR entry.debrief_id IS NOT NULL)
"""

_CANDIDATES = """
SELECT nearest.*, deal.name, account.name AS account, tsvector_to_array(nearest.words) AS lexemes
FROM (
    SELECT * FROM (
    SELECT entry.debrief_id, entry.deal_id, entry.account_id, entry.outcome, entry.closed_on,
        entry.competitor_ids, entry.reason_ids, entry.product_id, entry.stage_id,
        entry.industry, entry.segment, entry.{words} AS words, entry.{excerpt} AS excerpt,
        (entry.competitor_ids && %(competitor_ids)s::bigint[])::int * %(competitor)s
        + (%(in_sales)s AND entry.reason_ids && %(reason_ids)s::bigint[])::int * %(reason)s
        + COALESCE(entry.product_id = %(product_id)s, false)::int * %(product)s
        + (entry.industry <> '' AND entry.industry = %(industry_name)s)::int * %(industry)s
        + (entry.segment <> '' AND entry.segment = %(segment_name)s)::int * %(segment)s
        + COALESCE(entry.stage_id = %(stage_id)s, false)::int * %(stage)s AS score
    FROM playbook_playbookentry entry
    WHERE entry.counts AND entry.is_current
        AND entry.deal_id <> %(deal)s
        AND (%(with_won)s OR entry.outcome <> 'won')
        AND (%(in_sales)s OR entry.open_to_company)
        AND entry.closing_id <> ALL(%(owed)s::bigint[])
) scored
WHERE score >= %(least)s
ORDER BY score DESC, closed_on DESC, debrief_id DESC
LIMIT %(candidates)s
) nearest
JOIN deals_deal deal ON deal.id = nearest.deal_id
LEFT JOIN deals_account account ON account.id = nearest.account_id
ORDER BY score DESC, closed_on DESC, debrief_id DESC
"""


@dataclass(frozen=True)
class SimilarDeal:
    """A deal like the one asked about; `why` says in words what they share."""

    debrief_id: int
    deal_id: int
    deal: str
    account: str
    outcome: Outcome
    closed_on: date
    excerpt: str
    why: str
    score: int

    @property
    def is_won(self) -> bool:
        return self.outcome == Outcome.WON


def similar_deals(deal_id: int, viewer: User, *, with_won: bool = False) -> list[SimilarDeal]:
    """Debriefed deals like this one, which may be open; lost ones only unless `with_won`.

    Four statements. Debriefs kept from `viewer` (`closings_owed_by`) are neither listed nor
    compared with. Http404 where `viewer` sees neither the deal nor a debrief of it.
    """
    if deal_id > LARGEST:
        raise Http404("No such deal.")
    owed = list(closings_owed_by(viewer).values_list("closing", flat=True))
    target = _target(deal_id, owed, viewer)
    rows = _rows(
        _CANDIDATES.format(**_columns(viewer)),
        {
            **WEIGHTS,
            "competitor_ids": target["competitor_ids"],
            "reason_ids": target["reason_ids"],
            "product_id": target["product_id"],
            "stage_id": target["stage_id"],
            "industry_name": target["industry"],
            "segment_name": target["segment"],
            "deal": deal_id,
            "owed": owed,
            "with_won": with_won,
            "in_sales": viewer.in_sales,
            "least": LEAST,
            "candidates": CANDIDATES,
        },
    )
    likeness = word_likeness(target["words"], [row["lexemes"] for row in rows])
    ranked = sorted(
        zip(rows, likeness, strict=True), key=lambda pair: (-pair[0]["score"], -pair[1])
    )
    return [_similar(row, target, like, viewer) for row, like in ranked[:SHOWN]]


def word_likeness(words: Iterable[str], others: Sequence[Sequence[str]]) -> list[float]:
    """For each of `others` the share of `words` found in it, rare words weighing more.

    From 0 to 1. A word is rare when few of the others have it; one that all have says
    nothing.
    """
    wanted = set(words)
    found = [wanted.intersection(other) for other in others]
    held = Counter(word for each in found for word in each)
    weight = {word: log((1 + len(others)) / (1 + count)) for word, count in held.items()}
    whole = sum(weight.values())
    return [sum(weight[word] for word in each) / whole if whole else 0.0 for each in found]


def _target(deal_id: int, owed: list[int], viewer: User) -> dict[str, Any]:
    """What is known of the deal, where `viewer` may see it or a debrief of it."""
    rows = _rows(
        _TARGET.format(**_columns(viewer)),
        {
            "deal": deal_id,
            "owed": owed,
            "in_sales": viewer.in_sales,
            "sees_deal": Deal.objects.visible_to(viewer).filter(pk=deal_id).exists(),
        },
    )
    if not rows:
        raise Http404("No such deal.")
    return rows[0]


def _columns(viewer: User) -> dict[str, str]:
    """The columns of what this person may read."""
    if viewer.in_sales:
        return {"words": "sales_words", "excerpt": "sales_excerpt", "notes": "deal.notes"}
    return {"words": "company_words", "excerpt": "company_excerpt", "notes": "''"}


def _rows(query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _similar(
    row: Mapping[str, Any], target: Mapping[str, Any], likeness: float, viewer: User
) -> SimilarDeal:
    return SimilarDeal(
        debrief_id=row["debrief_id"],
        deal_id=row["deal_id"],
        deal=row["name"],
        account=row["account"] or "",
        outcome=Outcome(row["outcome"]),
        closed_on=row["closed_on"],
        excerpt=row["excerpt"],
        why=_why(row, target, likeness, viewer),
        score=row["score"],
    )


def _why(row: Mapping[str, Any], target: Mapping[str, Any], likeness: float, viewer: User) -> str:
    """What the two deals share, the weightiest first: "same competitor (Norvik), same segment"."""
    shared = [
        _shared(
            "competitor", target["competitor_ids"], target["competitors"], row["competitor_ids"]
        )
    ]
    if viewer.in_sales:
        shared.append(_shared("reason", target["reason_ids"], target["reasons"], row["reason_ids"]))
    for label, column, name in (
        ("product", "product_id", target["product"]),
        ("industry", "industry", target["industry"]),
        ("segment", "segment", target["segment"]),
        ("stage", "stage_id", target["stage"]),
    ):
        if target[column] and row[column] == target[column]:
            shared.append(f"same {label} ({name})")
    if row["account_id"] and row["account_id"] == target["account_id"]:
        shared.insert(0, "same account")
    if likeness >= ALIKE:
        shared.append("similar words")
    return ", ".join(each for each in shared if each)


def _shared(label: str, ids: Sequence[int], names: Sequence[str], others: Sequence[int]) -> str:
    common = [name for pk, name in zip(ids, names, strict=True) if pk in others]
    return f"same {label} ({', '.join(common)})" if common else ""
