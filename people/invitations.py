"""The link by which a person chooses a password: mailed, or handed over by an admin."""

from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from people.models import User


def can_send_mail() -> bool:
    return bool(settings.ENV.mail_url)


def send_invitation(request: HttpRequest, person: User) -> bool:
    """Mail the link; False when the address can't get one, as for an inactive person."""
    form = ResetPasswordForm({"email": person.email})
    if not form.is_valid():
        return False
    form.save(request)
    return True


def invitation_link(person: User) -> str:
    """Good once and for the days that `PASSWORD_RESET_TIMEOUT` says."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(person),
            "key": default_token_generator.make_token(person),
        },
    )
    return f"{settings.ENV.base_url}{path}"
