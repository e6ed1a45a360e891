"""Rows for tests, each valid by itself; name in a test only what the test is about."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, SubFactory
from factory.declarations import Sequence as Numbered
from factory.django import DjangoModelFactory

from common.money import minor_units
from common.text import name_key
from deals.models import (
    Account,
    Closing,
    Competitor,
    Currency,
    Deal,
    DealAttribute,
    DealCompetitor,
    Outcome,
    Product,
    Rate,
    Stage,
)
from debriefs.models import (
    Answer,
    Audience,
    Basis,
    CitedReason,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    Draft,
    FactorScore,
    LossReason,
    QuestionTemplate,
    Rating,
    ReasonGroup,
    TemplateVersion,
)
from debriefs.questions import default_version
from people.models import ApiToken, Membership, Role, Team, TeamKind, User
from trends.models import Signal, SignalStep

PASSWORD = "correct horse battery staple"
LONG_AGO = date(2020, 1, 1)
CLOSED_ON = date(2026, 3, 10)
SUBMITTED_AT = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    """An active rep who can sign in with `PASSWORD`."""

    class Meta:
        model = User

    username = Numbered(lambda n: f"person{n}")
    email: Any = LazyAttribute(lambda person: f"{person.username}@example.com")
    full_name = LazyAttribute(lambda person: f"{person.username.title()} Example")
    password: str | None = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class ManagerFactory(UserFactory):
    role = Role.MANAGER


class AdminFactory(UserFactory):
    role = Role.ADMIN


class PartnerFactory(UserFactory):
    role = Role.PARTNER


class NamedByImportFactory(UserFactory):
    """A person whom an import named: no address, no password, inactive."""

    email = None
    password = None
    is_active = False


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    name = Numbered(lambda n: f"Team {n}")
    kind = TeamKind.TEAM


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    team = SubFactory(TeamFactory)
    since = LONG_AGO


class ApiTokenFactory(DjangoModelFactory[ApiToken]):
    class Meta:
        model = ApiToken

    user = SubFactory(UserFactory)
    name = "nightly export"
    prefix = "rfl_0000"
    digest = LazyFunction(lambda: uuid.uuid4().hex * 2)


class CatalogueEntryFactory(DjangoModelFactory[Any]):
    """A listed name; `reviewed_at=None` makes it one as written that awaits a decision."""

    class Meta:
        abstract = True
        django_get_or_create = ("name_key",)

    name_key = LazyAttribute(lambda entry: name_key(entry.name))
    reviewed_at = SUBMITTED_AT


class AccountFactory(CatalogueEntryFactory):
    class Meta:
        model = Account

    name = Numbered(lambda n: f"Account {n}")
    country = "Germany"
    industry = "Retail"
    segment = "Mid-market"


class CompetitorFactory(CatalogueEntryFactory):
    class Meta:
        model = Competitor

    name = Numbered(lambda n: f"Rival {n}")


class ProductFactory(CatalogueEntryFactory):
    class Meta:
        model = Product

    name = Numbered(lambda n: f"Product {n}")


class StageFactory(CatalogueEntryFactory):
    class Meta:
        model = Stage

    name = "Proposal"
    position = 3


class CurrencyFactory(DjangoModelFactory[Currency]):
    class Meta:
        model = Currency
        django_get_or_create = ("code",)

    code = "USD"
    name = LazyAttribute(lambda currency: currency.code)
    decimals = LazyAttribute(lambda currency: minor_units(currency.code))


class RateFactory(DjangoModelFactory[Rate]):
    class Meta:
        model = Rate

    currency = SubFactory(CurrencyFactory, code="EUR")
    since = LONG_AGO
    rate = Decimal("1.1")


class DealFactory(DjangoModelFactory[Deal]):
    """An open deal; `ClosingFactory(deal=...)` or `closed_deal()` closes it."""

    class Meta:
        model = Deal

    source = "crm"
    external_id = Numbered(lambda n: f"D-{n}")
    name = Numbered(lambda n: f"Deal {n}")
    account = SubFactory(AccountFactory)
    owner = SubFactory(UserFactory)
    product = SubFactory(ProductFactory)
    stage = SubFactory(StageFactory)
    opened_on = date(2026, 1, 5)
    amount = Decimal("1000.000")
    currency = SubFactory(CurrencyFactory)


class ClosingFactory(DjangoModelFactory[Closing]):
    """A deal's next closing: lost to nobody named, unless the test says otherwise."""

    class Meta:
        model = Closing

    deal = SubFactory(DealFactory)
    number = LazyAttribute(
        lambda closing: Closing.objects.filter(deal_id=closing.deal.pk).count() + 1
    )
    closed_on = CLOSED_ON
    outcome = Outcome.LOST_TO_COMPETITOR
    stage = SelfAttribute("deal.stage")
    amount = SelfAttribute("deal.amount")
    currency = SelfAttribute("deal.currency")


class DealAttributeFactory(DjangoModelFactory[DealAttribute]):
    class Meta:
        model = DealAttribute

    deal = SubFactory(DealFactory)
    key = "Lead source"
    value = "Referral"


def closed_deal(
    *, competitors: Sequence[Competitor] = (), closing: Mapping[str, Any] | None = None, **deal: Any
) -> Closing:
    """A deal that closed, having met `competitors`; `closing` holds the closing's own fields."""
    made = ClosingFactory.create(deal=DealFactory.create(**deal), **(closing or {}))
    for competitor in competitors:
        DealCompetitor.objects.create(deal=made.deal, competitor=competitor)
    return made


class ReasonGroupFactory(DjangoModelFactory[ReasonGroup]):
    class Meta:
        model = ReasonGroup
        django_get_or_create = ("key",)

    key = "commercial"
    name = LazyAttribute(lambda group: group.key.title())


class LossReasonFactory(DjangoModelFactory[LossReason]):
    class Meta:
        model = LossReason
        django_get_or_create = ("key",)

    key = Numbered(lambda n: f"reason-{n}")
    name = LazyAttribute(lambda reason: reason.key.replace("-", " ").capitalize())
    group = SubFactory(ReasonGroupFactory)
    definition = "What it means when somebody cites it."


class QuestionTemplateFactory(DjangoModelFactory[QuestionTemplate]):
    class Meta:
        model = QuestionTemplate
        django_get_or_create = ("key",)

    key = "tests"
    name = "Template of the tests"


class TemplateVersionFactory(DjangoModelFactory[TemplateVersion]):
    """A published version without questions of its own."""

    class Meta:
        model = TemplateVersion
        django_get_or_create = ("template", "number")

    template = SubFactory(QuestionTemplateFactory)
    number = 1
    definition = LazyFunction(dict)
    published_at = SUBMITTED_AT


class DebriefFactory(DjangoModelFactory[Debrief]):
    """A debrief begun and not yet submitted: by the deal's owner, on the template of today."""

    class Meta:
        model = Debrief

    closing = SubFactory(ClosingFactory)
    author = SelfAttribute("closing.deal.owner")
    template_version = LazyFunction(default_version)


class DraftFactory(DjangoModelFactory[Draft]):
    class Meta:
        model = Draft

    debrief = SubFactory(DebriefFactory)


class DebriefVersionFactory(DjangoModelFactory[DebriefVersion]):
    class Meta:
        model = DebriefVersion

    debrief = SubFactory(DebriefFactory)
    number = LazyAttribute(
        lambda version: DebriefVersion.objects.filter(debrief_id=version.debrief.pk).count() + 1
    )
    submitted_at = SUBMITTED_AT


class AnswerFactory(DjangoModelFactory[Answer]):
    class Meta:
        model = Answer

    version = SubFactory(DebriefVersionFactory)
    key = "pain_points"
    rating = Rating.PARTLY
    text = ""
    audience = Audience.SALES


class FactorScoreFactory(DjangoModelFactory[FactorScore]):
    class Meta:
        model = FactorScore

    version = SubFactory(DebriefVersionFactory)
    key = "timing"
    score = -1
    audience = Audience.SALES


class CitedReasonFactory(DjangoModelFactory[CitedReason]):
    class Meta:
        model = CitedReason

    version = SubFactory(DebriefVersionFactory)
    rank = 1
    reason = SubFactory(LossReasonFactory)
    basis = Basis.BUYER_SAID


class DebriefRequestFactory(DjangoModelFactory[DebriefRequest]):
    class Meta:
        model = DebriefRequest

    closing = SubFactory(ClosingFactory)
    person = SelfAttribute("closing.deal.owner")
    due_at = SUBMITTED_AT


class SignalFactory(DjangoModelFactory[Signal]):
    """Losses to somebody have risen since the beginning of October 2026; nobody has looked at it."""

    class Meta:
        model = Signal

    series = LazyAttribute(lambda signal: f"{signal.dimension}:{signal.value}")
    dimension = "winner"
    value = Numbered(str)
    name = "Norvik"
    kind = "level"
    direction = 1
    onset = date(2026, 9, 28)
    seen_until = date(2026, 11, 15)
    hits = 22
    deals = 236
    hits_before = 13
    deals_before = 497
    weeks_before = 55
    strength = 0.5
    p_value = 0.0001
    once_in_quarters = 470.0
    any_once_in_quarters = 5.0
    series_watched = 280
    sentence = "Losses to Norvik rose from 3 to 11 a quarter; chance alone would do this about once in 470 quarters."
    raised_on = date(2026, 11, 20)


class SignalStepFactory(DjangoModelFactory[SignalStep]):
    class Meta:
        model = SignalStep

    signal = SubFactory(SignalFactory)
    state = "new"


def submitted_debrief(
    *,
    reasons: Sequence[LossReason] = (),
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    factors: Mapping[str, int] | None = None,
    submitted_at: datetime = SUBMITTED_AT,
    **debrief: Any,
) -> Debrief:
    """A debrief with its current version: reasons in rank order, answers and factors by key.

    `answers` maps a question's key to fields of `Answer`: `{"value_roi": {"text": "..."}}`.
    """
    made = DebriefFactory.create(**debrief)
    version = DebriefVersionFactory.create(debrief=made, submitted_at=submitted_at)
    for rank, reason in enumerate(reasons, start=1):
        CitedReasonFactory.create(version=version, rank=rank, reason=reason)
    for key, fields in (answers or {}).items():
        AnswerFactory.create(version=version, key=key, **fields)
    for key, score in (factors or {}).items():
        FactorScoreFactory.create(version=version, key=key, score=score)
    made.submitted_at = submitted_at
    made.current_version = version
    made.save(update_fields=["submitted_at", "current_version"])
    return made
