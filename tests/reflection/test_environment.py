"""Each setting is read, checked and named when it is wrong."""

import stat
from pathlib import Path

import pytest

from reflection.environment import (
    PROJECT_ROOT,
    Environment,
    database_from,
    mail_from_url,
    read_environment,
    secret_key_of,
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


GOOD = [
    ("DATA_DIR", "/srv/reflection", Path("/srv/reflection")),
    ("DATABASE_URL", "postgresql://a:b@db/r", "postgresql://a:b@db/r"),
    ("BROKER_URL", "redis://broker:6379/0", "redis://broker:6379/0"),
    ("CACHE_URL", "rediss://cache:6379/1", "rediss://cache:6379/1"),
    ("SECRET_KEY", "k" * 40, "k" * 40),
    ("ALLOWED_HOSTS", " a.example , b.example,", ["a.example", "b.example"]),
    ("BASE_URL", "https://reflection.example/", "https://reflection.example"),
    ("HOST", "0.0.0.0", "0.0.0.0"),
    ("PORT", "8080", 8080),
    ("TRUSTED_PROXIES", "1", 1),
    ("WEB_WORKERS", "3", 3),
    ("WEB_THREADS", "6", 6),
    ("JOB_THREADS", "5", 5),
    ("LOG_FORMAT", "json", "json"),
    ("LOG_LEVEL", "WARNING", "WARNING"),
    ("METRICS_TOKEN", "secret", "secret"),
    ("MAIL_URL", "smtp+tls://u:p@mail", "smtp+tls://u:p@mail"),
    ("CHAT_HOSTS", "chat.x.example, .y.example", ["chat.x.example", ".y.example"]),
    ("MAIL_FROM", "Ann <ann@x.example>", "Ann <ann@x.example>"),
    ("UPLOAD_LIMIT_MB", "10", 10),
    ("COMPANY_NAME", "Acme", "Acme"),
    ("COMPANY_TIME_ZONE", "Europe/Paris", "Europe/Paris"),
    ("COMPANY_CALENDAR", "DE-BY", "DE-BY"),
    ("REPORTING_CURRENCY", "EUR", "EUR"),
    ("FEWEST_DEALS", "10", 10),
    ("AMEND_DAYS", "0", 0),
    ("REQUEST_DAYS", "30", 30),
    ("REQUEST_HOURS", "24", 24),
    ("ESCALATION_DAYS", "3", 3),
    ("SNOOZE_DAYS", "2", 2),
    ("REMINDER_DAYS", "30", 30),
]

BAD = [
    (
        "DATABASE_URL",
        "mysql://db/r",
        "must read postgresql://user:password@host:5432/name",
    ),
    ("BROKER_URL", "amqp://broker", "must begin with redis:// or rediss://"),
    ("CACHE_URL", "memcached://cache", "must begin with redis:// or rediss://"),
    (
        "SECRET_KEY",
        "short",
        "must be at least 40 characters; unset, one is made and kept",
    ),
    (
        "BASE_URL",
        "reflection.example",
        "'reflection.example' is not an address such as https://reflection.example.com",
    ),
    (
        "BASE_URL",
        "https://x.example/app",
        "'https://x.example/app' must end after the host: a path is not supported",
    ),
    (
        "PORT",
        "http",
        "Input should be a valid integer, unable to parse string as an integer",
    ),
    ("PORT", "70000", "Input should be less than or equal to 65535"),
    ("TRUSTED_PROXIES", "-1", "Input should be greater than or equal to 0"),
    ("WEB_WORKERS", "0", "Input should be greater than or equal to 1"),
    ("WEB_THREADS", "0", "Input should be greater than or equal to 1"),
    ("JOB_THREADS", "0", "Input should be greater than or equal to 1"),
    ("LOG_FORMAT", "xml", "String should match pattern '^(text|json)$'"),
    ("LOG_LEVEL", "LOUD", "String should match pattern '^(DEBUG|INFO|WARNING|ERROR)$'"),
    (
        "MAIL_URL",
        "mail.example",
        "must read smtp+tls://user:password@host:587 (or smtp://, smtps://)",
    ),
    ("UPLOAD_LIMIT_MB", "0", "Input should be greater than or equal to 1"),
    (
        "COMPANY_TIME_ZONE",
        "Mars",
        "'Mars' is not a time zone name such as Europe/Paris",
    ),
    ("COMPANY_CALENDAR", "XX", "'XX' is not a country or region such as DE or DE-BY"),
    ("REPORTING_CURRENCY", "Euro", "String should match pattern '^[A-Z]{3}$'"),
    ("FEWEST_DEALS", "1", "Input should be greater than or equal to 2"),
    ("AMEND_DAYS", "-1", "Input should be greater than or equal to 0"),
    ("REQUEST_DAYS", "-1", "Input should be greater than or equal to 0"),
    ("REQUEST_HOURS", "0", "Input should be greater than or equal to 1"),
    ("ESCALATION_DAYS", "0", "Input should be greater than or equal to 1"),
    ("SNOOZE_DAYS", "0", "Input should be greater than or equal to 1"),
    ("REMINDER_DAYS", "0", "Input should be greater than or equal to 1"),
]


@pytest.mark.parametrize(("name", "given", "read"), GOOD)
def test_a_good_value_is_read(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, read: object
) -> None:
    monkeypatch.setenv(name, given)
    assert getattr(Environment(), name.lower()) == read


@pytest.mark.parametrize(("name", "given", "reason"), BAD)
def test_a_bad_value_stops_the_start_with_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, reason: str
) -> None:
    monkeypatch.setenv(name, given)
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    line = str(stopped.value)
    assert line.startswith(f"reflection: the setting {name} is not usable: {reason}")
    assert "\n" not in line


def test_every_setting_is_tested() -> None:
    assert {name.lower() for name, *_ in GOOD} == set(Environment.model_fields)


def test_a_secret_is_never_repeated_in_a_complaint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert "hunter2" not in str(stopped.value)


def test_there_are_at_most_40_settings() -> None:
    assert len(Environment.model_fields) <= 40


def test_the_example_file_lists_every_setting_with_its_default() -> None:
    lines = (PROJECT_ROOT / ".env.example").read_text().splitlines()
    listed = dict(line.lstrip("# ").split("=", 1) for line in lines if "=" in line)
    defaults = {
        name.upper(): _as_written(field.default) for name, field in Environment.model_fields.items()
    }
    assert listed == defaults


def test_the_address_follows_the_port_until_one_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert Environment().base_url == "http://localhost:9000"


def test_the_host_of_the_address_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example")
    monkeypatch.setenv("BASE_URL", "https://b.example")
    assert Environment().known_hosts == ["a.example", "b.example"]


def test_a_secret_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    environment = Environment(data_dir=tmp_path / "data")
    first = secret_key_of(environment)
    assert len(first) >= 80
    assert secret_key_of(environment) == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as stopped:
        secret_key_of(Environment(data_dir=tmp_path / "file" / "data"))
    assert str(stopped.value).startswith("reflection: the setting DATA_DIR is not usable: ")


def test_a_database_address_is_taken_apart() -> None:
    assert database_from("postgres://a:p%40ss@db.example:6543/r%2Fx?sslmode=require") == {
        "NAME": "r/x",
        "USER": "a",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_address_may_name_a_socket() -> None:
    assert database_from("postgresql:///r?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtps://mail.example", 465, False, True),
        ("smtp+tls://mail.example", 587, True, False),
        ("smtp+tls://mail.example:2525", 2525, True, False),
    ],
)
def test_a_mail_address_is_taken_apart(url: str, port: int, tls: bool, ssl: bool) -> None:
    assert mail_from_url(url) == {
        "EMAIL_BACKEND": "notices.smtp.Backend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": tls,
        "EMAIL_USE_SSL": ssl,
    }


def _as_written(default: object) -> str:
    if isinstance(default, Path):
        return f"./{default.relative_to(PROJECT_ROOT)}"
    if isinstance(default, list):
        return ",".join(default)
    return str(default)
