"""Every number of every dashboard page opens as many deals as it says, worth as much as it says.

Walks all links behind numbers on the demo company's pages, as a rep, a manager and a partner. Each is
answered by the engine's own list of deals; some of each page are asked for as pages too.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from common.money import from_minor
from deals.models import Competitor
from people.models import User
from trends import engine
from trends.addresses import BACK, CELL, cell_from
from trends.dashboard.catalogue import BOARDS
from trends.queries import EVERYTHING
from trends.query import TrendQuery
from trends.services import current_basis

pytestmark = pytest.mark.django_db

ROLES = ["ingrid.dahl", "marit.engen", "stefan.adler"]
STATES = ["", "?show=money&compare=year&list=recorded&judgement=confirmed&segment=Enterprise"]
CUTS = [
    "measure=lost&by=reason",
    "measure=mentions&by=reason_group,month",
    "measure=win_rate&by=segment,industry",
    "measure=lost_amount&by=stage,month",
    "measure=won_amount&by=country",
    "measure=median_amount&by=product",
    "measure=cycle_days&by=region",
    "measure=coverage&by=quarter",
    "measure=primary&by=reason,competitor",
    "measure=lift&by=factor",
    "measure=deals&by=competitor,outcome",
]
ANCHOR = re.compile(
    r'<a [^>]*href="(/dashboard/deals/[^"]+)" data-n="(\d+)"(?: data-amount="([^"]+)")?'
)
UNTOLD = re.compile(r'<a [^>]*href="(/dashboard/deals/[^"]+)"(?! data-n=)')
LIST = re.compile(r'class="result-count" role="status" data-n="(\d+)" data-amount="([^"]+)"')
OPENED = 4  # lists of each page that are asked for as pages


@dataclass(frozen=True)
class Told:
    """What a number says that its list holds."""

    address: str
    n: int
    amount: Decimal | None


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for the module, in a transaction that is rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def addresses(viewer: User) -> list[str]:
    boards = [each for each in BOARDS.values() if viewer.in_sales or not each.sales_only]
    paths = [reverse(each.url_name) for each in boards if not each.subject]
    paths.append(reverse("trends:contrasts"))
    rival = Competitor.objects.filter(merged_into=None).order_by("pk")[0]
    paths.append(reverse("trends:competitor", args=[rival.pk]))
    states = STATES if viewer.is_manager else STATES[:1]
    found = [path + state for path in paths for state in states]
    return found + [f"{reverse('trends:explore')}?{cut}" for cut in CUTS]


def numbers(page: str) -> set[Told]:
    return {
        Told(html.unescape(href), int(n), Decimal(amount) if amount else None)
        for href, n, amount in ANCHOR.findall(page)
    }


def counted(address: str, viewer: User) -> tuple[int, int, Decimal]:
    """How many deals the list holds, how many different ones, and their sum."""
    params = QueryDict(address.partition("?")[2])
    query = TrendQuery.from_params(params, ignore=(CELL, BACK))
    cell = cell_from(params.getlist(CELL), query)
    drill = engine.drill(query, cell, viewer, limit=EVERYTHING)
    amount = from_minor(drill.amount, decimals=current_basis().decimals)
    return drill.total, len(set(drill.closing_ids)), amount


def listed(client: Client, address: str) -> tuple[int, Decimal]:
    """What the page of the list says."""
    page = client.get(address).content.decode()
    found = LIST.search(page)
    assert found, address
    return int(found[1]), Decimal(found[2])


@pytest.mark.parametrize("username", ROLES)
def test_every_list_holds_what_its_number_says(
    demo: None, username: str, record_property: Callable[[str, object], None]
) -> None:
    viewer = User.objects.get(username=username)
    client = Client()
    client.force_login(viewer)
    walked: set[Told] = set()
    wrong: list[object] = []
    for address in addresses(viewer):
        response = client.get(address)
        page = response.content.decode()
        assert response.status_code == 200, address
        assert UNTOLD.findall(page) == [], address
        fresh = sorted(numbers(page) - walked, key=lambda told: told.address)
        walked |= set(fresh)
        for told in fresh:
            total, different, amount = counted(told.address, viewer)
            if (told.n, told.n) != (total, different) or told.amount not in (None, amount):
                wrong.append((told, total, different, amount))
        for told in fresh[:: max(1, len(fresh) // OPENED)]:
            total, amount = listed(client, told.address)
            if told.n != total or told.amount not in (None, amount):
                wrong.append((told, "page", total, amount))
    record_property("links walked", len(walked))
    assert wrong == []
    assert len(walked) > 1_000


@pytest.mark.parametrize("path", ["/dashboard/reasons/", "/dashboard/explore/"])
def test_a_list_leads_back_to_exactly_the_page_that_was_left(demo: None, path: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="marit.engen"))
    left = (
        f"{path}?{'measure=lost&by=stage&' if 'explore' in path else ''}"
        "since=2026-01-01&until=2026-06-30&compare=year&judgement=confirmed&segment=Enterprise"
    )
    first = client.get(left).content.decode()
    there = client.get(sorted(numbers(first), key=lambda told: told.address)[0].address)
    crumbs = re.findall(r'<li><a href="([^"]+)">', there.content.decode())
    again = client.get(html.unescape(crumbs[-1])).content.decode()
    assert numbers(again) == numbers(first)
