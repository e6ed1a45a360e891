"""Reasons as recorded and as managers would name them: what is counted, and from how many on."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from debriefs.models import LossReason
from debriefs.services.judgements import judge_reasons, withdraw_judgement
from people.models import User
from tests.factories import LossReasonFactory, UserFactory, closed_deal, submitted_debrief
from tests.trends.test_dashboard_pages import listed
from trends.perception import Perception, perception
from trends.query import TrendQuery
from trends.services import rebuild

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

PERIOD = TrendQuery(since=date(2026, 1, 1), until=date(2026, 12, 31))
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
    with django_assert_num_queries(6):
        page = client.get(PAGE).content.decode()
    figure = page[page.index('id="perceived"') :]
    address = figure[figure.index('href="') + 6 :].partition('"')[0]
    assert listed(client, address.replace("&amp;", "&")) == 50


def test_partners_are_refused(partner: User, signed_in: SignIn) -> None:
    assert signed_in(partner).get(reverse("trends:perception")).status_code == 403
