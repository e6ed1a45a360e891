"""A template with a question of every kind, and rules between them."""

from typing import Any

from django.utils import timezone

from debriefs.kinds import Value
from debriefs.models import QuestionTemplate, TemplateVersion


def _asks(key: str, kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "text": text, **more}


def _rule(on: str, comparison: str, *values: str, then: str, target: str) -> dict[str, Any]:
    condition: dict[str, Any] = {"on": on, "comparison": comparison}
    if values:
        condition["values"] = list(values)
    return {"conditions": [condition], "effect": then, "target": target}


DEFINITION: dict[str, Any] = {
    "sections": [
        {
            "key": "buying",
            "title": "How they bought",
            "intro": "Their side of the table.",
            "audience": "company",
            "questions": [
                _asks(
                    "met_buyer", "rating", "Did we meet the buyer?", help="In person or by video."
                ),
                _asks("fit", "scale", "How well did we fit?", low="Not at all", high="Fully"),
                _asks("fit_gap", "long_text", "What did not fit?"),
                _asks(
                    "procedure",
                    "choice",
                    "How did they buy?",
                    required=True,
                    options=[
                        {"key": "tender", "label": "A tender"},
                        {"key": "direct", "label": "Direct talks"},
                        {"key": "renewal", "label": "A renewal"},
                    ],
                ),
                _asks(
                    "people",
                    "choices",
                    "Who decided?",
                    options=[
                        {"key": "it", "label": "IT"},
                        {"key": "finance", "label": "Finance"},
                        {"key": "board", "label": "The board"},
                    ],
                ),
            ],
        },
        {
            "key": "tendering",
            "title": "The tender",
            "audience": "sales",
            "questions": [
                _asks("bidders", "number", "How many bid?", unit="bidders"),
                _asks("due", "date", "When was it due?"),
                _asks("portal", "short_text", "Through which portal?"),
            ],
        },
        {
            "key": "next_time",
            "title": "Next time",
            "audience": "company",
            "questions": [
                _asks("do_differently", "long_text", "What would we do differently?", required=True)
            ],
        },
        {
            "key": "for_coach",
            "title": "Between you and your coach",
            "audience": "private",
            "questions": [
                _asks("mood", "scale", "How did it feel?"),
                _asks("for_my_coach", "long_text", "What would you like help with?"),
            ],
        },
    ],
    "rules": [
        _rule("fit", "at_most", "3", then="show", target="fit_gap"),
        _rule("fit", "at_most", "2", then="require", target="fit_gap"),
        _rule("procedure", "one_of", "tender", then="show", target="tendering"),
        _rule("bidders", "at_least", "5", then="require", target="due"),
        _rule("outcome", "one_of", "won", then="hide", target="for_my_coach"),
    ],
}

# A value of each kind, as a draft keeps it.
FIELDS = {
    "reasons.1.reason": "price",
    "reasons.1.basis": "buyer_said",
    "answers.met_buyer.rating": "partly",
    "answers.fit.value": "4",
    "answers.procedure.value": "tender",
    "answers.people.value": "it\nboard",
    "answers.bidders.value": "1200.5",
    "answers.due.value": "2026-02-28",
    "answers.portal.text": "e-Vergabe",
    "answers.do_differently.text": "Meet the finance head.",
    "answers.mood.value": "2",
}
# The same as `Answer.value` keeps it.
VALUES: dict[str, Value] = {
    "fit": 4,
    "procedure": "tender",
    "people": ["it", "board"],
    "bidders": "1200.5",
    "due": "2026-02-28",
    "mood": 2,
}


def publish(definition: dict[str, Any] = DEFINITION) -> TemplateVersion:
    """Make this the version that new debriefs are written on."""
    template = QuestionTemplate.objects.get(key="debrief")
    now = timezone.now()
    template.versions.filter(retired_at=None).update(retired_at=now)
    number = template.versions.count() + 1
    return TemplateVersion.objects.create(
        template=template, number=number, definition=definition, published_at=now
    )
