"""`manage.py import_deals FILE...`: deals, and the lists that go with them, from CSV or JSON."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deals.errors import DealRefused
from deals.imports.engine import check_import, run_import
from deals.imports.profiles import SOURCES
from deals.imports.report import report_in_words, report_of
from deals.models import ImportRun, ImportState
from deals.services.imports import ask_for_check, ask_for_run, take_files

BAR = 30


class Command(BaseCommand):
    help = (
        "Imports deals from CSV or JSON. Files that belong together (deals, accounts, products, "
        "people) are told apart by their headers. Can be run again: deals are matched by their id."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--source", choices=SOURCES, default="auto", help="the system it comes from"
        )
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE.json", help="which column is which fact"
        )
        parser.add_argument("--dry-run", action="store_true", help="report, and write nothing")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(
        self,
        *args: Any,
        files: list[Path],
        source: str,
        mapping: Path | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        try:
            run = _taken(files, source=source, mapping=mapping)
            run = _checked(run) if dry_run else _carried_out(run)
        except (DealRefused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        report = report_of(run)
        if dry_run:
            run.delete()
        self.stdout.write(
            json.dumps(report, ensure_ascii=False) if options["json"] else report_in_words(report)
        )
        if run.state == ImportState.FAILED or run.rejected:
            sys.exit(1)


def _taken(files: list[Path], *, source: str, mapping: Path | None) -> ImportRun:
    written = None
    if mapping is not None:
        try:
            written = json.loads(mapping.read_text(encoding="utf-8"))
        except ValueError as error:
            raise CommandError(f"{mapping}: it is no JSON ({error}).") from error
        if not isinstance(written, dict):
            raise CommandError(f"{mapping}: it is no JSON object.")
    with ExitStack() as stack:
        streams = [(path.name, stack.enter_context(path.open("rb"))) for path in files]
        return take_files(streams, by=None, source=source, written=written)


def _checked(run: ImportRun) -> ImportRun:
    ask_for_check(run)
    run.refresh_from_db()
    return check_import(run, progress=_show_progress)


def _carried_out(run: ImportRun) -> ImportRun:
    """The command is its own confirmation; `--dry-run` shows first."""
    ask_for_run(run)
    run.refresh_from_db()
    return run_import(run, progress=_show_progress)


def _show_progress(done: int, total: int) -> None:
    if not sys.stderr.isatty():
        return
    filled = BAR * done // max(total, 1)
    end = "\n" if done >= total else ""
    bar = f"{'█' * filled}{'░' * (BAR - filled)}"
    sys.stderr.write(f"\r{bar} {done:,} of {total:,} rows{end}")
    sys.stderr.flush()
