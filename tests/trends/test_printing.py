"""Dashboard pages on paper: what they say, that they are as the page, and how they are set."""

import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from common.charts import Bar, Bars, Columns, Period, Point, Series
from common.charts.printing import standalone, swatches
from debriefs.services.defaults import install_defaults
from people.models import User
from tests.factories import closed_deal, submitted_debrief
from trends.dashboard.boards import Drawn, drawn
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.state import DashboardState
from trends.merging import RULES
from trends.printing.report import Report, report_of
from trends.printing.typesetting import pdf, png
from trends.services import rebuild

SignedIn = Callable[[User], Client]


@pytest.fixture
def defaults(db: None) -> None:
    install_defaults()


@pytest.fixture
def loaded(db: None) -> None:
    with StringIO() as unread:
        call_command("loadgen", "150", seed=5, months=10, stdout=unread)


def page_of(slug: str, viewer: User, subject: str = "", **params: Any) -> Drawn:
    board = BOARDS[slug]
    path = reverse(board.url_name, args=[subject] if subject else [])
    state = DashboardState.from_params(params, today=date(2026, 3, 31), path=path)
    return drawn(board, state, viewer, subject=subject)


@pytest.mark.django_db
def test_a_report_says_period_filters_coverage_and_where_it_comes_from(
    defaults: None, rep: User, admin: User
) -> None:
    submitted_debrief(closing=closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 10)}))
    closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 12)})
    rebuild()
    report = report_of(page_of("overview", admin, country=["Germany"]))
    assert report.kicker == "1 Apr 2025 to 31 Mar 2026"
    assert report.reading == [
        "Compared with 1 Apr 2024 to 31 Mar 2025.",
        "Only Country: Germany.",
        "1 of 2 closed deals are debriefed (50%); 1 are not. Shares of reasons are of debriefed losses.",
        f"{RULES['team']}: Atlas in Mar 2026.",
    ]
    assert report.tiles[0].lines[0] == "of 2 closed"
    assert report.as_of.startswith("Figures as of ")
    assert report.address.startswith("http://localhost:8000/dashboard/?")
    assert "country=Germany" in report.address


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("slug", [slug for slug, board in BOARDS.items() if not board.subject])
def test_every_page_is_set_as_pdf_and_picture(slug: str, admin: User, signed_in: SignedIn) -> None:
    client = signed_in(admin)
    document = client.get(reverse("trends:printed", args=[slug, "pdf"]))
    assert (document.status_code, document.content[:5]) == (200, b"%PDF-")
    assert re.fullmatch(
        rf'attachment; filename="{slug}-\d{{4}}-\d\d-\d\d-\d{{4}}-\d\d-\d\d\.pdf"',
        document["Content-Disposition"],
    )
    fonts = set(re.findall(rb"/FontName/\w+\+(\w+)", document.content))
    assert {b"InstrumentSansRegular", b"FrauncesSemiBold"} <= fonts
    assert fonts <= {
        *(b"InstrumentSansRegular", b"InstrumentSansSemiBold", b"FrauncesSemiBold"),
        *(b"InstrumentSansExtRegular", b"InstrumentSansExtSemiBold"),
    }
    picture = client.get(reverse("trends:printed", args=[slug, "png"]))
    assert (picture["Content-Type"], picture.content[1:4]) == ("image/png", b"PNG")
    assert int.from_bytes(picture.content[16:20]) == 1191


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_wins_against_losses_and_any_cut_are_set_too(
    kind: str, admin: User, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    for address in (
        f"/dashboard/print/wins-against-losses.{kind}?country=Germany",
        f"/dashboard/print/explore.{kind}?measure=lost&by=stage,segment",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.content[1:4]) == (200, kind.upper().encode())


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
def test_the_page_leads_to_its_files_with_its_own_state(admin: User, signed_in: SignedIn) -> None:
    page = (
        signed_in(admin).get("/dashboard/reasons/?outcome=no_decision&show=money").content.decode()
    )
    link = re.search(r'href="(/dashboard/print/reasons\.pdf\?[^"]+)"', page)
    assert link
    assert "outcome=no_decision" in link.group(1)
    assert "show=money" in link.group(1)


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
def test_a_partners_file_is_the_partners_page(partner: User, admin: User) -> None:
    """Without what is for sales only."""
    titles = {each.title for each in report_of(page_of("overview", partner)).figures}
    assert "Win rate by team" not in titles
    everything = {each.title for each in report_of(page_of("overview", admin)).figures}
    assert "Win rate by team" in everything - titles


def test_nothing_that_came_from_outside_is_set_as_code() -> None:
    nasty = '#panic("x") *bold* $x$ <a> ] } \\ "Ł"'
    bars = Bars("r", nasty, nasty, [Bar(nasty, 3, nasty, basis=nasty)])
    assert ET.fromstring(standalone(bars)).tag.endswith("svg")
    report = Report(
        title=nasty, kicker=nasty, lede=nasty, reading=[nasty], tiles=[], figures=[],
        appendix=[{"title": nasty, "table": {"columns": [nasty, nasty], "rows": [[nasty, nasty]],
                                             "widths": [8, 8], "words": [True, False]}}],
        empty=nasty, company=nasty, as_of=nasty, address="http://localhost/", address_shown=nasty,
    )  # fmt: skip
    assert pdf(report).startswith(b"%PDF-")
    assert png(report)[1:4] == b"PNG"


def test_a_drawing_stands_alone_as_wide_as_its_place() -> None:
    chart = Columns(
        key="c",
        title="Lost",
        description="By month",
        periods=[Period("2026-03", "Mar 26")],
        series=[Series("Price", [Point(3, "3", "/x/?a=1&b=2")]), Series("Gap", [Point(1, "1")])],
    )
    drawn_alone = ET.fromstring(standalone(chart, width=400))
    assert drawn_alone.get("width") == "400"
    assert [each.label for each in swatches(chart)] == ["Price", "Gap"]
    for each in swatches(chart):
        ET.fromstring(each.swatch)
