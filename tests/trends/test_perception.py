"""Reasons as recorded and as managers would name them: what is counted, and from how many on."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from deals.models import Closing, Outcome
from debriefs.models import Basis, LossReason
from debriefs.services.drafts import begin_debrief
from debriefs.services.judgements import judge_reasons, withdraw_judgement
from people.models import User
from tests.factories import LossReasonFactory, UserFactory, closed_deal, submitted_debrief
from tests.trends.test_dashboard_pages import listed
from trends.check import check
from trends.dashboard.perception import perception_drawn
from trends.perception import Beside, Perception, perception
from trends.printing.report import Report, report_of
from trends.printing.typesetting import pdf
from trends.query import TrendQuery
from trends.services import rebuild
from trends.views.perception import asked_for

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

PERIOD = TrendQuery(since=date(2026, 1, 1), until=date(2026, 12, 31))
FILTERS = {"since": "2026-01-01", "until": "2026-12-31"}
PAGE = "/dashboard/perception/?since=2026-01-01&until=2026-12-31"


@pytest.fixture
def reasons(db: None) -> tuple[LossReason, LossReason]:
    return LossReasonFactory.create(name="Price"), LossReasonFactory.create(name="Access")


def lose(rep: User, cited: LossReason, *, judged: LossReason | None = None, by: User) -> None:
    closing = closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 5)})
    debrief = submitted_debrief(closing=closing, reasons=[cited])
    if judged is not None:
        judge_reasons(debrief, [judged], by=by)


def company(rep: User, manager: User, reasons: tuple[LossReason, LossReason], judged: int) -> None:
    """`judged` debriefs cite price, a third of them judged to be access; 20 more nobody judged."""
    price, access = reasons
    for number in range(judged):
        lose(rep, price, judged=access if number % 3 == 0 else price, by=manager)
    for _ in range(20):
        lose(rep, price, by=manager)
    rebuild()


def found() -> Perception:
    return perception(PERIOD, None, time="month")


def test_below_thirty_judged_debriefs_nothing_is_corrected(
    rep: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    company(rep, manager, reasons, 29)
    assert (found().judged, found().reasons) == (29, ())


def test_the_unjudged_are_called_what_managers_called_the_judged(
    rep: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    company(rep, manager, reasons, 30)
    page = found()
    assert (page.debriefed, page.judged_here, page.judged, page.agreed) == (50, 30, 30, 20)
    price, access = page.reasons
    assert (price.key.label, price.total, price.judged, price.agreed) == ("Price", 50, 30, 20)
    assert (access.key.label, access.total, access.judged) == ("Access", 0, 0)
    assert price.whole[0] == pytest.approx(20 + 20 * 2 / 3, abs=1)
    assert price.whole[0] + access.whole[0] == pytest.approx(50, abs=0.2)
    assert price.whole[1] < price.whole[0] < price.whole[2]
    assert [key.label for key in page.keys] == ["Access", "Price"]
    assert page.table == ((0, 0), (10, 20))


def test_withdrawn_judgements_and_second_views_are_not_counted(
    rep: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    price, access = reasons
    closing = closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 5)})
    debrief = submitted_debrief(closing=closing, reasons=[price])
    judge_reasons(debrief, [access], by=manager)
    withdraw_judgement(debrief, by=manager)
    second = submitted_debrief(closing=closing, author=UserFactory.create(), reasons=[price])
    second.current_version.judgements.create(judged_by=manager, agrees=True)  # type: ignore[union-attr]
    rebuild()
    assert (found().judged, found().debriefed) == (0, 1)


def test_filters_choose_the_deals_and_the_agreement_stays_that_of_all(
    rep: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    company(rep, manager, reasons, 30)
    other = closed_deal(owner=rep, closing={"closed_on": date(2026, 5, 5)}, account__segment="Tiny")
    submitted_debrief(closing=other, reasons=[reasons[0]])
    rebuild()
    narrowed = perception(PERIOD.where(segment="Tiny"), None, time="month")
    assert (narrowed.debriefed, narrowed.judged_here, narrowed.judged) == (1, 0, 30)


def test_each_recorded_number_opens_as_many_deals(
    rep: User,
    manager: User,
    reasons: tuple[LossReason, LossReason],
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    company(rep, manager, reasons, 30)
    client = signed_in(manager)
    client.get(PAGE)
    with django_assert_num_queries(5):
        page = client.get(PAGE).content.decode()
    figure = page[page.index('id="perceived"') :]
    address = figure[figure.index('href="') + 6 :].partition('"')[0]
    assert listed(client, address.replace("&amp;", "&")) == 50


def tell(rep: User, cited: LossReason, said: LossReason | None, *, deals: int) -> None:
    """Losses whose primary reason the rep infers, and of which the buyer said this one, if any."""
    for _ in range(deals):
        closing = closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 5)})
        reasons = [cited, said] if said and said != cited else [cited]
        version = submitted_debrief(closing=closing, reasons=reasons).current_version
        assert version is not None
        version.reasons.update(basis=Basis.INFERRED)
        version.reasons.filter(reason=said).update(basis=Basis.BUYER_SAID)


def beside_buyers() -> Perception:
    rebuild()
    assert check().differences == []
    return perception(PERIOD, None, time="month", beside=Beside.BUYER)


def test_what_the_buyer_said_stands_beside_what_reps_put_first(
    rep: User, reasons: tuple[LossReason, LossReason]
) -> None:
    price, access = reasons
    tell(rep, price, price, deals=20)
    tell(rep, price, access, deals=10)
    tell(rep, price, None, deals=20)
    page = beside_buyers()
    assert (page.debriefed, page.judged_here, page.judged, page.agreed) == (50, 30, 30, 20)
    cited, told = page.reasons
    assert (cited.key.label, cited.total, cited.confirmed, cited.agreed) == ("Price", 50, 20, 20)
    assert (told.key.label, told.total, told.confirmed) == ("Access", 0, 10)
    assert cited.whole[0] == pytest.approx(20 + 20 * 2 / 3, abs=1)
    assert page.table == ((0, 0), (10, 20))


def test_of_several_that_the_buyer_said_the_one_ranked_first_counts_and_in_losses_only(
    rep: User, reasons: tuple[LossReason, LossReason]
) -> None:
    price, access = reasons
    for outcome in (Outcome.LOST_TO_COMPETITOR, Outcome.WON):
        closed = {"closed_on": date(2026, 3, 5), "outcome": outcome}
        submitted_debrief(
            closing=closed_deal(owner=rep, closing=closed), reasons=[access, price]
        )  # the factory's are all said by the buyer
    page = beside_buyers()
    assert (page.judged, page.agreed, [key.label for key in page.keys]) == (1, 1, ["Access"])


def test_a_page_beside_buyers_says_what_their_word_is(
    rep: User, reasons: tuple[LossReason, LossReason], signed_in: SignIn
) -> None:
    client, page = signed_in(rep), reverse("trends:perception_buyers")
    tell(rep, reasons[0], reasons[1], deals=29)
    rebuild()
    assert "Too few buyers have said why yet" in client.get(page, FILTERS).content.decode()
    tell(rep, reasons[0], reasons[0], deals=1)
    rebuild()
    shown = client.get(page, FILTERS).content.decode()
    assert "How far reps and buyers agree" in shown
    assert "1 of 30 agree (3%)" in shown
    assert "no buyer was asked by us" in shown


@pytest.mark.parametrize("name", ["perception", "perception_buyers"])
def test_partners_are_refused(partner: User, signed_in: SignIn, name: str) -> None:
    assert signed_in(partner).get(reverse(f"trends:{name}")).status_code == 403


def paper(viewer: User, beside: Beside) -> Report:
    request = RequestFactory().get(PAGE)
    request.user = viewer
    asked = asked_for(request, beside)
    return report_of(perception_drawn(asked.page, asked.state, asked.answer, asked.withheld))


def test_paper_holds_the_figures_of_the_page_and_how_to_read_them(
    rep: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    company(rep, manager, reasons, 30)
    report = paper(manager, Beside.MANAGER)
    assert [(each.title, each.kind) for each in report.figures] == [
        ("Price", "chart"),
        ("Access", "chart"),
        ("As recorded and as corrected, over the whole period", "table"),
        ("How far reps and managers agree", "table"),
        ("How it is corrected", "sentences"),
    ]
    assert report.reading == [
        "Not compared with another time.",
        "All closed deals, without a filter.",
        "50 of 50 closed deals are debriefed (100%); 0 are not. Shares of reasons are of debriefed losses.",
        "50 debriefed losses with a primary reason, 30 of them judged by a manager.",
    ]
    assert (report.empty, report.kicker) == ("", "1 Jan 2026 to 31 Dec 2026 · still running")
    assert len(report.figures[-1].sentences) == 3


def test_paper_says_which_debriefs_wait_for_the_readers_own(
    rep: User, outsider: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    company(rep, manager, reasons, 30)
    begin_debrief(Closing.objects.latest("pk"), author=outsider)
    said = paper(outsider, Beside.MANAGER).reading
    assert "Without the deal on which your own debrief is due before you see others'." in said
    assert said[-1].startswith("49 debriefed losses")


def test_paper_without_enough_judged_debriefs_says_so(
    rep: User, manager: User, reasons: tuple[LossReason, LossReason]
) -> None:
    company(rep, manager, reasons, 29)
    report = paper(manager, Beside.MANAGER)
    assert (report.figures, report.empty[:35]) == ([], "Too few reasons are judged yet. Fro")
    assert report.empty.endswith("29 so far.")
    assert report_pages(report) == 1


@pytest.mark.parametrize("name", ["perception", "perception_buyers"])
def test_the_page_leads_to_its_files_with_its_own_state(
    rep: User,
    manager: User,
    reasons: tuple[LossReason, LossReason],
    signed_in: SignIn,
    name: str,
) -> None:
    tell(rep, reasons[0], reasons[0], deals=30)
    company(rep, manager, reasons, 30)
    client = signed_in(manager)
    page = client.get(reverse(f"trends:{name}"), FILTERS | {"outcome": "lost"})
    starts = {"pdf": b"%PDF-", "png": b"\x89PNG"}
    for kind, start in starts.items():
        address = page.context["printed"][kind]
        assert escape(address) in page.content.decode()
        assert "outcome=lost" in address
        made = client.get(address)
        assert (made.status_code, made.content[: len(start)]) == (200, start)
        file = f"{name.replace('_', '-')}-2026-01-01-2026-12-31.{kind}"
        assert made["Content-Disposition"] == f'attachment; filename="{file}"'


def report_pages(report: Report) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf(report)))
