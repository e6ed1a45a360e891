"""Plausible notes at any volume: sentences over a vocabulary whose words follow Zipf's law."""

import numpy as np

SENTENCES = 20_000
NAMES = 6_000

_SUBJECTS = (
    "the buyer|their finance lead|procurement|the project owner|our champion|the operations team|"
    "the security officer|the board|their consultant|the plant manager|the legal team|"
    "the user group|the new director|the parent company|our engineer|the reference customer|"
    "the integration partner|the steering committee|the warehouse lead|the data team"
).split("|")
_VERBS = (
    "asked for|compared us on|was not convinced by|liked|never saw|pushed back on|postponed|"
    "signed off|questioned|wanted proof of|could not fund|insisted on|was surprised by|"
    "had already chosen|rejected|needed|waited three weeks for|misunderstood|praised|escalated"
).split("|")
_OBJECTS = (
    "the price per seat|the migration plan|the security questionnaire|the return on investment|"
    "the onboarding effort|single sign-on|the audit log|the data residency answer|the pilot|"
    "the licence terms|the liability cap|the forecast accuracy|the mobile client|the interface|"
    "the roadmap|the reference call|the support hours|the export to their warehouse|"
    "the approval workflow|the service levels|the training days|the discount|the template library|"
    "the reporting module|the integration with their ledger|the notice period"
).split("|")
_TURNS = (
    "before the summer break|after the reorganisation|in the last meeting|against the incumbent|"
    "although the demo went well|because of the spending freeze|during the pilot|too late for us|"
    "with nine weeks left|without telling us|in writing|for the second time|under the new policy|"
    "when the scope grew|and the rival answered within a day|while the budget moved to next year"
).split("|")
_SYLLABLES = (
    "bra ket lund mor sal vik tor hol den ras wen gard fel nor brook ham ster by mo ric".split()
)


class Phrasebook:
    """A fixed stock of sentences; a note is one to three of them, chosen by the caller's numbers."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 0])
        places = _place_names(rng)
        drawn = [_zipf(rng, len(words)) for words in (_SUBJECTS, _VERBS, _OBJECTS, _TURNS, places)]
        endings = rng.random(SENTENCES)
        self.sentences = [
            _sentence(_SUBJECTS[s], _VERBS[v], _OBJECTS[o], _TURNS[t], places[p], ending)
            for s, v, o, t, p, ending in zip(*drawn, endings, strict=True)
        ]

    def note(self, places: list[int], length: int) -> str:
        """The sentences at the first `length` of these places of the stock."""
        return " ".join(self.sentences[place] for place in places[:length])


def _place_names(rng: np.random.Generator) -> list[str]:
    parts = rng.integers(0, len(_SYLLABLES), size=(NAMES, 3))
    return ["".join(_SYLLABLES[n] for n in row).capitalize() for row in parts]


def _zipf(rng: np.random.Generator, size: int) -> list[int]:
    weights = 1.0 / np.arange(1, size + 1)
    return rng.choice(size, SENTENCES, p=weights / weights.sum()).tolist()  # type: ignore[no-any-return]


def _sentence(subject: str, verb: str, thing: str, turn: str, place: str, ending: float) -> str:
    body = f"{subject} {verb} {thing}"
    if ending < 0.45:
        body += f" {turn}"
    elif ending < 0.8:
        body += f" at {place}"
    return body[0].upper() + body[1:] + "."
