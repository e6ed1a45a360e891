"""A person whom an import named turns out to be somebody we know."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbox.models import Event
from people import services
from people.errors import MergeRefused
from people.models import Membership, Team, User
from people.queries import people_by_name
from people.services.merging import days_outside
from tests.factories import (
    ClosingFactory,
    DealFactory,
    DebriefRequestFactory,
    MembershipFactory,
    NamedByImportFactory,
    UserFactory,
)


def test_what_stood_under_the_written_name_stands_under_the_person(
    rep: User, admin: User, other_team: Team
) -> None:
    named = NamedByImportFactory.create(full_name="R. Rep")
    deal = DealFactory.create(owner=named)
    Membership.objects.filter(user=rep).update(since=date(2026, 1, 1))
    MembershipFactory.create(user=named, team=other_team, since=date(2025, 1, 1))
    services.merge_people(named, into=rep, by=admin)
    deal.refresh_from_db()
    named.refresh_from_db()
    assert (deal.owner, named.merged_into) == (rep, rep)
    assert list(
        Membership.objects.order_by("since")
        .filter(user__in=[named, rep])
        .values_list("user", "team__name", "since", "until")
    ) == [
        (rep.pk, "Borealis", date(2025, 1, 1), date(2026, 1, 1)),
        (rep.pk, "Atlas", date(2026, 1, 1), None),
    ]
    assert list(Event.objects.order_by("pk").values_list("kind", "payload")) == [
        ("person.changed", {"user_ids": [named.pk, rep.pk]}),
        ("membership.changed", {"user_id": rep.pk, "since": "1990-01-01", "until": None}),
    ]


def test_a_later_import_of_the_name_finds_the_person(rep: User, admin: User) -> None:
    named = NamedByImportFactory.create(full_name="R. Rep")
    services.merge_people(named, into=rep, by=admin)
    assert people_by_name(["r. REP", "nobody"]) == {"r. REP": rep}


def test_somebody_who_could_sign_in_is_never_merged_away(
    rep: User, teammate: User, admin: User
) -> None:
    for named, into in ((rep, teammate), (NamedByImportFactory.create(), None)):
        with pytest.raises(MergeRefused):
            services.merge_people(named, into=into or named, by=admin)


def test_a_merge_that_would_double_a_row_is_refused_whole(rep: User, admin: User) -> None:
    named = NamedByImportFactory.create()
    closing = ClosingFactory.create(deal__owner=named)
    DebriefRequestFactory.create(closing=closing, person=named)
    DebriefRequestFactory.create(closing=closing, person=rep)
    with pytest.raises(MergeRefused):
        services.merge_people(named, into=rep, by=admin)
    closing.deal.refresh_from_db()
    assert closing.deal.owner == named


def test_a_name_that_two_people_bear_means_nobody(db: None) -> None:
    one = UserFactory.create(username="kim", full_name="Kim Lee")
    UserFactory.create(full_name="Kim Lee")
    assert people_by_name(["Kim Lee", "KIM", "kim@example.com"]) == {
        "KIM": one,
        "kim@example.com": one,
    }


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 31))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    since = draw(DAYS)
    until = draw(st.none() | DAYS.filter(lambda day: day > since)) if since.day < 31 else None
    return since, until


def covers(span: tuple[date, date | None], day: date) -> bool:
    return span[0] <= day and (span[1] is None or day < span[1])


@given(spans(), st.lists(spans(), max_size=4))
def test_days_outside_are_those_of_the_span_that_nothing_else_holds(
    span: tuple[date, date | None], held: list[tuple[date, date | None]]
) -> None:
    parts = days_outside(span, held)
    for number in range(1, 32):
        day = date(2026, 1, number)
        alone = covers(span, day) and not any(covers(other, day) for other in held)
        assert sum(covers(part, day) for part in parts) == int(alone)
