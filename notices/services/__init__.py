"""Keeping notices; claiming, leasing and settling digests."""

from notices.services.digests import (
    BegunElsewhere,
    HandingOver,
    begin_digest,
    claim_digests,
    doubt_digest,
    drop_digest,
    fail_digest,
    lease_digests,
    mark_sent,
    postpone_digest,
    prune,
)
from notices.services.letters import lease_letters, write_letter, written_among
from notices.services.notices import Due, keep_notices

__all__ = [
    "BegunElsewhere",
    "Due",
    "HandingOver",
    "begin_digest",
    "claim_digests",
    "doubt_digest",
    "drop_digest",
    "fail_digest",
    "keep_notices",
    "lease_digests",
    "lease_letters",
    "mark_sent",
    "postpone_digest",
    "prune",
    "write_letter",
    "written_among",
]
