"""Pages of the playbook."""

from playbook.views.debrief import debrief_detail
from playbook.views.library import playbook_list
from playbook.views.of_deal import debriefs_of_deal
from playbook.views.records import record
from playbook.views.side_by_side import compare_views
from playbook.views.similar import similar
from playbook.views.versions import versions

__all__ = [
    "compare_views",
    "debrief_detail",
    "debriefs_of_deal",
    "playbook_list",
    "record",
    "similar",
    "versions",
]
