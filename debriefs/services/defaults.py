"""What an empty instance starts with: question template version 1 and the reason list."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from debriefs.models import (
    LossReason,
    QuestionTemplate,
    ReasonGroup,
    ReasonKind,
    TemplateVersion,
)


def _rating(key: str, text: str, help_text: str) -> dict[str, Any]:
    return {"key": key, "kind": "rating", "text": text, "help": help_text}


DEFINITION: dict[str, Any] = {
    "sections": [
        {
            "key": "client",
            "title": "The client's side",
            "intro": "What they needed, who decided, and what mattered most to them.",
            "audience": "company",
            "questions": [
                _rating(
                    "pain_points",
                    "Did we find the client's core pain points and address them fully?",
                    "Name the pain in the client's words, and the part we left open.",
                ),
                _rating(
                    "decision_makers",
                    "Did the key decision-makers join the conversation at the right time?",
                    "Roles are enough: who signed, who advised, who came in too late.",
                ),
                _rating(
                    "priorities",
                    "Was our solution aligned with the client's most pressing business priorities?",
                    "What was at the top of their list this year?",
                ),
            ],
        },
        {
            "key": "offer",
            "title": "Our offer against theirs",
            "intro": "How our value came across, and how we stood beside the competition.",
            "audience": "company",
            "questions": [
                _rating(
                    "value_roi",
                    "Did we state our unique value and the return on investment clearly?",
                    "Which figure convinced them, or which one was missing?",
                ),
                _rating(
                    "objections",
                    "Did we turn the client's objections into openings?",
                    "The objection that came up most, and what we made of it.",
                ),
                _rating(
                    "positioning",
                    "How well did we show that we are the better choice than the competitors?",
                    "What did they do that we could not answer?",
                ),
            ],
        },
        {
            "key": "ourselves",
            "title": "How we worked",
            "intro": "What held us up, and how quickly we moved. Read by sales only.",
            "audience": "sales",
            "questions": [
                _rating(
                    "internal_roadblocks",
                    "Did our own company keep pace with the deal? "
                    "If not, what slowed us down, and how do we remove it?",
                    "The process, never the person: an approval, a queue, a tool.",
                ),
                _rating(
                    "external_factors",
                    "Did we foresee and manage outside factors that could affect the deal?",
                    "A freeze, a merger, a new rule, an election.",
                ),
                _rating(
                    "adaptability",
                    "Were we quick enough to adapt to unexpected technical challenges?",
                    "What came up, and how long the answer took.",
                ),
            ],
        },
        {
            "key": "factors",
            "title": "What helped, what hurt",
            "intro": "Score what played a part. Leave the rest empty.",
            "audience": "sales",
            "factors": [
                {"key": "client_feedback", "name": "Client feedback"},
                {"key": "timing", "name": "Timing"},
                {"key": "decision_making", "name": "Decision-making"},
                {"key": "budget_constraints", "name": "Budget constraints"},
                {"key": "stakeholder_involvement", "name": "Stakeholder involvement"},
                {"key": "competitor_actions", "name": "Competitor actions"},
                {"key": "market_conditions", "name": "Market conditions"},
                {"key": "team_skills", "name": "Team skills"},
                {"key": "communication", "name": "Communication"},
            ],
        },
        {
            "key": "next_time",
            "title": "Next time",
            "intro": "The one thing that a colleague should take from this deal.",
            "audience": "company",
            "questions": [
                {
                    "key": "do_differently",
                    "kind": "long_text",
                    "text": "What would we do differently?",
                    "help": "One or two sentences are plenty.",
                    "required": True,
                }
            ],
        },
        {
            "key": "for_coach",
            "title": "Between you and your coach",
            "intro": "Read by you and your coach only.",
            "audience": "private",
            "questions": [
                {
                    "key": "for_my_coach",
                    "kind": "long_text",
                    "text": "What would you like help with?",
                    "help": "Nobody else sees this, and it is in no search.",
                }
            ],
        },
    ]
}

GROUPS = (
    ("commercial", "Price and terms"),
    ("product", "Product and fit"),
    ("competition", "Competition"),
    ("process", "Our sales process"),
    ("client", "The client's own situation"),
    ("unclear", "Not clear"),
)

# (key, name, group, definition, example, kind)
REASONS = (
    (
        "price",
        "Price",
        "commercial",
        "The budget owner compared our price with a known alternative and chose on it.",
        "“You were 20 % above the other offer for the same scope.”",
        ReasonKind.ORDINARY,
    ),
    (
        "terms",
        "Contract terms",
        "commercial",
        "Liability, payment, licence or notice terms that we could not or would not meet.",
        "Their lawyers insisted on unlimited liability.",
        ReasonKind.ORDINARY,
    ),
    (
        "missing_capability",
        "Missing capability",
        "product",
        "The client needed something that the product does not do today.",
        "No on-premises version; single sign-on only in the top plan.",
        ReasonKind.ORDINARY,
    ),
    (
        "implementation_effort",
        "Implementation effort",
        "product",
        "Going live looked too long, too risky or too much work for the client's own people.",
        "IT had no one free for a four-month roll-out.",
        ReasonKind.ORDINARY,
    ),
    (
        "competitor_stronger",
        "Competitor's stronger offer",
        "competition",
        "A rival showed a better answer to what mattered most, at a comparable price.",
        "Their industry template fitted on day one.",
        ReasonKind.ORDINARY,
    ),
    (
        "incumbent",
        "Incumbent kept",
        "competition",
        "The existing supplier or the in-house way of working was judged good enough.",
        "They renewed for two years to avoid the change.",
        ReasonKind.ORDINARY,
    ),
    (
        "no_access",
        "No access to decision-makers",
        "process",
        "We did not reach those who decide, or reached them too late.",
        "The new finance head stopped it; we had never met her.",
        ReasonKind.ORDINARY,
    ),
    (
        "slow_response",
        "We were too slow",
        "process",
        "An answer, an offer or a proof from our side came after the client had moved on.",
        "The security questionnaire took us three weeks.",
        ReasonKind.ORDINARY,
    ),
    (
        "budget_lost",
        "Budget lost or frozen",
        "client",
        "The money was cut, moved or never released, whatever the supplier.",
        "A spending freeze until the new year.",
        ReasonKind.ORDINARY,
    ),
    (
        "priorities_changed",
        "Priorities changed",
        "client",
        "The need went away or fell behind another project, a merger or a change of leadership.",
        "The new owner stopped all projects.",
        ReasonKind.ORDINARY,
    ),
    (
        "other",
        "Other",
        "unclear",
        "None of these. Say what it was, so that the list can learn.",
        "Their building flooded.",
        ReasonKind.OTHER,
    ),
    (
        "dont_know",
        "Don't know",
        "unclear",
        "We have no trustworthy sign of the reason. Say what you tried in order to find out.",
        "Two mails and a call went unanswered.",
        ReasonKind.DONT_KNOW,
    ),
)

ASKING_PRICE_CHECKS = ("price",)


@transaction.atomic
def install_defaults() -> None:
    """Give an instance without a template or reasons the first ones. Safe to call again."""
    if not QuestionTemplate.objects.exists():
        _install_template()
    if not ReasonGroup.objects.exists():
        _install_reasons()


def _install_template() -> None:
    template = QuestionTemplate.objects.create(key="debrief", name="Deal debrief", is_default=True)
    TemplateVersion.objects.create(
        template=template, number=1, definition=DEFINITION, published_at=timezone.now()
    )


def _install_reasons() -> None:
    groups = ReasonGroup.objects.bulk_create(
        ReasonGroup(key=key, name=name, position=position)
        for position, (key, name) in enumerate(GROUPS)
    )
    by_key = {group.key: group for group in groups}
    LossReason.objects.bulk_create(
        LossReason(
            key=key,
            name=name,
            group=by_key[group],
            definition=definition,
            example=example,
            kind=kind,
            asks_price_checks=key in ASKING_PRICE_CHECKS,
            position=position,
        )
        for position, (key, name, group, definition, example, kind) in enumerate(REASONS)
    )
