"""One load from beginning to end: the world, the rows, then what is derived from them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from deals.models import Deal
from reflection.loadgen.copying import defer_constraints, trust_rows
from reflection.loadgen.derived import rebuild_derived
from reflection.loadgen.draws import Load
from reflection.loadgen.errors import AlreadyLoaded
from reflection.loadgen.tables import refresh_statistics
from reflection.loadgen.world import build_world
from reflection.loadgen.writer import Writer


@dataclass(frozen=True)
class Loaded:
    """What a load wrote, and in how many seconds."""

    deals: int
    debriefs: int
    seed: int
    seconds: float
    rebuild_seconds: float


def generate(load: Load, *, report: Callable[[int], None]) -> Loaded:
    """Write the whole load in one transaction, past the outbox, then rebuild what derives.

    `report` hears after each chunk how many deals stand. Raises AlreadyLoaded when this
    seed's deals are there already.
    """
    if Deal.objects.filter(source=load.source).exists():
        raise AlreadyLoaded(f"the deals of --seed {load.seed} are there already; take another seed")
    begun = time.monotonic()
    with transaction.atomic():
        defer_constraints()
        world = build_world(load.deals, seed=load.seed, months=load.months, today=load.today)
        trust_rows()
        for done in Writer(load, world).write():
            report(done)
    refresh_statistics()
    written = time.monotonic()
    rebuild_derived()
    return Loaded(
        deals=load.deals,
        debriefs=load.debriefs_before(load.deals),
        seed=load.seed,
        seconds=round(written - begun, 1),
        rebuild_seconds=round(time.monotonic() - written, 1),
    )
