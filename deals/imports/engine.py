"""Carrying an import out: in chunks, each one transaction; stopped anywhere, it goes on there."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from deals.errors import DealRefused, FileRefused, RowRefused
from deals.facts import DealFacts, Unset, by_import
from deals.imports import companions
from deals.imports.findings import Findings, FoundName, NamesMet, findings_from, names_awaiting
from deals.imports.mapping import IGNORED, Mapping, mapping_from
from deals.imports.people import Owners, place_people, placings_of
from deals.imports.reading import Row, rows_of
from deals.imports.rows import ReadRow, RowReader
from deals.imports.survey import Survey, id_hash, survey
from deals.imports.vocabulary import OPEN, OPEN_STAGE_WORDS, word_key
from deals.models import FileKind, ImportFile, ImportNote, ImportRun, ImportState, NoteKind, Stage
from deals.services.change import Recorded
from deals.services.naming import Names
from deals.services.recording import Incoming, record_deals
from people.models import User

CHUNK_ROWS = 2_000
MOST_NOTES_OF_A_CHECK = 10_000
COUNTS = ("created", "updated", "unchanged", "rejected", "flagged", "contested")

Progress = Callable[[int, int], None]


def _no_progress(_done: int, _total: int) -> None:
    return None


def _commit_without_waiting() -> None:
    """Let the chunk's commit not wait for the disk.

    A crash may then take back the last chunks, each whole and with its place in the file,
    and the import goes on from there. The commit that ends the import waits for them all.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO OFF")


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Rows make many objects and hardly a cycle: looking for some each 700 costs an eighth."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def run_import(run: ImportRun, *, progress: Progress = _no_progress) -> ImportRun:
    """Carry an import out, or go on with it where it stopped.

    Each chunk is written in one transaction with its counts, so that a killed worker
    loses and doubles nothing. A file that can't be read to its end stops the import with
    the reason; what came before stands.
    """
    work = _Work(run)
    try:
        with transaction.atomic():
            work.prepare()
        with _fewer_collections():
            for chunk in work.chunks():
                with transaction.atomic():
                    _commit_without_waiting()
                    work.write(chunk)
                    work.keep_notes()
                    work.save_counts()
                progress(run.cursor, run.total)
        work.sum_up()
    except FileRefused as refusal:
        return _end(run, ImportState.FAILED, failure=str(refusal))
    return _end(run, ImportState.DONE)


def check_import(run: ImportRun, *, progress: Progress = _no_progress) -> ImportRun:
    """Find out what an import would do, exactly, and write nothing of it.

    Everything is done in a transaction that is taken back, chunk by chunk, so that no
    row stays locked for long; only the counts, findings and notes are kept.
    """
    work = _Work(run, is_check=True)
    notes: list[ImportNote] = []
    try:
        with transaction.atomic():
            work.prepare()
            for chunk in work.chunks():
                with transaction.atomic():
                    work.write(chunk)
                    transaction.set_rollback(True)
                work.forget_names()
                notes += work.take_notes()[: MOST_NOTES_OF_A_CHECK - len(notes)]
                progress(run.cursor, run.total)
            transaction.set_rollback(True)
    except FileRefused as refusal:
        return _end(run, ImportState.FAILED, failure=str(refusal))
    with transaction.atomic():
        run.notes.all().delete()
        ImportNote.objects.bulk_create(notes, batch_size=1_000)
        run.cursor = 0
        work.save_counts()
        work.save_findings(work.met.found())
        return _end(run, ImportState.CHECKED)


def _end(run: ImportRun, state: ImportState, *, failure: str = "") -> ImportRun:
    run.state, run.failure = state, failure
    run.finished_at = None if state == ImportState.CHECKED else timezone.now()
    run.save(update_fields=["state", "failure", "finished_at"])
    return run


@dataclass
class _Repeats:
    """Rows whose id occurs again: the first one counts, a later one must say the same."""

    hashes: frozenset[int]
    first: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def is_same_again(self, identity: str, row: Row) -> bool:
        """False for the first row of an id; refuses a later one that says otherwise."""
        if not identity or id_hash(identity) not in self.hashes:
            return False
        cells = tuple(cell.strip() for cell in row.cells)
        number, before = self.first.setdefault(identity, (row.number, cells))
        if number == row.number:
            return False
        if cells != before:
            raise RowRefused(
                "external_id",
                f"Row {number} has the same id and other values; that row was taken.",
                "Keep one row for each deal.",
                value=identity,
            )
        return True


class _Work:
    """One pass over the files of an import."""

    def __init__(self, run: ImportRun, *, is_check: bool = False) -> None:
        self.run = run
        self.is_check = is_check
        self.by: User | None = run.started_by
        self.mapping: Mapping = mapping_from(run.mapping) if run.mapping else Mapping("generic", {})
        files = {file.kind: file for file in run.files.all()}
        self.deals: ImportFile | None = files.pop(FileKind.DEALS, None)
        self.companions: dict[str, ImportFile] = files
        self.findings: Findings = findings_from({} if is_check else run.findings)
        self.met = NamesMet()
        self.notes: list[ImportNote] = []
        self.accounts_said: dict[str, dict[str, str]] = {}
        self.names = Names()
        if is_check:
            run.cursor = 0
            for name in COUNTS:
                setattr(run, name, 0)

    def prepare(self) -> None:
        """Look through the file, then bring the lists that its rows refer to."""
        self.seen = survey(self.deals, self.mapping) if self.deals else Survey()
        self.run.total = self.seen.rows
        self.owners = Owners.known()
        self._list_companions()
        self._list_stages()
        made = self.owners.name_unknown(self._people_named(), by=self.by)
        self.findings.people = sorted({*self.findings.people, *made})
        self._place_people()
        self.findings.dates = self.seen.date_notes
        self.findings.ignored_columns = [
            header for header, name in self.mapping.columns.items() if name == IGNORED
        ]
        self.findings.encodings = {
            file.name: file.encoding
            for file in (self.deals, *self.companions.values())
            if file and file.encoding not in ("utf-8", "utf-8-sig")
        }
        if self.deals:
            self.reader = RowReader(self.mapping, self.deals.headers, self.seen.reading)
        self.repeats = _Repeats(self.seen.repeated)
        self.run.findings = self.findings.as_json()
        self.run.save(update_fields=["total", "findings"])

    def chunks(self) -> Iterator[list[Row]]:
        """The rows that are still to be done; those done are only looked at for their ids."""
        if self.deals is None:
            return
        rows = rows_of(self.deals)
        for row in islice(rows, self.run.cursor):
            try:
                self.repeats.is_same_again(self.reader.identity(row.number, row.cells), row)
            except RowRefused:
                continue
        while chunk := list(islice(rows, CHUNK_ROWS)):
            yield chunk

    def write(self, chunk: Sequence[Row]) -> None:
        """Record what a chunk of rows says and count what became of each."""
        read: list[tuple[Row, ReadRow]] = []
        for row in chunk:
            try:
                found = self._read(row)
            except RowRefused as refusal:
                self._reject(row, refusal)
            else:
                if found is None:
                    self.run.unchanged += 1
                else:
                    read.append((row, found))
        self._record(read)
        self.run.cursor += len(chunk)

    def _read(self, row: Row) -> ReadRow | None:
        """What the row says; None when an earlier row of the file said the same."""
        if self.repeats.is_same_again(self.reader.identity(row.number, row.cells), row):
            return None
        found = self.reader.read(row.number, row.cells)
        if isinstance(found.owner, str):
            self.owners.id_of(found.owner)
        return found

    def _record(self, read: Sequence[tuple[Row, ReadRow]]) -> None:
        incoming = [Incoming(each.external_id, self._facts(each)) for _, each in read]
        results = record_deals(
            incoming,
            source=self.mapping.source,
            by=self.by.pk if self.by else None,
            provenance=by_import(self.run.pk),
            imported=True,
            names=self.names,
        )
        for (row, each), result in zip(read, results, strict=True):
            if isinstance(result, DealRefused):
                self._reject(row, result)
            else:
                self._count(row, each, result)
        self._fill_accounts([each for _, each in read])

    def _fill_accounts(self, read: Sequence[ReadRow]) -> None:
        """What rows say of accounts, where it isn't what an earlier row said."""
        facts = {
            each.facts.account: each.account_facts
            for each in read
            if each.account_facts
            and isinstance(each.facts.account, str)
            and self.accounts_said.get(each.facts.account) != each.account_facts
        }
        self.accounts_said |= facts
        companions.fill_account_facts(facts, by=self.by)

    def _facts(self, row: ReadRow) -> DealFacts:
        if isinstance(row.owner, Unset):
            return row.facts
        owner = self.owners.id_of(row.owner) if row.owner else None
        return replace(row.facts, owner_id=owner)

    def _count(self, row: Row, read: ReadRow, recorded: Recorded) -> None:
        run = self.run
        setattr(run, recorded.status, getattr(run, recorded.status) + 1)
        if recorded.contested:
            run.contested += 1
        if recorded.awaiting:
            run.flagged += 1
            if self.is_check:
                self.met.add(recorded.awaiting)
        for name, value, note in read.notes:
            self.findings.read_as += 1
            self._note(row, NoteKind.READ_AS, name, value, note, "")

    def _reject(self, row: Row, refusal: DealRefused) -> None:
        self.run.rejected += 1
        value = getattr(refusal, "value", "")
        if refusal.field in ("stage", "outcome") and value:
            unknown = self.findings.unknown_stages
            unknown[value[:80]] = unknown.get(value[:80], 0) + 1
        self._note(row, NoteKind.REJECTED, refusal.field, value, refusal.why, refusal.remedy)

    def _note(
        self, row: Row, kind: NoteKind, name: str, value: str, reason: str, remedy: str
    ) -> None:
        self.notes.append(
            ImportNote(
                run=self.run,
                kind=kind,
                file=self.deals.name if self.deals else "",
                row=row.number,
                field=name[:80],
                value=value[:200],
                reason=reason[:300],
                remedy=remedy[:300],
            )
        )

    def forget_names(self) -> None:
        """Entries that were made and taken back must be made anew."""
        self.names, self.accounts_said = Names(), {}

    def take_notes(self) -> list[ImportNote]:
        taken, self.notes = self.notes, []
        return taken

    def keep_notes(self) -> None:
        ImportNote.objects.bulk_create(self.take_notes())

    def save_counts(self) -> None:
        self.run.save(update_fields=["cursor", "total", *COUNTS])

    def sum_up(self) -> None:
        """What was found over the whole import, however often it was stopped."""
        rejections = self.run.notes.rejections().filter(field__in=("stage", "outcome"))
        words = rejections.exclude(value="").order_by("value").values_list("value")
        self.findings.unknown_stages = dict(words.annotate(rows=Count("pk")))
        self.findings.read_as = self.run.notes.filter(kind=NoteKind.READ_AS).count()
        self.save_findings(names_awaiting(self.mapping.source))

    def save_findings(self, names: list[FoundName]) -> None:
        self.findings.names = names
        self.run.findings = self.findings.as_json()
        self.run.save(update_fields=["findings"])

    def _list_companions(self) -> None:
        for kind, bring in (
            (FileKind.PRODUCTS, companions.list_products),
            (FileKind.ACCOUNTS, companions.list_accounts),
        ):
            if kind in self.companions:
                self.findings.companions[kind] = bring(self.companions[kind], by=self.by)

    def _list_stages(self) -> None:
        """Stages of the built-in vocabulary and of the mapping need no review."""
        meant_open = {word_key(w) for w, meaning in self.mapping.stages.items() if meaning == OPEN}
        known = OPEN_STAGE_WORDS | meant_open
        names = [word for word in self.seen.stages if word_key(word) in known]
        companions.list_names_of(Stage, names, by=self.by)

    def _people_named(self) -> list[str]:
        self.placings = []
        teams = self.companions.get(FileKind.TEAMS)
        if teams is not None:
            self.placings = placings_of(rows_of(teams), companions.places_of(teams))
        named = [*self.seen.owners]
        for placing in self.placings:
            named += [placing.person, placing.manager]
        return [word for word in named if word]

    def _place_people(self) -> None:
        if self.placings:
            self.findings.companions[FileKind.TEAMS] = len(self.placings)
            place_people(self.placings, self.owners, first_day=self.seen.first_day, by=self.by)
