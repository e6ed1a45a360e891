"""Taking files in, deciding how they are read, and letting them run."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from django.db import transaction

from common.text import tidy
from deals.errors import FileRefused, ImportStepRefused
from deals.imports.mapping import Mapping, mapping_from, refuse_incomplete
from deals.imports.objects import as_table
from deals.imports.profiles import COMPANIONS, GENERIC, mapping_for, recognise
from deals.imports.reading import PART_BYTES, Shape, shape_of
from deals.models import FileKind, ImportFile, ImportPart, ImportRun, ImportState
from people.models import User

MOST_FILES = 8
_EDITABLE = (ImportState.UPLOADED, ImportState.CHECKED)


@transaction.atomic
def take_files(
    files: Sequence[tuple[str, BinaryIO]],
    *,
    by: User | None,
    source: str = "auto",
    written: AnyMapping[str, Any] | None = None,
    is_lenient: bool = False,
) -> ImportRun:
    """Keep uploaded files as one import and say how they are read.

    Lists that belong together (deals, accounts, products, people) are told apart by their
    headers, in any order. `written` is a person's mapping over the recognised one. With
    `is_lenient` unknown columns are guessed for a person to correct instead of refused.
    """
    if not files:
        raise FileRefused("files", "There is no file.", "Choose at least one.")
    if len(files) > MOST_FILES:
        raise FileRefused("files", f"More than {MOST_FILES} files.", "Choose fewer.")
    run = ImportRun.objects.create(started_by=by)
    kinds: dict[str, str] = {}
    deals: ImportFile | None = None
    for name, stream in files:
        file = _keep(run, name, stream, kinds, is_mapped=source != "auto" or bool(written))
        if file.kind == FileKind.DEALS:
            deals = file
    if deals is not None:
        mapping = _mapping_of(deals, source=source, written=written, is_lenient=is_lenient)
        run.mapping, run.source = mapping.as_json(), mapping.source
        run.save(update_fields=["mapping", "source"])
    return run


@transaction.atomic
def map_columns(run: ImportRun, written: AnyMapping[str, Any]) -> Mapping:
    """Say what the columns of the deals hold. Refused when no deals can come of it."""
    run = _locked(run, *_EDITABLE)
    file = run.files.get(kind=FileKind.DEALS)
    base = mapping_from(run.mapping)
    mapping = mapping_from(written, base=base)
    mapping = refuse_incomplete(mapping, file.headers)
    run.mapping, run.source = mapping.as_json(), mapping.source
    run.save(update_fields=["mapping", "source"])
    return mapping


@transaction.atomic
def ask_for_check(run: ImportRun) -> None:
    """Have a worker find out what the import would do."""
    run = _locked(run, *_EDITABLE)
    if run.files.filter(kind=FileKind.DEALS).exists():
        refuse_incomplete(mapping_from(run.mapping), run.files.get(kind=FileKind.DEALS).headers)
    _set_state(run, ImportState.CHECKING)


@transaction.atomic
def ask_for_run(run: ImportRun) -> None:
    """Let the import run, people that it names included. Once only."""
    run = _locked(run, ImportState.CHECKED, ImportState.UPLOADED)
    run.notes.all().delete()
    for name in ("cursor", "created", "updated", "unchanged", "rejected", "flagged", "contested"):
        setattr(run, name, 0)
    run.findings = {}
    run.state = ImportState.RUNNING
    run.save()


@transaction.atomic
def discard_import(run: ImportRun) -> None:
    """Drop an import that hasn't run, and its files with it."""
    run = _locked(run, *_EDITABLE, ImportState.CHECKING)
    ImportFile.objects.filter(run=run).delete()
    _set_state(run, ImportState.DISCARDED)


def _locked(run: ImportRun, *states: ImportState) -> ImportRun:
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state not in states:
        raise ImportStepRefused(
            "import",
            f"This import is {ImportState(locked.state).label.lower()}.",
            "Reload the page, or start a new one.",
        )
    return locked


def _set_state(run: ImportRun, state: ImportState) -> None:
    run.state = state
    run.save(update_fields=["state"])


def _keep(
    run: ImportRun, name: str, stream: BinaryIO, kinds: dict[str, str], *, is_mapped: bool
) -> ImportFile:
    name = tidy(name)[:200] or "file"
    stream = as_table(name, stream)
    shape = shape_of(name, stream)
    kind = _kind(shape, is_mapped=is_mapped)
    if kind in kinds:
        raise FileRefused(
            name,
            f"It holds {FileKind(kind).label.lower()}, as {kinds[kind]} does.",
            "Import one file of each kind at a time.",
        )
    kinds[kind] = name
    file = ImportFile.objects.create(
        run=run,
        name=name,
        kind=kind,
        size=shape.size,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        headers=list(shape.headers),
    )
    stream.seek(0)
    number = 0
    while chunk := stream.read(PART_BYTES):
        ImportPart.objects.create(file=file, number=number, content=chunk)
        number += 1
    return file


def _kind(shape: Shape, *, is_mapped: bool) -> FileKind:
    """A companion by its headers, else deals. A file of deals is recognised before a companion."""
    profile = recognise(shape.headers)
    is_companion = profile in COMPANIONS
    return profile.kind if profile and (is_companion or not is_mapped) else FileKind.DEALS


def _mapping_of(
    file: ImportFile, *, source: str, written: AnyMapping[str, Any] | None, is_lenient: bool
) -> Mapping:
    if written is not None and source in ("auto", "generic"):
        profile = recognise(file.headers) if source == "auto" else GENERIC
        base = (profile or GENERIC).mapping(file.headers)
        exact = dict.fromkeys(file.headers, "") if written.get("columns") else {}
        base = replace(base, columns={**base.columns, **exact}) if source == "generic" else base
        return refuse_incomplete(mapping_from(written, base=base), file.headers)
    try:
        mapping = mapping_for(file.name, file.headers, source)
    except FileRefused:
        if not is_lenient:
            raise
        return GENERIC.mapping(file.headers)
    if written is not None:
        mapping = mapping_from(written, base=mapping)
    return mapping if is_lenient else refuse_incomplete(mapping, file.headers)
