"""Who and what the synthetic deals are about; made once, found again by later runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils import timezone

from common.periods import add_months
from common.text import name_key
from deals.models import Account, CatalogueEntry, Competitor, Product, Stage
from debriefs.models import CodedText, LossReason, TextCode
from debriefs.questions import TemplateDefinition, default_version
from debriefs.services.defaults import install_defaults
from people.models import Membership, Team, TeamKind, User
from reflection.loadgen.rates import install_rates

COMPETITORS, PRODUCTS, INDUSTRIES, SEGMENTS, STAGES, REGIONS, TEAM_SIZE = 40, 30, 20, 5, 12, 6, 10
CODES = 12
COUNTRIES = ("Norway", "Sweden", "Germany", "Austria", "France", "Ireland", "Spain", "Italy")
FIRST_NAMES = (
    "Ada Bo Cleo Dag Eve Finn Gro Hugo Ina Jon Kaya Leo Mia Nils Ola Pia Rune Siv Tor Una".split()
)
LAST_NAMES = (
    "Berg Dahl Eng Falk Grau Holm Iversen Krog Lund Moe Nord Otte Quist Rask Strand Vik".split()
)
CURRENCIES = ("EUR", "USD", "GBP", "SEK")


@dataclass(frozen=True)
class Named:
    """A row that deals point to. `facts` are an account's country, industry and segment."""

    pk: int
    name: str
    facts: dict[str, Any]

    def frozen(self) -> dict[str, Any]:
        """As it stands in the facts frozen into a debrief."""
        return {"id": self.pk, "name": self.name}


class Choice(NamedTuple):
    """A reason that can be cited, and what is owed with it."""

    pk: int
    needs_text: bool
    asks_price_checks: bool


@dataclass(frozen=True)
class World:
    """What deals point to."""

    owners: list[Named]
    accounts: list[Named]
    competitors: list[Named]
    products: list[Named]
    stages: list[Named]
    currencies: list[str]
    reasons: list[Choice]
    needs: list[Named]
    strengths: list[Named]
    template_version: int
    template: TemplateDefinition


def build_world(deals: int, *, seed: int, months: int, today: date) -> World:
    """Everything that `deals` deals need, sized to them: 3 reps and 80 accounts per thousand."""
    install_defaults()
    since = add_months(today, -months - 12)
    version = default_version()
    return World(
        owners=_owners(max(8, min(1_000, deals * 3 // 1_000)), since=since, today=today),
        accounts=_accounts(max(20, min(40_000, deals * 8 // 100)), seed),
        competitors=_listed(Competitor, (f"Rival {n:02}" for n in range(1, COMPETITORS + 1))),
        products=_listed(Product, (f"Product {n:02}" for n in range(1, PRODUCTS + 1))),
        stages=_stages(),
        currencies=_currencies(since, today),
        reasons=[
            Choice(reason.pk, reason.needs_text, reason.asks_price_checks)
            for reason in LossReason.objects.choosable()
        ],
        needs=_codes(CodedText.UNMET_NEED, "Need"),
        strengths=_codes(CodedText.RIVAL_STRENGTH, "Strength"),
        template_version=version.pk,
        template=TemplateDefinition.of(version),
    )


def _listed(
    model: type[CatalogueEntry], names: Iterable[str], facts: list[dict[str, Any]] | None = None
) -> list[Named]:
    """The entries of these names, made and marked as reviewed where they are new."""
    names = list(names)
    keys = [name_key(name) for name in names]
    facts = facts or [{}] * len(names)
    now = timezone.now()
    entries = [
        model(name=name, name_key=key, reviewed_at=now, **fact)
        for name, key, fact in zip(names, keys, facts, strict=True)
    ]
    manager: Any = model._default_manager
    manager.bulk_create(entries, ignore_conflicts=True, batch_size=2_000)
    known = {entry.name_key: entry for entry in manager.filter(name_key__in=keys)}
    return [
        Named(known[key].pk, known[key].name, {field: getattr(known[key], field) for field in fact})
        for key, fact in zip(keys, facts, strict=True)
    ]


def _codes(of_text: CodedText, word: str) -> list[Named]:
    """The codes of a text, made where they are new."""
    names = [f"{word} {n:02}" for n in range(1, CODES + 1)]
    codes = (TextCode(of_text=of_text, name=name) for name in names)
    TextCode.objects.bulk_create(codes, ignore_conflicts=True)
    known = TextCode.objects.filter(of_text=of_text, name__in=names).order_by("name")
    return [Named(code.pk, code.name, {}) for code in known]


def _accounts(count: int, seed: int) -> list[Named]:
    rng = np.random.default_rng([seed, 1])
    industries = rng.integers(1, INDUSTRIES + 1, count).tolist()
    segments = rng.integers(1, SEGMENTS + 1, count).tolist()
    countries = rng.integers(0, len(COUNTRIES), count).tolist()
    facts = [
        {"industry": f"Industry {i:02}", "segment": f"Segment {s}", "country": COUNTRIES[c]}
        for i, s, c in zip(industries, segments, countries, strict=True)
    ]
    return _listed(Account, (f"Account {n:05}" for n in range(1, count + 1)), facts)


def _stages() -> list[Named]:
    names = [f"Stage {n:02}" for n in range(1, STAGES + 1)]
    return _listed(Stage, names, [{"position": n} for n in range(1, STAGES + 1)])


def _currencies(since: date, today: date) -> list[str]:
    """The reporting currency and three others."""
    reporting = settings.ENV.reporting_currency
    others = [code for code in CURRENCIES if code != reporting][:3]
    install_rates(others, since=since, today=today)
    return [reporting, *others]


def _owners(count: int, *, since: date, today: date) -> list[Named]:
    """Reps in teams of ten; one in twenty changed team half-way."""
    teams = _teams(-(-count // TEAM_SIZE))
    names = [f"load-rep-{n:04}" for n in range(1, count + 1)]
    User.objects.bulk_create(
        (
            User(
                username=name,
                email=f"{name}@example.com",
                full_name=_full_name(n),
                password=UNUSABLE_PASSWORD_PREFIX,
            )
            for n, name in enumerate(names)
        ),
        ignore_conflicts=True,
    )
    owners = list(User.objects.filter(username__in=names).order_by("username"))
    settled = set(Membership.objects.filter(user__in=owners).values_list("user", flat=True))
    half_way = since + (today - since) / 2
    for place, owner in enumerate(owners):
        if owner.pk not in settled:
            _settle(owner.pk, teams, place, since=since, half_way=half_way)
    return [Named(owner.pk, owner.full_name, {}) for owner in owners]


def _settle(owner: int, teams: list[int], place: int, *, since: date, half_way: date) -> None:
    team = teams[place // TEAM_SIZE]
    moved_to = teams[(place // TEAM_SIZE + 1) % len(teams)]
    if place % 20 or moved_to == team:
        Membership.objects.create(user_id=owner, team_id=team, since=since)
        return
    Membership.objects.create(user_id=owner, team_id=team, since=since, until=half_way)
    Membership.objects.create(user_id=owner, team_id=moved_to, since=half_way)


def _full_name(n: int) -> str:
    first, last = (
        FIRST_NAMES[n % len(FIRST_NAMES)],
        LAST_NAMES[n // len(FIRST_NAMES) % len(LAST_NAMES)],
    )
    return f"{first} {last}" if n < len(FIRST_NAMES) * len(LAST_NAMES) else f"{first} {last} {n}"


def _teams(count: int) -> list[int]:
    company = Team.objects.filter(kind=TeamKind.COMPANY, parent=None).first()
    if company is None:
        company = Team.objects.create(name=settings.ENV.company_name, kind=TeamKind.COMPANY)
    regions = [
        Team.objects.get_or_create(name=f"Region {n}", kind=TeamKind.REGION, parent=company)[0]
        for n in range(1, min(REGIONS, count) + 1)
    ]
    return [
        Team.objects.get_or_create(
            name=f"Load team {n + 1:02}", kind=TeamKind.TEAM, parent=regions[n % len(regions)]
        )[0].pk
        for n in range(count)
    ]
