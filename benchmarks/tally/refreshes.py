"""What a refresh costs after a few and many debriefs, against a rebuild."""

import statistics
from collections.abc import Sequence
from functools import partial

from benchmarks.harness import NOISE_LIMIT, Product
from benchmarks.results import Row, at_least, at_most, for_the_record
from benchmarks.tally.cost import cpu_ms

GOALS = {1: 500, 100: 200, 10_000: 5}
NEVER_DEARER = 1.1


def rows(running: Product, *, rounds: int, goals: bool) -> list[Row]:
    """After 1, 100 and 10,000 debriefs handed in lately, and after as many changes all over the years
    as a tally patches one by one at the most: the dearest refresh that there is."""
    recent = lately(max(GOALS))
    scattered = _scattered()
    spent: dict[object, list[float]] = {name: [] for name in ("before", "after", "most", *GOALS)}
    for _ in range(rounds):
        spent["before"].append(cpu_ms(running, rebuild_all))
        for count in GOALS:
            change(recent[:count])
            spent[count].append(cpu_ms(running, partial(refresh, recent[:count])))
        spent["after"].append(cpu_ms(running, rebuild_all))
    change(scattered)
    spent["most"].append(cpu_ms(running, partial(refresh, scattered)))
    middle = {name: statistics.median(each) for name, each in spent.items()}
    whole = (middle["before"] + middle["after"]) / 2
    noise = abs(middle["after"] / middle["before"] - 1)

    def sure(margin: float) -> bool:
        """Whether what is measured is farther from its goal than the machine is from itself."""
        return noise <= NOISE_LIMIT or margin > 1 + noise

    found = [for_the_record("rebuild", whole, "CPU ms")]
    for count, goal in GOALS.items():
        name = f"refresh after {count:,} debriefs"
        found.append(for_the_record(name, middle[count], "CPU ms"))
        times = whole / middle[count]
        found.append(
            at_least(
                f"{name}: times cheaper than a rebuild", times, goal, "", sure=sure(times / goal)
            )
            if goals
            else for_the_record(f"{name}: times cheaper than a rebuild", times, "")
        )
    dearest = f"refresh after {len(scattered):,} changes all over, to a rebuild"
    share = middle["most"] / whole
    found.append(at_most(dearest, share, NEVER_DEARER, "times", sure=sure(NEVER_DEARER / share)))
    return found


def lately(count: int) -> list[int]:
    from debriefs.models import Debrief

    submitted = Debrief.objects.submitted().order_by("-submitted_at", "-pk")
    return list(submitted.values_list("closing__deal_id", flat=True)[:count])


def _scattered() -> list[int]:
    """Three deals of ten, in every month alike."""
    from deals.models import Closing

    every = Closing.objects.current().order_by("pk").values_list("deal_id", flat=True)
    return [deal for place, deal in enumerate(every) if place % 10 < 3]


def contents() -> dict[str, bytes]:
    """By month what its block holds."""
    from trends.models import Block

    return {block.name: bytes(block.content) for block in Block.objects.filter(deals__gt=0)}


def rebuild_all(*, workers: int = 1) -> None:
    """Without any block: every byte is built and written."""
    from trends.models import Block
    from trends.services import rebuild

    Block.objects.all().delete()
    rebuild(workers=workers)


def refresh(deal_ids: Sequence[int]) -> None:
    from trends.services import Touched, bring_up_to_date

    bring_up_to_date(Touched(frozenset(deal_ids)))


def change(deal_ids: Sequence[int]) -> None:
    """Another amount for each, so that the refresh has something to write; readers are as before."""
    from django.db import connection
    from django.db.models import F

    from deals.models import Closing
    from trends.snapshot import store

    store.current()
    changed = Closing.objects.current().filter(deal__in=deal_ids).exclude(amount=None)
    changed.update(amount=F("amount") + 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM deals_closing")
