"""The steps lead to the very tables that the ledger expects, and are taken whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import core.alerts.tables  # noqa: F401 - its tables are made by the same steps
from core.journal import migrating, store
from core.journal.copying import copy_ledger
from core.journal.database import open_database
from core.journal.entries import Entry
from core.journal.errors import LedgerDamaged, LedgerRefused, LedgerUnavailable
from core.journal.noted import as_noted
from core.journal.places import Place, SqliteFile
from core.journal.reading import LedgerReader, Wanted
from core.journal.recording import Recording
from core.journal.retold import prediction_json
from core.journal.store import Ledger
from core.journal.tables import metadata
from core.journal.verification import Verified, verify
from core.journal.vocabulary import Origin
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import UNFAMILIAR, model, outcome, signal, silence


def test_the_steps_lead_to_the_tables_that_are_expected(ledger: Ledger) -> None:
    with ledger.database.writing() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_step_is_the_one_that_is_looked_for() -> None:
    steps = Config()
    steps.set_main_option("script_location", str(Path(migrating.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(steps).get_current_head() == migrating.NEWEST


SINCE_ENTRIES_HAVE_EPOCHS = ("entries.epoch",)
SINCE_MODELS_ARE_COMPARED = (*SINCE_ENTRIES_HAVE_EPOCHS, "comparisons")
SINCE_VERDICTS_ARE_KEPT = (*SINCE_MODELS_ARE_COMPARED, "circumstances", "standing")
SINCE_THE_FIRST = (
    *SINCE_VERDICTS_ARE_KEPT,
    "outcomes",
    "models",
    "alert_rules",
    "alert_rule_versions",
    "alert_states",
    "alerts",
    "epochs",
)
"""Tables and columns that came after step 0007, after step 0006, after step 0005, and after step 0001."""


def ledger_at(where: Place, step: str, lacking: Sequence[str], entries: Sequence[Entry]) -> Place:
    """A ledger as it was written at an earlier step, without what came later."""
    ledger = Ledger.open(where)
    ledger.append(entries)
    with ledger.database.writing() as connection:
        for name in lacking:
            table, _, column = name.partition(".")
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP TABLE {table}")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{step}'")
    ledger.close()
    return where


@pytest.fixture
def of_the_first_step(bare_place: PlaceMaker) -> Place:
    """A ledger that was written before there were outcomes."""
    return ledger_at(bare_place("simulated-seed1"), "0001", SINCE_THE_FIRST, [signal(0), silence(1)])


@pytest.mark.slow
def test_a_ledger_of_the_first_step_is_verified_as_it_is_and_written_on_once_it_is_opened(
    of_the_first_step: Place,
) -> None:
    database = open_database(of_the_first_step, existing=True)
    before = verify(database)
    assert isinstance(before, Verified)
    database.close()
    ledger = Ledger.open(of_the_first_step)
    assert ledger.append([model(), outcome(1)]) == 2
    after = verify(ledger.database, (before.head.seq, before.head.hash))
    assert isinstance(after, Verified)
    assert after.head.seq == 4
    ledger.close()


@pytest.fixture
def without_what_verdicts_are_made_of(bare_place: PlaceMaker) -> Place:
    """A ledger of the step before the facts of verdicts were recorded."""
    undescribed = model(standing=None, test_moves=None)
    entries = [undescribed, signal(0), signal(1, origin=Origin.REPLAYED), outcome(2)]
    return ledger_at(bare_place("simulated-seed1"), "0005", SINCE_VERDICTS_ARE_KEPT, entries)


@pytest.mark.slow
def test_rows_from_before_verdicts_were_kept_as_facts_stay_as_they_were_beside_new_ones(
    without_what_verdicts_are_made_of: Place,
) -> None:
    database = open_database(without_what_verdicts_are_made_of, existing=True)
    before = verify(database)
    assert isinstance(before, Verified)
    database.close()
    ledger = Ledger.open(without_what_verdicts_are_made_of)
    kept = (before.head.seq, before.head.hash)
    assert verify(ledger.database, kept) == before
    unlike = signal(2, origin=Origin.REPLAYED, circumstances=as_noted([UNFAMILIAR]))
    assert ledger.append([model("two"), unlike, signal(3, origin=Origin.REPLAYED, model_version="two")]) == 3
    after = verify(ledger.database, kept)
    assert isinstance(after, Verified)
    found, _ = LedgerReader(ledger.database).signals(Wanted(origin=Origin.REPLAYED), 10)
    trust = [prediction_json(each.entry, each.model)["trust"] for each in found]
    assert [(len(each["reasons"]), each["side"]["n"]) for each in trust] == [(0, None), (0, None), (1, 4000)]
    ledger.close()


def test_damage_in_a_ledger_of_the_first_step_is_found_where_it_is(of_the_first_step: Place) -> None:
    database = open_database(of_the_first_step, existing=True)
    if database.path is None:
        pytest.skip("a server keeps what is no number out of its columns")
    with database.migrating() as connection:
        connection.exec_driver_sql("UPDATE entries SET recorded_at_ms = 'never' WHERE seq = 2")
    with pytest.raises(LedgerDamaged, match="2"), database.reading():
        raise ValueError("what was read makes no sense")
    database.close()


@pytest.mark.slow
def test_a_copy_made_of_the_first_step_can_be_put_back_by_this_version(
    of_the_first_step: Place, tmp_path: Path
) -> None:
    source, target = open_database(of_the_first_step), open_database(SqliteFile("", tmp_path / "copy.db"))
    head = copy_ledger(source, target)
    source.close()
    target.close()
    restored = Ledger.open(SqliteFile("simulated-seed1", tmp_path / "copy.db"))
    assert restored.head() == head
    assert restored.append([outcome(1)]) == 1
    restored.close()


def test_a_folder_with_odd_signs_in_its_name_holds_a_ledger(tmp_path: Path) -> None:
    odd = tmp_path / "100 %(here)s? & #there"
    Ledger.open(SqliteFile("simulated-seed1", odd / "ledger.db")).close()
    assert (odd / "ledger.db").is_file()


@pytest.mark.slow
def test_a_step_that_fails_leaves_nothing_behind(bare_place: PlaceMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the machine was switched off")

    where: Place = bare_place("simulated-seed1")
    monkeypatch.setattr(store, "_claim", fail)
    with pytest.raises(LedgerUnavailable, match=r"switched off|cannot be reached"):
        Ledger.open(where)
    database = open_database(where)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    monkeypatch.undo()
    Ledger.open(where).close()


@pytest.mark.parametrize(("step", "what_to_do"), [("0001", "allow writing"), ("9999", "Start the newer version")])
def test_a_ledger_that_can_only_be_read_and_is_at_another_step_is_refused_with_what_to_do(
    of_the_first_step: Place, step: str, what_to_do: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(of_the_first_step, existing=True)
    with database.migrating() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{step}'")
    database.close()

    def refuse(*_: object) -> Ledger:
        raise LedgerUnavailable("The disk is read-only.")

    monkeypatch.setattr(Ledger, "open", refuse)
    recording = Recording(of_the_first_step)
    with pytest.raises(LedgerRefused, match=rf"at step {step}.*{what_to_do}"):
        recording.write(datetime(2026, 1, 1, tzinfo=UTC))
    assert recording.reader is None
