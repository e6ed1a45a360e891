"""Triage: what "other" was, which part of a split was meant, what a free text amounts to."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from debriefs.errors import ReasonRefused
from debriefs.events import REASON_RECODED, TEXT_CODED
from debriefs.models import (
    CitedReason,
    CodedText,
    Debrief,
    DebriefVersion,
    LossReason,
    ReasonGroup,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.queries.triage import Queue, triage_page
from debriefs.services.judgements import judge_reasons
from debriefs.services.reasons import Part, merge_reasons, split_reason
from debriefs.services.recodings import recode_citation, take_back_recoding, triage_citation
from debriefs.services.triage import (
    add_code,
    code_text,
    code_text_as_new,
    merge_codes,
    part_code,
    rename_code,
    take_back_coding,
    triage_as_new_reason,
)
from outbox.models import Event
from people.models import User
from tests.factories import closed_deal, submitted_debrief
from trends.check import check
from trends.engine import run
from trends.query import TrendQuery
from trends.services import catch_up, rebuild

SignedIn = Callable[[User], Client]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]

NEED, STRENGTH = CodedText.UNMET_NEED, CodedText.RIVAL_STRENGTH


def reason(key: str) -> LossReason:
    return LossReason.objects.get(key=key)


def version_of(debrief: Debrief) -> DebriefVersion:
    assert debrief.current_version is not None
    return debrief.current_version


def said(rep: User, key: str, text: str = "", **texts: str) -> DebriefVersion:
    """A version that cites one reason, with its words, and has these free texts."""
    version = version_of(submitted_debrief(closing=closed_deal(owner=rep), reasons=[reason(key)]))
    CitedReason.objects.filter(version=version).update(text=text)
    DebriefVersion.objects.filter(pk=version.pk).update(**texts)
    version.refresh_from_db()
    return version


def counted(by: str, **params: str) -> dict[str, int]:
    query = TrendQuery.from_params({"by": by, "measure": "lost", **params})
    return {row.keys[0].label: row.n for row in run(query, None).rows}


def test_other_becomes_a_listed_reason_in_the_confirmed_judgement(rep: User, manager: User) -> None:
    version = said(rep, "other", "Their building flooded.")
    rebuild()
    made = triage_citation(version, reason("other"), into=reason("budget_lost"), by=manager)
    event = Event.objects.latest("pk")
    assert (event.kind, event.payload) == (
        REASON_RECODED,
        {"deal_id": version.debrief.closing.deal_id},
    )
    catch_up()
    assert counted("reason") == {"Other": 1}
    assert counted("reason", judgement="confirmed") == {"Budget lost or frozen": 1}
    assert check().differences == []
    assert version.reasons.get().reason == reason("other")
    assert take_back_recoding(made, by=manager)
    assert not take_back_recoding(made, by=manager)
    catch_up()
    assert counted("reason", judgement="confirmed") == {"Other": 1}


def test_other_becomes_a_new_reason_in_one_step(rep: User, admin: User) -> None:
    version = said(rep, "other", "Their building flooded.")
    made = triage_as_new_reason(
        version,
        reason("other"),
        name="Force majeure",
        group=ReasonGroup.objects.get(key="client"),
        definition="Something that nobody could foresee.",
        by=admin,
    )
    assert made.into == reason("force_majeure")
    assert made.into.is_choosable


def test_triage_said_otherwise_keeps_what_was_said_before(rep: User, manager: User) -> None:
    version = said(rep, "dont_know", "No answer.")
    for key in ("price", "incumbent"):
        triage_citation(version, reason("dont_know"), into=reason(key), by=manager)
    assert [each.into.key for each in Recoding.objects.in_force()] == ["incumbent"]
    assert Recoding.objects.count() == 2


def test_what_cannot_be_triaged_is_refused(rep: User, manager: User, admin: User) -> None:
    version = said(rep, "other", "Flooded.")
    price = said(rep, "price")
    merge_reasons(reason("terms"), into=reason("price"), by=admin)
    for wrong, cited, into in (
        (price, "price", "incumbent"),
        (price, "other", "incumbent"),
        (version, "other", "dont_know"),
        (version, "other", "terms"),
    ):
        with pytest.raises(ReasonRefused):
            triage_citation(wrong, reason(cited), into=reason(into), by=manager)
    assert not Recoding.objects.exists()


def test_a_citation_of_a_split_reason_gets_one_of_the_parts(
    rep: User, manager: User, admin: User
) -> None:
    version = said(rep, "price")
    other = said(rep, "price")
    rebuild()
    level, discount = split_reason(
        reason("price"), [Part("Price level"), Part("Discount")], by=admin
    )
    recode_citation(version, reason("price"), into=level, by=manager)
    recode_citation(version, reason("price"), into=discount, by=manager)
    catch_up()
    assert counted("reason") == {"Discount": 1, "Price (before the split)": 1}
    assert counted("reason", list="recorded") == {"Price": 2}
    assert check().differences == []
    with pytest.raises(ReasonRefused, match="no part of the split"):
        recode_citation(other, reason("price"), into=reason("terms"), by=manager)
    with pytest.raises(ReasonRefused, match="isn't split"):
        recode_citation(said(rep, "terms"), reason("terms"), into=level, by=manager)
    with pytest.raises(ReasonRefused, match="doesn't cite"):
        recode_citation(said(rep, "terms"), reason("price"), into=level, by=manager)


def test_a_part_that_is_split_again_is_recoded_again(rep: User, manager: User, admin: User) -> None:
    version = said(rep, "price")
    level, _ = split_reason(reason("price"), [Part("Price level"), Part("Discount")], by=admin)
    recode_citation(version, reason("price"), into=level, by=manager)
    assert triage_page(manager, Queue.SPLIT).items == ()
    list_price, _ = split_reason(level, [Part("List price"), Part("Running cost")], by=admin)
    item = triage_page(manager, Queue.SPLIT).items[0]
    assert [choice.name for choice in item.choices] == ["List price", "Running cost"]
    recode_citation(version, reason("price"), into=list_price, by=manager)
    assert triage_page(manager, Queue.SPLIT).items == ()


def test_a_split_reason_that_only_the_manager_names_waits_too(
    rep: User, manager: User, admin: User
) -> None:
    version = said(rep, "terms")
    judge_reasons(version.debrief, [reason("price")], note="It was the price.", by=manager)
    level, _ = split_reason(reason("price"), [Part("Price level"), Part("Discount")], by=admin)
    page = triage_page(manager, Queue.SPLIT)
    assert page.counts[Queue.SPLIT] == 1
    assert [(item.cited, item.text) for item in page.items] == [
        ("Price (before the split)", "It was the price.")
    ]
    rebuild()
    recode_citation(version, reason("price"), into=level, by=manager)
    catch_up()
    assert triage_page(manager, Queue.SPLIT).items == ()
    assert counted("reason", judgement="confirmed") == {"Price level": 1}
    assert counted("reason", judgement="confirmed", list="recorded") == {"Price": 1}
    assert check().differences == []


def test_a_text_is_coded_and_counted_by_its_code(rep: User, manager: User) -> None:
    version = said(rep, "price", unmet_need="No API.", rival_better="Faster.")
    rebuild()
    code_text_as_new(version, NEED, name=" Open API ", by=manager)
    coding = code_text_as_new(version, STRENGTH, name="Speed", by=manager)
    assert Event.objects.latest("pk").kind == TEXT_CODED
    catch_up()
    assert counted("unmet_need") == {"Open API": 1}
    assert counted("rival_strength") == {"Speed": 1}
    assert counted("reason", unmet_need="open api") == {"Price": 1}
    assert check().differences == []
    assert take_back_coding(coding, by=manager)
    assert not take_back_coding(coding, by=manager)
    catch_up()
    assert counted("rival_strength") == {"None named, or not coded yet": 1}


def test_a_name_that_is_listed_is_taken_for_what_it_is(rep: User, manager: User) -> None:
    version = said(rep, "price", unmet_need="No API.")
    code = add_code(NEED, "Open API", by=manager)
    assert code_text_as_new(version, NEED, name="open api", by=manager).code == code
    assert code_text(version, add_code(NEED, "Roles", by=manager), by=manager).code.name == "Roles"
    assert TextCoding.objects.in_force().count() == 1
    with pytest.raises(ReasonRefused, match="says nothing"):
        code_text(version, add_code(STRENGTH, "Speed", by=manager), by=manager)


def test_codes_are_renamed_merged_and_parted(rep: User, admin: User) -> None:
    version = said(rep, "price", unmet_need="No API.")
    api, rest = add_code(NEED, "Open API", by=admin), add_code(NEED, "REST", by=admin)
    speed = add_code(STRENGTH, "Speed", by=admin)
    code_text(version, rest, by=admin)
    rebuild()
    assert merge_codes(rest, into=api, by=admin) == api
    rename_code(api, "API", by=admin)
    catch_up()
    assert counted("unmet_need") == {"API": 1}
    assert counted("unmet_need", list="recorded") == {"REST": 1}
    assert check().differences == []
    rest.refresh_from_db()
    assert code_text(version, rest, by=admin).code == api
    for code, into in ((rest, api), (api, rest), (api, speed)):
        with pytest.raises(ReasonRefused):
            merge_codes(code, into=into, by=admin)
    for name in ("", "x" * 81, "rest"):
        with pytest.raises(ReasonRefused):
            rename_code(api, name, by=admin)
    assert part_code(rest, by=admin).merged_into is None
    assert part_code(rest, by=admin).merged_into is None


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("queue", ["other", "unmet_need", "done"])
def test_the_queue_takes_the_same_queries_whatever_its_length(
    count: int,
    queue: str,
    rep: User,
    manager: User,
    signed_in: SignedIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        said(rep, "other", "Flooded.", unmet_need="No API.")
        if queue == "done":
            version = said(rep, "other", "Flooded.", unmet_need="No API.")
            triage_citation(version, reason("other"), into=reason("price"), by=manager)
            code_text_as_new(version, NEED, name="API", by=manager)
    client = signed_in(manager)
    with django_assert_num_queries(10):
        page = client.get(reverse("debriefs:triage"), {"show": queue}).content.decode()
    assert page.count("closed 10 March 2026") == (0 if queue == "done" else count)


def test_a_long_queue_goes_on_by_pages(rep: User, manager: User, signed_in: SignedIn) -> None:
    for _ in range(21):
        said(rep, "other", "Flooded.")
    page = signed_in(manager).get(reverse("debriefs:triage")).content.decode()
    first = triage_page(manager, Queue.OTHER)
    assert f"?show=other&amp;after={first.after}" in page
    assert len(triage_page(manager, Queue.OTHER, after=first.after).items) == 1
    assert signed_in(manager).get(reverse("debriefs:triage"), {"show": "?"}).status_code == 422


def test_an_empty_queue_says_what_comes_here(manager: User, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    for show, words in (("other", "Nothing waits here"), ("done", "Nothing decided yet")):
        page = client.get(reverse("debriefs:triage"), {"show": show}).content.decode()
        assert words in page


def test_a_manager_decides_and_takes_back_on_the_pages(
    rep: User, manager: User, admin: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    version = said(rep, "other", "Flooded.", unmet_need="No API.", rival_better="Faster.")
    other = reason("other").pk
    meant = reverse("debriefs:citation_meant", args=[version.pk, other])
    client.post(meant, {"into": ""})
    assert not Recoding.objects.exists()
    client.post(meant, {"into": str(reason("price").pk)})
    recoding = Recoding.objects.get()
    for text, name in ((NEED, "API"), (STRENGTH, "Speed")):
        client.post(reverse("debriefs:text_coded", args=[version.pk, text.value]), {"name": name})
    code = TextCode.objects.get(name="API")
    coded = reverse("debriefs:text_coded", args=[version.pk, NEED.value])
    client.post(coded, {"code": str(code.pk)})
    client.post(coded, {})
    assert TextCoding.objects.in_force().count() == 2
    done = client.get(reverse("debriefs:triage"), {"show": "done"}).content.decode()
    assert "Faster." in done
    detail = reverse("playbook:detail", args=[version.debrief_id])
    assert "Triaged as" in client.get(detail).content.decode()
    client.post(reverse("debriefs:recoding_take_back", args=[recoding.pk]))
    coding = TextCoding.objects.in_force().get(of_text=STRENGTH)
    client.post(reverse("debriefs:coding_take_back", args=[coding.pk]))
    assert not Recoding.objects.in_force().exists()
    assert TextCoding.objects.in_force().count() == 1
    price = said(rep, "price")
    level, _ = split_reason(reason("price"), [Part("Price level"), Part("Discount")], by=admin)
    page = client.get(reverse("debriefs:triage"), {"show": "split"}).content.decode()
    assert f'name="into" value="{level.pk}">Price level</button>' in page
    split = LossReason.objects.get(key="price")
    url = reverse("debriefs:citation_meant", args=[price.pk, split.pk])
    client.post(url, {"into": str(level.pk)})
    assert Recoding.objects.in_force().get().into == level


def test_an_admin_makes_a_new_reason_and_keeps_the_codes(
    rep: User, admin: User, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    version = said(rep, "other", "Their building flooded.")
    url = reverse("debriefs:citation_meant_new", args=[version.pk, reason("other").pk])
    assert "Their building flooded." in client.get(url).content.decode()
    group = ReasonGroup.objects.get(key="client")
    given = {"name": "Force majeure", "group": str(group.pk), "definition": "Nobody's doing."}
    assert client.post(url, {**given, "name": "Price"}).status_code == 422
    assert client.post(url, given).status_code == 302
    assert Recoding.objects.get().into.name == "Force majeure"
    api, rest = add_code(NEED, "API", by=admin), add_code(NEED, "REST", by=admin)
    client.post(reverse("debriefs:code_rename", args=[api.pk]), {"name": "Open API"})
    client.post(reverse("debriefs:code_merge", args=[rest.pk]), {"into": str(api.pk)})
    page = client.get(reverse("debriefs:code_list", args=[NEED.value])).content.decode()
    assert "counts as Open API" in page
    client.post(reverse("debriefs:code_part", args=[rest.pk]))
    rest.refresh_from_db()
    assert rest.merged_into is None
    empty = client.get(reverse("debriefs:code_list", args=[STRENGTH.value])).content.decode()
    assert "No codes yet" in empty


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_codes_takes_the_same_queries_whatever_its_length(
    count: int,
    admin: User,
    signed_in: SignedIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        add_code(NEED, f"Code {number}", by=admin)
    client = signed_in(admin)
    with django_assert_num_queries(2):
        page = client.get(reverse("debriefs:code_list", args=[NEED.value])).content.decode()
    assert page.count('<th scope="row">Code') == count
