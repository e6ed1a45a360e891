"""All writes on question templates. Import from here."""

from debriefs.services.templates.drafts import (
    begin_draft,
    change_scope,
    create_template,
    discard_draft,
    edit_draft,
    rename_template,
)
from debriefs.services.templates.exchange import export_version, import_template
from debriefs.services.templates.history import key_history, known_keys
from debriefs.services.templates.publishing import (
    draft_report,
    publish_draft,
    restore_version,
    retire_template,
    shift_template,
)

__all__ = [
    "begin_draft",
    "change_scope",
    "create_template",
    "discard_draft",
    "draft_report",
    "edit_draft",
    "export_version",
    "import_template",
    "key_history",
    "known_keys",
    "publish_draft",
    "rename_template",
    "restore_version",
    "retire_template",
    "shift_template",
]
