"""The steps lead to the very tables that the ledger expects, and are taken whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from core.journal import migrating, places, store
from core.journal.database import open_database
from core.journal.errors import LedgerUnavailable
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from core.journal.tables import metadata


def test_the_steps_lead_to_the_tables_that_are_expected(ledger: Ledger) -> None:
    with ledger.database.writing() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_step_is_the_one_that_is_looked_for() -> None:
    steps = Config()
    steps.set_main_option("script_location", str(Path(migrating.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(steps).get_current_head() == migrating.NEWEST


def test_a_folder_with_odd_signs_in_its_name_holds_a_ledger(tmp_path: Path) -> None:
    odd = tmp_path / "100 %(here)s? & #there"
    Ledger.open(SqliteFile("simulated-seed1", odd / "ledger.db")).close()
    assert (odd / "ledger.db").is_file()


def test_a_step_that_fails_leaves_nothing_behind(place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the machine was switched off")

    where: places.Place = place("simulated-seed1")
    monkeypatch.setattr(store, "_claim", fail)
    with pytest.raises(LedgerUnavailable, match="switched off"):
        Ledger.open(where)
    database = open_database(where)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    monkeypatch.undo()
    Ledger.open(where).close()
