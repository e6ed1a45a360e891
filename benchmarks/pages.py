"""What each page costs against an empty signed-in one, with 100,000 deals."""

import html
import re

from benchmarks.harness import Measured, Product, Request, product
from benchmarks.results import Row, at_most, for_the_record

DATA = "100k"
DEALS = 100_000
MOST_STATEMENTS = 5


def run() -> list[Row]:
    with product(deals=DEALS) as running:
        return [*_reading(running), *_form(running)]


def _reading(running: Product) -> list[Row]:
    from django.urls import reverse

    library = reverse("playbook:list")
    measured = running.measure(
        {
            **{name: Request(path) for name, path in _boards().items()},
            "playbook list": Request(library),
            "playbook list, deepest page": Request(deepest_page(running, library)),
        }
    )
    pages = measured.pages
    boards = [row for name in _boards() for row in _rows(measured, name, goal=2.0)]
    deepest = pages["playbook list, deepest page"].cpu_ms / pages["playbook list"].cpu_ms
    return [
        for_the_record("an empty signed-in page", measured.empty_ms, "CPU ms"),
        *boards,
        *_rows(measured, "playbook list", goal=3.0),
        at_most(
            "playbook list, deepest page against its first",
            deepest,
            2.0,
            "times",
            sure=measured.sure,
        ),
    ]


def _boards() -> dict[str, str]:
    """Every page of the dashboard that is not about one thing, and the free cut."""
    from django.urls import reverse

    from trends.dashboard.catalogue import BOARDS

    boards = {board.slug: board for board in BOARDS.values() if not board.subject}
    paths = {f"dashboard, {slug}": reverse(each.url_name) for slug, each in boards.items()}
    return paths | {"dashboard, explore": reverse("trends:explore")}


def _form(running: Product) -> list[Row]:
    """The form of the deal's owner, who still owes the debrief."""
    from django.urls import reverse

    from deals.models import Closing

    owed = Closing.objects.current().lost().filter(debriefs=None, deal__owner__is_active=True)
    closing = owed.select_related("deal__owner").order_by("-closed_on", "pk")[0]
    owner = closing.deal.owner
    assert owner is not None
    running.sign_in(owner.username)
    measured = running.measure(
        {"debrief form": Request(reverse("debriefs:form", args=[closing.pk]))}
    )
    return _rows(measured, "debrief form", goal=3.5)


def _rows(measured: Measured, name: str, *, goal: float) -> list[Row]:
    cost = measured.pages[name]
    return [
        at_most(f"{name} against an empty page", cost.ratio, goal, "times", sure=measured.sure),
        at_most(f"{name}: statements", cost.statements, MOST_STATEMENTS, ""),
        for_the_record(f"{name}: size", cost.bytes / 1024, "kB"),
    ]


def deepest_page(running: Product, library: str) -> str:
    """The last page of the newest-first list begins after the end of the oldest-first one's first."""
    answer = running.send(Request(f"{library}?sort=oldest"))
    link = re.search(r'[?&;]after=([^"&]+)', html.unescape(answer.body.decode()))
    assert link, "the list has one page only"
    return f"{library}?after={link[1]}"
