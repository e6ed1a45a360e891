"""The first admin comes in by a one-time link."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from people.errors import AdminExists, SetupClosed
from people.models import Role, SetupLink, SetupLinkQuerySet, User
from people.secrets import digest_of, new_secret
from people.services.people import create_person

GOOD_FOR = timedelta(hours=24)


def has_admin() -> bool:
    return User.objects.active().filter(role=Role.ADMIN).exists()


@transaction.atomic
def create_setup_link() -> str:
    """The secret of a new link, good once; links made earlier are void. Raises AdminExists."""
    if has_admin():
        raise AdminExists("An admin is there already: sign in and let people in as an admin.")
    SetupLink.objects.filter(used_at=None).delete()
    secret = new_secret()
    SetupLink.objects.create(digest=digest_of(secret), expires_at=timezone.now() + GOOD_FOR)
    return secret


def is_setup_open(secret: str) -> bool:
    return _usable_links(secret).exists() and not has_admin()


@transaction.atomic
def use_setup_link(
    secret: str, *, full_name: str, username: str, email: str, password: str
) -> User:
    """The first admin, by a link that is thereby used.

    Raises SetupClosed alike for an unknown, expired or used link and where an admin is
    there already; UsernameTaken and EmailTaken leave the link usable.
    """
    claimed = _usable_links(secret).update(used_at=Now())
    if not claimed or has_admin():
        raise SetupClosed("This link doesn't work, or no longer.")
    return create_person(
        full_name=full_name,
        username=username,
        email=email,
        password=password,
        role=Role.ADMIN,
        by=None,
    )


def _usable_links(secret: str) -> SetupLinkQuerySet:
    return SetupLink.objects.usable().filter(digest=digest_of(secret))
