"""Ledgers for alerts, on SQLite and on PostgreSQL, as tests of the journal have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerts.watched import Watched, watched
from tests.journal.conftest import PlaceMaker, bare_place, place, postgresql

__all__ = ["bare_place", "place", "postgresql"]


@pytest.fixture
def life(place: PlaceMaker) -> Iterator[Watched]:
    with watched(place("simulated-seed1")) as life:
        yield life


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apprise spares services by waiting before each request."""
    monkeypatch.setattr("apprise.url.URLBase.throttle", lambda *_, **__: None)
