"""What is set from outside: the environment, or a `.env` file."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    CONSOLE = "console"


class Settings(BaseSettings):
    """The settings of `docs/settings.md`: `COLLOQUY_` and the name, or the name that Slack gives."""

    model_config = SettingsConfigDict(
        env_prefix="COLLOQUY_", env_file=".env", extra="ignore", populate_by_name=True
    )

    home: Path = Path(".colloquy")
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    clock_rate: float = Field(default=1.0, gt=0)
    secret_key: SecretStr | None = None
    auto_migrate: bool = True
    timezone: str | None = None
    fonts: Path | None = None
    log: LogFormat | None = None

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias="SLACK_SIGNING_SECRET"
    )
    slack_client_id: str | None = Field(default=None, validation_alias="SLACK_CLIENT_ID")
    slack_client_secret: SecretStr | None = Field(
        default=None, validation_alias="SLACK_CLIENT_SECRET"
    )
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")

    @field_validator("database_url")
    @classmethod
    def _is_known(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith("sqlite:///"):
            msg = "it begins with sqlite:/// and a path"
            raise ValueError(msg)
        return url

    @property
    def database(self) -> str:
        """The URL of the database; SQLite in `home` unless set."""
        return self.database_url or f"sqlite:///{self.home / 'colloquy.db'}"

    @property
    def database_file(self) -> Path:
        """The SQLite file."""
        return Path(self.database.removeprefix("sqlite:///"))

    @property
    def protocols(self) -> Path:
        """The folder of the school's own protocols."""
        return self.home / "protocols"
