"""One small company with one of each: what the owner did, and who may read which word of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from deals.models import Closing, Currency, Deal, Outcome
from debriefs.edits import AddRule
from debriefs.models import Audience, Debrief, LossReason, QuestionTemplate, Rating
from debriefs.questions import (
    OUTCOME,
    Comparison,
    Condition,
    Effect,
    Rule,
    default_version,
)
from debriefs.services import templates
from people.models import ApiToken, Team, TeamKind, User
from playbook.services import rebuild_entries
from tests.factories import (
    AdminFactory,
    ApiTokenFactory,
    ClosingFactory,
    CompetitorFactory,
    DealFactory,
    DebriefFactory,
    DebriefRequestFactory,
    DraftFactory,
    ManagerFactory,
    MembershipFactory,
    NamedByImportFactory,
    PartnerFactory,
    RateFactory,
    TeamFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from trends.models import Annotation, AnnotationKind, SavedView
from trends.services import rebuild

ASKED = "quincewithheld"
ACTORS = ("anonymous", "owner", "other_rep", "manager", "other_manager", "admin", "partner")


@dataclass(frozen=True)
class Word:
    """A word that stands in one record only, and who may read it."""

    text: str
    readable_by: Callable[[User], bool]


@dataclass
class World:
    """`owner` did everything that stands here; `manager` is theirs, `other_rep` of another team.

    `other_rep` is asked for a second view of `asked`, so that what the owner says of it is
    kept from them.
    """

    owner: User
    other_rep: User
    manager: User
    other_manager: User
    admin: User
    partner: User
    team: Team
    named: User
    open_deal: Deal
    lost: Closing
    won: Closing
    undebriefed: Closing
    asked: Closing
    debrief: Debrief
    won_debrief: Debrief
    asked_debrief: Debrief
    begun: Debrief
    token: ApiToken
    large_deals: QuestionTemplate
    reason: LossReason
    view: SavedView
    shared_view: SavedView
    annotation: Annotation
    words: dict[str, Word] = field(default_factory=dict)

    def actor(self, name: str) -> User | None:
        return None if name == "anonymous" else getattr(self, name)


def _company() -> dict[str, Any]:
    """The actors: `owner` answers to `manager`, `other_rep` to `other_manager`."""
    people: dict[str, Any] = {
        "owner": UserFactory.create(username="owner", full_name="Rita Rep"),
        "other_rep": UserFactory.create(username="other_rep", full_name="Olga Outsider"),
        "manager": ManagerFactory.create(username="manager", full_name="Mona Manager"),
        "other_manager": ManagerFactory.create(username="other_manager", full_name="Oskar Other"),
        "admin": AdminFactory.create(username="admin", full_name="Ada Admin"),
        "partner": PartnerFactory.create(username="partner", full_name="Pablo Partner"),
    }
    company = TeamFactory.create(name="Example Inc", kind=TeamKind.COMPANY)
    team = TeamFactory.create(name="Atlas", parent=company, manager=people["manager"])
    other_team = TeamFactory.create(
        name="Borealis", parent=company, manager=people["other_manager"]
    )
    for name, place in (
        ("owner", team),
        ("manager", team),
        ("other_rep", other_team),
        ("other_manager", other_team),
    ):
        MembershipFactory.create(user=people[name], team=place)
    return {**people, "team": team}


def _large_deals(admin: User) -> QuestionTemplate:
    """A template of deals larger than any here, with a draft that has one condition."""
    draft = templates.create_template("Large deals")
    draft = templates.change_scope(
        draft,
        revision=draft.revision,
        amount_from=Decimal(10_000_000),
        currency=Currency.objects.get(code="EUR"),
    )
    template = templates.publish_draft(draft, revision=draft.revision, by=admin).template
    draft = templates.begin_draft(template)
    if_won = Condition(OUTCOME, Comparison.ONE_OF, (Outcome.WON,))
    rule = Rule((if_won,), Effect.HIDE, "objections")
    templates.edit_draft(draft, AddRule(rule), revision=draft.revision)
    return template


def build_world() -> World:
    company = _company()
    owner = company["owner"]
    rival = CompetitorFactory.create(name="Norvik")
    RateFactory.create()
    open_deal = DealFactory.create(owner=owner, name="Open Quillfeather", notes="notequill")
    lost = closed_deal(
        owner=owner,
        name="Lost Hazelnut",
        competitors=[rival],
        closing={"winner": rival, "closed_on": date(2026, 10, 5)},
    )
    won = closed_deal(
        owner=owner,
        name="Won Walnut",
        closing={"outcome": Outcome.WON, "closed_on": date(2026, 10, 6)},
    )
    undebriefed = ClosingFactory.create(
        deal__owner=owner, deal__name="Silent Pecan", closed_on=date(2026, 10, 7)
    )
    asked = closed_deal(
        owner=owner,
        name="Asked Almond",
        competitors=[rival],
        closing={"winner": rival, "closed_on": date(2026, 10, 8)},
    )
    DebriefRequestFactory.create(closing=asked, person=company["other_rep"], asked_by=owner)
    reason = LossReason.objects.get(key="price")
    world = World(
        **company,
        named=NamedByImportFactory.create(username="named", full_name="Nora Named"),
        open_deal=open_deal,
        lost=lost,
        won=won,
        undebriefed=undebriefed,
        asked=asked,
        asked_debrief=submitted_debrief(
            closing=asked, reasons=[reason], answers={"pain_points": _answer(ASKED, Audience.SALES)}
        ),
        debrief=_debrief_of(lost, reason, company_word="apricotcompany"),
        won_debrief=_debrief_of(won, None, company_word=""),
        begun=_begun(undebriefed),
        token=ApiTokenFactory.create(user=owner, name="tokenlychee"),
        large_deals=_large_deals(company["admin"]),
        reason=reason,
        view=SavedView.objects.create(owner=owner, name="Own view", page="reasons"),
        shared_view=SavedView.objects.create(
            owner=owner, name="Shared view", page="stages", shared_at=timezone.now()
        ),
        annotation=Annotation.objects.create(
            day=date(2026, 10, 6), kind=AnnotationKind.PRICE, words="New prices"
        ),
    )
    rebuild_entries()
    world.words = _words(world)
    rebuild()
    return world


def _debrief_of(closing: Closing, reason: LossReason | None, *, company_word: str) -> Debrief:
    kind = "won" if closing.outcome == Outcome.WON else "lost"
    answers = {
        "pain_points": _answer(f"tangerinesales{kind}", Audience.SALES),
        "internal_roadblocks": _answer(f"marmaladeprivate{kind}", Audience.PRIVATE),
    }
    if company_word:
        answers["value_roi"] = _answer(company_word, Audience.COMPANY)
    return submitted_debrief(
        closing=closing, reasons=[reason] if reason else [], answers=answers, factors={"timing": -1}
    )


def _answer(text: str, audience: Audience) -> dict[str, object]:
    return {"rating": Rating.NO, "text": f"We said {text} too late.", "audience": audience}


def _begun(closing: Closing) -> Debrief:
    DebriefRequestFactory.create(closing=closing)
    begun: Debrief = DebriefFactory.create(closing=closing, template_version=default_version())
    DraftFactory.create(
        debrief=begun, fields={"answers.pain_points.text": ["pomelodraft", 1, "w1"]}, revision=1
    )
    return begun


def _words(world: World) -> dict[str, Word]:
    """Who may read what, as the design decides it, written down once more by hand."""
    author, coach = world.owner, world.manager
    of_author = {author.pk}
    of_coach = {author.pk, coach.pk}
    asked = {world.other_rep.pk}
    above = {author.pk, coach.pk, world.admin.pk}
    return {
        "open_deal": Word("Quillfeather", lambda user: user.pk in above),
        "open_deal_notes": Word("notequill", lambda user: user.pk in above),
        "lost_deal": Word("Hazelnut", lambda _user: True),
        "won_deal": Word("Walnut", lambda user: user.in_sales),
        "undebriefed_deal": Word("Pecan", lambda user: user.in_sales),
        "company": Word("apricotcompany", lambda _user: True),
        "sales": Word("tangerinesaleslost", lambda user: user.in_sales),
        "sales_won": Word("tangerinesaleswon", lambda user: user.in_sales),
        "asked_deal": Word("Almond", lambda user: user.in_sales),
        "withheld": Word(ASKED, lambda user: user.in_sales and user.pk not in asked),
        "private": Word("marmaladeprivatelost", lambda user: user.pk in of_coach),
        "private_won": Word("marmaladeprivatewon", lambda user: user.pk in of_coach),
        "draft": Word("pomelodraft", lambda user: user.pk in of_author),
        "token": Word("tokenlychee", lambda user: user.pk in of_author),
    }
