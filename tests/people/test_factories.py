from datetime import date

from deals.models import Deal
from debriefs.models import CitedReason, Debrief
from people.access import people_below
from people.models import User
from tests.factories import (
    AccountFactory,
    ApiTokenFactory,
    ClosingFactory,
    CompetitorFactory,
    DealAttributeFactory,
    DebriefRequestFactory,
    DraftFactory,
    LossReasonFactory,
    NamedByImportFactory,
    RateFactory,
    closed_deal,
    submitted_debrief,
)


def test_each_factory_makes_a_row_that_the_database_accepts(db: None) -> None:
    for factory in (
        ApiTokenFactory,
        DealAttributeFactory,
        DebriefRequestFactory,
        DraftFactory,
        NamedByImportFactory,
        RateFactory,
    ):
        assert factory.create().pk


def test_a_second_closing_of_a_deal_is_the_next_number(db: None) -> None:
    first = ClosingFactory.create(reopened_at="2026-04-01T00:00Z")
    assert ClosingFactory.create(deal=first.deal).number == 2


def test_the_same_catalogue_name_is_the_same_entry(db: None) -> None:
    assert AccountFactory.create(name="Acme") == AccountFactory.create(name="acme")


def test_a_closed_deal_meets_its_competitors(db: None) -> None:
    rival = CompetitorFactory.create()
    closing = closed_deal(competitors=[rival], closing={"closed_on": date(2026, 5, 1)})
    assert closing.closed_on == date(2026, 5, 1)
    assert list(closing.deal.competitors.all()) == [rival]


def test_a_submitted_debrief_counts(db: None) -> None:
    reason = LossReasonFactory.create()
    debrief = submitted_debrief(
        reasons=[reason], answers={"value_roi": {"text": "Late."}}, factors={"timing": -2}
    )
    assert list(Debrief.objects.counting()) == [debrief]
    assert [cited.reason for cited in CitedReason.objects.all()] == [reason]


def test_the_actors_stand_where_their_names_say(
    rep: User, teammate: User, outsider: User, manager: User, other_manager: User
) -> None:
    assert set(people_below(manager)) == {manager.pk, rep.pk, teammate.pk}
    assert set(people_below(other_manager)) == {other_manager.pk, outsider.pk}
    assert Deal.objects.visible_to(rep).count() == 0
