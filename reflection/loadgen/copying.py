"""Many rows at once: COPY into a model's table, ids taken from the table's own sequence."""

import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh ids of the model's table, rising; nobody else will be given them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


class RowCopy:
    """Rows of one table on their way into it; columns not named take the database's default."""

    def __init__(self, model: type[models.Model], *fields: str) -> None:
        columns = [model._meta.get_field(name).column for name in fields]  # type: ignore[union-attr]
        names = ", ".join(connection.ops.quote_name(str(column)) for column in columns)
        self._statement = (
            f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
        )
        self._lines: list[str] = []

    def add(self, *values: Any) -> None:
        """One row, its values in the order of the fields."""
        self._lines.append("\t".join([_FORMATS[type(value)](value) for value in values]))

    def flush(self) -> None:
        """Send what was added. Foreign keys are checked when the constraints are."""
        if not self._lines:
            return
        lines = io.StringIO("\n".join(self._lines) + "\n")
        with connection.cursor() as cursor:
            cursor.copy_expert(self._statement, lines)
        self._lines = []


def defer_constraints() -> None:
    """Until the end of the transaction foreign keys may point to rows that are still to come."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def check_constraints_now() -> None:
    """Check the deferred foreign keys of what was copied, so that their queue stays short."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    defer_constraints()


def trust_rows() -> None:
    """Leave out the foreign keys' checks until the end of the transaction, where the database lets us.

    Checking each row costs more than writing it, and these are right by construction. It takes a
    superuser, as the embedded database's is; another checks as ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = 'replica'")


def analyze(*tables: type[models.Model]) -> None:
    """Refresh the planner's statistics, which a bulk load leaves stale."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _json(value: Any) -> str:
    return _text(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


_FORMATS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    UUID: str,
    str: _text,
    date: date.isoformat,
    datetime: datetime.isoformat,
    dict: _json,
    list: _json,
}
