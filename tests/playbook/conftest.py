"""Debriefs that stand in the playbook."""

from collections.abc import Callable
from typing import Any

import pytest

from deals.models import Closing
from debriefs.models import Debrief
from playbook.services import refresh_entries
from tests.factories import closed_deal, submitted_debrief

Listed = Callable[..., Debrief]


@pytest.fixture
def listed(db: None) -> Listed:
    """A submitted debrief with its entry; `closing` or the keywords of `closed_deal` say of what."""

    def make(
        *,
        closing: Closing | None = None,
        deal: dict[str, Any] | None = None,
        **debrief: Any,
    ) -> Debrief:
        made = submitted_debrief(closing=closing or closed_deal(**(deal or {})), **debrief)
        refresh_entries([made.closing.deal_id])
        return made

    return make
