"""Letting people in, changing what stands about them, and letting them go."""

from datetime import date
from typing import TypedDict, Unpack

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from common.clock import company_today
from common.text import tidy
from outbox.services import record
from people import events
from people.errors import (
    AddressMissing,
    AlreadyConfirmed,
    CoachUnfit,
    EmailTaken,
    LastAdmin,
    UsernameTaken,
)
from people.models import Channel, Role, Team, User
from people.services.memberships import join_team


class PersonChanges(TypedDict, total=False):
    """What `change_person` may be given; what is left out stays as it is."""

    full_name: str
    username: str
    email: str | None
    time_zone: str
    role: str
    coach: User | None
    calendar: str
    channel: str
    chat_webhook: str
    digest_hour: int


@transaction.atomic
def create_person(
    *,
    full_name: str,
    email: str | None,
    by: User | None,
    role: str = Role.REP,
    username: str = "",
    password: str | None = None,
    is_superuser: bool = False,
) -> User:
    """Let somebody in. Without a password they choose one through the reset link.

    An empty `username` becomes the address's local part, with a number if it is taken.
    Raises UsernameTaken, EmailTaken, or ValidationError for a field out of shape.
    """
    person = User(
        full_name=tidy(full_name),
        email=_normal_address(email),
        role=role,
        username=username.strip() or _free_username(email or full_name),
        is_superuser=is_superuser,
    )
    person.set_password(password)
    _save(person)
    _keep_address(person)
    _record_changed(person, by=by)
    return person


@transaction.atomic
def let_in(
    *,
    full_name: str,
    email: str,
    username: str,
    role: str,
    team: Team | None,
    since: date | None,
    by: User,
) -> User:
    """A new person and, where a team is given, their first membership, both or neither."""
    person = create_person(full_name=full_name, email=email, username=username, role=role, by=by)
    if team is not None:
        join_team(person, team, since=since or company_today(), by=by)
    return person


@transaction.atomic
def name_person(full_name: str, *, by: User | None) -> User:
    """An inactive person whom an import named: no address, no password.

    They own deals and count in their team; `confirm_person` lets them in.
    """
    name = tidy(full_name)
    person = User(full_name=name, username=_free_username(name), is_active=False)
    person.set_password(None)
    _save(person)
    _record_changed(person, by=by)
    return person


@transaction.atomic
def change_person(person: User, *, by: User, **changes: Unpack[PersonChanges]) -> User:
    """Change the named fields and nothing else; an unchanged person records nothing.

    Raises UsernameTaken, EmailTaken, AddressMissing, CoachUnfit, LastAdmin, or
    ValidationError for a field out of shape. Somebody who stops being a manager or
    admin no longer manages any team; without a chat's address the digest comes by mail.
    """
    stored = User.objects.select_for_update().get(pk=person.pk)
    if "full_name" in changes:
        changes["full_name"] = tidy(changes["full_name"])
    if "email" in changes:
        changes["email"] = _normal_address(changes["email"])
    fields = [name for name, value in changes.items() if getattr(stored, name) != value]
    if not fields:
        return stored
    for name in fields:
        setattr(stored, name, changes.get(name))
    if stored.channel == Channel.CHAT and not stored.chat_webhook:
        stored.channel = Channel.MAIL
        fields.append("channel")
    _refuse_unfit(stored, fields)
    _save(stored, fields)
    if "email" in fields:
        _keep_address(stored)
    if "role" in fields and stored.role not in (Role.MANAGER, Role.ADMIN):
        _give_up_teams(stored, by=by)
    _record_changed(stored, by=by)
    return stored


@transaction.atomic
def confirm_person(person: User, *, email: str, by: User, role: str = Role.REP) -> User:
    """A person whom an import named is one of ours: they get an address and may sign in.

    Raises AlreadyConfirmed, EmailTaken.
    """
    stored = User.objects.select_for_update().get(pk=person.pk)
    if not stored.awaits_confirmation:
        raise AlreadyConfirmed(f"{stored.full_name} has been confirmed already.")
    stored.email = _normal_address(email)
    stored.role = role
    stored.is_active = True
    _save(stored, ["email", "role", "is_active"])
    _keep_address(stored)
    _record_changed(stored, by=by)
    return stored


@transaction.atomic
def activate_person(person: User, *, by: User) -> User:
    """Let a person in again. Raises AddressMissing for one who was never confirmed."""
    stored = User.objects.select_for_update().get(pk=person.pk)
    if stored.is_active:
        return stored
    if stored.email is None or stored.merged_into_id is not None:
        raise AddressMissing(f"{stored.full_name} needs an e-mail address before signing in.")
    stored.is_active = True
    stored.save(update_fields=["is_active"])
    _record_changed(stored, by=by)
    return stored


@transaction.atomic
def deactivate_person(person: User, *, by: User) -> User:
    """Let a person go: signed out at once, tokens revoked; what they wrote stays.

    They manage and coach nobody any more. Raises LastAdmin.
    """
    stored = User.objects.select_for_update().get(pk=person.pk)
    if not stored.is_active:
        return stored
    stored.is_active = False
    _refuse_without_admin(stored)
    stored.save(update_fields=["is_active"])
    stored.api_tokens.filter(revoked_at=None).update(revoked_at=Now())
    stored.coachees.update(coach=None)
    _give_up_teams(stored, by=by)
    _record_changed(stored, by=by)
    return stored


def _refuse_unfit(person: User, fields: list[str]) -> None:
    if person.is_active and person.email is None:
        raise AddressMissing("Somebody who signs in needs an e-mail address.")
    if "coach" in fields and person.coach is not None:
        _refuse_unfit_coach(person, person.coach)
    if "role" in fields:
        _refuse_without_admin(person)


def _refuse_unfit_coach(person: User, coach: User) -> None:
    if coach.pk == person.pk:
        raise CoachUnfit("Nobody is their own coach.")
    if not coach.is_active or not coach.in_sales:
        raise CoachUnfit(f"{coach.full_name} can't coach: a coach is active and in sales.")


def _refuse_without_admin(person: User) -> None:
    """Rows of all admins are locked, so that two can't demote each other at once."""
    if person.is_active and person.is_admin:
        return
    admins = User.objects.active().filter(role=Role.ADMIN).order_by("pk")
    ids = list(admins.select_for_update().values_list("pk", flat=True))
    if ids == [person.pk]:
        raise LastAdmin("This is the only admin: make somebody else an admin first.")


def _give_up_teams(person: User, *, by: User) -> None:
    ids = list(Team.objects.filter(manager=person).values_list("pk", flat=True))
    if ids:
        Team.objects.filter(pk__in=ids).update(manager=None)
        record(events.TEAM_CHANGED, payload={"team_ids": ids}, by=by.pk)


def _normal_address(email: str | None) -> str | None:
    return (email or "").strip().lower() or None


def _free_username(wanted: str) -> str:
    """`wanted` as a username, with the lowest number that makes it free."""
    base = (
        slugify(wanted.split("@", maxsplit=1)[0].replace(".", " ")).replace("-", ".")[:120]
        or "person"
    )
    taken = {
        name.lower()
        for name in User.objects.filter(username__istartswith=base).values_list(
            "username", flat=True
        )
    }
    if base not in taken:
        return base
    return next(name for n in range(2, len(taken) + 3) if (name := f"{base}{n}") not in taken)


_TAKEN = [
    ("people_user_username_unique", UsernameTaken, "Somebody else has this username."),
    ("people_user_email_unique", EmailTaken, "Somebody else has this e-mail address."),
]


def _save(person: User, fields: list[str] | None = None) -> None:
    """Check the fields' shapes and save; the database says whether a name is taken."""
    person.clean_fields(exclude={"password"})
    try:
        with transaction.atomic():
            person.save(update_fields=fields)
    except IntegrityError as error:
        for constraint, refusal, why in _TAKEN:
            if constraint in str(error):
                raise refusal(why) from error
        raise


def _keep_address(person: User) -> None:
    """The sign-in library keeps addresses in rows of its own: one, ours, held for verified."""
    rows = EmailAddress.objects.filter(user=person)
    rows.exclude(email=person.email or "").delete()
    if person.email:
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": True}
        )


def _record_changed(person: User, *, by: User | None) -> None:
    record(
        events.PERSON_CHANGED,
        subject=f"person:{person.pk}",
        payload={"user_ids": [person.pk]},
        by=by.pk if by else None,
    )
