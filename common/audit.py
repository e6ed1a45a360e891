"""Which tables an audit is kept of, and who acts: rows written by triggers of the database.

Whatever changes a row, a page, a command or plain SQL, leaves an event with the row as it was
after the change (before it, where it was deleted). Events can't be changed or removed.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

import pghistory
from django.db import connection, models
from psycopg2.extensions import QuotedString

Model = TypeVar("Model", bound=type[models.Model])

_acting = threading.local()
_audited: set[str] = set()
_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


def audited(*, exclude: tuple[str, ...] = (), index: str = "") -> Callable[[Model], Model]:
    """Keep an event of each insert, update and delete of this model's rows.

    `exclude` names what is a secret, or is no change worth keeping: an update of these alone
    leaves no event. `index` names that of the events where the table's own name is too long.
    """

    def keep(model: Model) -> Model:
        table = model._meta.db_table
        _audited.add(table)
        latest = models.Index(
            fields=["pgh_created_at", "pgh_id"], name=index or f"{table[:22]}_audited"
        )
        tracked: Model = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude),
            obj_field=pghistory.ObjForeignKey(related_name="audit_events"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]  # which leaves the column out
            append_only=True,
            meta={"indexes": [latest]},
        )(model)
        return tracked

    return keep


@contextmanager
def acting(**who: Any) -> Iterator[None]:
    """Note on each event until the end: who did it (`user`, an id) or which `task` or `command`.

    Within another one it adds to what that one says.
    """
    outer = getattr(_acting, "who", None)
    telling = nullcontext() if outer else connection.execute_wrapper(_tell_the_triggers)
    _acting.who = {**(outer or {}), **who}
    try:
        with telling:
            yield
    finally:
        _acting.who = outer


def now_acting(**who: Any) -> None:
    """Add to what the `acting` around this says, where there is one."""
    if outer := getattr(_acting, "who", None):
        _acting.who = {**outer, **who}


def _tell_the_triggers(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    """Only a write to an audited table says who acts, so that others cost nothing.

    django-pghistory's own wrapper does so for every write, and reads a "%" in plain SQL as a
    placeholder.
    """
    found = _WRITE.match(sql)
    if found and found[1] in _audited:
        told = QuotedString(json.dumps(_acting.who))
        told.encoding = "utf8"
        literal = told.getquoted().decode()
        if params is not None:
            literal = literal.replace("%", "%%")
        sql = f"SELECT set_config('pghistory.context_metadata', {literal}, true); {sql}"
    return execute(sql, params, many, context)
