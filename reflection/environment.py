"""The one typed reader of the environment: every setting, its default and its check."""

from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    """Settings of one instance. An unset URL means the embedded service of `DATA_DIR`."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    data_dir: Path = PROJECT_ROOT / "var"
    database_url: str = ""
    broker_url: str = ""
    cache_url: str = ""
    secret_key: str = ""
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    base_url: str = "http://localhost:8000"
    debug: bool = False
    company_name: str = "Your company"
    company_time_zone: str = "UTC"
    reporting_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    amend_days: int = Field(default=7, ge=0)
    request_days: int = Field(default=14, ge=0)

    @field_validator("company_time_zone")
    @classmethod
    def known_time_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone name such as Europe/Paris")
        return ZoneInfo(value).key
