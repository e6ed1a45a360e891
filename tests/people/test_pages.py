"""Pages about oneself, people and teams: who may, and one happy path each."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from people import services
from people.models import ApiToken, Membership, Team, User
from tests.factories import (
    PASSWORD,
    ApiTokenFactory,
    MembershipFactory,
    NamedByImportFactory,
    TeamFactory,
    UserFactory,
)

SignIn = Callable[[User], Client]


def test_your_profile_keeps_your_name_and_time_zone(rep: User, signed_in: SignIn) -> None:
    client = signed_in(rep)
    assert client.get("/you/").status_code == 200
    answer = client.post("/you/", {"full_name": "Rita Reed", "time_zone": "Europe/Paris"})
    assert (answer.status_code, answer["Location"]) == (302, "/you/")
    rep.refresh_from_db()
    assert (rep.full_name, rep.time_zone) == ("Rita Reed", "Europe/Paris")


def test_your_profile_refuses_a_time_zone_that_is_none(rep: User, signed_in: SignIn) -> None:
    answer = signed_in(rep).post("/you/", {"full_name": "Rita", "time_zone": "Mars/Base"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"time_zone"}


def test_a_token_is_shown_once_and_works(rep: User, signed_in: SignIn) -> None:
    client = signed_in(rep)
    answer = client.post("/you/tokens/", {"name": "export", "days": "30"})
    secret = answer.context["secret"]
    assert secret in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert services.authenticate_token(secret) == rep
    assert secret not in client.get("/you/tokens/").text


def test_a_token_of_somebody_else_is_not_there(
    rep: User, teammate: User, signed_in: SignIn
) -> None:
    token = ApiTokenFactory.create(user=teammate)
    assert signed_in(rep).post(f"/you/tokens/{token.pk}/revoke").status_code == 404
    assert signed_in(teammate).post(f"/you/tokens/{token.pk}/revoke").status_code == 302
    assert ApiToken.objects.usable().count() == 0


def test_the_list_finds_people_by_words_role_and_state(
    rep: User, manager: User, admin: User, signed_in: SignIn
) -> None:
    NamedByImportFactory.create(full_name="Darcel Schlecht")
    client = signed_in(manager)

    def names(query: str) -> list[str]:
        return [row.full_name for row in client.get(f"/people/?{query}").context["page"].rows]

    assert names("") == ["Ada Admin", "Darcel Schlecht", "Mona Manager", "Rita Rep"]
    assert names("q=rit+rep") == ["Rita Rep"]
    assert names("role=admin") == ["Ada Admin"]
    assert names("state=unconfirmed") == ["Darcel Schlecht"]
    assert names("q=nobody") == []
    assert client.get("/people/?role=king").status_code == 422


def test_the_list_goes_on_after_the_last_of_a_page(admin: User, signed_in: SignIn) -> None:
    UserFactory.create_batch(60, full_name="Same Name")
    client = signed_in(admin)
    first = client.get("/people/?q=same")
    second = client.get(f"/people/{first.context['next_page']}")
    ids = [row.id for answer in (first, second) for row in answer.context["page"].rows]
    assert (len(first.context["page"].rows), len(ids), len(set(ids))) == (50, 60, 60)
    assert second.context["page"].after is None
    assert second.context["page"].count == 60


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_asks_as_much_whatever_its_length(
    admin: User,
    signed_in: SignIn,
    people: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for person in UserFactory.create_batch(people):
        MembershipFactory.create(user=person)
    client = signed_in(admin)
    with django_assert_num_queries(3):  # person asking, count, rows
        client.get("/people/")


@pytest.mark.parametrize("teams", [1, 3])
def test_the_tree_asks_as_much_whatever_its_size(
    admin: User,
    signed_in: SignIn,
    teams: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for team in TeamFactory.create_batch(teams):
        MembershipFactory.create(team=team)
    client = signed_in(admin)
    with django_assert_num_queries(3):  # person asking, memberships, teams
        client.get("/teams/")


def test_a_person_page_tells_teams_over_time(
    rep: User, manager: User, other_team: Team, admin: User, signed_in: SignIn
) -> None:
    services.join_team(rep, other_team, since=date(2026, 3, 1), by=admin)
    page = signed_in(manager).get(f"/people/{rep.pk}/").context["page"]
    assert [(row.team, row.since, row.until) for row in page.memberships] == [
        ("Borealis", date(2026, 3, 1), None),
        ("Atlas", date(2020, 1, 1), date(2026, 3, 1)),
    ]


def test_an_admin_lets_somebody_in(team: Team, admin: User, signed_in: SignIn) -> None:
    client = signed_in(admin)
    assert client.get("/people/new").status_code == 200
    answer = client.post(
        "/people/new",
        {"full_name": "New Rep", "email": "new@example.com", "role": "rep", "team": team.pk},
    )
    made = User.objects.get(email="new@example.com")
    assert answer["Location"] == f"/people/{made.pk}/"
    assert Membership.objects.get(user=made).team == team
    assert mail.outbox == []


def test_without_mail_the_link_is_shown_and_lets_the_person_choose_a_password(
    admin: User, signed_in: SignIn
) -> None:
    person = services.create_person(full_name="New", email="new@example.com", by=admin)
    answer = signed_in(admin).post(f"/people/{person.pk}/invite")
    assert "no-store" in answer["Cache-Control"]
    _choose_password(answer.context["link"])
    person.refresh_from_db()
    assert person.check_password("a long enough pass phrase")


def test_with_mail_the_link_is_sent(
    admin: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("people.views.people.can_send_mail", lambda: True)
    person = services.create_person(full_name="New", email="new@example.com", by=admin)
    answer = signed_in(admin).post(f"/people/{person.pk}/invite")
    assert answer.status_code == 302
    assert [sent.to for sent in mail.outbox] == [["new@example.com"]]
    link = next(word for word in str(mail.outbox[0].body).split() if "/reset/key/" in word)
    _choose_password(link)
    person.refresh_from_db()
    assert person.check_password("a long enough pass phrase")


def _choose_password(link: str) -> None:
    client = Client()
    page = client.get("/" + link.split("/", 3)[3], follow=True)
    chosen = {"password1": "a long enough pass phrase", "password2": "a long enough pass phrase"}
    client.post(page.redirect_chain[-1][0], chosen)


def test_an_admin_changes_a_person(
    rep: User, admin: User, manager: User, signed_in: SignIn
) -> None:
    client = signed_in(admin)
    assert client.get(f"/people/{rep.pk}/edit").status_code == 200
    client.post(
        f"/people/{rep.pk}/edit",
        {
            "full_name": "Rita Reed",
            "username": "rita",
            "email": "rita@example.com",
            "role": "partner",
            "coach": manager.pk,
            "time_zone": "UTC",
        },
    )
    rep.refresh_from_db()
    assert (rep.username, rep.email, rep.role, rep.coach) == (
        "rita",
        "rita@example.com",
        "partner",
        manager,
    )


def test_a_refused_change_names_the_field(admin: User, signed_in: SignIn) -> None:
    fields = {"full_name": "Ada", "username": "admin", "email": "admin@example.com"}
    answer = signed_in(admin).post(
        f"/people/{admin.pk}/edit", {**fields, "role": "rep", "time_zone": "UTC"}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "role": ["This is the only admin: make somebody else an admin first."]
    }


def test_an_admin_moves_a_person_with_a_date(
    rep: User, other_team: Team, admin: User, signed_in: SignIn
) -> None:
    client = signed_in(admin)
    client.post(f"/people/{rep.pk}/move", {"team": other_team.pk, "since": "2026-03-01"})
    assert Membership.objects.get(user=rep, until=None).since == date(2026, 3, 1)
    client.post(f"/people/{rep.pk}/leave", {"on": "2026-04-01"})
    assert not Membership.objects.filter(user=rep, until=None).exists()


def test_an_admin_settles_who_an_import_named(rep: User, admin: User, signed_in: SignIn) -> None:
    client = signed_in(admin)
    first, second = NamedByImportFactory.create_batch(2)
    client.post(f"/people/{first.pk}/confirm", {"email": "first@example.com", "role": "rep"})
    client.post(f"/people/{second.pk}/merge", {"into": rep.pk})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_active, second.merged_into) == (True, rep)


def test_whom_an_admin_stops_is_signed_out_at_once(
    rep: User, admin: User, signed_in: SignIn
) -> None:
    theirs = signed_in(rep)
    assert theirs.get("/you/").status_code == 200
    signed_in(admin).post(f"/people/{rep.pk}/activity", {"active": "no"})
    assert theirs.get("/you/").status_code == 302
    signed_in(admin).post(f"/people/{rep.pk}/activity", {"active": "yes"})
    rep.refresh_from_db()
    assert rep.is_active


def test_an_admin_keeps_the_tree(company: Team, admin: User, signed_in: SignIn) -> None:
    client = signed_in(admin)
    client.post("/teams/new", {"name": "East", "kind": "region", "parent": company.pk})
    east = Team.objects.get(name="East")
    client.post(f"/teams/{east.pk}/edit", {"name": "Far East", "parent": company.pk})
    tree = client.get("/teams/").context["tree"]
    assert [(node.name, [child.name for child in node.children]) for node in tree] == [
        ("Example Inc", ["Far East"])
    ]
    client.post(f"/teams/{east.pk}/retire")
    east.refresh_from_db()
    assert east.retired_at is not None


def test_people_sign_in_by_username_or_address_in_any_case(rep: User) -> None:
    for login in ("rep", "REP", "rep@example.com", "Rep@Example.com"):
        client = Client()
        answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert client.session["_auth_user_id"] == str(rep.pk)


def test_an_inactive_person_does_not_sign_in(rep: User, admin: User) -> None:
    services.deactivate_person(rep, by=admin)
    client = Client()
    client.post("/accounts/login/", {"login": "rep", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_by_themselves(db: None, client: Client) -> None:
    answer = client.post(
        "/accounts/signup/",
        {"username": "new", "email": "n@example.com", "password1": PASSWORD},
    )
    assert answer.status_code == 200
    assert User.objects.count() == 0


def test_a_changed_address_counts_once_its_owner_has_confirmed_it(
    admin: User, signed_in: SignIn
) -> None:
    person = services.create_person(
        full_name="New", email="old@example.com", password=PASSWORD, by=admin
    )
    client = Client()
    client.post("/accounts/login/", {"login": "old@example.com", "password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    person.refresh_from_db()
    assert person.email == "old@example.com"
    link = next(word for word in str(mail.outbox[0].body).split() if "/confirm-email/" in word)
    client.post("/" + link.split("/", 3)[3])
    person.refresh_from_db()
    assert person.email == "new@example.com"
