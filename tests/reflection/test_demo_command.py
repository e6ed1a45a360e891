"""`manage.py demo` on a database that is not empty, and an instance without the demo."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from deals.models import Deal
from debriefs.models import LossReason, ReasonChange, ReasonJudgement, TemplateVersion
from reflection.demo.models import DemoLogin
from tests.factories import DealFactory, UserFactory, submitted_debrief

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    printed = StringIO()
    call_command("demo", *arguments, stdout=printed)
    return printed.getvalue()


def test_a_database_that_holds_deals_is_refused() -> None:
    DealFactory.create()
    with pytest.raises(CommandError, match="already holds deals"):
        load()
    assert Deal.objects.count() == 1


def test_force_adds_the_demo_to_what_is_there() -> None:
    mine = DealFactory.create()
    printed = load("--force").splitlines()
    assert printed[0].startswith("Halden Analytics is here: 63 people, 2,500 closed and 236 open")
    assert printed[1].split() == ["Rep:", "Ingrid", "Dahl", "ingrid.dahl", "look-around"]
    assert len(printed) == 5
    assert Deal.objects.filter(pk=mine.pk).exists()
    assert Deal.objects.closed().exclude(pk=mine.pk).count() == 2_500


def test_force_changes_no_questions_and_judges_no_debriefs_that_were_there() -> None:
    price = LossReason.objects.get(key="price")
    mine = submitted_debrief(reasons=[price])
    load("--force")
    assert TemplateVersion.objects.count() == 1
    assert not ReasonChange.objects.exists()
    assert ReasonJudgement.objects.exists()
    assert not ReasonJudgement.objects.filter(version__debrief=mine).exists()


def test_a_person_of_the_same_user_name_stops_it() -> None:
    UserFactory.create(username="marit.engen")
    with pytest.raises(CommandError, match=r"Somebody here is called marit\.engen already"):
        load()
    assert not Deal.objects.exists()


def test_without_the_demo_the_sign_in_page_offers_nothing(client: Client) -> None:
    assert not client.get(reverse("account_login")).context["demo_logins"]
    assert not DemoLogin.objects.exists()
