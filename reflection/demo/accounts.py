"""The accounts: 198 firms of ten trades, each in the patch of one team."""

import random

from reflection.demo.company import TEAMS
from reflection.demo.planned import PlannedAccount
from reflection.demo.vocabulary import (
    COUNTRIES,
    PLACES,
    SEGMENTS,
    SITES,
    STEMS,
    SYSTEMS,
    TRADES,
    Trade,
)

PER_TEAM = 33
SEGMENT_SHARES = (24, 48, 28)
EMPLOYEES = {"Small business": (18, 95), "Mid-market": (110, 950), "Enterprise": (1_100, 14_000)}
CURRENCIES = {"Sweden": "SEK", "United Kingdom": "GBP"}


def plan_accounts(rng: random.Random) -> list[PlannedAccount]:
    """33 accounts per team, each name once, with the segment mix of the market."""
    taken: set[str] = set()
    accounts = []
    for team in TEAMS:
        segments = rng.choices(SEGMENTS, SEGMENT_SHARES, k=PER_TEAM - 3) + list(SEGMENTS)
        for segment in segments:
            trade = rng.choices(TRADES, [trade.share for trade in TRADES])[0]
            name = _free_name(rng, team.region, trade, taken)
            accounts.append(_account(rng, name, team.name, team.region, trade, segment))
    return accounts


def _free_name(rng: random.Random, region: str, trade: Trade, taken: set[str]) -> str:
    while True:
        stem = rng.choice(STEMS[region])
        if stem not in taken or all(one in taken for one in STEMS[region]):
            name = f"{stem} {rng.choice(trade.firms)}"
            if name not in taken:
                taken.update((stem, name))
                return name


def _account(
    rng: random.Random, name: str, team: str, region: str, trade: Trade, segment: str
) -> PlannedAccount:
    countries = COUNTRIES[region]
    country = rng.choices(list(countries), list(countries.values()))[0]
    places = PLACES[country].split("|")
    low, high = EMPLOYEES[segment]
    return PlannedAccount(
        name=name,
        team=team,
        country=country,
        industry=trade.industry,
        segment=segment,
        employees=rng.randint(low, high),
        currency=CURRENCIES.get(country, "EUR"),
        sites=tuple(
            rng.choice(SITES).format(place) for place in rng.sample(places, min(3, len(places)))
        ),
        system=rng.choice(SYSTEMS),
    )
