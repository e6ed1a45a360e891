"""Names as written, turned into entries of the catalogue."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from django.utils import timezone
from rapidfuzz import fuzz, process

from common.text import name_key, tidy
from deals.errors import NameRefused
from deals.models import CatalogueEntry
from people.models import User

Entry = TypeVar("Entry", bound=CatalogueEntry)

LONGEST_NAME = 200
LEAST_LIKENESS = 80
_LEGAL_FORMS = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|plc|gmbh|ag|kg|se|sa|sas"
    r"|sarl|spa|srl|bv|nv|ab|as|oy|pty|the|group|holding|holdings)\b"
)


known_key = lru_cache(50_000)(name_key)


@lru_cache(50_000)
def is_fine_name(name: str) -> bool:
    """Whether a name can be listed as it is; a quick look before `checked_name` says why not."""
    return 0 < len(tidy(name)) <= LONGEST_NAME and 0 < len(known_key(name)) <= LONGEST_NAME


def entry_named(model: type[Entry], name: str) -> Entry:
    """The entry that bears `name`, made as written when nobody has listed it yet.

    It may have been merged: rows keep pointing to the name as written, and readers take
    `entry.today`, so that undoing a merge needs no row to be changed.
    """
    return entries_named(model, [name])[name_key(name)]


def entries_named(model: type[Entry], names: Iterable[str]) -> dict[str, Entry]:
    """The entries that bear these names, by `name_key`; those not there are made as written.

    Two queries at most, whatever the number of names, and one more for the look-alikes.
    """
    wanted = {known_key(name): name for name in names}
    found = _existing(model, wanted)
    missing = [key for key in sorted(wanted) if key not in found]
    if missing:
        _make_as_written(model, {key: checked_name(wanted[key]) for key in missing})
        found |= _existing(model, missing)
    return found


def list_names(model: type[Entry], names: Iterable[str], *, by: User | None) -> dict[str, Entry]:
    """As `entries_named`, but made as listed: somebody or a known list vouches for them.

    A name that awaited review is thereby decided; a merged one stays merged.
    """
    entries = entries_named(model, names)
    waiting = [e for e in entries.values() if not e.is_reviewed and e.merged_into_id is None]
    for entry in waiting:
        entry.reviewed_at, entry.reviewed_by = timezone.now(), by
        entry.proposed, entry.proposal_score = None, None
    model._default_manager.bulk_update(
        waiting, ["reviewed_at", "reviewed_by", "proposed", "proposal_score"]
    )
    return entries


def nearest(name: str, listed: Mapping[int, str]) -> tuple[int, int] | None:
    """The id of the listed name most like `name`, and their likeness from 80 to 100."""
    match = process.extractOne(bare(name), listed, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
    return (match[2], round(match[1])) if match else None


def bare(name: str) -> str:
    """What is left of a name for comparing: no marks, no legal form, letters and digits only."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    core = _LEGAL_FORMS.sub(" ", letters)
    return _alphanumeric(core) or _alphanumeric(letters)


def _alphanumeric(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def checked_name(name: str, *, field: str = "name") -> str:
    """The name tidied; refused when nothing is left of it or it is too long."""
    clean = tidy(name)
    if not clean:
        raise NameRefused(field, "The name is empty.", "Give a name, or leave the field out.")
    if len(clean) > LONGEST_NAME or len(name_key(clean)) > LONGEST_NAME:
        raise NameRefused(
            field,
            f"“{clean[:40]}…” is {len(clean)} characters long; a name has at most {LONGEST_NAME}.",
            "Shorten it.",
        )
    return clean


def _existing(model: type[Entry], keys: Collection[str]) -> dict[str, Entry]:
    rows = model._default_manager.select_related("merged_into").filter(name_key__in=list(keys))
    return {row.name_key: row for row in rows}


def _make_as_written(model: type[Entry], names: Mapping[str, str]) -> None:
    listed = {
        pk: bare(name)
        for pk, name in model._default_manager.exclude(reviewed_at=None)
        .filter(merged_into=None)
        .values_list("pk", "name")
    }
    entries = []
    for key, name in names.items():
        match = nearest(name, listed)
        entry = model(name=name, name_key=key)
        if match:
            entry.proposed_id, entry.proposal_score = match
        entries.append(entry)
    model._default_manager.bulk_create(entries, ignore_conflicts=True)
