"""The lists of codes as their page shows them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from debriefs.models import CodedText, TextCode


@dataclass(frozen=True)
class CodeRow:
    """A code with how many texts bear it. `merged_into` names the one that stands for it."""

    id: int
    name: str
    texts: int
    merged_into: str


def listed_codes(text: CodedText) -> list[CodeRow]:
    coded = Count("codings", filter=Q(codings__taken_back_at=None))
    rows: Any = TextCode.objects.of(text).select_related("merged_into").annotate(texts=coded)
    return [
        CodeRow(row.pk, row.name, row.texts, str(row.merged_into or ""))
        for row in rows.order_by("name")
    ]
