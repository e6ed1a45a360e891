"""A manager's judgement on an author's reasons: the service, the pages, and what reports count."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from debriefs.errors import NotTheirs, ReasonRefused
from debriefs.events import REASONS_JUDGED
from debriefs.models import Debrief, DebriefVersion, LossReason, ReasonJudgement
from debriefs.services.judgements import judge_reasons, withdraw_judgement
from debriefs.services.reasons import retire_reason
from outbox.models import Event
from people.models import User
from tests.api.conftest import ApiClient
from tests.factories import closed_deal, submitted_debrief
from trends.check import check
from trends.engine import run
from trends.query import Judgement, TrendQuery
from trends.services import catch_up, rebuild

SignedIn = Callable[[User], Client]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


def reason(key: str) -> LossReason:
    return LossReason.objects.get(key=key)


@pytest.fixture
def cited(rep: User) -> Debrief:
    """A lost deal's debrief, on price and then on terms."""
    return submitted_debrief(
        closing=closed_deal(owner=rep), reasons=[reason("price"), reason("terms")]
    )


def named(judgement: ReasonJudgement) -> list[str]:
    return [each.reason.key for each in judgement.reasons.select_related("reason")]


def primary(judgement: Judgement) -> dict[str, int]:
    asked = TrendQuery(measure="primary", by=("reason",), judgement=judgement)
    return {row.keys[0].label: row.n for row in run(asked, None).rows}


def test_a_manager_confirms_the_authors_reasons(cited: Debrief, manager: User) -> None:
    judgement = judge_reasons(cited, [reason("price"), reason("terms")], by=manager)
    assert (judgement.agrees, named(judgement)) == (True, ["price", "terms"])
    event = Event.objects.latest("pk")
    assert (event.kind, event.payload) == (REASONS_JUDGED, {"deal_id": cited.closing.deal_id})


def test_another_judgement_is_kept_beside_the_authors_and_the_one_before(
    cited: Debrief, manager: User
) -> None:
    judge_reasons(cited, [reason("price")], by=manager)
    last = judge_reasons(
        cited, [reason("no_access"), reason("price")], note=" Never met. ", by=manager
    )
    assert (last.agrees, last.note, named(last)) == (False, "Never met.", ["no_access", "price"])
    assert ReasonJudgement.objects.count() == 2
    assert list(ReasonJudgement.objects.in_force()) == [last]
    assert cited.current_version is not None
    assert [each.reason.key for each in cited.current_version.reasons.all()] == ["price", "terms"]


def test_only_a_manager_above_the_author_judges(
    cited: Debrief, rep: User, teammate: User, other_manager: User, admin: User
) -> None:
    for person in (rep, teammate, other_manager, admin):
        with pytest.raises(NotTheirs):
            judge_reasons(cited, [reason("price")], by=person)
        with pytest.raises(NotTheirs):
            withdraw_judgement(cited, by=person)
    assert not ReasonJudgement.objects.exists()


def test_what_cannot_be_judged_is_refused(cited: Debrief, manager: User, admin: User) -> None:
    price, slow = reason("price"), reason("slow_response")
    retire_reason(slow, by=admin)
    slow.refresh_from_db()
    four = [price, reason("terms"), reason("other"), reason("incumbent")]
    for reasons, field in (
        ([], "reason_1"),
        ([price, price], "reason_2"),
        ([price, slow], "reason_2"),
        (four, "reason_3"),
    ):
        with pytest.raises(ReasonRefused) as refused:
            judge_reasons(cited, reasons, by=manager)
        assert refused.value.field == field


def test_a_reason_that_left_the_list_is_confirmed_where_the_author_cites_it(
    cited: Debrief, manager: User, admin: User
) -> None:
    retire_reason(reason("price"), by=admin)
    assert judge_reasons(cited, [reason("price"), reason("terms")], by=manager).agrees


def test_an_amended_debrief_waits_for_another_judgement(cited: Debrief, manager: User) -> None:
    read = cited.current_version_id
    cited.current_version = DebriefVersion.objects.create(debrief=cited, number=2)
    cited.save()
    with pytest.raises(ReasonRefused, match="amended it meanwhile"):
        judge_reasons(cited, [reason("price")], version_id=read, by=manager)
    cited.current_version, cited.submitted_at = None, None
    cited.save()
    with pytest.raises(ReasonRefused, match="isn't submitted"):
        judge_reasons(cited, [reason("price")], by=manager)


def test_reports_count_the_managers_reasons_under_the_confirmed_judgement(
    cited: Debrief, manager: User
) -> None:
    rebuild()
    judge_reasons(cited, [reason("no_access")], by=manager)
    catch_up()
    assert primary(Judgement.AUTHOR) == {"Price": 1}
    assert primary(Judgement.CONFIRMED) == {"No access to decision-makers": 1}
    assert check().differences == []
    assert withdraw_judgement(cited, by=manager)
    assert not withdraw_judgement(cited, by=manager)
    catch_up()
    assert primary(Judgement.CONFIRMED) == {"Price": 1}
    assert check().differences == []


def test_a_manager_confirms_changes_and_withdraws_on_the_pages(
    cited: Debrief, manager: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    actions = client.get(reverse("debriefs:actions", args=[cited.pk])).content.decode()
    assert "Confirm the reasons" in actions
    detail = reverse("playbook:detail", args=[cited.pk])
    given = {"version": str(cited.current_version_id)}
    answer = client.post(reverse("debriefs:confirm", args=[cited.pk]), given)
    assert (answer.status_code, answer.headers["Location"]) == (302, detail)
    assert "Mona Manager confirms these reasons." in client.get(detail).content.decode()
    judge = reverse("debriefs:judge", args=[cited.pk])
    page = client.get(judge).content.decode()
    assert f'<option value="{reason("price").pk}" selected>' in page
    given |= {"reason_1": str(reason("no_access").pk), "note": "We never met her."}
    assert client.post(judge, given).status_code == 302
    page = client.get(detail).content.decode()
    assert "Mona Manager judges otherwise:" in page
    assert "We never met her." in page
    assert client.post(reverse("debriefs:withdraw", args=[cited.pk])).status_code == 302
    assert "judges otherwise" not in client.get(detail).content.decode()


def test_a_judgement_without_a_primary_reason_is_told_beside_the_field(
    cited: Debrief, manager: User, signed_in: SignedIn
) -> None:
    judge = reverse("debriefs:judge", args=[cited.pk])
    twice = str(reason("price").pk)
    given = {"version": str(cited.current_version_id), "reason_1": twice, "reason_2": twice}
    answer = signed_in(manager).post(judge, given)
    assert answer.status_code == 422
    assert "“Price” is named twice." in answer.content.decode()


def test_confirming_what_was_amended_meanwhile_says_so(
    cited: Debrief, manager: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    client.post(reverse("debriefs:confirm", args=[cited.pk]), {"version": "1000000"})
    page = client.get(reverse("playbook:detail", args=[cited.pk])).content.decode()
    assert "The author has amended it meanwhile." in page


def test_the_api_tells_the_judgement_beside_the_authors_reasons(
    cited: Debrief, manager: User, rep: User
) -> None:
    judge_reasons(cited, [reason("no_access")], note="Never met.", by=manager)
    answer = ApiClient(rep).get(f"/debriefs/{cited.pk}").json()
    assert [each["reason"] for each in answer["reasons"]] == ["price", "terms"]
    told = answer["judgement"]
    assert (told["by"], told["agrees"], told["reasons"], told["note"]) == (
        "Mona Manager",
        False,
        ["no_access"],
        "Never met.",
    )


def test_the_author_is_offered_no_judgement(cited: Debrief, rep: User, signed_in: SignedIn) -> None:
    page = signed_in(rep).get(reverse("debriefs:actions", args=[cited.pk])).content.decode()
    assert "Confirm" not in page
