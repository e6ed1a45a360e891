"""Small random companies: few values, so that cells collide, and every rule met in a few deals."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

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
    CitedReason,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    FactorScore,
    LossReason,
    Rating,
    ReasonGroup,
    TemplateVersion,
)
from debriefs.price import PriceChecks, is_untested
from debriefs.questions import default_version
from people.models import Membership, Team, TeamKind, User
from tests.debriefs.histories import Coder, ListEditor

FIRST_DAY = date(2025, 10, 20)
DAYS = 200
FACTORS = ("timing", "communication", "team_skills")
QUESTIONS = ("value_roi", "objections")
ATTRIBUTES = {"size": ("S", "M", "L", "Ü, große"), "Lead source": ("web", "fair")}
AMOUNTS = (None, "0", "1", "0.005", "0.015", "10.125", "12345.678", "99999999.999", "7.77")


@dataclass
class World:
    """The rows of a random company; `random` goes on drawing."""

    random: Random
    people: list[User] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    competitors: list[Competitor] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    reasons: list[LossReason] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    template: TemplateVersion | None = None

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.random.randrange(DAYS))

    def some(self, values: list, share: float = 0.8):  # type: ignore[no-untyped-def, type-arg]
        """One of the values, or none."""
        return self.random.choice(values) if values and self.random.random() < share else None


def build_world(seed: int, *, deals: int) -> World:
    world = World(Random(seed))
    _people(world)
    _catalogue(world)
    _reasons(world)
    _currencies(world)
    world.template = default_version()
    for number in range(deals):
        add_deal(world, f"W-{number}")
    change_reasons(world, world.random.choice([0, 3, 12]))
    say_what_was_meant(world, world.random.choice([0, 6]))
    return world


def _people(world: World) -> None:
    company = Team.objects.create(name="World", kind=TeamKind.COMPANY)
    regions = [
        Team.objects.create(name=name, kind=TeamKind.REGION, parent=company)
        for name in ("East", "West")
    ]
    world.teams = [
        Team.objects.create(name=f"T{n}", parent=world.random.choice([*regions, company]))
        for n in range(3)
    ]
    world.people = User.objects.bulk_create(
        [User(username=f"w{n}", full_name=f"Person {n % 4}") for n in range(5)]
    )
    for person in world.people[:-1]:
        move(world, person, FIRST_DAY)
        if world.random.random() < 0.5:
            move(world, person, world.day() + timedelta(days=1))


def move(world: World, person: User, since: date) -> None:
    """A person belongs to another team from `since` on, whatever stood after."""
    Membership.objects.filter(user=person, since__gte=since).delete()
    Membership.objects.filter(user=person, since__lt=since).exclude(until__lte=since).update(
        until=since
    )
    if world.random.random() < 0.9:
        Membership.objects.create(user=person, team=world.random.choice(world.teams), since=since)


def _catalogue(world: World) -> None:
    world.products = Product.objects.bulk_create(
        [Product(name=f"P{n}", name_key=f"p{n}") for n in range(4)]
    )
    world.competitors = Competitor.objects.bulk_create(
        [Competitor(name=f"C{n}", name_key=f"c{n}") for n in range(4)]
    )
    world.stages = Stage.objects.bulk_create(
        [Stage(name=f"S{n}", name_key=f"s{n}", position=9 - n) for n in range(3)]
    )
    world.accounts = Account.objects.bulk_create(
        [
            Account(
                name=f"A{n}",
                name_key=f"a{n}",
                segment=world.random.choice(["", "Small", "Large"]),
                industry=world.random.choice(["", "Retail", "Energy"]),
                country=world.random.choice(["", "DE", "FR"]),
            )
            for n in range(5)
        ]
    )
    for entries in (world.products, world.competitors, world.stages, world.accounts):
        if world.random.random() < 0.6:
            merge(entries[0], entries[1])
        if world.random.random() < 0.3:
            merge(entries[1], entries[2])


def merge(entry, into) -> None:  # type: ignore[no-untyped-def]
    entry.merged_into = into
    entry.save(update_fields=["merged_into"])


def _reasons(world: World) -> None:
    groups = ReasonGroup.objects.bulk_create(
        [ReasonGroup(key=f"w-group-{n}", name=f"Group {n}", position=50 - n) for n in range(2)]
    )
    world.reasons = LossReason.objects.bulk_create(
        [
            LossReason(
                key=f"w-reason-{n}",
                name=f"Reason {n}",
                group=world.random.choice(groups),
                definition="d",
                position=n,
            )
            for n in range(5)
        ]
    )
    world.reasons.append(LossReason.objects.get(key="other"))


def change_reasons(world: World, times: int) -> None:
    """Random changes of the reason list, each from a day in the world's time."""
    by = world.people[0]
    ListEditor(world.random, by, first_day=FIRST_DAY, days=DAYS).some(times)


def say_what_was_meant(world: World, times: int) -> None:
    """Random recodings, triage and managers' judgements of what was cited."""
    coder = Coder(world.random, world.people[0], first_day=FIRST_DAY, days=DAYS)
    coder.some(times)
    versions = list(DebriefVersion.objects.order_by("pk"))
    for version in world.random.sample(versions, min(len(versions), times)):
        coder.judge(version)


def _currencies(world: World) -> None:
    for code, decimals in (("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("XXX", 2)):
        Currency.objects.get_or_create(code=code, defaults={"name": code, "decimals": decimals})
    for code in ("EUR", "JPY", "KWD"):
        for _ in range(world.random.randrange(1, 4)):
            set_rate(world, code)


def set_rate(world: World, code: str) -> tuple[date, date | None]:
    """A random rate from a random day; returns the days whose rate it changes."""
    since = world.day() - timedelta(days=30)
    rate = Decimal(world.random.choice(["0.5", "1.1", "0.0067", "3.2525", "1.0000000001"]))
    Rate.objects.update_or_create(currency_id=code, since=since, defaults={"rate": rate})
    later = Rate.objects.filter(currency_id=code, since__gt=since).order_by("since").first()
    return since, later.since if later else None


def add_deal(world: World, external_id: str) -> Deal:
    deal = Deal.objects.create(
        source="world",
        external_id=external_id,
        name=external_id,
        account=world.some(world.accounts),
        owner=world.some(world.people, 0.9),
        product=world.some(world.products),
        opened_on=world.some([world.day()]),
    )
    world.deals.append(deal)
    for competitor in world.random.sample(world.competitors, world.random.choice([0, 0, 1, 2, 3])):
        DealCompetitor.objects.create(deal=deal, competitor=competitor)
    for key, values in ATTRIBUTES.items():
        if world.random.random() < 0.4:
            value = world.random.choice(values)
            DealAttribute.objects.create(deal=deal, key=key, value=value)
    if world.random.random() < 0.95:
        close(world, deal)
    if world.random.random() < 0.2:
        reopen(deal)
        if world.random.random() < 0.7:
            close(world, deal)
    return deal


def close(world: World, deal: Deal) -> None:
    if deal.closings.filter(reopened_at=None).exists():
        return
    outcome = world.random.choice([Outcome.WON, Outcome.WON, *Outcome.values])
    amount = world.random.choice(AMOUNTS)
    closing = Closing.objects.create(
        deal=deal,
        number=deal.closings.count() + 1,
        closed_on=world.day(),
        outcome=outcome,
        stage=world.some(world.stages),
        winner=None if outcome == Outcome.WON else world.some(world.competitors, 0.6),
        amount=amount,
        currency_id=None
        if amount is None
        else world.random.choice(["USD", "EUR", "JPY", "KWD", "XXX"]),
    )
    for author in world.random.sample(world.people, world.random.choice([0, 1, 1, 2])):
        debrief(world, closing, author)
    if deal.owner and world.random.random() < 0.3:
        debrief(world, closing, deal.owner)
    if world.random.random() < 0.2:
        DebriefRequest.objects.create(
            closing=closing,
            person=world.people[0],
            due_at=datetime(2026, 1, 1, tzinfo=UTC),
            dismissed_at=datetime(2026, 1, 2, tzinfo=UTC),
            dismissed_because="too small",
        )


def price_checks(random: Random) -> dict[str, object]:
    """What was answered to the checks of a citation: mostly nothing, since few reasons ask."""
    if random.random() < 0.5:
        return {}
    given = PriceChecks(
        gap_known=random.choice(["", "yes", "yes", "yes", "no"]),
        gap_percent=random.choice(["", "20", "20", "7.5"]),
        budget_owner_met=random.choice(["", "yes", "yes", "yes", "no"]),
        won_at_equal_price=random.choice(["", "yes", "yes", "yes", "no", "dont_know"]),
    )
    return {
        "gap_known": given.gap_known,
        "gap_percent": given.percent,
        "budget_owner_met": given.budget_owner_met,
        "won_at_equal_price": given.won_at_equal_price,
        "is_untested": is_untested(given),
    }


def reopen(deal: Deal) -> None:
    deal.closings.filter(reopened_at=None).update(reopened_at=datetime(2026, 6, 1, tzinfo=UTC))


def debrief(world: World, closing: Closing, author: User) -> None:
    """A debrief, or the next version of the author's one; some stay drafts."""
    assert world.template is not None
    made, _ = Debrief.objects.get_or_create(
        closing=closing, author=author, defaults={"template_version": world.template}
    )
    if made.submitted_at is None and world.random.random() < 0.15:
        return
    version = DebriefVersion.objects.create(debrief=made, number=made.versions.count() + 1)
    cited = world.random.sample(world.reasons, world.random.choice([0, 1, 2, 3]))
    CitedReason.objects.bulk_create(
        CitedReason(
            version=version, rank=rank, reason=reason, basis="guess", **price_checks(world.random)
        )
        for rank, reason in enumerate(cited, start=1)
    )
    FactorScore.objects.bulk_create(
        FactorScore(
            version=version,
            key=key,
            score=world.random.choice([None, -2, -1, 0, 1, 2]),
            audience="sales",
        )
        for key in FACTORS
        if world.random.random() < 0.7
    )
    Answer.objects.bulk_create(
        Answer(
            version=version,
            key=key,
            rating=world.random.choice(["", *Rating.values]),
            audience=world.random.choice(Audience.values),
        )
        for key in QUESTIONS
        if world.random.random() < 0.7
    )
    made.current_version = version
    made.submitted_at = made.submitted_at or datetime(2026, 5, 1, tzinfo=UTC) + timedelta(
        minutes=world.random.randrange(5)
    )
    made.save(update_fields=["current_version", "submitted_at"])
