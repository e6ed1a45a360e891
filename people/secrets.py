"""Secrets that travel by link or header: at least 128 bits, only their SHA-256 is kept."""

import hashlib
import secrets

BYTES = 24


def new_secret() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(BYTES)


def digest_of(secret: str) -> str:
    """What is kept: looking a digest up leaks nothing by its timing."""
    return hashlib.sha256(secret.encode()).hexdigest()
