"""What the stage and status words of CRMs mean: an outcome, or a stage of an open deal."""

from deals.models import Outcome

OPEN = "open"

_OUTCOMES = {
    Outcome.WON: "won, closed won, win, close won, gewonnen, gagne, gagnee, ganado, ganada, vinto",
    Outcome.LOST_UNSPECIFIED: (
        "lost, closed lost, loss, lost unspecified, lost not specified, close lost, verloren, "
        "perdu, perdue, perdido, perdida, perso"
    ),
    Outcome.LOST_TO_COMPETITOR: (
        "lost to competitor, lost to a competitor, closed lost to competitor, competitor won"
    ),
    Outcome.NO_DECISION: "no decision, closed no decision, lost no decision",
    Outcome.KEPT_IN_HOUSE: "kept in house, in house, lost in house",
    Outcome.POSTPONED: "postponed, closed postponed, lost postponed",
    Outcome.DISQUALIFIED: "disqualified, closed disqualified, unqualified, lost disqualified",
}
_OPEN_STATUS = "open, in progress, pending, active, offen, ouvert, abierto"
_OPEN_STAGES = (
    "prospecting, engaging, qualification, qualified, needs analysis, value proposition, "
    "id decision makers, identify decision makers, perception analysis, proposal, "
    "proposal price quote, quote, quotation, negotiation, negotiation review, contract, "
    "contract sent, commit signing, appointment scheduled, qualified to buy, "
    "presentation scheduled, decision maker bought in, new, lead, lead in, discovery, demo, "
    "demo scheduled, contact made, proposal made, proposition, negotiations started, "
    "evaluation, trial, pilot, verbal commitment"
)


def word_key(word: str) -> str:
    """A stage or header with only its letters and digits, so that Closed_Lost is closed lost."""
    return "".join(c for c in word.casefold() if c.isalnum())


def _keys(words: str) -> list[str]:
    return [word_key(word) for word in words.split(",")]


OUTCOME_WORDS: dict[str, Outcome] = {
    key: outcome
    for outcome, words in _OUTCOMES.items()
    for key in [*_keys(words), word_key(outcome.value), word_key(str(outcome.label))]
}
OPEN_STATUS_WORDS = frozenset(_keys(_OPEN_STATUS))
OPEN_STAGE_WORDS = frozenset(_keys(_OPEN_STAGES))


def outcome_meant_by(word: str) -> Outcome | None:
    """The outcome that a stage or status word names; None when it names none."""
    return OUTCOME_WORDS.get(word_key(word))
