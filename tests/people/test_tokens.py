"""API tokens: shown once, kept as SHA-256, carrying their person's rights."""

import hashlib

import pytest
import time_machine

from people import services
from people.errors import TokenRefused
from people.models import ApiToken, User
from tests.factories import ApiTokenFactory


def test_only_the_digest_of_a_token_is_kept(rep: User) -> None:
    token, secret = services.issue_token(rep, name=" nightly ", by=rep)
    assert (token.name, token.prefix, token.expires_at) == ("nightly", secret[:12], None)
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) == 36
    assert services.authenticate_token(secret) == rep


def test_a_token_opens_nothing_once_revoked_expired_or_its_person_gone(
    rep: User, admin: User
) -> None:
    revoked, revoked_secret = services.issue_token(rep, name="a", by=rep)
    services.revoke_token(revoked, by=rep)
    with time_machine.travel("2020-01-01T00:00Z"):
        _, expired_secret = services.issue_token(rep, name="b", days=30, by=rep)
    _, kept_secret = services.issue_token(rep, name="c", by=rep)
    assert services.authenticate_token(kept_secret) == rep
    services.deactivate_person(rep, by=admin)
    for secret in (revoked_secret, expired_secret, kept_secret, "rfl_unknown", ""):
        assert services.authenticate_token(secret) is None


def test_the_use_of_a_token_is_noted_once_a_minute(rep: User) -> None:
    token, secret = services.issue_token(rep, name="a", by=rep)
    services.authenticate_token(secret)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    services.authenticate_token(secret)
    token.refresh_from_db()
    assert token.last_used_at == first


def test_a_person_has_at_most_twenty_usable_tokens(rep: User) -> None:
    ApiTokenFactory.create_batch(20, user=rep)
    with pytest.raises(TokenRefused):
        services.issue_token(rep, name="one more", by=rep)
    services.revoke_token(ApiToken.objects.filter(user=rep)[0], by=rep)
    assert services.issue_token(rep, name="one more", by=rep)
