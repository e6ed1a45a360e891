"""The only way to a signal for a person."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from people.models import User
from trends.signals.models import Signal


def get_signal(pk: int) -> Signal:
    """Signals are aggregates of no team and no person: whoever is signed in reads them."""
    return get_object_or_404(Signal.objects.prefetch_related("steps__by"), pk=pk)


def get_signal_to_take_up(viewer: User, pk: int) -> Signal:
    """Managers and admins say what becomes of a signal; others are refused (403)."""
    signal = get_signal(pk)
    if not (viewer.is_manager or viewer.is_admin):
        raise PermissionDenied
    return signal
