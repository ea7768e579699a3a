"""How a ledger's PostgreSQL server is reached, and what is told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, make_url

from core.journal.errors import Named
from core.journal.places import PostgresqlSchema

CONNECT_SECONDS = 5

CONNECT: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "candor",
    "client_encoding": "utf8",  # from a database in SQL_ASCII text would come back as bytes
    "prepare_threshold": None,  # what is prepared would be lost behind a pooler
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds: a server that has vanished is noticed
}


def url_of(place: PostgresqlSchema) -> URL:
    """The server's address for SQLAlchemy; it may hold a password."""
    return make_url(place.url).set(drivername="postgresql+psycopg")


def named_of(place: PostgresqlSchema) -> Named:
    """The place as errors name it."""
    url = url_of(place)
    return Named(
        f"the schema {place.schema} on the PostgreSQL server",
        server=_without_password(url),
        secret=str(url.password) if url.password else None,
    )


def _without_password(url: URL) -> str:
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{url.host or ''}{port}/{url.database or ''}"
