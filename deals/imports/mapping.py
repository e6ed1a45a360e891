"""Which column is which fact, and what else is said about how to read a file."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from deals.errors import FileRefused
from deals.imports.parsing import Order
from deals.imports.vocabulary import OPEN
from deals.models import Outcome

ATTRIBUTE = "attribute:"
IGNORED = ""

FIELDS = {
    "external_id": "Id in the CRM",
    "name": "Name of the deal",
    "account": "Account",
    "industry": "Account's industry",
    "segment": "Account's segment",
    "country": "Account's country",
    "owner": "Owner (name or e-mail)",
    "product": "Product",
    "stage": "Stage",
    "outcome": "Outcome or status",
    "is_won": "Won? (yes or no)",
    "is_lost": "Lost? (yes or no)",
    "active": "Active? (no means lost)",
    "opened_on": "Opened on",
    "closed_on": "Closed on",
    "amount": "Amount",
    "currency": "Currency",
    "competitors": "Competitors met",
    "winner": "Who won instead",
    "notes": "Notes",
}
TELLS_OUTCOME = ("outcome", "stage", "is_won", "is_lost", "active")
MANY = ("closed_on", "opened_on", "notes", "competitors", "account", "owner")


@dataclass(frozen=True)
class Mapping:
    """How one file of deals is read.

    `columns` gives each header its field, `attribute:KEY` or "" to ignore it. `constants`
    are values for every row. `stages` says for a stage word whether it means an outcome
    or "open". `dates` is the order of ambiguous dates, empty to take what the columns show.
    `identity` says what makes a row the same deal again: its id, its account and name, or
    its row number.
    """

    source: str
    columns: AnyMapping[str, str]
    constants: AnyMapping[str, str] = field(default_factory=dict)
    stages: AnyMapping[str, str] = field(default_factory=dict)
    dates: str = ""
    identity: str = "external_id"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def order(self) -> Order | None:
        return Order(self.dates) if self.dates else None

    def fields(self) -> set[str]:
        """The fields that a column or a constant gives."""
        return ({*self.columns.values()} - {IGNORED}) | self.constants.keys()

    def headers_of(self, name: str) -> list[str]:
        return [header for header, target in self.columns.items() if target == name]


def mapping_from(written: AnyMapping[str, Any], *, base: Mapping | None = None) -> Mapping:
    """A mapping as a person or program wrote it, laid over `base`.

    Refuses unknown keys, fields and meanings, naming them.
    """
    known = {"source", "columns", "constants", "stages", "dates", "identity"}
    _refuse_unknown("mapping", written.keys() - known, sorted(known))
    made = Mapping(
        source=str(written.get("source") or (base.source if base else "generic")),
        columns={**(base.columns if base else {}), **_words(written, "columns")},
        constants={**(base.constants if base else {}), **_words(written, "constants")},
        stages={**(base.stages if base else {}), **_words(written, "stages")},
        dates=str(written.get("dates") or (base.dates if base else "")),
        identity=str(written.get("identity") or (base.identity if base else "external_id")),
    )
    targets = {*made.columns.values(), *made.constants} - {IGNORED}
    unknown = {t for t in targets if t not in FIELDS and not t.startswith(ATTRIBUTE)}
    _refuse_unknown("columns", unknown, [*FIELDS, f"{ATTRIBUTE}KEY"])
    _refuse_unknown("stages", {*made.stages.values()} - {OPEN, *Outcome.values}, _meanings())
    _refuse_unknown(
        "dates", {made.dates} - {"", *(o.value for o in Order)}, [o.value for o in Order]
    )
    identities = ["external_id", "account_name", "row"]
    _refuse_unknown("identity", {made.identity} - {*identities}, identities)
    return made


def refuse_incomplete(mapping: Mapping, headers: Sequence[str]) -> Mapping:
    """The mapping for these headers; refused when it can't make deals out of them."""
    missing = [header for header in mapping.columns if header not in headers]
    if missing:
        raise FileRefused(
            "columns",
            f"The file has no column {_quoted(missing)}.",
            f"It has {_quoted(headers)}.",
        )
    given = mapping.fields()
    twice = sorted(name for name in FIELDS.keys() - {*MANY} if len(mapping.headers_of(name)) > 1)
    if twice:
        raise FileRefused(
            "columns", f"Several columns are {_quoted(twice)}.", "Choose one, ignore the others."
        )
    if not given & {*TELLS_OUTCOME}:
        raise FileRefused(
            "outcome", "No column tells how deals stand.", "Say which is the stage or the outcome."
        )
    needed = {
        "external_id": {"external_id"},
        "account_name": {"account", "name"},
        "row": set(),
    }[mapping.identity]
    if not needed <= given:
        raise FileRefused(
            "external_id",
            "No column tells one deal from another.",
            "Say which is the id, or choose account and name, or the row number.",
        )
    return replace(mapping, columns={h: mapping.columns.get(h, IGNORED) for h in headers})


def _words(written: AnyMapping[str, Any], key: str) -> dict[str, str]:
    given = written.get(key) or {}
    if not isinstance(given, dict):
        raise FileRefused("mapping", f"“{key}” is no object.", 'Write {"header": "field"}.')
    return {str(name): "" if value is None else str(value) for name, value in given.items()}


def _meanings() -> list[str]:
    return [OPEN, *Outcome.values]


def _refuse_unknown(where: str, unknown: set[str], known: Sequence[str]) -> None:
    if unknown:
        raise FileRefused(
            where, f"{_quoted(sorted(unknown))} is not known here.", f"Known: {', '.join(known)}."
        )


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
