"""Win rates of imported deals: the command, the API and the dashboard's table say the same as a
plain count over the file, before and after one decision on a name."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from deals.models import Product
from deals.services import merge_entry
from people.models import User
from tests.api.conftest import ApiClient

SAMPLE = Path(__file__).parents[1] / "deals" / "data"
WHOLE = Path(__file__).parents[3] / "shared" / "data" / "maven_crm"
FILES = ("sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv")

pytestmark = pytest.mark.django_db

Rates = dict[str, tuple[int, float | None]]


@pytest.fixture(params=[SAMPLE, WHOLE], ids=["sample", "whole"])
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    if not path.exists():
        pytest.skip(f"{path} isn't on this machine")
    return path


def counted(folder: Path, *, same: dict[str, str]) -> Rates:
    """By hand: won / closed of each product, none below five deals."""
    closed: Counter[str] = Counter()
    won: Counter[str] = Counter()
    seen: set[str] = set()
    with (folder / "sales_pipeline.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["opportunity_id"] in seen or row["deal_stage"] not in ("Won", "Lost"):
                continue
            seen.add(row["opportunity_id"])
            product = same.get(row["product"], row["product"])
            closed[product] += 1
            won[product] += row["deal_stage"] == "Won"
    return {name: (n, won[name] / n if n >= 5 else None) for name, n in closed.items()}


def by_command() -> Rates:
    printed = StringIO()
    call_command("trends", by="product", measure="win_rate", json=True, stdout=printed)
    return _rates(json.loads(printed.getvalue())["rows"])


def by_api(person: User) -> Rates:
    response = ApiClient(person).get("/trends", by="product", measure="win_rate")
    return _rates(response.json()["rows"])


def by_table(client: Client) -> Rates:
    response = client.get(reverse("trends:table"), {"by": "product", "measure": "win_rate"})
    rows = csv.DictReader(StringIO(response.content.decode()))
    return {
        row["Product"]: (int(row["n"]), float(row["Win rate"]) if row["Win rate"] else None)
        for row in rows
    }


def _rates(rows: list[dict[str, object]]) -> Rates:
    return {str(row["product"]): (row["n"], row["value"]) for row in rows}  # type: ignore[misc]


def rounded(rates: Rates) -> Rates:
    return {
        name: (n, None if rate is None else round(rate, 6))
        for name, (n, rate) in rates.items()
        if n
    }


def test_every_way_to_ask_agrees_with_a_count_over_the_file(
    folder: Path, signed_in: Callable[[User], Client], admin: User
) -> None:
    call_command("import_deals", *(folder / name for name in FILES), json=True, stdout=StringIO())
    browser = signed_in(admin)
    before = rounded(counted(folder, same={}))
    assert rounded(by_command()) == before
    assert rounded(by_api(admin)) == before
    assert rounded(by_table(browser)) == before

    as_written = Product.objects.awaiting_review().get()
    listed = as_written.proposed
    assert listed is not None
    merge_entry(as_written, into=listed, by=admin)
    after = rounded(counted(folder, same={as_written.name: listed.name}))
    assert after != before
    assert rounded(by_command()) == after
    assert rounded(by_api(admin)) == after
    assert rounded(by_table(browser)) == after
