"""Words find debriefs, and only those whose words the reader may read."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from debriefs.models import Audience, CitedReason, FactorScore
from people.models import User
from playbook import queries, search
from playbook.forms import PlaybookForm
from playbook.query import PlaybookQuery
from playbook.services import refresh_entries
from tests.factories import AccountFactory, CompetitorFactory, LossReasonFactory, ProductFactory
from tests.playbook.conftest import Listed

pytestmark = pytest.mark.django_db


def said(text: str, audience: str = Audience.COMPANY) -> dict[str, Any]:
    return {"answers": {"objections": {"text": text, "audience": audience}}}


def found(words: str, viewer: User, **asked: Any) -> list[str]:
    return [hit.deal for hit in queries.search(PlaybookQuery(words=words, **asked), viewer).hits]


def snippet(words: str, viewer: User) -> str:
    return str(queries.search(PlaybookQuery(words=words), viewer).hits[0].snippet)


@pytest.mark.parametrize(
    "words",
    [
        "integration",
        "integrations",
        "INTEGRATED",
        '"security review"',
        "secur*",
        "integr* review",
        "review -price",
        "nothing or review",
        "müller",
        "Muller",
        "sao",
    ],
)
def test_words_in_any_form_find_the_debrief(listed: Listed, rep: User, words: str) -> None:
    listed(
        deal={"name": "Rollout"},
        **said("The integrations team of Müller in São Paulo waited for the security review."),
    )
    assert found(words, rep) == ["Rollout"]


@pytest.mark.parametrize(
    "words", ["price", '"review security"', "integr* -review", "the", "", "zzz*", "!!", "((&|"]
)
def test_other_words_find_nothing_or_narrow_nothing(listed: Listed, rep: User, words: str) -> None:
    listed(deal={"name": "Rollout"}, **said("The integrations team and the security review."))
    assert found(words, rep) == ([] if words else ["Rollout"])


def test_facts_are_found_by_name(listed: Listed, rep: User) -> None:
    listed(
        deal={
            "name": "Renewal",
            "account": AccountFactory.create(name="Kessler Foods"),
            "product": ProductFactory.create(name="Stratus"),
            "competitors": [CompetitorFactory.create(name="Norvik")],
            "notes": "Champion went on parental leave.",
        },
        reasons=[LossReasonFactory.create(name="Contract terms")],
    )
    words = ["renewal", "kessler", "stratus", "norvik", "parental", '"contract terms"']
    assert [found(word, rep) for word in words] == [["Renewal"]] * len(words)


def test_a_partner_finds_by_company_words_only(listed: Listed, rep: User, partner: User) -> None:
    debrief = listed(
        deal={"name": "Rollout", "notes": "crmnote"},
        reasons=[LossReasonFactory.create(name="Reasonname")],
        answers={
            "objections": {"text": "companyword", "audience": Audience.COMPANY},
            "adaptability": {"text": "salesword", "audience": Audience.SALES},
            "for_my_coach": {"text": "privateword", "audience": Audience.PRIVATE},
        },
        factors={"timing": -1},
    )
    CitedReason.objects.update(quote="buyerquote", text="reasontext")
    FactorScore.objects.update(note="factornote")
    assert debrief.current_version is not None
    debrief.current_version.runner_up_evidence = "scoresheet"
    debrief.current_version.save()
    refresh_entries([debrief.closing.deal_id])
    for_sales = [
        "salesword",
        "crmnote",
        "reasonname",
        "buyerquote",
        "reasontext",
        "factornote",
        "scoresheet",
    ]
    assert [found(word, rep) for word in [*for_sales, "companyword"]] == [["Rollout"]] * 8
    assert [found(word, partner) for word in for_sales] == [[]] * 7
    assert found("companyword", partner) == ["Rollout"]
    assert found("privateword", partner) == []


def test_nobody_finds_private_words_not_even_their_author_or_an_admin(
    listed: Listed, rep: User, manager: User, admin: User
) -> None:
    listed(deal={"owner": rep}, **said("privateword", Audience.PRIVATE))
    assert [found("privateword", viewer) for viewer in (rep, manager, admin)] == [[], [], []]


def test_a_partner_does_not_see_debriefs_without_a_word_for_the_company(
    listed: Listed, partner: User
) -> None:
    listed(deal={"name": "Closed shop"}, **said("salesword", Audience.SALES))
    assert found("", partner) == []
    assert found('"closed shop"', partner) == []


def test_snippets_mark_the_words_where_they_stand(listed: Listed, rep: User) -> None:
    listed(**said("Nobody owned the security questionnaire."))
    assert snippet("questionnaires", rep) == (
        "Nobody owned the security <mark>questionnaire</mark>"
    )


def test_a_snippet_never_shows_what_the_reader_may_not_read(
    listed: Listed, rep: User, partner: User
) -> None:
    listed(
        reasons=[LossReasonFactory.create()],
        answers={
            "objections": {"text": "Pilot went well.", "audience": Audience.COMPANY},
            "adaptability": {"text": "Pilot salesword.", "audience": Audience.SALES},
            "for_my_coach": {"text": "Pilot privateword.", "audience": Audience.PRIVATE},
        },
    )
    CitedReason.objects.update(quote="Pilot buyerquote.")
    assert snippet("pilot", partner) == "<mark>Pilot</mark> went well"
    shown = snippet("pilot", rep)
    assert "salesword" in shown
    assert "buyerquote" in shown
    assert "privateword" not in shown


def test_markup_in_what_people_wrote_stays_text(listed: Listed, rep: User) -> None:
    listed(**said("\ue000a\ue001 & b <mark>pilot</mark> <img src=x onerror=alert(1)> 'q' end"))
    assert snippet("pilot", rep) == ("mark <mark>pilot</mark> /mark   img src=x onerror=alert")


def test_words_in_angle_brackets_are_found(listed: Listed, rep: User) -> None:
    listed(deal={"name": "Rollout"}, **said("They asked for <Stratus> by name."))
    assert found("stratus", rep) == ["Rollout"]


def test_a_debrief_found_by_its_facts_alone_has_no_snippet(listed: Listed, rep: User) -> None:
    listed(deal={"name": "Stratus rollout"}, **said("Nothing of note."))
    assert queries.search(PlaybookQuery(words="stratus"), rep).hits[0].snippet is None


@pytest.mark.parametrize("facet", ["reason", "team"])
def test_a_partner_cannot_narrow_by_what_is_for_sales(partner: User, facet: str) -> None:
    with pytest.raises(PermissionDenied):
        queries.search(PlaybookQuery(choices=((facet, "1"),)), partner)


def test_a_partner_reads_neither_reasons_nor_author_of_a_hit(
    listed: Listed, rep: User, partner: User
) -> None:
    listed(deal={"owner": rep}, reasons=[LossReasonFactory.create(name="Price")], **said("Open."))
    of_rep = queries.search(PlaybookQuery(), rep).hits[0]
    of_partner = queries.search(PlaybookQuery(), partner).hits[0]
    assert ([str(reason) for reason in of_rep.reasons], of_rep.author) == (["Price"], "Rita Rep")
    assert (of_partner.reasons, of_partner.author) == ((), "")


@pytest.mark.parametrize(
    ("typed", "plain", "prefixes"),
    [
        ("price", "price", ""),
        ("integr* spring", "spring", "integr:*"),
        ("-integr* a*", "", "!integr:* & a:*"),
        ('"exact phrase*"', '"exact phrase*"', ""),
        ("5*3", "5*3", ""),
    ],
)
def test_prefixes_are_told_from_plain_words(typed: str, plain: str, prefixes: str) -> None:
    words = search.Words(typed)
    assert (words.plain, words.prefixes) == (plain, prefixes)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ({"reason": "price"}, "reason"),
        ({"competitor": "0"}, "competitor"),
        ({"stage": "99999999999999999999"}, "stage"),
        ({"outcome": "drawn"}, "outcome"),
        ({"period": "2026-Q5"}, "period"),
        ({"period": "last year"}, "period"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
        ({"sort": "loudest"}, "sort"),
        ({"scope": "everything"}, "scope"),
        ({"after": "2026-03-10"}, "after"),
        ({"after": "x~1"}, "after"),
        ({"sort": "amount", "after": "99999999999999999999~1"}, "after"),
        ({"account": "-1"}, "account"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_an_address_that_asks_for_nonsense_names_the_parameter(
    address: dict[str, str], field: str
) -> None:
    assert list(PlaybookForm(address).errors) == [field]


def test_an_address_is_read_back_as_it_was_written() -> None:
    address = {
        "q": "price or terms",
        "outcome": "lost",
        "reason": "3",
        "since": "2026-01-01",
        "account": "7",
        "scope": "all",
        "sort": "amount",
        "after": "1200~9",
    }
    form = PlaybookForm(address)
    assert form.is_valid()
    assert dict(form.query().parameters()) == address
