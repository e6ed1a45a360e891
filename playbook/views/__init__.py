"""Pages of the playbook."""

from playbook.views.debrief import debrief_detail
from playbook.views.library import playbook_list
from playbook.views.records import record
from playbook.views.similar import similar

__all__ = ["debrief_detail", "playbook_list", "record", "similar"]
