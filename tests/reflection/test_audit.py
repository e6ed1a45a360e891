"""The audit: what triggers keep, who is named beside it, and the page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from common.audit import acting
from debriefs.models import Draft, LossReason, TemplateVersion
from debriefs.questions import default_version
from debriefs.services.defaults import install_defaults
from debriefs.services.reasons import rename_reason
from people.models import ApiToken, Membership, Role, Team, User
from people.services import change_person, issue_token
from reflection.audit import KINDS, Asked, Mark, audit_page
from tests.factories import (
    MembershipFactory,
    ProductFactory,
    TeamFactory,
    TemplateVersionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def defaults(db: None) -> None:
    install_defaults()


def told(**asked: Any) -> list[tuple[str, str, str, dict[str, tuple[str, str]]]]:
    """Of each change: title, what, by whom, and the fields."""
    return [
        (
            each.title,
            each.what,
            each.by,
            {field.name: (field.before, field.after) for field in each.fields},
        )
        for each in audit_page(Asked(**asked)).changes
    ]


def test_a_change_of_a_right_says_who_made_it_and_what_was_before(admin: User, rep: User) -> None:
    with acting(user=admin.pk):
        User.objects.filter(pk=rep.pk).update(role=Role.MANAGER, coach=admin)
    title, what, by, fields = told(kind="person", object_id=rep.pk)[0]
    assert (title, what, by) == ("Rita Rep", "changed", str(admin))
    assert fields == {"Role": ("Rep", "Manager"), "Coach": ("nothing", str(admin))}


def test_whatever_changes_a_row_is_kept(admin: User) -> None:
    team = TeamFactory.create(name="North")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_team SET name = 'North 100 %%' WHERE id = %s", [team.pk])
    Team.objects.filter(pk=team.pk).delete()
    changes = told(kind="team", object_id=team.pk)
    assert [(title, what, by) for title, what, by, _ in changes] == [
        ("North 100 %", "removed", "unknown"),
        ("North 100 %", "changed", "unknown"),
        ("North", "added", "unknown"),
    ]


def test_what_a_template_is_narrowed_to_is_kept_with_who_widened_it(admin: User) -> None:
    version = TemplateVersionFactory.create(template__name="Large deals", number=3)
    product, team = ProductFactory.create(name="Forecast"), TeamFactory.create(name="Oslo")
    with acting(user=admin.pk):
        version.products.add(product)
        version.teams.set([team])
        version.products.clear()
    assert [each[:3] for each in told(kind="template_product")] == [
        ("Large deals, version 3, Forecast", "removed", str(admin)),
        ("Large deals, version 3, Forecast", "added", str(admin)),
    ]
    assert [each[:3] for each in told(kind="template_team")] == [
        ("Large deals, version 3, Oslo", "added", str(admin))
    ]


def test_secrets_are_in_no_event_and_alone_leave_none(rep: User) -> None:
    for model in (User, ApiToken):
        event: Any = model._meta.get_field("audit_events").related_model
        names = {field.name for field in event._meta.get_fields()}
        assert names.isdisjoint({"password", "digest", "chat_webhook", "last_login"})
    before = len(told(kind="person", object_id=rep.pk))
    rep.set_password("another horse battery")
    rep.last_login = timezone.now()
    rep.save()
    assert len(told(kind="person", object_id=rep.pk)) == before


def test_events_can_be_neither_changed_nor_removed(rep: User) -> None:
    event: Any = User._meta.get_field("audit_events").related_model
    for statement in (
        f"DELETE FROM {event._meta.db_table}",
        f"UPDATE {event._meta.db_table} SET role = 'admin'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_service_in_a_request_names_the_person_signed_in(
    defaults: None, admin: User, signed_in: SignedIn
) -> None:
    price = LossReason.objects.get(key="price")
    address = reverse("debriefs:reason_rename", args=[price.pk])
    form = {"name": "Price 100 % too high", "since": timezone.localdate().isoformat()}
    assert signed_in(admin).post(address, form).status_code == 302
    title, what, by, fields = told(kind="reason", object_id=price.pk)[0]
    assert (title, what, by) == ("Price 100 % too high", "changed", str(admin))
    assert fields == {"Name": ("Price", "Price 100 % too high")}
    assert told(kind="reason_change", by=admin.pk)[0][1] == "added"


def test_a_job_and_a_command_are_named(rep: User) -> None:
    with acting(task="people.tasks.tidy"):
        User.objects.filter(pk=rep.pk).update(full_name="Rita R.")
    with acting(command="demo"), acting(user=rep.pk):
        User.objects.filter(pk=rep.pk).update(full_name="Rita Rep")
    assert [by for _, _, by, _ in told(kind="person", object_id=rep.pk)[:2]] == [
        "Rita Rep",
        "the job people.tasks.tidy",
    ]


@pytest.mark.parametrize(
    "change",
    [
        "definition = definition || '{\"x\": 1}'",
        "number = number + 7",
        "published_at = NULL",
        "outcomes = '{won}'",
    ],
)
def test_a_published_version_is_frozen_by_the_database(defaults: None, change: str) -> None:
    version = default_version()
    statement = f"UPDATE debriefs_templateversion SET {change} WHERE id = {version.pk}"
    with (
        pytest.raises(DatabaseError, match="Cannot update rows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with pytest.raises(DatabaseError, match="Cannot delete rows"), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).delete()
    TemplateVersion.objects.filter(pk=version.pk).update(retired_at=timezone.now())


def test_pages_go_on_where_one_ended_also_within_one_transaction(admin: User) -> None:
    UserFactory.create_batch(60)
    seen, after = [], None
    for _ in range(9):
        page = audit_page(Asked(), after=after)
        seen += [(each.kind, each.object_id, each.what, each.at) for each in page.changes]
        after = Mark.read(page.after)
        if after is None:
            break
    total = sum(kind.events.count() for kind in KINDS.values())
    assert len(seen) == len(set(seen)) == total > 60


def test_a_day_is_one_of_the_company(rep: User) -> None:
    today = timezone.localdate()
    assert told(kind="person", day=today)
    assert told(kind="person", day=today - timedelta(days=2)) == []


@pytest.mark.parametrize("people", [1, 8])
def test_the_page_asks_as_much_whatever_there_is(
    admin: User, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(people):
        MembershipFactory.create()
    User.objects.update(calendar="DE")
    Membership.objects.update(until=timezone.localdate())
    Team.objects.update(kind="region")
    # the events, what was before, the names of people and of teams
    with django_assert_num_queries(4):
        audit_page(Asked(kind="membership"))


def test_the_page_shows_filters_and_refuses_nonsense(
    admin: User, rep: User, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    page = client.get(reverse("audit"), {"of": "person", "object": str(rep.pk), "by": ""})
    assert "Rita Rep" in page.content.decode()
    assert client.get(reverse("audit"), {"by": "nobody at all"}).status_code == 422
    assert client.get(reverse("audit"), {"after": "x/y/z"}).status_code == 422
    assert client.get(reverse("audit"), {"by": "rep"}).status_code == 200


def test_who_acts_costs_nothing_where_no_audited_table_is_written(
    rep: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with acting(user=rep.pk), django_assert_num_queries(2) as queries:
        Draft.objects.update(revision=1)
        User.objects.update(calendar="DE")
    told = ["set_config" in each["sql"] for each in queries.captured_queries]
    assert told == [False, True]


def test_an_added_token_is_kept_without_its_secret(admin: User, rep: User) -> None:
    with acting(user=rep.pk):
        issue_token(rep, name="nightly", by=rep)
    [(title, what, by, fields)] = told(kind="token")
    assert (title, what, by) == (f"{ApiToken.objects.get().prefix}, Rita Rep", "added", "Rita Rep")
    assert {"Digest", "Name"}.isdisjoint(fields)


def test_a_renamed_reason_and_a_person_keep_their_own_histories(
    defaults: None, admin: User, rep: User
) -> None:
    rename_reason(LossReason.objects.get(key="price"), "Too dear", by=admin)
    change_person(rep, by=admin, role=Role.MANAGER)
    assert told(kind="reason")[0][0] == "Too dear"
    assert told(kind="person")[0][0] == "Rita Rep"
