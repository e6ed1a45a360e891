"""What a month block holds. Change anything here and raise LAYOUT: the next tally rebuilds.

Two grains: one row per deal by its current closing, sorted by deal; one row per cited
reason and per competitor met, pointing at the row of its deal. Ids are kept as they are
(0 is none), everything else as small codes.
"""

from deals.models import Outcome
from debriefs.models import Rating

LAYOUT = 5

LABELS = "labels"
ACCOUNTS = "accounts"

OUTCOMES = tuple(Outcome.values)
WON = OUTCOMES.index(Outcome.WON)

# Bits of the column `cited.judged`: in whose judgement the row stands, and whether its author
# knows the reason from the buyer.
BY_AUTHOR, CONFIRMED, BUYER_SAID = 1, 2, 4

# Codes of the column `cited.checks`; 0 where no price checks were asked.
UNTESTED, TESTED = 1, 2
PRICE_CHECKS = ("untested", "tested")

# Codes of the column `debrief`.
MISSING, SUBMITTED, DISMISSED = 0, 1, 2
DEBRIEF_STATES = ("missing", "submitted", "dismissed")

# Codes of a question's column; 0 is no rating.
RATINGS = tuple(Rating.values)
YES, PARTLY, NO = (RATINGS.index(rating) + 1 for rating in (Rating.YES, Rating.PARTLY, Rating.NO))

# Columns of amounts (minor units of the reporting currency) and of days hold this for unknown.
UNKNOWN = -1
# The score of a factor that was not given.
NO_SCORE = -128
# A factor is present at this score or below.
PRESENT_SCORE = -1

DEAL_COLUMNS = (
    "deal",
    "closing",
    "day",
    "outcome",
    "stage",
    "product",
    "account",
    "owner",
    "team",
    "winner",
    "amount",
    "cycle",
    "debrief",
    "unmet_need",
    "rival_strength",
)
# `recoded` is the part that a citation of a split reason was given, 0 for none; `judged`
# says in whose judgement the row stands and whether the buyer said it, as bits; `checks` are the author's of that reason.
CITED_COLUMNS = (
    "cited.row",
    "cited.reason",
    "cited.rank",
    "cited.recoded",
    "cited.judged",
    "cited.checks",
)
MET_COLUMNS = ("met.row", "met.competitor")

FACTOR, QUESTION, ATTRIBUTE = "factor:", "question:", "attribute:"
