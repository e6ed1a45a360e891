"""What a month's block says of each closed deal, as the source says it (`trends.source_facts`)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from trends.codec import Columns
from trends.layout import (
    ATTRIBUTE,
    DEBRIEF_STATES,
    FACTOR,
    NO_SCORE,
    OUTCOMES,
    PRICE_CHECKS,
    QUESTION,
    RATINGS,
    UNKNOWN,
)
from trends.snapshot import Month
from trends.source_facts import Cited, DealFacts


def facts_in_block(month: Month) -> Iterator[DealFacts]:
    """The facts that a month's block holds."""
    block = month.block
    plain = {name: block[name].tolist() for name in (*_PLAIN, *_CODED)}
    cited = _by_row(block, "cited", "rank", "judged", "reason", "recoded", "checks")
    met = _by_row(block, "met", "competitor")
    factors, ratings = _keyed(block, FACTOR, NO_SCORE), _keyed(block, QUESTION, 0)
    attributes = _keyed(block, ATTRIBUTE, 0)
    first = date(1970 + month.number // 12, month.number % 12 + 1, 1)
    for row in range(len(block["deal"])):
        yield DealFacts(
            **{name: plain[name][row] for name in _PLAIN},
            closed_on=first + timedelta(days=plain["day"][row] - 1),
            outcome=OUTCOMES[plain["outcome"][row]],
            amount=_known(plain["amount"][row]),
            cycle=_known(plain["cycle"][row]),
            debrief=DEBRIEF_STATES[plain["debrief"][row]],
            reasons=tuple(
                Cited(rank, judged, reason, recoded, ("", *PRICE_CHECKS)[checks])
                for rank, judged, reason, recoded, checks in cited[row]
            ),
            met=tuple(each for (each,) in met[row]),
            factors=factors[row],
            ratings={key: RATINGS[code - 1] for key, code in ratings[row].items()},
            attributes={
                key: block.texts[ATTRIBUTE + key][code - 1] for key, code in attributes[row].items()
            },
        )


_PLAIN = (
    "deal",
    "closing",
    "stage",
    "product",
    "account",
    "owner",
    "team",
    "winner",
    "unmet_need",
    "rival_strength",
)
_CODED = ("day", "outcome", "amount", "cycle", "debrief")


def _known(value: int) -> int | None:
    return None if value == UNKNOWN else value


def _by_row(block: Columns, grain: str, *names: str) -> dict[int, list[tuple[int, ...]]]:
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    columns = [block[f"{grain}.{name}"].tolist() for name in names]
    for row, *values in zip(block[f"{grain}.row"].tolist(), *columns, strict=True):
        found[row].append(tuple(values))
    return found


def _keyed(block: Columns, prefix: str, missing: int) -> dict[int, dict[str, int]]:
    """The values given under each key that begins with the prefix, by row."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for name, column in block.columns.items():
        if name.startswith(prefix):
            for row, value in enumerate(column.tolist()):
                if value != missing:
                    found[row][name.removeprefix(prefix)] = value
    return found
