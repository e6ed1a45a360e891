"""The one typed reader of the environment: every setting, its default and its check."""

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from common.working_days import is_calendar

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET_KEY = 40

Names = Annotated[list[str], NoDecode]


class Environment(BaseSettings):
    """Settings of one instance. An unset URL means the embedded service of `DATA_DIR`."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", env_ignore_empty=True)

    data_dir: Path = PROJECT_ROOT / "var"
    database_url: str = ""
    broker_url: str = ""
    cache_url: str = ""
    secret_key: str = ""
    allowed_hosts: Names = ["localhost", "127.0.0.1", "[::1]"]
    base_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    web_workers: int = Field(default=2, ge=1, le=64)
    web_threads: int = Field(default=4, ge=1, le=64)
    job_threads: int = Field(default=4, ge=1, le=64)
    log_format: str = Field(default="text", pattern=r"^(text|json)$")
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
    metrics_token: str = ""
    mail_url: str = ""
    chat_hosts: Names = [
        "hooks.slack.com",
        ".webhook.office.com",
        ".logic.azure.com",
        ".api.powerplatform.com",
    ]
    mail_from: str = "Reflection <reflection@localhost>"
    upload_limit_mb: int = Field(default=64, ge=1, le=2048)
    company_name: str = "Your company"
    company_time_zone: str = "UTC"
    company_calendar: str = ""
    reporting_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    fewest_deals: int = Field(default=5, ge=2, le=100)
    amend_days: int = Field(default=7, ge=0)
    request_days: int = Field(default=14, ge=0)
    request_hours: int = Field(default=48, ge=1, le=1000)
    escalation_days: int = Field(default=5, ge=1, le=100)
    snooze_days: int = Field(default=7, ge=1, le=100)
    reminder_days: int = Field(default=14, ge=1, le=365)

    @field_validator("data_dir")
    @classmethod
    def absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("allowed_hosts", "chat_hosts", mode="before")
    @classmethod
    def comma_separated(cls, value: object) -> object:
        if isinstance(value, str):
            return [name.strip() for name in value.split(",") if name.strip()]
        return value

    @field_validator("base_url")
    @classmethod
    def http_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if not value:
            return value
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{value!r} is not an address such as https://reflection.example.com")
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError(f"{value!r} must end after the host: a path is not supported")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def postgres_address(cls, value: str) -> str:
        if value:
            database_from(value)
        return value

    @field_validator("broker_url", "cache_url")
    @classmethod
    def redis_address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "redis+socket", "unix"}:
            raise ValueError("must begin with redis:// or rediss://")
        return value

    @field_validator("secret_key")
    @classmethod
    def long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET_KEY:
            raise ValueError(
                f"must be at least {SHORTEST_SECRET_KEY} characters; unset, one is made and kept"
            )
        return value

    @field_validator("mail_url")
    @classmethod
    def mail_address(cls, value: str) -> str:
        if value:
            mail_from_url(value)
        return value

    @field_validator("company_time_zone")
    @classmethod
    def known_time_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone name such as Europe/Paris")
        return value

    @field_validator("company_calendar")
    @classmethod
    def known_calendar(cls, value: str) -> str:
        if value and not is_calendar(value):
            raise ValueError(f"{value!r} is not a country or region such as DE or DE-BY")
        return value

    @model_validator(mode="after")
    def address_of_this_machine(self) -> Self:
        """Without `BASE_URL` the instance is for this machine only."""
        if not self.base_url:
            self.base_url = f"http://localhost:{self.port}"
        return self

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def has_embedded_database(self) -> bool:
        return not self.database_url

    @property
    def has_embedded_broker(self) -> bool:
        return not self.broker_url

    @property
    def has_embedded_cache(self) -> bool:
        return not self.cache_url

    @property
    def known_hosts(self) -> list[str]:
        """`ALLOWED_HOSTS` and the host of `BASE_URL`, which the instance must answer to."""
        host = urlsplit(self.base_url).hostname or ""
        return list(dict.fromkeys([*self.allowed_hosts, host]))


def read_environment() -> Environment:
    """Read and check all settings; a bad one ends the process with one line that names it."""
    try:
        return Environment()
    except ValidationError as error:
        sys.exit("\n".join(_complaint(part) for part in error.errors()))


def _complaint(error: Any) -> str:
    name = str(error["loc"][0]).upper()
    reason = error["msg"].removeprefix("Value error, ")
    given = "" if "secret" in name.lower() or "url" in name.lower() else f" (is {error['input']!r})"
    return f"reflection: the setting {name} is not usable: {reason}{given}"


def secret_key_of(environment: Environment) -> str:
    """`SECRET_KEY`, or the key that the first start made and keeps, readable by the owner only."""
    if environment.secret_key:
        return environment.secret_key
    file = environment.data_dir / "secret_key"
    try:
        if not file.exists():
            _keep_new_secret(file)
        return file.read_text().strip()
    except OSError as error:
        sys.exit(f"reflection: the setting DATA_DIR is not usable: {error}")


def _keep_new_secret(file: Path) -> None:
    """Written whole under another name, then linked: of two first starts, one wins and both read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"secret_key.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(64) + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database_from(url: str) -> dict[str, Any]:
    """Django's parameters of `postgresql://user:password@host:port/name?sslmode=require`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("must read postgresql://user:password@host:5432/name")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mail_from_url(url: str) -> dict[str, Any]:
    """Django's mail settings of `smtp://user:password@host:port`; smtps is TLS, smtp+tls STARTTLS."""
    parts = urlsplit(url)
    default_ports = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
    if parts.scheme not in default_ports or not parts.hostname:
        raise ValueError("must read smtp+tls://user:password@host:587 (or smtp://, smtps://)")
    return {
        "EMAIL_BACKEND": "notices.smtp.Backend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or default_ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
