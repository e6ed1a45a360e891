"""The database that tests and the embedded instance run on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_database_is_postgresql_18_in_utf8_with_the_extensions_that_we_need() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        cursor.execute("SHOW server_encoding")
        encoding = cursor.fetchone()[0]
        cursor.execute(
            "SELECT name FROM pg_available_extensions"
            " WHERE name IN ('vector', 'pg_trgm', 'unaccent') ORDER BY name"
        )
        extensions = [row[0] for row in cursor.fetchall()]
    assert version // 10000 == 18
    assert encoding == "UTF8"
    assert extensions == ["pg_trgm", "unaccent", "vector"]
