"""Hits as the API and the command give them."""

from typing import Any

from playbook.names import Name
from playbook.queries import Hit, Page


def as_json(page: Page) -> dict[str, Any]:
    """A page of hits as JSON-ready values; `next` is the address of the next page's query."""
    return {
        "total": page.total,
        "total_is_at_least": page.is_capped,
        "behind": page.behind,
        "next": page.next.address() if page.next else None,
        "hits": [hit_as_json(hit) for hit in page.hits],
    }


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """One hit. `snippet` is HTML whose only tags are `<mark>`."""
    return {
        "debrief_id": hit.debrief_id,
        "deal_id": hit.deal_id,
        "deal": hit.deal,
        "account": _named(hit.account),
        "outcome": hit.outcome.value,
        "closed_on": hit.closed_on.isoformat(),
        "stage": hit.stage or None,
        "product": hit.product or None,
        "amount": None if hit.amount is None else format(hit.amount, "f"),
        "currency": hit.currency,
        "competitors": [_named(each) for each in hit.competitors],
        "winner": _named(hit.winner),
        "reasons": [_named(each) for each in hit.reasons],
        "untested_reason_ids": list(hit.untested_ids),
        "is_second_view": not hit.counts,
        "is_reopened": hit.is_reopened,
        "excerpt": hit.excerpt,
        "snippet": None if hit.snippet is None else str(hit.snippet),
    }


def _named(name: Name | None) -> dict[str, Any] | None:
    return None if name is None else {"id": name.id, "name": name.name}
