"""The dashboard and the lists against an empty signed-in page, by real requests."""

import itertools
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import quote

from benchmarks.harness import EMPTY_PAGE, Calls, Product, Request
from benchmarks.results import Row, at_most, for_the_record
from benchmarks.tally.cost import cpu_ms
from benchmarks.tally.questions import Slice

GOALS = {
    "dashboard, 12 months": 2.0,
    "dashboard, 5 years": 2.2,
    "dashboard, three filters": 2.2,
    "dashboard, a wide slice for the first time": 7.0,
    "wins against losses": 2.2,
    "wins against losses for the first time": 10.0,
    "wins against losses, a wide slice for the first time": 16.0,
    "open deals": 3.0,
    "open deals, last page": 3.0,
}
FAR = 10**12
OPEN_DEALS = 500
# Some lists take seconds at a million deals.
LIST_ROUNDS, LIST_BATCH = 5, 2


def cold(running: Product) -> list[Row]:
    """The first dashboard of a web process that has only served other pages."""
    from django.db import connection
    from django.urls import reverse

    for _ in range(8):
        running.send(Request(EMPTY_PAGE))
    page = Request(reverse("trends:dashboard"))
    begun = time.perf_counter()
    spent = cpu_ms(running, lambda: running.send(page))
    seconds = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(length(content)) FROM trends_block")
        loaded = cursor.fetchone()[0]
    return [
        for_the_record("cold worker's first dashboard", seconds * 1e3, "ms"),
        for_the_record("cold worker's first dashboard: CPU", spent, "CPU ms"),
        for_the_record("cold worker's first dashboard: read", loaded / 1e6, "MB"),
    ]


def rows(running: Product, slices: Sequence[Slice], *, goals: bool) -> list[Row]:
    year, years, filtered, _ = slices
    measured = running.measure(
        {
            "dashboard, 12 months": Request(_address(year)),
            "dashboard, 5 years": Request(_address(years)),
            "dashboard, three filters": Request(_address(filtered)),
            "dashboard, three filters for the first time": _first_times(filtered),
            "dashboard, a wide slice for the first time": _wide(years),
            "dashboard, a wide slice: its other figures": _others(_wide(years)),
            "wins against losses": Request(_wins_against_losses(years)),
            "wins against losses for the first time": _other_days(years),
            "wins against losses, a wide slice for the first time": _other_days(years, wide=True),
        }
    )
    lists = running.measure(_lists(running, years), rounds=LIST_ROUNDS, batch=LIST_BATCH)
    found = [for_the_record("an empty signed-in page", measured.empty_ms, "CPU ms")]
    found.append(for_the_record("the same, measured twice: their ratio", measured.probe, "times"))
    for name, cost in {**measured.pages, **lists.pages}.items():
        if goals and name in GOALS:
            row = at_most(name, cost.ratio, GOALS[name], "times", sure=measured.sure)
        else:
            row = for_the_record(name, cost.ratio, "times")
        found.append(row)
    return found


def _address(cut: Slice) -> str:
    from trends.addresses import dashboard_address

    return dashboard_address(cut.queries()[0])


def _wins_against_losses(cut: Slice) -> str:
    from django.urls import reverse

    from trends.addresses import page_address

    return page_address(reverse("trends:contrasts"), cut.queries()[0])


def _first_times(cut: Slice) -> Iterator[Request]:
    """Other values of the three filters each time, so that nothing is kept of the page."""
    from deals.models import Account, Competitor, Product

    segments = sorted(set(Account.objects.values_list("segment", flat=True)))
    products = Product.objects.order_by("pk").values_list("pk", flat=True)
    rivals = Competitor.objects.order_by("pk").values_list("pk", flat=True)
    for rival, product, segment in itertools.product(rivals, products, segments):
        filters = {
            "segment": (segment,),
            "product": (str(product),),
            "competitor": (str(rival),),
        }
        yield Request(_address(Slice("", cut.since, cut.until, filters)))


def _wide(cut: Slice) -> Iterator[Request]:
    """Four of five segments over all the years, from another day each time."""
    for day in itertools.count():
        since = cut.since - timedelta(days=day)
        yield Request(_address(Slice("", since, cut.until, _most_segments())))


def _other_days(cut: Slice, *, wide: bool = False) -> Iterator[Request]:
    """Wins against losses over all the years, from another day each time, which cuts another month."""
    filters = _most_segments() if wide else {}
    for day in itertools.count(1):
        since = cut.since + timedelta(days=day)
        yield Request(_wins_against_losses(Slice("", since, cut.until, filters)))


def _most_segments() -> dict[str, tuple[str, ...]]:
    """A filter that takes four of the five segments."""
    from deals.models import Account

    segments = sorted(set(Account.objects.values_list("segment", flat=True)))
    return {"segment": tuple(segments[1:])}


def _others(pages: Iterator[Request]) -> Iterator[Request]:
    """The figures of these pages that come after the first ones, where a page of many deals has such."""
    from django.urls import reverse

    path = reverse("trends:rest", kwargs={"slug": "overview"})
    for page in pages:
        yield Request(f"{path}?{page.path.partition('?')[2]}")


def _lists(running: Product, cut: Slice) -> dict[str, Calls]:
    from django.urls import reverse

    from benchmarks.pages import deepest_page

    library, deals = reverse("playbook:list"), reverse("deals:list")
    behind = reverse("trends:deals")
    oldest = cut.since + timedelta(days=10)
    period = f"since={cut.since}&until={cut.until}"
    return {
        "playbook list": Request(library),
        "playbook list, deepest page": Request(deepest_page(running, library)),
        "playbook search, one word": Request(f"{library}?q=budget"),
        "closed deals": Request(deals),
        "closed deals, deepest page": Request(f"{deals}?after={oldest}.{FAR}"),
        "closed deals, by a numbered name": Request(f"{deals}?q={_name_of_one_deal()}"),
        "open deals": Request(f"{deals}?show=open"),
        "open deals, last page": Request(f"{deals}?show=open&after={_early_open_deal()}"),
        "deals behind a number": Request(f"{behind}?measure=lost&{period}"),
        "deals behind a number, deepest page": Request(
            f"{behind}?measure=lost&{period}&after={oldest}.{FAR}"
        ),
    }


def make_open_deals() -> None:
    """Open deals as a company has them, which `loadgen` doesn't write."""
    from deals.models import Deal
    from people.models import User

    if Deal.objects.open().exists():
        return
    owner = User.objects.get(username="bench")
    Deal.objects.bulk_create(
        Deal(
            source="bench",
            external_id=str(n),
            name=f"Open deal {n}",
            owner=owner,
            opened_on=date(2026, 9, 1),
        )
        for n in range(OPEN_DEALS)
    )


def _name_of_one_deal() -> str:
    from deals.models import Deal

    return quote(Deal.objects.closed().order_by("pk")[0].name)


def _early_open_deal() -> int:
    """The id of an open deal, after which the list holds ten more."""
    from deals.models import Deal

    return list(Deal.objects.open().order_by("pk").values_list("pk", flat=True)[:11])[-1]
