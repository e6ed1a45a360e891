"""What the admins changed over time: the words of a question, a reason's name, a reason's group."""

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from common.periods import add_months
from debriefs.models import (
    ChangeKind,
    Debrief,
    LossReason,
    ReasonChange,
    ReasonGroup,
    TemplateVersion,
)
from debriefs.questions import default_version
from people.models import User
from reflection.demo.company import ADMINS
from reflection.demo.stories import Timeline

MONTHS_BEFORE = 12
REWORDED_MONTHS_AGO = 5
REWORDED = "value_roi"
WORDS = "Did we show, in the client's own figures, what our solution is worth to them?"
RENAMED, NAME_BEFORE, RENAMED_MONTHS_AGO = "slow_response", "Slow answers", 8
MOVED, GROUP_BEFORE, MOVED_MONTHS_AGO = "no_access", "client", 7
OWNERS = {
    "price": "Erik Halvorsen",
    "terms": "Erik Halvorsen",
    "missing_capability": "Ellen Storm",
    "implementation_effort": "Helen Ashworth",
    "competitor_stronger": "Kari Solheim",
    "no_access": "Marit Engen",
    "slow_response": "Matthias Brandl",
}
REVIEW_EVERY_DAYS, FIRST_REVIEW_AGO = 40, 12


def write_history(people: dict[str, User], timeline: Timeline) -> None:
    """Leaves questions and reasons alone where somebody has answered or changed them already."""
    if Debrief.objects.exists() or ReasonChange.objects.exists():
        return
    admin = people[ADMINS[0]]
    _reword(admin, timeline)
    _change_reasons(admin, timeline)
    _give_owners(people, timeline.today)


def reworded_at(timeline: Timeline) -> datetime:
    """The moment from which new debriefs are asked in the second version's words."""
    return _morning(_months_ago(timeline, REWORDED_MONTHS_AGO))


def _reword(admin: User, timeline: Timeline) -> None:
    first, moment = default_version(), reworded_at(timeline)
    if first.number != 1:
        return
    begun = _morning(add_months(timeline.months[0], -MONTHS_BEFORE))
    TemplateVersion.objects.filter(pk=first.pk).update(
        created_at=begun, published_at=begun, retired_at=moment
    )
    TemplateVersion.objects.create(
        template_id=first.template_id,
        number=2,
        definition=_with_new_words(first.definition),
        based_on=first,
        created_at=moment - timedelta(days=3),
        published_at=moment,
        published_by=admin,
    )


def _with_new_words(definition: dict[str, Any]) -> dict[str, Any]:
    changed = deepcopy(definition)
    for section in changed["sections"]:
        for question in section.get("questions", ()):
            if question["key"] == REWORDED:
                question["text"] = WORDS
    return changed


def _change_reasons(admin: User, timeline: Timeline) -> None:
    """The rows stand as after the changes; the history tells how they stood before."""
    reasons = {reason.key: reason for reason in LossReason.objects.select_related("group")}
    renamed, moved = reasons[RENAMED], reasons[MOVED]
    renamed_on = _months_ago(timeline, RENAMED_MONTHS_AGO)
    moved_on = _months_ago(timeline, MOVED_MONTHS_AGO)
    ReasonChange.objects.create(
        reason=renamed,
        kind=ChangeKind.RENAMED,
        since=renamed_on,
        made_at=_morning(renamed_on),
        made_by=admin,
        name_before=NAME_BEFORE,
        name=renamed.name,
    )
    ReasonChange.objects.create(
        reason=moved,
        kind=ChangeKind.MOVED,
        since=moved_on,
        made_at=_morning(moved_on),
        made_by=admin,
        group_before=ReasonGroup.objects.get(key=GROUP_BEFORE),
        group=moved.group,
    )


def _give_owners(people: dict[str, User], today: date) -> None:
    """Who watches over a reason, and when it is looked at again: the first review is due."""
    reasons = list(LossReason.objects.filter(key__in=OWNERS))
    for place, reason in enumerate(reasons):
        reason.owner = people[OWNERS[reason.key]]
        reason.review_on = today + timedelta(days=place * REVIEW_EVERY_DAYS - FIRST_REVIEW_AGO)
    LossReason.objects.bulk_update(reasons, ["owner", "review_on"])


def _months_ago(timeline: Timeline, months: int) -> date:
    return add_months(timeline.today.replace(day=1), -months)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7), UTC)
