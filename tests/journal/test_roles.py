"""Feeders and faces as whole applications on one server: who records, who tells, and what each says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from core.alerts.book import RuleBook
from core.alerts.rules import FeedSilent, Rule
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.journal import leadership as leadership_module
from core.journal import recorder as recorder_module
from core.journal import recording as recording_module
from core.journal.places import PostgresqlSchema
from core.replay import ReplayState
from core.roles import Part, Role, Standing
from tests.api.client import client_of
from tests.applications import NOON
from tests.journal.conftest import drop_schemas
from tests.journal.small_life import QUARTER, SmallLife
from tests.waiting import until

pytestmark = pytest.mark.postgresql


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leadership_module, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(recorder_module, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(recorder_module, "RETRY_SECONDS", (0.05,))


@pytest.fixture
def lives(tmp_path: Path, postgresql: str) -> Iterator[tuple[SmallLife, SmallLife, SmallLife]]:
    """A feeder that leads, another one, and a face; all have heard the board of noon."""
    roles, url = (Role.FEEDER, Role.FEEDER, Role.FACE), SecretStr(postgresql)
    lives = [SmallLife(tmp_path / str(number), role=role, database_url=url) for number, role in enumerate(roles)]
    for life in lives:
        life.application.recorder.start(life.board)
        life.board.recompute()
        if life is lives[0]:
            until(lambda: part_of(lives[0]).standing is Standing.LEADING)
    until(lambda: all(life.application.recorder.opened() is not None for life in lives))
    yield lives[0], lives[1], lives[2]
    for life in lives:
        life.application.stop()
    drop_schemas(postgresql, {PostgresqlSchema("simulated-seed1", postgresql).schema})


def part_of(life: SmallLife) -> Part:
    return life.application.recorder.part()


def entered(life: SmallLife) -> int:
    """How many live signals there are, as this process reads the ledger."""
    opened = life.application.recorder.opened()
    return 0 if opened is None else opened.reader.head_and_counts()[1].live


def ready(life: SmallLife) -> dict[str, Any]:
    with client_of(life.application) as client:
        return dict(client.get("/api/health/ready").json())


def check_that_alerts_are_sent_by(leader: SmallLife, others: Sequence[SmallLife]) -> None:
    opened = leader.application.recorder.opened()
    assert opened is not None
    assert opened.ledger is not None
    database = opened.ledger.database
    rule = RuleBook(database).add(Rule(name="silent", condition=FeedSilent()), "json://127.0.0.1:1/hook", 1)
    with database.writing() as connection:
        connection.execute(insert(alerts).values(**waiting_alert(rule)))
    for life in others:
        assert life.application.alerting.deliver() == 0
        assert life.application.alerting.send_test(rule) is None
    assert leader.application.alerting.deliver() == 1
    with database.reading() as connection:
        assert connection.execute(select(alerts.c.attempts, alerts.c.error)).one() == (1, "not_reached")
    for life in (leader, *others):
        life.application.alerting.look()
        assert [notice.message.rule for notice in life.application.alerting.lately] == ["silent"], "pages tell it"


def test_a_feeder_leads_and_alone_sends_alerts_another_takes_over_and_a_face_tells_what_is_recorded(
    lives: tuple[SmallLife, SmallLife, SmallLife], monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, standby, face = lives
    assert ready(leader)["role"] == {"name": "feeder", "standing": "leading", "epoch": 1}
    assert ready(standby)["role"] == {"name": "feeder", "standing": "standby", "epoch": None}
    assert ready(face)["role"] == {"name": "face", "standing": "reading", "epoch": None}
    assert ready(face)["replay"]["state"] == ReplayState.ELSEWHERE
    until(lambda: [entered(life) for life in lives] == [2, 2, 2])
    for life in lives:
        life.advance(QUARTER)
    until(lambda: [life.application.recorder.state().waiting for life in lives] == [0, 0, 0])
    with client_of(face.application) as client:
        assert client.get("/api/signals").json()["count"] == 3
        assert client.get("/api/ledger/head").json()["counts"]["live"] == entered(leader) == 3
        assert "candor_recording 0.0" in client.get("/api/metrics").text
    check_that_alerts_are_sent_by(leader, (standby, face))
    leader.application.recorder.stop()
    until(lambda: part_of(standby) == Part(Role.FEEDER, 2))
    monkeypatch.setattr(recording_module, "UNATTENDED", recording_module.UNATTENDED * 0)
    for life in (face, standby):  # a face may hear it first
        life.advance(QUARTER)
    until(lambda: entered(face) == 4)
    until(lambda: face.application.recorder.state().troubles == ())
    assert face.application.recorder.state().waiting == 0


def test_whoever_records_beside_others_and_is_kept_out_by_a_leader_says_that_it_waits_until_that_is_gone(
    lives: tuple[SmallLife, SmallLife, SmallLife], tmp_path: Path, postgresql: str
) -> None:
    alone = SmallLife(tmp_path / "alone", role=Role.ALL, database_url=SecretStr(postgresql))
    alone.application.recorder.start(alone.board)
    assert part_of(alone).standing is Standing.RECORDING
    alone.board.recompute()
    alone.advance(QUARTER)
    until(lambda: ready(alone)["role"] == {"name": "all", "standing": "standby", "epoch": None})
    with client_of(alone.application) as client:
        assert "candor_recording 0.0" in client.get("/api/metrics").text
    for life in lives:
        life.application.recorder.stop()
    until(lambda: part_of(alone).standing is Standing.RECORDING)
    until(lambda: alone.application.recorder.state().waiting == 0)
    alone.application.stop()


def waiting_alert(rule_id: int) -> dict[str, Any]:
    closed_ms = round(NOON.timestamp() * 1000)
    return {
        **{"rule_id": rule_id, "seq": 1, "event": "went_silent", "symbol": "BTCUSDT", "timeframe": "15m"},
        **{"closed_ms": closed_ms, "rule_name": "silent", "made_at_ms": closed_ms, "status": Status.WAITING},
        **{"attempts": 0, "next_try_ms": 0},
    }
