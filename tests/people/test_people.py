"""Letting people in, changing what stands about them, and letting them go."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from outbox.models import Event
from people import services
from people.errors import (
    AddressMissing,
    AlreadyConfirmed,
    CoachUnfit,
    EmailTaken,
    LastAdmin,
    UsernameTaken,
)
from people.models import ApiToken, Role, Team, User
from tests.factories import AdminFactory, ApiTokenFactory, NamedByImportFactory, UserFactory


def events() -> list[tuple[str, dict[str, object], int | None]]:
    return list(Event.objects.order_by("pk").values_list("kind", "payload", "actor_id"))


def addresses_of(person: User) -> list[tuple[str, bool, bool]]:
    rows = EmailAddress.objects.filter(user=person).order_by("email")
    return list(rows.values_list("email", "verified", "primary"))


def test_a_new_person_gets_a_username_from_the_address(admin: User) -> None:
    UserFactory.create(username="ann.lee", email="other@example.com")
    person = services.create_person(full_name=" Ann  Lee ", email="Ann.Lee@Example.com", by=admin)
    assert (person.username, person.full_name, person.email, person.role) == (
        "ann.lee2",
        "Ann Lee",
        "ann.lee@example.com",
        "rep",
    )
    assert person.is_active
    assert not person.has_usable_password()
    assert addresses_of(person) == [("ann.lee@example.com", True, True)]
    assert events() == [("person.changed", {"user_ids": [person.pk]}, admin.pk)]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"email": "TAKEN@example.com"}, EmailTaken),
        ({"username": "Taken"}, UsernameTaken),
        ({"email": "no address"}, ValidationError),
        ({"username": "two words"}, ValidationError),
        ({"role": "king"}, ValidationError),
    ],
)
def test_a_person_who_cannot_be_kept_is_refused_whole(
    admin: User, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    UserFactory.create(username="taken", email="taken@example.com")
    before = User.objects.count()
    with pytest.raises(refusal):
        services.create_person(by=admin, full_name="New", **{"email": "new@example.com", **fields})
    assert (User.objects.count(), events()) == (before, [])


def test_a_changed_address_is_the_only_one_that_signs_in(rep: User, admin: User) -> None:
    services.change_person(rep, by=admin, email="old@example.com")
    services.change_person(rep, by=admin, email="New@example.com")
    assert addresses_of(rep) == [("new@example.com", True, True)]


def test_changing_nothing_records_nothing(rep: User, admin: User) -> None:
    services.change_person(rep, by=admin, full_name=f" {rep.full_name} ", role=rep.role)
    assert events() == []


def test_the_only_admin_can_neither_step_down_nor_be_stopped(admin: User) -> None:
    with pytest.raises(LastAdmin):
        services.change_person(admin, by=admin, role=Role.REP)
    with pytest.raises(LastAdmin):
        services.deactivate_person(admin, by=admin)
    AdminFactory.create()
    services.change_person(admin, by=admin, role=Role.REP)
    admin.refresh_from_db()
    assert admin.role == "rep"


def test_an_inactive_admin_does_not_count_as_another(admin: User) -> None:
    AdminFactory.create(is_active=False)
    with pytest.raises(LastAdmin):
        services.deactivate_person(admin, by=admin)


def test_who_stops_being_a_manager_manages_no_team(manager: User, admin: User, team: Team) -> None:
    services.change_person(manager, by=admin, role=Role.REP)
    team.refresh_from_db()
    assert team.manager is None
    assert [kind for kind, _, _ in events()] == ["team.changed", "person.changed"]


def test_a_coach_is_active_in_sales_and_somebody_else(
    rep: User, partner: User, admin: User
) -> None:
    gone = UserFactory.create(is_active=False)
    for unfit in (rep, partner, gone):
        with pytest.raises(CoachUnfit):
            services.change_person(rep, by=admin, coach=unfit)
    assert services.change_person(rep, by=admin, coach=admin).coach == admin


def test_an_active_person_keeps_an_address(rep: User, admin: User) -> None:
    with pytest.raises(AddressMissing):
        services.change_person(rep, by=admin, email="")


def test_letting_a_person_go_revokes_what_let_them_in(
    rep: User, teammate: User, admin: User
) -> None:
    ApiTokenFactory.create(user=rep)
    services.change_person(teammate, by=admin, coach=rep)
    services.deactivate_person(rep, by=admin)
    teammate.refresh_from_db()
    rep.refresh_from_db()
    assert (rep.is_active, teammate.coach) == (False, None)
    services.activate_person(rep, by=admin)
    assert ApiToken.objects.usable().count() == 0


def test_a_person_named_by_an_import_comes_in_once_confirmed(admin: User) -> None:
    named = services.name_person("Darcel Schlecht", by=None)
    assert (named.username, named.is_active, named.email) == ("darcel.schlecht", False, None)
    with pytest.raises(AddressMissing):
        services.activate_person(named, by=admin)
    confirmed = services.confirm_person(named, email="D@example.com", by=admin)
    assert (confirmed.is_active, confirmed.email) == (True, "d@example.com")
    assert addresses_of(confirmed) == [("d@example.com", True, True)]
    with pytest.raises(AlreadyConfirmed):
        services.confirm_person(named, email="d@example.com", by=admin)


def test_a_confirmed_person_cannot_take_an_address_of_another(rep: User, admin: User) -> None:
    named = NamedByImportFactory.create()
    with pytest.raises(EmailTaken):
        services.confirm_person(named, email=str(rep.email), by=admin)
    named.refresh_from_db()
    assert not named.is_active
