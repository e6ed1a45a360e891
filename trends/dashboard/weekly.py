"""Saved views as a weekly mail, with the picture of the page as its reader may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse

from notices.models import LATEST
from notices.services import write_letter, written_among
from trends.dashboard.drawing import drawn_for
from trends.dashboard.saved import opened
from trends.dashboard.subscribing import leaving_token
from trends.errors import TrendError
from trends.models import SavedView, ViewSubscription
from trends.printing.report import Report, report_for
from trends.printing.typesetting import png


@dataclass(frozen=True)
class Due:
    """A subscription whose hour has come this week."""

    subscription: ViewSubscription
    due_at: datetime

    @property
    def key(self) -> str:
        return f"trends.view:{self.subscription.pk}:{self.due_at:%G-W%V}"


def write_weekly_views(*, at: datetime) -> int:
    """Write the letter of each subscription whose hour has come; returns how many.

    Once a week each, however often this runs. Nothing is written of a view that its
    subscriber can't read any more, nor to who left or has no address.
    """
    due = list(_due(at))
    known = written_among(each.key for each in due)
    return sum(_write(each) for each in due if each.key not in known)


def _due(at: datetime) -> Iterable[Due]:
    subscriptions = ViewSubscription.objects.sendable().select_related("view", "person")
    for each in subscriptions.order_by("pk"):
        local = at.astimezone(ZoneInfo(each.person.time_zone))
        due_at = datetime.combine(local.date(), time(each.hour), tzinfo=local.tzinfo)
        if local.weekday() == each.weekday and due_at <= local < due_at + LATEST:
            yield Due(each, due_at)


def _write(due: Due) -> bool:
    subscription = due.subscription
    report = readable_report(subscription, today=due.due_at.date())
    if report is None:
        return False
    view = subscription.view
    leave_path = reverse("trends:view_leave", args=[leaving_token(subscription)])
    context = {
        "view": view,
        "report": report,
        "name": subscription.person.get_short_name(),
        "company": settings.ENV.company_name,
        "url": f"{settings.ENV.base_url}{reverse('trends:view_open', args=[view.pk])}",
        "leave_url": f"{settings.ENV.base_url}{leave_path}",
    }
    write_letter(
        due.key,
        to=subscription.person,
        due_at=due.due_at,
        subject=f"{view.name}: {report.kicker}",
        text=render_to_string("trends/weekly.txt", context),
        html=render_to_string("trends/weekly.html", context),
        picture=png(report),
        leave_path=leave_path,
    )
    return True


def readable_report(subscription: ViewSubscription, *, today: date) -> Report | None:
    """The view as its subscriber may see it today; None where they can't read it any more."""
    view, person = subscription.view, subscription.person
    if not SavedView.objects.visible_to(person).filter(pk=view.pk).exists():
        return None
    try:
        board, state = opened(view, today=today)
        return report_for(drawn_for(board, state, person, subject=view.subject), person)
    except (TrendError, PermissionDenied, Http404):
        return None
