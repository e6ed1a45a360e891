"""Before any figure counts: the tally equals its source, the engine equals SQL."""

from collections.abc import Sequence

from benchmarks.tally.questions import Slice, disagreement

MOST_CHECKED = 200_000


def check_tally() -> int:
    """How many deals were compared with the source, row by row and by other means: as
    `tally --check` does it, of a large tally every twentieth month."""
    from trends.check import check
    from trends.services import catch_up, size

    catch_up()
    if size()["deals"] > MOST_CHECKED:
        return _check_some_months()
    report = check()
    if report.differences:
        raise RuntimeError(f"the tally differs from its source: {report.differences[:3]}")
    return report.deals


def _check_some_months() -> int:
    from trends.block_facts import facts_in_block
    from trends.services import current_basis
    from trends.snapshot import store
    from trends.source import month_of_number
    from trends.source_facts import facts_of_month

    checked = 0
    for month in store.current().months[::-20]:
        expected = facts_of_month(month_of_number(month.number), current_basis())
        if list(facts_in_block(month)) != expected:
            raise RuntimeError(f"the tally differs from its source in {month.name}")
        checked += len(expected)
    return checked


def check_engine(slices: Sequence[Slice]) -> None:
    for cut in slices:
        if found := disagreement(cut):
            raise RuntimeError(f"the engine differs from SQL: {found}")


def check_refresh(deal_ids: Sequence[int]) -> int:
    """How many months hold after a refresh, byte for byte, what a rebuild writes: all, or it stops."""
    from benchmarks.tally.refreshes import contents, rebuild_all, refresh

    refresh(deal_ids)
    before = contents()
    rebuild_all()
    if contents() != before:
        raise RuntimeError("a refresh differs from a rebuild")
    return len(before)
