"""Names as somebody wrote them, for the review queue: near misses, and one that is really new."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from reflection.demo.company import NORVIK
from reflection.demo.planned import PlannedDeal
from reflection.demo.stories import Timeline

RECENT_DAYS = 120
LEGAL_FORMS = {"Norway": "AS", "Sweden": "AB", "Germany": "GmbH", "United Kingdom": "Ltd"}
NEW_RIVAL = "Veloria"
MID_MARKET = "Mid-market"


def as_written(
    rng: random.Random, deals: list[PlannedDeal], timeline: Timeline
) -> list[PlannedDeal]:
    """The same deals, a few recent ones under names that nobody has listed yet.

    No deal of the Norvik story is touched: those are in mid-market.
    """
    recent = timeline.today - timedelta(days=RECENT_DAYS)
    changes: list[
        tuple[int, Callable[[PlannedDeal], bool], Callable[[PlannedDeal], PlannedDeal]]
    ] = [
        (3, _met_elsewhere(NORVIK), lambda deal: _renamed(deal, NORVIK, "Norvik AS")),
        (2, _met_elsewhere("Brightmoor"), lambda deal: _renamed(deal, "Brightmoor", "Brightmore")),
        (2, lambda deal: not deal.met, lambda deal: replace(deal, met=(NEW_RIVAL,))),
        (6, lambda deal: deal.product == "Halden Forecast", _with_product("HaldenForecast")),
        (3, lambda deal: deal.account.country in LEGAL_FORMS, _with_legal_form),
    ]
    deals = list(deals)
    free = [
        n
        for n, deal in enumerate(deals)
        if deal.last.closed_on >= recent and not _is_of_the_story(deal)
    ]
    for count, fits, change in changes:
        fitting = [place for place in free if fits(deals[place])]
        for place in rng.sample(fitting, min(count, len(fitting))):
            deals[place] = change(deals[place])
            free.remove(place)
    return deals


def _is_of_the_story(deal: PlannedDeal) -> bool:
    return deal.last.winner == NORVIK and deal.account.segment == MID_MARKET


def _met_elsewhere(rival: str) -> Callable[[PlannedDeal], bool]:
    return lambda deal: rival in deal.met and deal.account.segment != MID_MARKET


def _renamed(deal: PlannedDeal, listed: str, written: str) -> PlannedDeal:
    closings = tuple(
        replace(closing, winner=written if closing.winner == listed else closing.winner)
        for closing in deal.closings
    )
    met = tuple(written if name == listed else name for name in deal.met)
    return replace(deal, met=met, closings=closings)


def _with_product(written: str) -> Callable[[PlannedDeal], PlannedDeal]:
    return lambda deal: replace(deal, product=written)


def _with_legal_form(deal: PlannedDeal) -> PlannedDeal:
    written = f"{deal.account.name} {LEGAL_FORMS[deal.account.country]}"
    return replace(deal, account=replace(deal.account, name=written))
