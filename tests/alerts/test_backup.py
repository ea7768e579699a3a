"""A copy of a ledger has the rules of alerts, how they stand and what they told, and sends nothing a second time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from core.alerts.book import RuleBook
from core.alerts.copying import Copied, copy_alerts
from core.alerts.delivery import Delivery
from core.alerts.outbox import Outbox
from core.alerts.sending import Sent
from core.alerts.states import State
from core.alerts.tables import alert_rule_versions
from core.alerts.told import AlertRecord, newest_alerts
from core.journal.copying import copy_ledger
from core.journal.database import Database, open_database
from core.journal.places import Place, SqliteFile
from core.journal.store import Ledger
from core.settings import get_settings
from scripts import backup_ledger
from tests.alerts.watched import LIKELY, Watched, says, watched
from tests.journal.conftest import PlaceMaker

MARKET = "simulated-seed1"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Watched]:
    """Of three rules one was deleted and one changed, which have told; one message has gone, one waits, silence is set."""
    with watched(SqliteFile(MARKET, tmp_path / "data" / f"ledger-{MARKET}.db")) as life:
        deleted, changed = life.add(), life.add(target="json://user:hush@localhost/hook")
        life.ledger.append([says(0, 0.7), says(1, 0.8)])
        life.clock.set(life.clock.now().replace(minute=1))
        Delivery(Outbox(life.ledger.database), "simulated", life.clock.now, lambda *_: Sent()).deliver_due()
        life.book.change(changed, 1, LIKELY.model_copy(update={"name": "other"}), life.now_ms)
        life.ledger.append([says(2, 0.7), says(3, 0.8)])
        life.book.silence(changed, life.now_ms + 1, life.now_ms)
        life.book.delete(deleted, life.now_ms)
        gone = life.add()
        life.book.delete(gone, life.now_ms)
        yield life


def copied(source: Database, place: Place, addresses: bool = True) -> Copied:
    with closing(open_database(place)) as target:
        head = copy_ledger(source, target)
        return copy_alerts(source, target, head.seq, 0, addresses)


def alert_rows(database: Database) -> list[tuple[str, str, int, str | None]]:
    found: list[AlertRecord] = newest_alerts(database, 99)
    return [(each.alert.name, each.status, each.alert.rule_version, each.error) for each in found]


@pytest.mark.slow
def test_a_copy_that_is_put_back_goes_on_where_the_ledger_was_and_sends_nothing_twice(
    life: Watched, place: PlaceMaker, tmp_path: Path
) -> None:
    file, back = SqliteFile(MARKET, tmp_path / "copy.db"), place(MARKET)
    assert copied(life.ledger.database, file) == Copied(rules=1, on=1, addresses=1)
    with closing(open_database(file, existing=True)) as source:
        assert copied(source, back) == Copied(rules=1, on=1, addresses=1)
    with closing(Ledger.open(back)) as ledger:
        book = RuleBook(ledger.database)
        assert book.rules() == life.book.rules()
        [rule] = book.rules()
        assert (rule.version, len(rule.before), rule.states) == (2, 1, {State.FIRING: 1})
        assert alert_rows(ledger.database) == [
            ("1-6", "unknown", 1, "copied"),
            ("2-6", "unknown", 2, "copied"),
            ("1-4", "shown", 1, None),
            ("2-4", "delivered", 1, None),
        ]
        assert not Outbox(ledger.database).has_due(life.now_ms * 2)
        with ledger.database.reading() as connection:
            assert len(connection.execute(select(alert_rule_versions)).all()) == 3
        assert book.add(LIKELY, None, 0) == 4, "no rule gets the number of one that was deleted"


@pytest.mark.slow
def test_what_waits_in_the_ledger_itself_is_still_sent(life: Watched, tmp_path: Path) -> None:
    copied(life.ledger.database, SqliteFile(MARKET, tmp_path / "copy.db"))
    assert {each[1] for each in alert_rows(life.ledger.database)} == {"waiting", "shown", "delivered"}


@pytest.mark.slow
def test_addresses_can_be_left_out_and_the_command_says_what_a_copy_holds(
    life: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CANDOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("CANDOR_DATABASE_URL", raising=False)
    get_settings.cache_clear()
    secret, plain = tmp_path / "secret.db", tmp_path / "plain.db"
    assert backup_ledger.main([str(secret)]) == 0
    printed = capsys.readouterr().out
    assert "Rules of alerts: 1, of which 1 are on and 1 have an address to send to." in printed
    assert "Addresses hold passwords and tokens: keep" in printed
    assert secret.stat().st_mode & 0o777 == 0o600
    assert backup_ledger.main([str(plain), "--without-addresses"]) == 0
    assert "1 are on and 0 have an address" in capsys.readouterr().out
    assert b"hush" in secret.read_bytes()
    assert b"hush" not in plain.read_bytes()
    get_settings.cache_clear()


@pytest.mark.slow
def test_a_ledger_that_an_earlier_candor_wrote_is_copied_with_its_rules(life: Watched, tmp_path: Path) -> None:
    """Before there were versions, and before there were rules at all."""
    with life.ledger.database.migrating() as connection:
        connection.exec_driver_sql("DROP INDEX alerts_by_telling")
        for table, name in (
            ("alert_rules", "version"),
            ("alert_states", "rule_version"),
            ("alerts", "rule_version"),
            ("alerts", "told_at_ms"),
        ):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")
        connection.exec_driver_sql("DROP TABLE alert_rule_versions")
    assert copied(life.ledger.database, SqliteFile(MARKET, tmp_path / "copy.db")).rules == 1
    with life.ledger.database.migrating() as connection:
        for table in ("alert_rules", "alert_states", "alerts"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    assert copied(life.ledger.database, SqliteFile(MARKET, tmp_path / "older.db")) == Copied(0, 0, 0)
