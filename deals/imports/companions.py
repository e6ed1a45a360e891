"""Lists that come along with deals: accounts, products, stages. They vouch for their names."""

from collections.abc import Iterable, Mapping

from common.bulk import update_rows
from common.text import name_key, tidy
from deals.events import ACCOUNT_CHANGED
from deals.facts import is_from_person
from deals.imports.parsing import is_nothing
from deals.imports.profiles import COMPANIONS
from deals.imports.reading import Row, rows_of
from deals.imports.vocabulary import word_key
from deals.models import Account, CatalogueEntry, ImportFile, Product
from deals.services.catalogue import vouch_for_names
from deals.services.names import LONGEST_NAME, entries_named
from outbox.services import record
from people.models import User

FACTS = ("industry", "segment", "country", "employees")
SEGMENTS = ((250, "Small"), (2_500, "Mid-market"))
LARGEST_SEGMENT = "Enterprise"


def places_of(file: ImportFile) -> dict[str, int]:
    """Which column of a companion file holds which field; the first one of several."""
    profile = next(p for p in COMPANIONS if p.kind == file.kind)
    places: dict[str, int] = {}
    for place, header in enumerate(file.headers):
        target = profile.columns.get(word_key(header))
        if target:
            places.setdefault(target, place)
    return places


def lines_of(file: ImportFile) -> list[dict[str, str]]:
    """The lines of a companion file by field; the name of each stands under `name`."""
    places = places_of(file)
    lines = []
    for row in rows_of(file):
        line = {name: _cell(row, place) for name, place in places.items()}
        line["name"] = line.pop(str(file.kind).removesuffix("s"), "")
        if line["name"]:
            lines.append(line)
    return lines


def list_products(file: ImportFile, *, by: User | None) -> int:
    lines = lines_of(file)
    entries = vouch_for_names(Product, [line["name"] for line in lines], by=by)
    by_key = {entry.name_key: entry for entry in entries}
    for line in lines:
        by_key[name_key(line["name"])].series = line.get("series", "")[:80]
    update_rows(Product, entries, ["series"])
    return len(entries)


def list_accounts(file: ImportFile, *, by: User | None) -> int:
    lines = lines_of(file)
    entries = vouch_for_names(Account, [line["name"] for line in lines], by=by)
    fill_account_facts({line["name"]: _with_segment(line) for line in lines}, by=by)
    _set_parents(lines)
    return len(entries)


def fill_account_facts(facts: Mapping[str, Mapping[str, str]], *, by: User | None) -> None:
    """Take over what a file says of accounts, except what a person entered.

    An empty cell says nothing. One event tells of all that changed.
    """
    said = {name: each for name, each in facts.items() if any(each.get(f) for f in FACTS)}
    by_key = {name_key(name): each for name, each in said.items()}
    accounts = _accounts(said).values()
    changed = [account for account in accounts if _take_over(account, by_key[account.name_key])]
    update_rows(Account, changed, FACTS)
    if changed:
        payload = {"account_ids": [account.pk for account in changed]}
        record(ACCOUNT_CHANGED, payload=payload, by=by.pk if by else None)


def segment_for(employees: int) -> str:
    """The size class of a company by its number of people."""
    return next((name for below, name in SEGMENTS if employees < below), LARGEST_SEGMENT)


def _accounts(names: Iterable[str]) -> dict[str, Account]:
    wanted = list(names)
    return entries_named(Account, wanted) if wanted else {}


def _take_over(account: Account, line: Mapping[str, str]) -> bool:
    touched = False
    for name in FACTS:
        value = _value(name, line.get(name, ""))
        if value in (None, "") or is_from_person(account.provenance.get(name)):
            continue
        if getattr(account, name) != value:
            setattr(account, name, value)
            touched = True
    return touched


def _value(name: str, word: str) -> str | int | None:
    if name != "employees":
        return word[:80]
    digits = word.replace(",", "").replace(".", "").replace(" ", "")
    return int(digits) if digits.isdigit() and len(digits) < 10 else None


def _with_segment(line: dict[str, str]) -> dict[str, str]:
    employees = _value("employees", line.get("employees", ""))
    if line.get("segment") or not isinstance(employees, int):
        return line
    return {**line, "segment": segment_for(employees)}


def _set_parents(lines: Iterable[Mapping[str, str]]) -> None:
    parents = {name_key(line["name"]): line.get("parent", "") for line in lines}
    named = {key: parent for key, parent in parents.items() if parent}
    entries = _accounts([*named, *named.values()])
    changed = []
    for key, parent in named.items():
        child, above = entries[key], entries[name_key(parent)]
        if child.pk != above.pk and child.parent_id != above.pk:
            child.parent = above
            changed.append(child)
    update_rows(Account, changed, ["parent"])


def _cell(row: Row, place: int) -> str:
    cell = row.cells[place] if place < len(row.cells) else ""
    return "" if is_nothing(cell) else tidy(cell)[:LONGEST_NAME]


def list_names_of(model: type[CatalogueEntry], names: Iterable[str], *, by: User | None) -> None:
    """List names that a known vocabulary or a person's mapping vouches for."""
    wanted = sorted({tidy(name)[:LONGEST_NAME] for name in names})
    if wanted:
        vouch_for_names(model, wanted, by=by)
