"""Having a saved view mailed each week, and ending it with one click."""

from django.core.signing import BadSignature, Signer
from django.db import transaction

from people.models import User
from trends.models import SavedView, ViewSubscription

_signer = Signer(salt="trends.subscription")


@transaction.atomic
def subscribe(view: SavedView, *, weekday: int, hour: int, by: User) -> ViewSubscription:
    """Mail the view to `by` on that day of each week, at that hour where they are.

    Monday is 0. Told again it changes day and hour. Their rights decide each week what it shows.
    """
    subscription, _ = ViewSubscription.objects.update_or_create(
        view=view, person=by, defaults={"weekday": weekday, "hour": hour}
    )
    return subscription


def unsubscribe(view: SavedView, *, by: User) -> bool:
    """Whether there was something to end."""
    return bool(ViewSubscription.objects.filter(view=view, person=by).delete()[0])


def leaving_token(subscription: ViewSubscription) -> str:
    """What a mail carries so that one click ends it, without signing in. It opens nothing else."""
    return _signer.sign(str(subscription.pk))


def leave(token: str) -> None:
    """End the subscription that the token names; an unknown or used one is nothing."""
    try:
        key = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return
    ViewSubscription.objects.filter(pk=key).delete()
