"""Before any figure counts: the tally equals its source, the engine equals SQL."""

from collections.abc import Sequence

from benchmarks.tally.questions import Slice, disagreement


def check_tally() -> int:
    """How many deals were compared with the source, row by row and by other means."""
    from trends.check import check
    from trends.services import catch_up

    catch_up()
    report = check()
    if report.differences:
        raise RuntimeError(f"the tally differs from its source: {report.differences[:3]}")
    return report.deals


def check_engine(slices: Sequence[Slice]) -> None:
    for cut in slices:
        if found := disagreement(cut):
            raise RuntimeError(f"the engine differs from SQL: {found}")


def check_refresh(deal_ids: Sequence[int]) -> None:
    """What a refresh has written is byte for byte what a rebuild writes."""
    from benchmarks.tally.refreshes import contents, rebuild_all, refresh

    refresh(deal_ids)
    before = contents()
    rebuild_all()
    if contents() != before:
        raise RuntimeError("a refresh differs from a rebuild")
