"""One debrief as its reader may see it, in the order in which it is worth reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from common.charts import figure, money
from deals.facts import facts_of
from deals.models import Closing, Outcome
from debriefs.hindsight import ASKED as HINDSIGHT_ASKED
from debriefs.hindsight import Hindsight
from debriefs.kinds import typed_value, value_words
from debriefs.models import Answer, Audience, CitedReason, Debrief, DebriefVersion, FactorScore
from debriefs.price import PriceChecks
from debriefs.queries.judgements import (
    Judged,
    Meant,
    Outdated,
    judged,
    meanings,
    outdated_judgement,
)
from debriefs.questions import Question, TemplateDefinition
from people.models import User
from playbook.factor_chart import FactorChart, ScoredFactor

LESSON = "do_differently"


@dataclass(frozen=True)
class Link:
    """A word of a fact; `href` is empty where it has no page."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Fact:
    """A fact of today, and what it was when the debrief was written, where that differs."""

    label: str
    now: tuple[Link, ...]
    then: str = ""
    has_changed: bool = False


@dataclass(frozen=True)
class Reason:
    """A cited reason. `basis` says how the author knows; `checks` are those of a price, in words.

    `meant` is what others said that it was: a part of a split reason, or in triage.
    """

    id: int
    name: Link
    basis: str
    quote: str
    text: str
    is_untested: bool
    checks: tuple[str, ...]
    meant: tuple[Meant, ...] = ()


@dataclass(frozen=True)
class Reply:
    """The answer to one question; `only` names its readers when not the whole company.

    `value` is that of a question of another kind than a rating or a text, in words.
    """

    key: str
    question: str
    rating: str
    rating_words: str
    text: str
    only: str
    value: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class OtherView:
    """Another debrief of the same deal."""

    debrief_id: int
    author: str
    closed_on: date
    outcome: str
    same_closing: bool


@dataclass(frozen=True)
class Version:
    number: int
    submitted_at: datetime
    is_current: bool


@dataclass(frozen=True)
class DebriefPage:
    """Everything that the page of one debrief shows."""

    debrief_id: int
    closing_id: int
    deal_id: int
    deal: str
    outcome: Outcome
    closed_on: date
    author: str
    submitted_at: datetime
    is_reopened: bool
    counts: bool
    facts: tuple[Fact, ...]
    lesson: str
    reasons: tuple[Reason, ...]
    judged: Judged | None
    outdated: Outdated | None
    was_runner_up: bool | None
    runner_up_basis: str
    runner_up_evidence: str
    sections: tuple[Section, ...]
    factors: SafeString | None
    factor_notes: tuple[ScoredFactor, ...]
    others: tuple[OtherView, ...]
    versions: tuple[Version, ...]
    withheld: int

    @property
    def changed_facts(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.has_changed]

    @property
    def same_closing(self) -> list[OtherView]:
        return [view for view in self.others if view.same_closing]

    @property
    def other_closings(self) -> list[OtherView]:
        return [view for view in self.others if not view.same_closing]


def find_debrief(viewer: User) -> QuerySet[Debrief]:
    """Submitted debriefs that `viewer` may open, with all that their page needs."""
    visible = Debrief.objects.visible_to(viewer).submitted()
    return visible.select_related("author", "current_version", "template_version")


def find_withheld(debrief_id: int, viewer: User) -> Debrief | None:
    """The debrief where `viewer` may read it once they have submitted or declined their own."""
    withheld = Debrief.objects.withheld_from(viewer).filter(pk=debrief_id)
    return withheld.select_related("author", "closing__deal").first()


def debrief_page(debrief: Debrief, viewer: User) -> DebriefPage:
    """The page of a debrief that `viewer` may see, as far as they may see it."""
    closing = Closing.objects.with_facts().get(pk=debrief.closing_id)
    version = debrief.current_version
    assert version is not None
    definition = TemplateDefinition.of(debrief.template_version)
    answers = _readable(Answer.objects.visible_to(viewer), version)
    factors = list(
        FactorScore.objects.visible_to(viewer).filter(version=version).exclude(score=None)
    )
    scored = _scored(factors, definition)
    return DebriefPage(
        debrief_id=debrief.pk,
        closing_id=closing.pk,
        deal_id=closing.deal_id,
        deal=closing.deal.name,
        outcome=Outcome(closing.outcome),
        closed_on=closing.closed_on,
        author=str(debrief.author) if viewer.in_sales else "",
        submitted_at=version.submitted_at,
        is_reopened=closing.reopened_at is not None,
        counts=Debrief.objects.counting().filter(pk=debrief.pk).exists(),
        facts=_facts(version.facts, facts_of(closing), viewer),
        lesson=answers[LESSON].text if LESSON in answers else "",
        reasons=_with_meanings(version, viewer),
        judged=judged(version) if viewer.in_sales else None,
        outdated=outdated_judgement(version) if viewer.in_sales else None,
        was_runner_up=version.was_runner_up if viewer.in_sales else None,
        runner_up_basis=version.get_runner_up_basis_display() if viewer.in_sales else "",
        runner_up_evidence=version.runner_up_evidence if viewer.in_sales else "",
        sections=(*_sections(answers, definition), *_hindsight(version, viewer)),
        factors=figure(FactorChart(scored)) if scored else None,
        factor_notes=tuple(factor for factor in scored if factor.note),
        others=_others(debrief, closing, viewer),
        versions=_versions(debrief, viewer),
        withheld=0 if viewer.in_sales else _withheld(version),
    )


def _readable(answers: QuerySet[Answer], version: DebriefVersion) -> dict[str, Answer]:
    return {answer.key: answer for answer in answers.filter(version=version)}


def _sections(answers: Mapping[str, Answer], definition: TemplateDefinition) -> tuple[Section, ...]:
    """The sections of the template with the answers given; the lesson stands at the top instead."""
    answers = {key: each for key, each in answers.items() if key != LESSON or not each.text}
    asked = {question.key for question in definition.questions()}
    sections = [
        Section(
            section.title,
            tuple(
                _reply(answers[question.key], question)
                for question in section.questions
                if question.key in answers
            ),
        )
        for section in definition.sections
    ]
    rest = [answer for key, answer in answers.items() if key not in asked]
    sections.append(Section("More", tuple(_reply(answer, None) for answer in rest)))
    return tuple(section for section in sections if section.replies)


def _hindsight(version: DebriefVersion, viewer: User) -> tuple[Section, ...]:
    """What the author says looking back, for sales."""
    said = Hindsight.of(version).said() if viewer.in_sales else []
    only = Audience.SALES.label
    replies = tuple(Reply(name, HINDSIGHT_ASKED[name], "", "", text, only) for name, text in said)
    return (Section("Looking back", replies),) if replies else ()


def _reply(answer: Answer, question: Question | None) -> Reply:
    only = "" if answer.audience == Audience.COMPANY else Audience(answer.audience).label
    return Reply(
        key=answer.key,
        question=question.text if question else answer.key,
        rating=answer.rating,
        rating_words=answer.get_rating_display() if answer.rating else "",
        text=answer.text,
        only=only,
        value=_value(answer, question),
    )


def _value(answer: Answer, question: Question | None) -> str:
    """A value in words; as it was typed where its template doesn't know the question."""
    return value_words(question, answer.value) if question else typed_value(answer.value)


def _scored(factors: Iterable[FactorScore], definition: TemplateDefinition) -> list[ScoredFactor]:
    """What hurt most comes first."""
    scored = [
        ScoredFactor(definition.wording(factor.key), factor.score, factor.note)
        for factor in factors
        if factor.score is not None
    ]
    return sorted(scored, key=lambda factor: (factor.score, factor.name))


def _with_meanings(version: DebriefVersion, viewer: User) -> tuple[Reason, ...]:
    """The cited reasons with what others said that they meant."""
    reasons = _reasons(version, viewer)
    meant = meanings(version) if reasons else {}
    return tuple(replace(each, meant=tuple(meant.get(each.id, ()))) for each in reasons)


def _reasons(version: DebriefVersion, viewer: User) -> tuple[Reason, ...]:
    cited = CitedReason.objects.visible_to(viewer).filter(version=version).select_related("reason")
    return tuple(
        Reason(
            id=each.reason_id,
            name=Link(each.reason.name, reverse("playbook:reason", args=[each.reason_id])),
            basis=each.get_basis_display(),
            quote=each.quote,
            text=each.text,
            is_untested=each.is_untested,
            checks=PriceChecks.of(each).in_words(),
        )
        for each in cited.order_by("rank")
    )


def _others(debrief: Debrief, closing: Closing, viewer: User) -> tuple[OtherView, ...]:
    """Other people's debriefs of this closing, then those of the deal's other closings."""
    others = (
        Debrief.objects.visible_to(viewer)
        .submitted()
        .filter(closing__deal=closing.deal_id)
        .exclude(pk=debrief.pk)
        .select_related("closing", "author")
        .order_by("-closing__number", "submitted_at")
    )
    return tuple(
        OtherView(
            debrief_id=other.pk,
            author=str(other.author) if viewer.in_sales else "Another debrief",
            closed_on=other.closing.closed_on,
            outcome=other.closing.get_outcome_display(),
            same_closing=other.closing_id == closing.pk,
        )
        for other in others
    )


def _versions(debrief: Debrief, viewer: User) -> tuple[Version, ...]:
    """All versions, the latest first; a partner reads only the one that counts."""
    if viewer.is_partner:
        return ()
    return tuple(
        Version(version.number, version.submitted_at, version.pk == debrief.current_version_id)
        for version in debrief.versions.order_by("-number")
    )


def _withheld(version: DebriefVersion) -> int:
    """How many answers are shared within sales only; private ones are not even counted."""
    return Answer.objects.filter(version=version, audience=Audience.SALES).count()


def _facts(then: Mapping[str, Any], now: Mapping[str, Any], viewer: User) -> tuple[Fact, ...]:
    before, today = fact_words(then, viewer), fact_words(now, viewer)
    return tuple(
        Fact(
            label=label,
            now=words,
            then=joined(before.get(label, ())) or "unknown",
            has_changed=bool(then) and joined(before.get(label, ())) != joined(words),
        )
        for label, words in today.items()
        if words or before.get(label)
    )


def joined(words: Sequence[Link]) -> str:
    return ", ".join(word.text for word in words)


def fact_words(facts: Mapping[str, Any], viewer: User) -> dict[str, tuple[Link, ...]]:
    """The facts by label, as words with links. Partners aren't told whose deal it was."""
    words = {
        "Account": _linked("account", facts.get("account")),
        "Segment": _plain(facts.get("segment")),
        "Industry": _plain(facts.get("industry")),
        "Country": _plain(facts.get("country")),
        "Product": _linked("product", facts.get("product")),
        "Competitors met": tuple(
            link for each in facts.get("competitors", ()) for link in _linked("competitor", each)
        ),
        "Won by": _linked("competitor", facts.get("winner")),
        "Outcome": _plain(Outcome(facts["outcome"]).label if facts.get("outcome") else ""),
        "Stage": _plain((facts.get("stage") or {}).get("name")),
        "Amount": _plain(_amount(facts)),
        "Opened on": _plain(_day(facts.get("opened_on"))),
        "Closed on": _plain(_day(facts.get("closed_on"))),
    }
    if viewer.in_sales:
        words["Owner"] = _plain((facts.get("owner") or {}).get("name"))
        for key, value in (facts.get("attributes") or {}).items():
            words[key] = _plain(value)
    return words


def _plain(text: str | None) -> tuple[Link, ...]:
    return (Link(text),) if text else ()


def _linked(kind: str, entry: Mapping[str, Any] | None) -> tuple[Link, ...]:
    if not entry:
        return ()
    return (Link(entry["name"], reverse(f"playbook:{kind}", args=[entry["id"]])),)


def _amount(facts: Mapping[str, Any]) -> str:
    if facts.get("amount") is None:
        return ""
    return money(facts["currency"]).full(Decimal(facts["amount"]))


def _day(iso: str | None) -> str:
    return f"{date.fromisoformat(iso):%-d %B %Y}" if iso else ""
