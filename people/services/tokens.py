"""API tokens: shown once, kept as SHA-256, carrying their person's rights."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from common.text import tidy
from outbox.services import record
from people import events
from people.errors import TokenRefused
from people.models import ApiToken, User
from people.secrets import digest_of, new_secret

MOST_USABLE = 20
PREFIX = "rfl_"
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue_token(
    person: User, *, name: str, by: User, days: int | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nothing will ever show again.

    `days` is how long it is good for, None for as long as the person stays.
    Raises TokenRefused above 20 usable tokens.
    """
    User.objects.select_for_update().get(pk=person.pk)
    if ApiToken.objects.usable().filter(user=person).count() >= MOST_USABLE:
        raise TokenRefused(f"You have {MOST_USABLE} tokens: revoke one that you don't use.")
    secret = PREFIX + new_secret()
    token = ApiToken.objects.create(
        user=person,
        name=tidy(name),
        prefix=secret[:12],
        digest=digest_of(secret),
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    _record(events.TOKEN_ISSUED, token, by=by)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """From now on the token opens nothing; revoking it twice is revoking it once."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
        _record(events.TOKEN_REVOKED, token, by=by)


def authenticate_token(secret: str) -> User | None:
    """The person whose usable token this is, or None; its use is noted once a minute."""
    token = (
        ApiToken.objects.usable().select_related("user").filter(digest=digest_of(secret)).first()
    )
    if token is None:
        return None
    ApiToken.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lt=timezone.now() - USE_NOTED_EVERY), pk=token.pk
    ).update(last_used_at=Now())
    return token.user


def _record(kind: str, token: ApiToken, *, by: User) -> None:
    record(
        kind,
        subject=f"person:{token.user_id}",
        payload={"token_id": token.pk, "user_id": token.user_id},
        by=by.pk,
    )
