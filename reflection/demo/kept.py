"""What the demo's managers keep beside the figures: days they marked, and a view they share."""

from collections.abc import Mapping
from datetime import timedelta

from people.models import User
from reflection.demo.company import ADMINS
from reflection.demo.stories import Timeline
from trends.dashboard.services import annotate, save_view
from trends.models import AnnotationKind

MANAGER = "Marit Engen"


def write_kept(people: Mapping[str, User], timeline: Timeline) -> None:
    """The Start package of the third story, Norvik's offer of the first, and Marit's shared view."""
    manager, admin = people[MANAGER], people[ADMINS[0]]
    annotate(
        timeline.action_on,
        "Start package: onboarding in six fixed weeks",
        kind=AnnotationKind.LAUNCH,
        by=admin,
    )
    annotate(
        timeline.norvik_since + timedelta(days=3),
        "Norvik offers a free month without a seat minimum",
        kind=AnnotationKind.COMPETITOR,
        by=manager,
    )
    save_view(
        "Mid-market, against whom",
        page="competitors",
        params={"period": ["12-months"], "segment": ["Mid-market"]},
        is_shared=True,
        by=manager,
    )
