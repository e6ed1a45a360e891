"""The import pages, from the upload to the result."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deals.imports.worker import work_on, work_on_all
from deals.models import Closing, Deal, ImportRun
from deals.services.imports import take_files
from people.models import User

SignedIn = Callable[[User], Client]
DATA = Path(__file__).parent / "data"
PIPELINE = ["sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv"]

pytestmark = pytest.mark.django_db


def upload(client: Client, *names: str) -> ImportRun:
    files = [SimpleUploadedFile(name, (DATA / name).read_bytes()) for name in names]
    sent = {"chosen": files, "source": "auto"}
    answer = client.post(reverse("deals:import_create"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.latest("pk")


def page(client: Client, run: ImportRun) -> str:
    return client.get(reverse("deals:import_detail", args=[run.pk])).content.decode()


def columns_as_recognised(run: ImportRun) -> dict[str, str]:
    headers = run.files.get(kind="deals").headers
    targets = [run.mapping["columns"][header] for header in headers]
    chosen = {f"column_{n}": target for n, target in enumerate(targets)}
    return {**chosen, "identity": run.mapping["identity"], "dates": ""}


def test_files_are_uploaded_mapped_checked_confirmed_and_imported(
    manager: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    run = upload(client, *PIPELINE)
    url = reverse("deals:import_detail", args=[run.pk])
    assert "OPP0000" in page(client, run)
    client.post(url, columns_as_recognised(run))
    assert "Being checked" in page(client, run)
    work_on(run.pk)
    preview = page(client, run)
    assert "and add 7 people" in preview
    assert "LoomPro" in preview
    assert Deal.objects.count() == 0
    client.post(reverse("deals:import_start", args=[run.pk]))
    work_on(run.pk)
    assert "People added" in page(client, run)
    assert (Deal.objects.count(), Closing.objects.count()) == (40, 32)
    assert User.objects.get(full_name="Ida Noor").is_active is False
    assert "sales_pipeline.csv" in client.get(reverse("deals:import_list")).content.decode()


def test_a_wrong_file_is_refused_by_name_and_nothing_is_kept(
    manager: User, signed_in: SignedIn
) -> None:
    sheet = SimpleUploadedFile("deals.xlsx", b"PK\x03\x04....")
    answer = signed_in(manager).post(
        reverse("deals:import_create"), {"chosen": [sheet], "source": "auto"}
    )
    assert answer.status_code == 422
    assert "a spreadsheet or archive (.xlsx, .zip), not CSV" in answer.content.decode()
    assert ImportRun.objects.count() == 0


def test_columns_that_make_no_deal_are_refused_on_the_page(
    manager: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    run = upload(client, *PIPELINE)
    chosen = columns_as_recognised(run)
    nothing = {name: "" for name in chosen if name.startswith("column_")}
    answer = client.post(reverse("deals:import_detail", args=[run.pk]), {**chosen, **nothing})
    assert (answer.status_code, "No column tells" in answer.content.decode()) == (422, True)


def test_stages_nobody_knows_are_explained_and_checked_again(
    manager: User, signed_in: SignedIn
) -> None:
    content = b"id,name,stage,closed_on,account,amount\nA,x,=Gone,2026-03-01,,\n"
    run = take_files([("d.csv", io.BytesIO(content))], by=manager)
    client = signed_in(manager)
    check = reverse("deals:import_check", args=[run.pk])
    client.post(check)
    work_on(run.pk)
    assert "What do these stages mean?" in page(client, run)
    errors = client.get(reverse("deals:import_errors", args=[run.pk])).content.decode()
    assert errors.splitlines()[1].startswith("d.csv,2,stage,'=Gone,“=Gone” maps to no outcome")
    client.post(check, {"stage_0": "postponed"})
    work_on_all()
    run.refresh_from_db()
    assert (run.created, run.rejected, run.state) == (1, 0, "checked")


def test_progress_is_a_fragment_that_ends_with_the_work(manager: User, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    run = upload(client, "reflection.csv")
    client.post(reverse("deals:import_check", args=[run.pk]))
    part = reverse("deals:import_detail", args=[run.pk]) + "?part=progress"
    waiting = client.get(part, headers={"HX-Request": "true"})
    assert ("hx-get" in waiting.content.decode(), "HX-Refresh" in waiting.headers) == (True, False)
    work_on(run.pk)
    assert client.get(part, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_an_import_is_discarded_before_it_runs_and_not_after(
    manager: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    run = upload(client, "reflection.csv")
    client.post(reverse("deals:import_discard", args=[run.pk]))
    assert "Discarded" in page(client, run)
    client.post(reverse("deals:import_start", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, Deal.objects.count()) == ("discarded", 0)


def test_work_done_twice_is_done_once(manager: User, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    run = upload(client, "reflection.csv")
    client.post(reverse("deals:import_check", args=[run.pk]))
    work_on(run.pk)
    client.post(reverse("deals:import_start", args=[run.pk]))
    work_on(run.pk)
    work_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.created, Deal.objects.count()) == ("done", 3, 3)
