"""Writing many rows of one table at once, by PostgreSQL's COPY."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)

WORTH_COPYING = 20
_NULL = r"\N"


class CopyingQuerySet(models.QuerySet[Row]):
    """A queryset that also inserts by COPY, which costs half of what `bulk_create` does."""

    def copy_in(self, rows: Iterable[Row]) -> None:
        """Insert new rows whose keys nobody needs; they aren't told them.

        One statement, unless some rows leave columns to the database that others fill.
        """
        alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows:
            columns = _columns_given(self.model, row)
            alike[tuple(c for c in columns if not c.primary_key)].append(row)
        for given, made in alike.items():
            _copy_models(self.model._meta.db_table, given, made)


def insert_rows(model: type[Row], rows: Sequence[Row]) -> None:
    """Insert new rows and give each its key. Columns with a default of the database keep it."""
    if len(rows) < WORTH_COPYING:
        model._default_manager.bulk_create(rows)
        return
    for row, pk in zip(rows, _next_keys(model, len(rows)), strict=True):
        row.pk = pk
        row._state.adding = False
    columns = _columns_given(model, rows[0])
    for field in columns:
        if field.is_relation and field.name in rows[0]._state.fields_cache:
            _take_over_keys(field, rows)
    _copy_models(model._meta.db_table, columns, rows)


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[Any]) -> None:
    """Insert new rows given as plain values of these fields; nobody needs their keys."""
    if rows:
        fields = [model._meta.get_field(name) for name in names]
        _copy(model._meta.db_table, fields, rows)


def update_rows(model: type[Row], rows: Sequence[Row], names: Sequence[str] = ()) -> None:
    """Update these fields of the rows (all but the key, without names), in one statement."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (not names or field.name in names)
    ]
    if len(rows) < WORTH_COPYING:
        for row in rows:
            row.save(update_fields=[field.name for field in fields])
        return
    _update_by_copy(model, rows, fields)


def _update_by_copy(model: type[Row], rows: Sequence[Row], fields: list[Any]) -> None:
    table, scratch = model._meta.db_table, f"changed_{model._meta.db_table}"
    key = model._meta.pk
    columns = [key, *fields]
    names = ", ".join(f'"{field.column}"' for field in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{scratch}"')
        cursor.execute(
            f'CREATE TEMP TABLE "{scratch}" ON COMMIT DROP '  # noqa: S608
            f'AS SELECT {names} FROM "{table}" WITH NO DATA'
        )
    _copy_models(scratch, columns, rows)
    values = ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" AS old SET {values} '  # noqa: S608
            f'FROM "{scratch}" AS new WHERE old."{key.column}" = new."{key.column}"'
        )


def _next_keys(model: type[models.Model], count: int) -> list[int]:
    key = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, key.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _columns_given(model: type[models.Model], row: models.Model) -> list[Any]:
    return [f for f in model._meta.concrete_fields if not _is_left_to_database(f, row)]


def _is_left_to_database(field: Any, row: models.Model) -> bool:
    return field.has_db_default() and hasattr(getattr(row, field.attname), "resolve_expression")


def _take_over_keys(field: Any, rows: Iterable[models.Model]) -> None:
    """Rows that were made beside a parent without a key get the key it has by now."""
    for row in rows:
        if getattr(row, field.attname) is None and field.name in row._state.fields_cache:
            parent = getattr(row, field.name)
            if parent is not None:
                setattr(row, field.attname, parent.pk)


def _copy_models(table: str, columns: Sequence[Any], rows: Iterable[models.Model]) -> None:
    _copy(table, columns, map(attrgetter(*(field.attname for field in columns)), rows))


def _copy(table: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    writers = [_json_cell if isinstance(field, models.JSONField) else _cell for field in columns]
    lines = io.StringIO()
    for row in rows:
        lines.write("\t".join([write(value) for write, value in zip(writers, row, strict=True)]))
        lines.write("\n")
    lines.seek(0)
    names = ", ".join(f'"{field.column}"' for field in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', lines)


def _json_cell(value: Any) -> str:
    return _NULL if value is None else _escaped(json.dumps(value))


def _cell(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if text.isprintable():
        return text
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
