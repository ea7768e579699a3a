"""Ledgers for alerts, on SQLite and on PostgreSQL, as tests of the journal have them."""

from __future__ import annotations

from tests.journal.conftest import bare_place, place, postgresql

__all__ = ["bare_place", "place", "postgresql"]
