"""Imports: upload, say what the columns hold, check, let it run, and see what became of it."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.text import csv_safe
from deals.access import get_import
from deals.errors import DealRefused
from deals.forms.imports import ColumnsForm, StagesForm, UploadForm
from deals.imports.findings import findings_from
from deals.imports.worker import progress_of, start_soon
from deals.models import FileKind, ImportRun, ImportState
from deals.services import imports
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import Crumbs

LEADS = (Role.MANAGER, Role.ADMIN)
LISTED = 50
SHOWN_NOTES = 20


def _crumbs() -> Crumbs:
    return [("Imports", reverse("deals:import_list"))]


class _Echo:
    """A file that hands each written line back, for streaming."""

    def write(self, line: str) -> str:
        return line


@require_safe
@require_role(*LEADS)
def import_list(request: HttpRequest) -> HttpResponse:
    runs = ImportRun.objects.visible_to(signed_in(request)).newest_first()
    shown = list(runs.prefetch_related("files")[:LISTED])
    return render(request, "deals/imports.html", {"runs": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*LEADS)
def import_create(request: HttpRequest) -> HttpResponse:
    by = signed_in(request)
    form = UploadForm(posted(request), request.FILES or None)
    taken: list[ImportRun] = []

    def take() -> None:
        files = [(file.name or "file", file) for file in form.cleaned_data["chosen"]]
        taken.append(
            imports.take_files(files, by=by, source=form.cleaned_data["source"], is_lenient=True)
        )

    if form.carry_out(take):
        return redirect("deals:import_detail", pk=taken[0].pk)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "deals/import_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*LEADS)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One address from the columns to the result; what it shows depends on how far it is."""
    run = get_import(signed_in(request), pk)
    form = None
    if run.state == ImportState.UPLOADED:
        form = _columns_form(request, run)
        if form is not None and form.carry_out(lambda: _map_and_check(run, form.mapping())):
            return redirect("deals:import_detail", pk=pk)
    context = {
        "run": run,
        "form": form,
        "crumbs": _crumbs(),
        "files": list(run.files.all()),
        "findings": findings_from(run.findings),
        "notes": list(run.notes.rejections()[:SHOWN_NOTES]),
        "progress": progress_of(run),
        "progress_words": _progress_words(run),
        "stages": StagesForm(run=run) if run.state == ImportState.CHECKED else None,
    }
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        response = render(request, "deals/import_progress.html", context)
        if not run.is_working:
            response["HX-Refresh"] = "true"
        return response
    bad = form is not None and bool(form.errors)
    return render(request, "deals/import.html", context, status=422 if bad else 200)


def _progress_words(run: ImportRun) -> str:
    done, total = progress_of(run)
    return f"{done:,} of {total:,} rows" if total else "Looking through the files"


def _columns_form(request: HttpRequest, run: ImportRun) -> ColumnsForm | None:
    file = run.files.filter(kind=FileKind.DEALS).first()
    return ColumnsForm(posted(request), run=run, file=file) if file else None


def _map_and_check(run: ImportRun, written: dict[str, object]) -> None:
    imports.map_columns(run, written)
    _check(run)


def _check(run: ImportRun) -> None:
    imports.ask_for_check(run)
    start_soon(run)


@require_POST
@require_role(*LEADS)
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again, with what was said of stages that nobody knew; or for the first time."""
    run = get_import(signed_in(request), pk)
    form = StagesForm(request.POST, run=run)
    try:
        if form.is_valid() and form.stages():
            imports.map_columns(run, {"stages": form.stages()})
        _check(run)
    except DealRefused as refusal:
        messages.error(request, f"{refusal.why} {refusal.remedy}")
    return redirect("deals:import_detail", pk=pk)


@require_POST
@require_role(*LEADS)
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's go-ahead, for the deals and for the people whom the files name."""
    run = get_import(signed_in(request), pk)
    try:
        imports.ask_for_run(run)
        start_soon(run)
    except DealRefused as refusal:
        messages.error(request, f"{refusal.why} {refusal.remedy}")
    return redirect("deals:import_detail", pk=pk)


@require_POST
@require_role(*LEADS)
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_import(signed_in(request), pk)
    try:
        imports.discard_import(run)
    except DealRefused as refusal:
        messages.error(request, f"{refusal.why} {refusal.remedy}")
        return redirect("deals:import_detail", pk=pk)
    messages.success(request, "Discarded. Nothing was imported.")
    return redirect("deals:import_list")


@require_safe
@require_role(*LEADS)
def import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """Each rejected row as CSV, safe to open in a spreadsheet."""
    run = get_import(signed_in(request), pk)
    response = HttpResponse(_error_lines(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-rejected.csv"'
    return response


def _error_lines(run: ImportRun) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["file", "row", "field", "value", "reason", "what to do"])
    for note in run.notes.rejections().iterator(chunk_size=1_000):
        cells = (note.file, str(note.row), note.field, note.value, note.reason, note.remedy)
        yield writer.writerow([csv_safe(cell) for cell in cells])
