"""Rules and scopes as a person reads them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from deals.models import Outcome
from debriefs.models import Rating
from debriefs.questions import (
    OUTCOME,
    Comparison,
    Condition,
    Effect,
    Match,
    Question,
    QuestionKind,
    Rule,
    TemplateDefinition,
)
from debriefs.scopes import Scope

EFFECTS = {
    Effect.SHOW: "Show",
    Effect.HIDE: "Hide",
    Effect.REQUIRE: "Require",
    Effect.JUMP: "Jump to",
}
COMPARISONS = {
    Comparison.ONE_OF: "is one of",
    Comparison.NONE_OF: "is none of",
    Comparison.AT_LEAST: "is at least",
    Comparison.AT_MOST: "is at most",
    Comparison.ANSWERED: "is answered",
    Comparison.UNANSWERED: "is not answered",
}


def rule_words(definition: TemplateDefinition, rule: Rule) -> str:
    """`Show “Which rival?” if the outcome is “Lost to a competitor”.`"""
    titles = {section.key: section.title for section in definition.sections}
    target = titles.get(rule.target) or definition.wording(rule.target)
    joint = " and " if rule.match is Match.ALL else " or "
    conditions = joint.join(condition_words(definition, each) for each in rule.conditions)
    return f"{EFFECTS[rule.effect]} “{target}” if {conditions}."


def condition_words(definition: TemplateDefinition, condition: Condition) -> str:
    subject = "the outcome" if condition.on == OUTCOME else f"“{definition.wording(condition.on)}”"
    labels = answer_labels(definition, condition.on)
    values = ", ".join(f"“{labels.get(value, value)}”" for value in condition.values)
    how = COMPARISONS[condition.comparison]
    if len(condition.values) == 1:
        how = {"is one of": "is", "is none of": "is not"}.get(how, how)
    return " ".join(filter(None, (subject, how, values)))


def answer_labels(definition: TemplateDefinition, on: str) -> Mapping[str, str]:
    """The answers that a condition can choose from; empty where they are free."""
    if on == OUTCOME:
        return dict(Outcome.choices)
    question = next((q for q in definition.questions() if q.key == on), None)
    return {} if question is None else answers_of(question)


def answers_of(question: Question) -> Mapping[str, str]:
    """The answers that a question offers, each with its words; empty where it is free."""
    if question.kind is QuestionKind.RATING:
        return dict(Rating.choices)
    if question.kind is QuestionKind.SCALE:
        return {str(each): str(each) for each in range(1, 6)}
    return {option.key: option.label for option in question.options}


def scope_words(scope: Scope, *, products: Mapping[int, str], teams: Mapping[int, str]) -> str:
    """`won deals of 50,000 EUR and more in North`; “all deals” for everything."""
    words = [_outcome_words(scope.outcomes)]
    if scope.products:
        words.append("of " + _listed(products.get(each, "?") for each in scope.products))
    if scope.currency:
        words.append(_amount_words(scope))
    if scope.teams:
        words.append("in " + _listed(teams.get(each, "?") for each in scope.teams))
    return " ".join(words)


def _outcome_words(outcomes: frozenset[str]) -> str:
    lost = {each.value for each in Outcome if each.is_lost}
    if not outcomes:
        return "all deals"
    if outcomes == lost:
        return "lost deals"
    labels = [Outcome(each).label for each in Outcome.values if each in outcomes]
    if outcomes == {Outcome.WON}:
        return "won deals"
    return f"deals ended as “{'”, “'.join(labels)}”"


def _amount_words(scope: Scope) -> str:
    low, below = scope.amount_from, scope.amount_below
    if low is None:
        return f"below {_plain(below)} {scope.currency}"
    if below is None:
        return f"of {_plain(low)} {scope.currency} and more"
    return f"of {_plain(low)} to below {_plain(below)} {scope.currency}"


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():,f}"


def _listed(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))
