"""The CANDOR_* environment, read once into one frozen Settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.access import ApiKey, Network, parse_keys, parse_networks, parse_users
from core.domain import normalise_symbol
from core.errors import InvalidRequest
from core.log import LogFormat
from core.roles import Role
from core.text import words_in

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
"""How the address of a server may begin."""

_SECRET = ("CANDOR_DATABASE_URL", "CANDOR_API_KEYS", "CANDOR_EXCHANGE_URL")
"""What is quoted in no error: a password may stand there, or a key where its digest was expected."""

PROJECT = Path(__file__).resolve().parent.parent


class LogSettings(BaseSettings):
    """What is needed to say in the right way that other settings cannot be used."""

    model_config = SettingsConfigDict(env_prefix="CANDOR_", env_ignore_empty=True, frozen=True)

    log: LogFormat = Field("text", description="How the log is written: text, or json, one object per line.")


class Settings(LogSettings):
    """Every setting has a default that works on a fresh clone. Paths are absolute after reading."""

    market: Literal["auto", "exchange", "recorded", "simulated"] = Field(
        "auto", description="Where candles come from; auto asks the exchange and falls back to the simulated market."
    )
    exchange: str = Field("binanceusdm", description="Any exchange ccxt knows, by ccxt's name.")
    exchange_url: str | None = Field(
        None, description="Send the exchange's requests to this address (a proxy or mirror)."
    )
    stream: bool = Field(
        True,
        description="Whether the exchange's candles are heard of as they form, for pages; not where an address replaces its own.",
    )
    symbols: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Coins to follow, comma-separated; empty means all the market has."
    )
    candles_dir: Path | None = Field(None, description="Folder of recorded candles: <SYMBOL>/<timeframe>.parquet.")
    recorded_start: datetime | None = Field(
        None, description="Where the recorded market's clock starts (ISO 8601, UTC); default: 2 days before its end."
    )
    speed: float = Field(
        1.0,
        gt=0,
        le=100_000,
        allow_inf_nan=False,
        description="How fast the simulated or recorded market's clock runs; 300 closes a 15m candle every 3 s.",
    )
    seed: int = Field(1, ge=0, description="Seed of the simulated market.")
    models_dir: Path = Field(PROJECT / "models", description="Folder of trained models: <SYMBOL>/<timeframe>/.")
    data_dir: Path = Field(PROJECT / "data", description="Folder for what appears at run time.")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL server that keeps the ledger; without it, SQLite files in the data folder do."
    )
    role: Role = Field(
        Role.ALL,
        description="all: follows, records and shows; feeder: records while it leads; face: shows, and records nothing.",
    )

    fee_percent: float = Field(
        0.04,
        ge=0,
        le=5,
        allow_inf_nan=False,
        description="What an exchange takes of each side of a trade, in percent: outcomes in R are after it.",
    )
    replay_days: int = Field(
        30,
        ge=0,
        le=30,
        description="Days of past candles on which each model is run once, for the ledger's replayed signals; 0 for none.",
    )

    api_keys: Annotated[tuple[ApiKey, ...], NoDecode] = Field(
        (), description="Who may read: NAME:SHA256[:REQUESTS PER MINUTE], comma-separated, made by scripts.api_key."
    )
    users: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Who of those that the login knows may enter: addresses or @domains; empty means all."
    )
    trusted_proxy: Annotated[tuple[Network, ...], NoDecode] = Field(
        parse_networks("127.0.0.1,::1"),
        description="Proxies whose forwarded headers are believed: addresses, networks.",
    )
    identity_header: str | None = Field(
        None, description="The header in which a trusted proxy names the user; whom it names may enter."
    )
    public: bool = Field(False, description="Whether everybody may read, from wherever they come.")
    disclosure: str = Field("", description="What the operator tells readers, below every page.")

    @field_validator("candles_dir", "models_dir", "data_dir")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        try:
            return path.expanduser().absolute() if path is not None else None
        except RuntimeError:
            raise ValueError("there is no home folder of that user; write the whole path") from None

    @field_validator("exchange_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("expected an address that begins with http:// or https://")
        return value

    @field_validator("database_url")
    @classmethod
    def _server(cls, value: SecretStr | None) -> SecretStr | None:
        """What it says of the address never quotes it: there may be a password in it."""
        if value is not None:
            scheme, _, rest = value.get_secret_value().strip().partition(":")
            try:
                usable = scheme in _POSTGRESQL and rest.startswith("//") and urlsplit(f"postgresql:{rest}").port != 0
            except ValueError:
                usable = False
            if not usable:
                raise ValueError("expected an address like postgresql://USER:PASSWORD@HOST:5432/DATABASE")
            if urlsplit(f"postgresql:{rest}").netloc.count("@") > 1:
                raise ValueError("it has more than one @: within a user's name or a password write %40 for it")
            return SecretStr(f"postgresql:{rest}")
        return value

    @field_validator("role")
    @classmethod
    def _shares_a_server(cls, role: Role, others: ValidationInfo) -> Role:
        if role is not Role.ALL and others.data.get("database_url", ...) is None:
            raise ValueError("feeders and faces share a PostgreSQL server; set CANDOR_DATABASE_URL to its address")
        return role

    @field_validator("api_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        return parse_keys(value) if isinstance(value, str) else value

    @field_validator("trusted_proxy", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return parse_networks(value) if isinstance(value, str) else value

    @field_validator("users", mode="before")
    @classmethod
    def _users(cls, value: object) -> object:
        return parse_users(value) if isinstance(value, str) else value

    @field_validator("identity_header")
    @classmethod
    def _header(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w-]+", value, re.ASCII):
            raise ValueError("expected the name of a header, such as X-Auth-Request-Email")
        return value

    @field_validator("symbols", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        symbols = tuple(dict.fromkeys(map(normalise_symbol, words_in(value))))
        if not symbols:
            raise ValueError("it names no coin; leave it out for all")
        return symbols


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process; InvalidRequest has a line for each variable that holds something unusable.

    Tests that change the environment call ``get_settings.cache_clear()``.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidRequest("\n".join(map(_sentence, error.errors()))) from None


def log_format() -> LogFormat:
    """How the log is to be written, whatever the other settings hold; as text where that cannot be used itself."""
    try:
        return LogSettings().log
    except ValidationError:
        return "text"


def _sentence(problem: Mapping[str, Any]) -> str:
    name = "CANDOR_" + "_".join(str(part) for part in problem["loc"]).upper()
    given = "***" if name in _SECRET else repr(problem["input"])
    return f"{name}={given} cannot be used: {problem['msg'].removeprefix('Value error, ')}."
