"""Celery's entry points. Each may run twice, or never: the digests' rows say what is left to do."""

from celery import shared_task
from django.utils import timezone

from notices import services
from notices.chat import send_chat_digests
from notices.mail import is_mail_on, send_letters, send_mail_digests
from people.models import Channel


@shared_task
def mail_digests() -> None:
    """Each minute: the digests of those whose hour has come."""
    if is_mail_on():
        services.claim_digests(channels=[Channel.MAIL], at=timezone.now())
        send_mail_digests()


@shared_task
def mail_letters() -> None:
    """Each minute: what apps have written to one person."""
    if is_mail_on():
        send_letters()


@shared_task
def chat_digests() -> None:
    """Each minute: the digests of those who want theirs by chat."""
    services.claim_digests(channels=[Channel.CHAT], at=timezone.now())
    send_chat_digests()


@shared_task
def prune() -> None:
    """Daily: forget what is long over."""
    services.prune(at=timezone.now())
