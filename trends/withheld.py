"""Second views: what others said of a deal counts for nobody who still owes their own debrief of it.

Such deals are left out of every answer that rests on what debriefs say, and of the deals behind it,
so that no filter, however narrow, tells what stands in one of them.
"""

from debriefs.queries.owed import closing_ids_withheld_from
from people.models import User
from trends.counting import WITHHELD, Condition
from trends.measures import SAID, SAYING
from trends.query import TrendQuery

Withheld = frozenset[int]

NOTHING: Withheld = frozenset()


def withheld_from(viewer: User | None) -> Withheld:
    """The closings whose debriefs are kept from a reader; none from the system or a partner."""
    if viewer is None or viewer.is_partner:
        return NOTHING
    return closing_ids_withheld_from(viewer)


def rests_on_debriefs(query: TrendQuery) -> bool:
    """Whether the answer counts, or is divided or chosen by, what debriefs say."""
    return query.measure in SAYING or not SAID.isdisjoint({*query.by, *dict(query.filters)})


def leaving_out(withheld: Withheld) -> list[Condition]:
    return [Condition(WITHHELD, withheld)] if withheld else []


def in_words(withheld: Withheld) -> str:
    """Their number whatever is asked: how many of them a filter finds would tell what they say."""
    if not withheld:
        return ""
    deals = "the deal" if len(withheld) == 1 else f"the {len(withheld)} deals"
    return f"Without {deals} on which your own debrief is due before you see others'."
