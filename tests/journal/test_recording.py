"""Every signal that was shown is remembered once, as it was shown, and every candle without one is named with its reason."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.domain import Direction, Series, Timeframe
from core.findings import MissingCandles, TooFewCandles, Unavailable, UnavailableKind
from core.journal.errors import LedgerUnavailable
from core.journal.expectations import _reason_of
from core.journal.issued import _MAKES_SIGNALS, code_fingerprint
from core.journal.places import SqliteFile
from core.journal.reading import Wanted
from core.journal.recording import Recording
from core.journal.store import Ledger
from core.journal.tables import missing, models, signals
from core.journal.vocabulary import MissingReason
from core.market.candles import unix_ms
from core.model.registry import NETWORK_FILE
from core.settings import PROJECT
from core.signals.levels import trade_levels
from core.source_code import files_behind
from core.wording.result import result_of
from tests.applications import NOON
from tests.hand_made_models import publish
from tests.journal.small_life import BTC, BTC_BY_4H, DOGE, QUARTER, SmallLife


@pytest.fixture
def life(tmp_path: Path) -> SmallLife:
    return SmallLife(tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> SqliteFile:
    return SqliteFile("simulated-seed1", tmp_path / "ledger.db")


@pytest.fixture
def recording(place: SqliteFile) -> Iterator[Recording]:
    recording = Recording(place)
    yield recording
    recording.close()


def issued(place: SqliteFile, series: Series = BTC) -> list[tuple[int, str]]:
    """Candle, counted in candles from noon, and model of each live signal of one series."""
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(signals.c.candle_open_ms, signals.c.model_version)
            .where(signals.c.symbol == series.symbol, signals.c.timeframe == series.timeframe.value)
            .order_by(signals.c.seq)
        ).all()
    ledger.close()
    return [((open_ms - unix_ms(NOON)) // series.timeframe.milliseconds, version) for open_ms, version in rows]


def silent(place: SqliteFile, series: Series) -> list[tuple[int, int, str]]:
    """First candle, counted from noon, number of candles and reason of each silence of one series."""
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(missing.c.candle_open_ms, missing.c.candles, missing.c.reason)
            .where(missing.c.symbol == series.symbol, missing.c.timeframe == series.timeframe.value)
            .order_by(missing.c.seq)
        ).all()
    ledger.close()
    step = series.timeframe.milliseconds
    return [((open_ms - unix_ms(NOON)) // step, candles, reason) for open_ms, candles, reason in rows]


# ---------------------------------------------------------------- signals


@pytest.mark.slow
def test_a_signal_is_remembered_as_it_was_shown(life: SmallLife, recording: Recording) -> None:
    life.heard_by(recording)
    prediction = life.board.snapshot().signals[BTC].prediction
    assert prediction is not None
    assert recording.reader is not None
    found, _ = recording.reader.signals(Wanted(symbols=["BTCUSDT"], timeframe=Timeframe.M15), 10)
    assert [json.loads(each.entry.shown or "") for each in found] == [result_of(prediction).to_dict()]
    assert found[0].entry.delay_ms == 0
    assert found[0].entry.code == code_fingerprint()


@pytest.mark.slow
def test_a_model_is_described_before_its_first_signal_and_once(life: SmallLife, place: SqliteFile) -> None:
    for _ in range(2):  # the second is a restart
        recording = Recording(place, life.metrics_of)
        life.heard_by(recording)
        recording.close()
    publish(life.models_dir, *BTC, seed=7, model_version="trained anew")
    life.advance(QUARTER)
    recording = Recording(place, life.metrics_of)
    life.heard_by(recording)
    recording.close()
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        described = connection.execute(select(models.c.seq, models.c.timeframe, models.c.model_version)).all()
        spoken = connection.execute(
            select(func.min(signals.c.seq), signals.c.timeframe, signals.c.model_version).group_by(
                signals.c.timeframe, signals.c.model_version
            )
        ).all()
    ledger.close()
    first = {(timeframe, version): seq for seq, timeframe, version in described}
    assert len(first) == len(described) == 3
    assert {(timeframe, version) for _, timeframe, version in spoken} == first.keys()
    assert all(first[timeframe, version] < seq for seq, timeframe, version in spoken)


def test_the_code_of_a_signal_is_all_that_makes_signals_and_nothing_that_shows_them() -> None:
    behind = {path.relative_to(PROJECT).as_posix() for path in files_behind(_MAKES_SIGNALS)}
    making = {f"core/signals/{name}.py" for name in ("service", "inputs", "verdict", "levels", "trust")}
    making |= {f"core/model/{name}.py" for name in ("features", "network", "trees", "pool", "probabilities", "scaling")}
    assert making | {"core/market/candles.py", "core/domain.py", "core/prediction.py"} <= behind
    assert not [name for name in behind if name.startswith(("core/api", "core/journal", "core/learning", "pages"))]


@pytest.mark.slow
def test_what_will_be_counted_has_full_precision(life: SmallLife, recording: Recording, place: SqliteFile) -> None:
    life.heard_by(recording)
    prediction = life.board.snapshot().signals[BTC].prediction
    assert prediction is not None
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        row = connection.execute(
            select(signals).where(signals.c.symbol == "BTCUSDT", signals.c.timeframe == "15m")
        ).one()
    ledger.close()
    p = prediction.probabilities
    assert (row.p_long, row.p_short, row.p_no_trade) == (p[Direction.LONG], p[Direction.SHORT], p[Direction.NO_TRADE])
    assert row.p_move == 1 - p[Direction.NO_TRADE]
    assert (row.upper_barrier, row.lower_barrier) == (row.close + 2.2 * row.atr, row.close - 2.2 * row.atr)
    levels = trade_levels(Direction(row.levels_side), row.close, 2.2 * row.atr, life.feed.tick_size("BTCUSDT"))
    assert (row.entry, row.stop_loss, row.tp1, row.tp2, row.tp3) == (levels.entry, levels.stop_loss, *levels.targets)
    assert row.verdict == prediction.trust.verdict


@pytest.mark.slow
def test_each_candle_is_remembered_once_however_many_boards_show_it(
    life: SmallLife, recording: Recording, place: SqliteFile
) -> None:
    life.heard_by(recording)
    life.board.recompute()
    life.heard_by(recording)
    life.advance(QUARTER)
    life.heard_by(recording)
    version = issued(place)[0][1]
    assert issued(place) == [(-1, version), (0, version)]
    assert len(issued(place, BTC_BY_4H)) == 1


@pytest.mark.slow
def test_a_model_trained_anew_speaks_on_the_same_candle_in_a_row_of_its_own(
    life: SmallLife, recording: Recording, place: SqliteFile
) -> None:
    life.heard_by(recording)
    publish(life.models_dir, *BTC, seed=99, model_version="trained anew")
    life.board.recompute()
    life.heard_by(recording)
    assert [candle for candle, _ in issued(place)] == [-1, -1]
    assert issued(place)[1][1] == "trained anew"


@pytest.mark.slow
def test_after_a_restart_the_same_candle_is_no_new_signal(life: SmallLife, place: SqliteFile) -> None:
    for _ in range(2):
        recording = Recording(place)
        life.heard_by(recording)
        recording.close()
    assert len(issued(place)) == 1
    assert silent(place, BTC) == []


# ---------------------------------------------------------------- silence


@pytest.mark.slow
def test_a_coin_without_a_model_is_silent_on_each_candle_once_its_signal_would_have_ended(
    life: SmallLife, recording: Recording, place: SqliteFile
) -> None:
    life.heard_by(recording)
    assert silent(place, DOGE) == []
    life.advance(timedelta(seconds=25))
    for _ in range(3):
        life.advance(QUARTER)
        life.heard_by(recording)
    assert silent(place, DOGE) == [(-1, 1, "no_model"), (0, 1, "no_model"), (1, 1, "no_model")]


@pytest.mark.slow
def test_a_model_that_broke_is_told_as_no_model_and_with_the_sentence_that_was_shown(
    life: SmallLife, recording: Recording, place: SqliteFile
) -> None:
    life.heard_by(recording)
    weights = life.models_dir / "BTCUSDT" / "15m" / NETWORK_FILE
    weights.write_bytes(weights.read_bytes()[:99])
    for _ in range(3):
        life.advance(QUARTER)
        life.heard_by(recording)
    assert silent(place, BTC) == [(0, 1, "no_model")]
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        details = connection.execute(select(missing.c.detail).where(missing.c.symbol == "BTCUSDT")).scalars().all()
    assert ["SHA-256 differs" in detail for detail in details] == [True]
    ledger.close()


@pytest.mark.slow
def test_candles_that_stay_away_are_silence_although_no_board_comes(
    life: SmallLife, recording: Recording, place: SqliteFile
) -> None:
    life.heard_by(recording)
    life.clock.advance(4 * QUARTER)
    market = life.feed.identity
    assert market is not None
    recording.tick(market, life.clock.now(), 1.0)
    recording.write(life.clock.now())
    assert silent(place, BTC) == [(0, 2, "skipped")]
    life.feed.refresh_once()
    life.heard_by(recording)
    assert [candle for candle, _ in issued(place)] == [-1, 3]
    assert silent(place, BTC) == [(0, 2, "skipped"), (2, 1, "skipped")]


@pytest.mark.slow
def test_a_stale_series_is_silent_for_the_reason_shown(
    life: SmallLife, recording: Recording, place: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.heard_by(recording)
    with monkeypatch.context() as down:
        down.setattr("tests.applications.DrawnOnce.arrays", _no_answer)
        for _ in range(3):
            life.clock.advance(QUARTER + timedelta(seconds=25))
            life.feed.refresh_once()
            life.board.recompute()
            life.heard_by(recording)
    life.advance(QUARTER)
    life.heard_by(recording)
    assert sum(candles for _, candles, _ in silent(place, BTC)) == 3
    assert {reason for _, _, reason in silent(place, BTC)} == {"feed_down"}


def _no_answer(*_: object) -> None:
    from core.errors import MarketUnavailable

    raise MarketUnavailable("The exchange does not answer.")


@pytest.mark.slow
def test_a_market_that_begins_again_before_what_is_recorded_of_it_is_told_of_once_and_enters_nothing_twice(
    life: SmallLife, place: SqliteFile, caplog: pytest.LogCaptureFixture
) -> None:
    first = Recording(place)
    for _ in range(4):
        life.heard_by(first)
        life.advance(QUARTER)
    first.close()
    earlier = SmallLife(place.path.parent / "again")
    again = Recording(place)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            earlier.heard_by(again)
            earlier.advance(QUARTER)
    again.close()
    assert [candle for candle, _ in issued(place)] == [-1, 0, 1, 2]
    warnings = [record.getMessage() for record in caplog.records if "begins again" in record.getMessage()]
    assert len(warnings) == 1
    assert "until 2025-09-03 12:30 UTC already" in warnings[0]
    assert "begins again at 2025-09-03" in warnings[0]


@pytest.mark.slow
def test_candles_before_a_restart_are_silence_because_nothing_was_running(life: SmallLife, place: SqliteFile) -> None:
    first = Recording(place)
    life.heard_by(first)
    first.close()
    life.advance(10 * QUARTER)
    again = Recording(place)
    life.heard_by(again)
    again.close()
    assert silent(place, BTC) == [(0, 9, "not_running")]
    assert [candle for candle, _ in issued(place)] == [-1, 9]
    assert silent(place, BTC_BY_4H) == []


@pytest.mark.slow
def test_silence_before_a_restart_is_told_when_the_ledger_can_be_opened_only_later(
    life: SmallLife, place: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Recording(place)
    life.heard_by(first)
    first.close()
    life.advance(3 * QUARTER)
    again = Recording(place)
    with monkeypatch.context() as broken:
        broken.setattr("core.journal.recording.Ledger.open", _cannot_open)
        for _ in range(2):
            with pytest.raises(LedgerUnavailable):
                life.heard_by(again)
            life.advance(QUARTER)
    life.heard_by(again)
    again.close()
    assert silent(place, BTC) == [(0, 2, "not_running")]
    assert [candle for candle, _ in issued(place)] == [-1, 2, 3, 4]


def _cannot_open(*_: object) -> Ledger:
    raise LedgerUnavailable("The disk is away.")


@pytest.mark.parametrize(
    ("gap", "reason"),
    [(None, MissingReason.SHORT_HISTORY), (MissingCandles(3, NOON), MissingReason.GAP)],
)
def test_too_few_candles_are_a_gap_or_a_young_coin(gap: MissingCandles | None, reason: MissingReason) -> None:
    assert _reason_of(Unavailable(UnavailableKind.NO_CANDLES, TooFewCandles(BTC, 10, 99, gap))) is reason


# ---------------------------------------------------------------- a ledger that cannot be written


@pytest.mark.slow
def test_what_cannot_be_written_waits_and_is_written_in_order(
    life: SmallLife, recording: Recording, place: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.heard_by(recording)
    with monkeypatch.context() as full:
        full.setattr("core.journal.store._add", _disk_full)
        for _ in range(3):
            life.advance(QUARTER)
            with pytest.raises(LedgerUnavailable, match="disk is full"):
                life.heard_by(recording)
        assert recording.waiting()[0] >= 3
    recording.write(life.clock.now())
    assert [candle for candle, _ in issued(place)] == [-1, 0, 1, 2]
    assert recording.waiting() == (0, 0)
    assert silent(place, BTC) == []


def _disk_full(*_: object) -> int:
    raise LedgerUnavailable("the disk is full")


@pytest.mark.slow
def test_what_was_too_much_to_wait_is_entered_as_missing(
    life: SmallLife, place: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.journal.recording.MOST_WAITING", 5)
    recording = Recording(place)
    life.heard_by(recording)
    with monkeypatch.context() as full:
        full.setattr("core.journal.store._add", _disk_full)
        for _ in range(8):
            life.advance(QUARTER)
            with pytest.raises(LedgerUnavailable):
                life.heard_by(recording)
        waiting, lost = recording.waiting()
        assert waiting == 5
        assert lost > 0
    recording.write(life.clock.now())
    assert recording.waiting() == (0, 0)
    recording.close()
    spoken = [candle for candle, _ in issued(place)]
    opens = [first + n for first, candles, _ in silent(place, BTC) for n in range(candles)]
    assert {reason for _, _, reason in silent(place, BTC)} == {"unwritten"}
    assert sorted(spoken + opens) == list(range(-1, 8))
