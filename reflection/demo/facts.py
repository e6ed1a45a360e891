"""The facts of one deal that its debriefs speak of, as words that fit into sentences."""

import random
from datetime import date, timedelta
from decimal import Decimal

from common.periods import add_months
from deals.models import Outcome
from reflection.demo.company import PRODUCTS
from reflection.demo.planned import PlannedAccount
from reflection.demo.vocabulary import (
    BLOCKERS,
    CHAMPIONS,
    CLAUSES,
    DECIDERS,
    FINANCE,
    STANDARDS,
    TRADES,
)

NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
MONTHS = (
    "January February March April May June July August September October November December"
).split()
FEATURES = {product.name: (product.features, product.missing) for product in PRODUCTS}
TRADE_OF = {trade.industry: trade for trade in TRADES}


def words_of(
    rng: random.Random,
    account: PlannedAccount,
    *,
    product: str,
    stage: str,
    outcome: Outcome | None,
    rival: str | None,
    amount: Decimal | None,
    closed_on: date,
    reference: str,
) -> dict[str, str]:
    """Everything that a sentence can ask for; `rival` and `amount` only where they are known."""
    trade = TRADE_OF[account.industry]
    pain, other_pain = rng.sample(trade.pains, 2)
    features, missing = FEATURES[product]
    weeks = rng.randint(2, 6)
    month = rng.choice((closed_on, add_months(closed_on, -1), add_months(closed_on, -2)))
    words = {
        "account": account.name,
        "product": product,
        "industry": trade.short,
        "pain": pain,
        "pain2": other_pain,
        "metric": rng.choice(trade.metrics),
        "event": rng.choice(trade.events),
        "system": account.system,
        "site": rng.choice(account.sites),
        "stage": stage.lower(),
        "feature": rng.choice(features),
        "missing": rng.choice(missing),
        "standard": rng.choice(STANDARDS),
        "clause": rng.choice(CLAUSES),
        "decider": rng.choice(DECIDERS),
        "finance": rng.choice(FINANCE),
        "champion": rng.choice(CHAMPIONS),
        "blocker": rng.choice(BLOCKERS),
        "gap": f"{rng.choice((8, 11, 12, 14, 15, 17, 18, 20, 22, 24, 26, 30))} %",
        "percent": f"{rng.choice((4, 6, 7, 9, 11, 12, 14, 16, 19))} %",
        "weeks": f"{NUMBERS[weeks]} weeks",
        "weeks2": f"{NUMBERS[weeks + rng.randint(3, 6)]} weeks",
        "days": f"{NUMBERS[rng.randint(6, 12)]} days",
        "users": f"{rng.choice((12, 18, 25, 40, 60, 85, 120, 150, 240, 320))} users",
        "amount_limit": f"{rng.choice((20, 25, 30, 40))}k",
        "month": MONTHS[month.month - 1],
        "date_by": f"in {MONTHS[month.month - 1]}",
        "month_later": f"in {MONTHS[add_months(closed_on, rng.randint(3, 7)).month - 1]}",
        "date": _day(closed_on - timedelta(days=rng.randint(6, 50))),
        "ref": reference,
        "incumbent": "the supplier that they have",
    }
    words["decider_plain"] = words["decider"].removeprefix("the ")
    if rival:
        words["rival"] = rival
    if rival and outcome is Outcome.LOST_TO_COMPETITOR:
        words["incumbent"] = rival
    if amount:
        words["amount"] = f"{account.currency} {round(amount / 1000) or 1}k"
    return words


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
