"""What `notices` is told: of each request to the person asked, of all late ones to their manager,
of reviews of loss reasons to their owner.

All say what should stand now, worked out from the rows, so that calling them again repairs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from common.clock import company_today
from debriefs.deadlines import start_of
from debriefs.models import DebriefRequest, LossReason
from notices.queries import told_since
from notices.services import Due, keep_notices
from people.queries import managers_above

REQUESTED = "debriefs.requested"
REVIEW = "debriefs.review"
ESCALATED = "debriefs.escalated"
_TEAMS = "teams"


def keep_reminders(closing_ids: Iterable[int]) -> None:
    """Bring the notices of these closings in line with the requests open for them."""
    ids = set(closing_ids)
    requests = (
        DebriefRequest.objects.reminding(at=timezone.now())
        .filter(closing__in=ids)
        .select_related("closing__deal__account__merged_into")
    )
    keep_notices(
        REQUESTED, about=[_subject(key) for key in ids], dues=[_due(each) for each in requests]
    )


def keep_reminders_of_deals(deal_ids: Iterable[int]) -> None:
    """The same for deals that were renamed or opened again."""
    asked = DebriefRequest.objects.filter(closing__deal__in=list(deal_ids))
    closings = list(asked.values_list("closing", flat=True).distinct())
    if closings:
        keep_reminders(closings)


def repair_reminders() -> None:
    """The same for every request that reminds or did so until lately."""
    lately = DebriefRequest.objects.filter(reminded_until__gt=timezone.now())
    keep_reminders(lately.values_list("closing", flat=True))


def keep_reviews() -> None:
    """One line for each loss reason whose review has come due, to whoever owns the reason.

    From the midnight with which its review day begins in the company's time zone, for as many
    days as other reminders are repeated. Four statements for however many.
    """
    reasons = LossReason.objects.order_by("pk")
    due = reasons.due_for_review(on=company_today()).filter(owner__is_active=True)
    due = due.select_related("owner")
    keep_notices(
        REVIEW,
        about=[f"reason:{key}" for key in reasons.values_list("pk", flat=True)],
        dues=[_review(reason) for reason in due],
    )


def _review(reason: LossReason) -> Due:
    """An admin is led to where the reason is described, anybody else to its page in the playbook."""
    owner, day = reason.owner, reason.review_on
    assert owner is not None
    assert day is not None
    since = start_of(day, time_zone=settings.ENV.company_time_zone)
    page = "debriefs:reason_describe" if owner.is_admin else "playbook:reason"
    who = "" if owner.is_admin else " An admin changes it."
    return Due(
        person_id=owner.pk,
        subject=f"reason:{reason.pk}",
        text=f"Review the loss reason “{reason.name}”: does its definition still hold?{who}",
        path=reverse(page, args=[reason.pk]),
        shown_from=since,
        shown_until=since + timedelta(days=settings.ENV.reminder_days),
    )


def keep_escalations(*, at: datetime) -> None:
    """One line for each manager: how many debriefs of their people are late for good.

    A person's late requests go to the nearest manager above who isn't the person. The line is
    new from now on, and later counts leave it as old as it is. Eight statements for however many.
    """
    late = (
        DebriefRequest.objects.escalated(at=at)
        .values_list("person")
        .annotate(Count("pk"), Max("reminded_until"))
        .order_by("person")
    )
    by_person = {person: (count, until) for person, count, until in late}
    found: dict[int, list[tuple[int, datetime]]] = {}
    for person, manager in managers_above(by_person).items():
        found.setdefault(manager, []).append(by_person[person])
    since = told_since(ESCALATED)
    keep_notices(
        ESCALATED,
        about=[_TEAMS],
        dues=[_line(key, counted, since.get(key, at)) for key, counted in found.items()],
    )


def _line(manager: int, late: list[tuple[int, datetime]], since: datetime) -> Due:
    count = sum(each[0] for each in late)
    debriefs = "1 debrief has" if count == 1 else f"{count} debriefs have"
    return Due(
        person_id=manager,
        subject=_TEAMS,
        text=f"{debriefs} waited long in your teams: remind, hand over, or let go",
        path=f"{reverse('debriefs:mine')}#teams-title",
        shown_from=since,
        shown_until=max(each[1] for each in late),
    )


def _subject(closing_id: int) -> str:
    return f"closing:{closing_id}"


def _due(request: DebriefRequest) -> Due:
    deal = request.closing.deal
    client = deal.account.today.name if deal.account else ""
    account = f" ({client})" if client and client.lower() not in deal.name.lower() else ""
    assert request.reminded_until is not None
    return Due(
        person_id=request.person_id,
        subject=_subject(request.closing_id),
        text=f"Debrief “{deal.name}”{account}",
        path=reverse("debriefs:form", args=[request.closing_id]),
        due_at=request.due_at,
        shown_from=request.snoozed_until or request.requested_at,
        shown_until=request.reminded_until,
    )
