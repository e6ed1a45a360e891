"""How the playbook's facts read in a line."""

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.charts import money
from deals.models import Outcome

if TYPE_CHECKING:
    from playbook.queries import Hit

register = template.Library()


@register.simple_tag
def outcome_badge(outcome: str) -> SafeString:
    """Won or how it was lost, in words first and in colour second."""
    known = Outcome(outcome)
    css = "badge-lost" if known.is_lost else "badge-won"
    return format_html('<span class="tag-badge {}">{}</span>', css, known.label)


@register.filter
def facts_line(hit: "Hit") -> str:
    """Account, day, stage, product, amount and author, as far as they are known."""
    amount = money(hit.currency).label(hit.amount) if hit.amount is not None else ""
    parts = (
        hit.account.name if hit.account else "No account",
        f"{hit.closed_on:%-d %b %Y}",
        hit.stage,
        hit.product,
        amount,
        hit.author,
    )
    return " · ".join(part for part in parts if part)
