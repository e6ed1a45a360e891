"""What the tests of debriefs stand on: the first template, the first reasons, a lost deal."""

import pytest

from deals.models import Closing, Outcome
from debriefs.models import Debrief, LossReason
from debriefs.services.defaults import install_defaults
from debriefs.services.drafts import begin_debrief
from people.models import User
from tests.factories import closed_deal


@pytest.fixture
def defaults(db: None) -> None:
    install_defaults()


@pytest.fixture
def price(defaults: None) -> LossReason:
    return LossReason.objects.get(key="price")


@pytest.fixture
def lost(defaults: None, rep: User) -> Closing:
    """A deal of the rep's, lost to a competitor."""
    return closed_deal(owner=rep, name="Harbour roll-out")


@pytest.fixture
def won(defaults: None, rep: User) -> Closing:
    return closed_deal(owner=rep, closing={"outcome": Outcome.WON})


@pytest.fixture
def debrief(lost: Closing, rep: User) -> Debrief:
    """What the rep has begun on the lost deal."""
    return begin_debrief(lost, author=rep)
