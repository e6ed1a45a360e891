"""The dashboard's pages: what they show, that every number opens as many deals, what they refuse."""

import csv
import html
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deals.models import Closing
from debriefs.models import LossReason, TemplateVersion
from debriefs.services.reasons import Part, rename_reason, split_reason
from people.models import User
from tests.factories import closed_deal
from trends.services import catch_up, rebuild

pytestmark = pytest.mark.django_db

MARK = re.compile(r'<a href="(/dashboard/deals/[^"]+)"[^>]*><title>([^<]*)</title>')
USER = 1


@pytest.fixture
def loaded(db: None) -> None:
    with StringIO() as unread:
        call_command("loadgen", "400", seed=5, months=10, stdout=unread)


@pytest.fixture
def leader(signed_in: Callable[[User], Client], admin: User) -> Client:
    return signed_in(admin)


def content(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def listed(client: Client, address: str) -> int:
    """How many deals the drill-down lists over all its pages, each deal once."""
    names: list[str] = []
    while address:
        page = content(client, address)
        names += re.findall(r'<th scope="row"><a href="/deals/(\d+)/', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = _resolved(address, older.group(1)) if older else ""
    assert len(names) == len(set(names))
    return len(names)


def _resolved(address: str, query: str) -> str:
    return address.partition("?")[0] + query.replace("&amp;", "&")


def told(words: str) -> int:
    """The n in a mark's words: “8 of 31”, “46% of 162”, “… of 12 deals”."""
    rate = re.search(r"% of ([\d,]+)$", words)
    count = re.search(r"([\d,]+) (?:of [\d,]+|deals?)", words)
    found = rate or count
    assert found, words
    return int(found.group(1).replace(",", ""))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("query", ["", "?show=money", "?segment=null", "?list=recorded"])
def test_every_mark_opens_as_many_deals_as_it_tells(leader: Client, query: str) -> None:
    page = content(leader, f"/dashboard/{query}")
    marks = [(href, words) for href, words in MARK.findall(page) if words]
    assert len(marks) > 20 or query == "?segment=null"
    wrong = []
    for href, words in marks:
        there = content(leader, href.replace("&amp;", "&"))
        count = re.search(r'class="result-count" role="status"[^>]*>(\d+) deal', there)
        if count is None or int(count.group(1)) != told(words):
            wrong.append((words, count and count.group(1)))
    assert wrong == []


@pytest.mark.usefixtures("loaded")
def test_as_recorded_and_confirmed_every_mark_of_a_renamed_reason_opens_its_deals(
    loaded: None, leader: Client, admin: User
) -> None:
    middle = timezone.localdate() - timedelta(days=120)
    rename_reason(LossReason.objects.get(key="price"), "Cost", since=middle, by=admin)
    split_reason(LossReason.objects.get(key="terms"), [Part("A"), Part("B")], by=admin)
    catch_up()
    page = content(leader, "/dashboard/?list=recorded&judgement=confirmed")
    assert "Names read as recorded when each deal closed." in page
    assert "Reasons are the manager's, else the triaged, else the author's." in page
    marks = {address.replace("&amp;", "&"): words for address, words in MARK.findall(page)}
    renamed = {each: words for each, words in marks.items() if "%3A" in each or "%3a" in each}
    assert {words.split(":")[0].split(",")[0] for words in renamed.values()} >= {"Price", "Cost"}
    for address, words in list(renamed.items())[:12]:
        assert listed(leader, address) == told(words), words


def test_the_drill_down_lists_every_deal_that_it_counts(leader: Client) -> None:
    address = "/dashboard/deals/?measure=lost"
    lost = Closing.objects.current().lost().count()
    assert f">{lost} deals" in content(leader, address)
    assert listed(leader, address) == lost


PAGES = ["reasons", "competitors", "stages", "segments", "questions", "teams", "explore"]


@pytest.mark.usefixtures("loaded")
def test_every_page_asks_the_database_as_often_as_it_did_before(leader: Client) -> None:
    """Ready-made: the versions of the blocks, what stands beside their figures, what is withheld."""
    content(leader, "/dashboard/deals/?measure=lost")
    asked = {}
    for path in ["/dashboard/", *(f"/dashboard/{name}/" for name in PAGES)]:
        with CaptureQueriesContext(connection) as first:
            content(leader, path)
        with CaptureQueriesContext(connection) as again:
            content(leader, path)
        asked[path] = (len(first) - USER <= 8, len(again) - USER)
    assert asked == dict.fromkeys(asked, (True, 3))


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_instance_says_on_every_page_what_to_do_next(leader: Client, name: str) -> None:
    rebuild()
    page = content(leader, f"/dashboard/{name}/")
    assert "No closed deals yet" in page
    assert 'href="/deals/imports/new/"' in page


@pytest.mark.usefixtures("loaded")
def test_filters_that_no_deal_fits_can_be_cleared(leader: Client) -> None:
    page = content(leader, "/dashboard/stages/?segment=null&outcome=won&debrief=dismissed")
    assert "No closed deal fits these filters" in page
    assert re.search(r'href="/dashboard/stages/\?since=[^"]*">Clear all filters', page)


@pytest.mark.usefixtures("loaded")
def test_the_state_goes_along_to_every_other_page(leader: Client) -> None:
    state = "since=2026-01-01&until=2026-06-30&compare=year&list=recorded&segment=null"
    page = content(leader, f"/dashboard/reasons/?{state}")
    nav = page[page.index('class="board-nav') :].partition("</nav>")[0]
    links = re.findall(r'href="([^"]+)"', nav)
    assert len(links) >= 8
    assert {html.unescape(link).partition("?")[2] for link in links} == {state}


@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org/", "/nowhere/", "javascript:alert(1)"]
)
def test_a_list_leads_back_to_pages_of_this_product_alone(leader: Client, back: str) -> None:
    closed_deal()
    rebuild()
    page = leader.get("/dashboard/deals/", {"measure": "lost", "back": back}).content.decode()
    crumbs = page[page.index('aria-label="Breadcrumb"') :].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/dashboard/"]


@pytest.mark.parametrize("deals", [1, 3])
def test_the_drill_down_asks_the_same_queries_for_any_number_of_deals(
    leader: Client, deals: int
) -> None:
    for _ in range(deals):
        closed_deal()
    rebuild()
    content(leader, "/dashboard/deals/?measure=lost")
    with CaptureQueriesContext(connection) as captured:
        content(leader, "/dashboard/deals/?measure=lost")
    assert len(captured) - USER == 3


def test_an_address_that_cannot_be_read_names_the_parameter(leader: Client) -> None:
    response = leader.get("/dashboard/?since=tomorrow")
    assert response.status_code == 422
    assert "<strong>since</strong>: “tomorrow” is no day" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/dashboard/?colour=red", "colour"),
        ("/dashboard/?show=points", "show"),
        ("/dashboard/deals/?measure=lost&cell=stage=1", "cell"),
        ("/dashboard/deals/?measure=lost&after=yesterday", "after"),
        ("/dashboard/table.csv?measure=win_rate&by=reason", "measure"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(
    leader: Client, path: str, field: str
) -> None:
    response = leader.get(path)
    assert response.status_code == 422
    assert f"<strong>{field}</strong>: " in response.content.decode()


def test_an_empty_instance_says_what_to_do_next(leader: Client) -> None:
    rebuild()
    assert "No closed deals yet" in content(leader, "/dashboard/")


@time_machine.travel("2026-11-23T12:00:00Z")
def test_a_window_after_the_last_deal_offers_to_go_there(leader: Client) -> None:
    closed_deal(closing={"closed_on": date(2019, 3, 14)})
    rebuild()
    page = content(leader, "/dashboard/")
    assert "No deal closed in this period" in page
    assert 'href="/dashboard/?since=2018-04-01&amp;until=2019-03-31' in page


@time_machine.travel("2026-11-23T12:00:00Z")
def test_the_running_period_is_marked_and_compared_with_as_many_days(leader: Client) -> None:
    closed_deal(closing={"closed_on": date(2026, 11, 20)})
    rebuild()
    page = content(leader, "/dashboard/?since=2026-11-01&until=2026-11-23")
    assert "1 Nov 2026 to 23 Nov 2026 · still running" in page
    assert "Compared with 9 Oct 2026 to 31 Oct 2026." in page


def test_what_a_change_of_the_tally_shows_is_not_kept_back(leader: Client) -> None:
    closed_deal()
    rebuild()
    before = content(leader, "/dashboard/deals/?measure=lost"), content(leader, "/dashboard/")
    closed_deal()
    rebuild()
    after = content(leader, "/dashboard/deals/?measure=lost"), content(leader, "/dashboard/")
    assert ">1 deal," in before[0]
    assert ">2 deals," in after[0]
    assert before[1] != after[1]


@pytest.mark.usefixtures("loaded")
def test_a_table_downloads_with_the_same_figures_as_the_query_answers(leader: Client) -> None:
    response = leader.get(reverse("trends:table"), {"measure": "lost", "by": "stage"})
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="lost-by-stage.csv"'
    lost = Closing.objects.current().lost()
    assert {row["Stage"]: int(row["n"]) for row in rows if row["n"] != "0"} == {
        name or "Unknown": lost.filter(stage__name=name).count()
        for name in set(lost.values_list("stage__name", flat=True))
    }


def test_a_cell_that_a_spreadsheet_would_run_downloads_as_text(leader: Client) -> None:
    closed_deal(account__segment="=HYPERLINK(1)")
    rebuild()
    response = leader.get(reverse("trends:table"), {"measure": "lost", "by": "segment"})
    assert "'=HYPERLINK(1)," in response.content.decode()


@pytest.mark.usefixtures("loaded")
def test_a_partner_sees_no_team_and_no_deal_that_is_not_shared(
    signed_in: Callable[[User], Client], partner: User
) -> None:
    client = signed_in(partner)
    page = content(client, "/dashboard/")
    assert "Win rate by team" not in page
    assert 'name="team"' not in page
    deals = content(client, "/dashboard/deals/?measure=deals")
    assert re.search(r'role="status"[^>]*>400 deals,.* \d+ open to you<', deals)
    assert "/deals/" not in re.sub(r"/dashboard/deals/", "", deals)


@pytest.fixture
def reworded(loaded: None) -> None:
    """A question's words changed half-way through the loaded months."""
    first = TemplateVersion.objects.get()
    words = json.dumps(first.definition).replace("Did we state our unique value", "Did they see it")
    start = timezone.now()
    TemplateVersion.objects.update(
        published_at=start - timedelta(days=400), retired_at=start - timedelta(days=100)
    )
    TemplateVersion.objects.create(
        template=first.template,
        number=2,
        definition=json.loads(words),
        published_at=start - timedelta(days=100),
    )


@pytest.mark.usefixtures("reworded")
def test_a_trend_by_question_spans_versions_and_marks_where_its_words_changed(
    leader: Client,
) -> None:
    page = content(leader, "/dashboard/?question=value_roi")
    day = timezone.now() - timedelta(days=100)
    words = (
        f"Reworded on {day.day} {day:%b %Y}: “Did we state our unique value and the return on "
        "investment clearly?” became “Did they see it and the return on investment clearly?”"
    )
    for chart in ("question-over-time", "reasons-over-time"):
        figure = page[page.index(f'id="{chart}"') :].partition("</figure>")[0]
        assert figure.count(f'<g role="img"><title>{words}</title>') == 1
        assert f"{words}.</p>" in figure
        assert f'<td class="num">{words}</td>' in figure


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("filters", ["question=value_roi", "factor=timing&factor=communication"])
def test_each_share_over_time_opens_as_many_deals_as_it_tells(leader: Client, filters: str) -> None:
    page = content(leader, f"/dashboard/?{filters}")
    name = filters.partition("=")[0]
    figure = page[page.index(f'id="{name}-over-time"') :].partition("</figure>")[0]
    marks = MARK.findall(figure)
    hatched = [mark for mark in marks if "lost and not debriefed" in mark[1]]
    assert min(len(hatched), len(marks) - len(hatched)) > 5
    for href, words in hatched:
        assert listed(leader, href.replace("&amp;", "&")) == told(words)
    for href, words in marks:
        if (href, words) in hatched:
            continue
        told_of = re.search(r"%, ([\d,]+) of ([\d,]+) debriefed losses$", words)
        assert told_of is not None
        assert int(told_of[2]) >= 5
        assert listed(leader, href.replace("&amp;", "&")) == int(told_of[1])


@pytest.mark.usefixtures("loaded")
def test_without_such_a_filter_nothing_is_drawn_or_marked(leader: Client) -> None:
    page = content(leader, "/dashboard/")
    assert ("question-over-time" in page, "Reworded" in page) == (False, False)


@time_machine.travel("2026-11-23T12:00:00Z")
def test_other_days_to_compare_with_are_two_fields_of_the_form(leader: Client) -> None:
    closed_deal(closing={"closed_on": date(2026, 11, 20)})
    rebuild()
    days = "compare=other&compare_since=2025-03-01&compare_until=2025-04-30"
    page = content(leader, f"/dashboard/?since=2026-10-01&until=2026-11-23&{days}")
    assert "Compared with 1 Mar 2025 to 30 Apr 2025." in page
    assert "compare=2025-03-01..2025-04-30" in page
    assert '<option value="other" selected>' in page


@pytest.mark.parametrize(
    "days", ["compare=other", "compare=other&compare_since=2025-03-01&compare_until=2025-02-01"]
)
def test_other_days_that_are_no_period_are_refused(leader: Client, days: str) -> None:
    response = leader.get(f"/dashboard/?{days}")
    assert response.status_code == 422
    assert "<strong>compare</strong>: " in response.content.decode()
