"""Models are replayed once, on candles they have never seen and did not speak on live, and say what they would have said live."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from core.api.recorded import signal_json
from core.domain import Series, Timeframe
from core.errors import MarketUnavailable
from core.findings import UnfamiliarCandle, Verdict
from core.journal import replayer as replayer_module
from core.journal import replaying as replaying_module
from core.journal.issued import replayed_signals
from core.journal.parity import parity_of
from core.journal.reading import LedgerReader, Wanted
from core.journal.replayed import Span, predictions_along
from core.journal.replayer import Replayer
from core.journal.replaying import Replaying
from core.journal.spoken import live_after
from core.journal.store import Ledger, head_of
from core.journal.tables import models, outcomes, shown, signals
from core.journal.verification import Verified, verify
from core.journal.vocabulary import Origin
from core.market.candles import CandleArrays, moment_of, unix_ms
from core.market.past import PastCandles
from core.model.files import LoadedModel
from core.replay import NoPastCandles, OnlyLearned, ReplayFailed, ReplayState
from core.settings import Settings
from core.signals.inputs import ModelInputs, Question, model_inputs
from core.signals.trust import MODEL_MAX_AGE
from core.wording.result import result_of
from tests.applications import NOON
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import metrics, publish
from tests.journal.small_life import BTC, BTC_BY_4H, QUARTER, SmallLife
from tests.waiting import until

DAYS = 2
ROWS = {BTC: 192, BTC_BY_4H: 12}
"""Candles of two days before the newest, on which the first live signal is."""
OPEN = 15 + 12
"""Of them, those whose horizon of 16 candles is not over."""
FEE = 0.04
UNLIKE = 4.0
"""So far from those of training are some of the candles, and others are not."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replayer_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(replayer_module, "SHARE", 1.0)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[SmallLife]:
    """Its recorder is running, and has written the board of noon."""
    life = recording(SmallLife(tmp_path))
    yield life
    life.application.stop()


def recording(life: SmallLife) -> SmallLife:
    life.application.recorder.start(life.board)
    life.board.recompute()
    await_live(life, 2)
    return life


def await_live(life: SmallLife, count: int) -> None:
    """Until so many live signals are in the ledger, and their recorder knows it: before that nothing is replayed or compared."""
    recorder = life.application.recorder
    until(lambda: len(candles_of(life, Origin.LIVE)) == count and not recorder.state().waiting)


def replayer_of(life: SmallLife, days: int = DAYS) -> Replayer:
    application = life.application
    settings = Settings(market="simulated", replay_days=days)
    return Replayer(application.feed, application.registry, application.board, application.recorder, settings)


def ledger_of(life: SmallLife) -> Ledger:
    opened = life.application.recorder.opened()
    assert opened is not None
    assert opened.ledger is not None
    return opened.ledger


def candles_of(life: SmallLife, origin: Origin) -> list[tuple[Series, int]]:
    """The series and candle of each signal, in the order of their entries."""
    opened = life.application.recorder.opened()
    if opened is None or opened.ledger is None:
        return []
    asked = select(signals.c.symbol, signals.c.timeframe, signals.c.candle_open_ms).where(signals.c.origin == origin)
    with opened.ledger.database.reading() as connection:
        rows = connection.execute(asked.order_by(signals.c.seq)).all()
    return [(Series(symbol, Timeframe(timeframe)), open_ms) for symbol, timeframe, open_ms in rows]


def open_replays(life: SmallLife) -> int:
    """Replayed signals without an outcome."""
    with ledger_of(life).database.reading() as connection:
        joined = signals.outerjoin(outcomes, outcomes.c.signal_seq == signals.c.seq)
        asked = (
            select(func.count())
            .select_from(joined)
            .where(signals.c.origin == Origin.REPLAYED, outcomes.c.seq.is_(None))
        )
        return connection.execute(asked).scalar_one()


# ---------------------------------------------------------------- what is replayed


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallLife, Replayer]]:
    """A life whose models were replayed; only to be read."""
    life = recording(SmallLife(tmp_path_factory.mktemp("replayed")))
    replayer = replayer_of(life)
    replayer.look()
    yield life, replayer
    life.application.stop()


@pytest.mark.slow
def test_each_candle_of_the_days_asked_for_is_replayed_up_to_the_first_live_signal(replayed) -> None:
    life, replayer = replayed
    entered = candles_of(life, Origin.REPLAYED)
    for series, rows in ROWS.items():
        step = series.timeframe.milliseconds
        newest = unix_ms(NOON) // step * step - step
        assert [at for which, at in entered if which == series] == list(range(newest - rows * step, newest, step))
    progress = replayer.progress
    assert (progress.state, progress.done, progress.total) == (ReplayState.DONE, 2, 2)
    assert (progress.rows, dict(progress.left_out)) == (sum(ROWS.values()), {})
    assert isinstance(verify(ledger_of(life).database), Verified)


@pytest.mark.slow
def test_a_replayed_signal_has_its_outcome_was_never_shown_and_its_model_is_described(replayed) -> None:
    life, _ = replayed
    assert open_replays(life) == OPEN
    with ledger_of(life).database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(shown)).scalar_one() == 2
        assert connection.execute(select(func.count()).select_from(models)).scalar_one() == 2
        verdicts = select(signals.c.verdict, signals.c.severity).where(signals.c.origin == Origin.REPLAYED).distinct()
        assert connection.execute(verdicts).all() == [("trusted", None)]


@pytest.mark.slow
def test_nothing_is_replayed_twice_and_no_candle_is_asked_for_to_find_that_out(
    replayed, monkeypatch: pytest.MonkeyPatch
) -> None:
    life, _ = replayed
    before = candles_of(life, Origin.REPLAYED)
    monkeypatch.setattr(PastCandles, "newest", None)
    again = replayer_of(life)
    again.look()
    assert (again.progress.state, again.progress.rows, dict(again.progress.left_out)) == (ReplayState.DONE, 0, {})
    assert candles_of(life, Origin.REPLAYED) == before


def test_the_newest_live_signals_are_compared_with_their_replay_as_soon_as_there_are_some(replayed) -> None:
    _, replayer = replayed
    found = replayer.parity
    assert found is not None
    assert (found.compared, found.equal, found.largest_difference) == (2, 2, 0.0)
    replayer.look()
    assert replayer.parity is found, "a minute later, what came since is compared too"


@pytest.mark.slow
def test_a_replay_that_was_cut_off_goes_on_where_it_was_and_enters_the_outcomes_it_still_owes(
    life: SmallLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying_module, "ROWS_TOGETHER", 100)
    model = life.application.registry.get(*BTC)
    cut_off = Replaying(ledger_of(life), PastCandles(life.feed, life.market), DAYS, FEE)
    with monkeypatch.context() as patch:
        patch.setattr(replaying_module, "resolve", lambda *_: 0)  # the process ends before the outcomes are entered
        assert list(islice(cut_off.steps(model), 2)) == [0, 0], "what is being written is told with the next step"
    assert open_replays(life) == 128
    replayer = replayer_of(life)
    replayer.look()
    assert replayer.progress.rows == sum(ROWS.values()) - 128
    assert len(set(candles_of(life, Origin.REPLAYED))) == len(candles_of(life, Origin.REPLAYED)) == sum(ROWS.values())
    assert open_replays(life) == OPEN


@pytest.mark.slow
def test_a_new_version_of_a_model_is_replayed_too_and_the_others_are_not_again(life: SmallLife) -> None:
    replayer = replayer_of(life)
    replayer.look()
    publish(life.models_dir, *BTC_BY_4H, seed=5, model_version="retrained")
    life.board.recompute()
    replayer.look()
    assert replayer.progress.rows == ROWS[BTC] + 2 * ROWS[BTC_BY_4H]


@pytest.mark.slow
def test_a_model_that_has_learned_from_every_candle_at_hand_is_left_out_with_the_reason(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    until_now = {"from": "2024-01-01T00:00:00Z", "to": "2025-09-03T11:45:00Z"}
    periods = metrics(*BTC)["periods"] | {"train": until_now}
    publish(life.models_dir, *BTC, periods=periods)
    recording(life)
    replayer = replayer_of(life)
    replayer.look()
    assert dict(replayer.progress.left_out) == {BTC: OnlyLearned(NOON + 16 * QUARTER)}
    assert {series for series, _ in candles_of(life, Origin.REPLAYED)} == {BTC_BY_4H}
    life.application.stop()


@pytest.mark.slow
def test_what_a_model_learned_from_is_not_replayed_and_what_came_later_is(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    learned = {"from": "2024-01-01T00:00:00Z", "to": "2025-09-02T20:00:00Z"}
    publish(life.models_dir, *BTC, periods=metrics(*BTC)["periods"] | {"validation": learned})
    recording(life)
    replayer_of(life).look()
    first = min(at for series, at in candles_of(life, Origin.REPLAYED) if series == BTC)
    assert f"{moment_of(first):%d %H:%M}" == "03 00:15", "its last label looked at 16 candles more"
    life.application.stop()


@pytest.mark.slow
def test_no_days_are_no_replay(life: SmallLife) -> None:
    replayer = replayer_of(life, days=0)
    replayer.look()
    assert replayer.progress.state is ReplayState.OFF
    assert candles_of(life, Origin.REPLAYED) == []


# ---------------------------------------------------------------- parity


@pytest.mark.slow
def test_a_live_run_says_what_its_own_replay_says_row_by_row_to_the_last_bit(life: SmallLife) -> None:
    for _ in range(20):
        life.advance(QUARTER)
    await_live(life, 2 + 20 + 1)
    for series in (BTC, BTC_BY_4H):
        model = life.application.registry.get(*series)
        at = [open_ms for of, open_ms in candles_of(life, Origin.LIVE) if of == series]
        code = code_in(life)
        with ledger_of(life).database.reading() as connection:
            every = live_after(connection, 0, head_of(connection).seq, code)
        live = [row for row in every if (row["symbol"], row["timeframe"]) == series]
        candles = life.market.arrays(*series, 700)
        span = Span(at[0], at[-1] + series.timeframe.milliseconds)
        tick_size = life.market.tick_size(series.symbol)
        predictions = [
            each for some in predictions_along(model, candles, span, tick_size, life.clock.now()) for each in some
        ]
        replay = replayed_signals(predictions, code).contents()
        parity = parity_of(zip(live, replay, strict=True), NOON)
        assert (parity.compared, parity.equal, parity.largest_difference) == (len(at), len(at), 0.0)


@pytest.mark.slow
def test_each_live_signal_is_compared_once_soon_after_it_came_and_what_is_not_at_hand_any_more_is_counted(
    life: SmallLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replayer_module, "COMPARE_SECONDS", 0.0)
    monkeypatch.setattr(replaying_module, "ENTRIES_COMPARED", 2)
    replayer = replayer_of(life, days=0)
    found: list[tuple[int, int, int]] = []
    for candles in (0, 3, 0, 3):
        for _ in range(candles):
            life.advance(QUARTER)
        came = 2 + (3 if found else 0) + (3 if len(found) == 3 else 0)
        await_live(life, came)
        if len(found) == 3:
            monkeypatch.setattr(replaying_module, "COMPARED_CANDLES", 1)
            monkeypatch.setattr(replaying_module, "SPARE_CANDLES", 0)
        replayer.look()
        assert replayer.parity is not None
        found.append((replayer.parity.compared, replayer.parity.equal, replayer.parity.left_out))
    assert found == [(2, 2, 0), (5, 5, 0), (5, 5, 0), (6, 6, 2)]
    assert replayer.parity.since < replayer.parity.at


def code_in(life: SmallLife) -> str:
    with ledger_of(life).database.reading() as connection:
        return connection.execute(select(signals.c.code).distinct()).scalar_one()


LIVE: dict[str, Any] = {
    **{"symbol": "BTCUSDT", "timeframe": "15m", "candle_open_ms": unix_ms(NOON), "direction": "LONG"},
    **{"levels_side": "LONG", "horizon_candles": 16, "entry": 100.0, "stop_loss": 90.0, "tp1": 110.0, "tp2": 120.0},
    **{"tp3": 130.0, "p_long": 0.5, "p_short": 0.3, "p_no_trade": 0.2, "p_move": 0.8},
    **{"close": 100.0, "atr": 4.5, "upper_barrier": 110.0, "lower_barrier": 90.0},
    **{"timing": "proven", "side": "unproven", "verdict": "trusted", "severity": None},
}


def test_a_live_signal_that_its_replay_does_not_repeat_is_named() -> None:
    live = LIVE
    rounded = live | {"p_long": 0.5 + 1e-12, "atr": 4.5 + 1e-9}
    changed = live | {"tp2": 120.1}
    other = live | {"p_short": 0.31}
    parity = parity_of([(live, live), (live, rounded), (live, changed), (live, other)], NOON)
    assert (parity.compared, parity.equal) == (4, 2)
    assert parity.largest_difference == pytest.approx(0.01)
    assert parity.first_different is not None
    assert (parity.first_different.value, parity.first_different.live, parity.first_different.replayed) == (
        "tp2",
        120.0,
        120.1,
    )


@pytest.mark.parametrize(
    "changed", [{"verdict": "no_skill"}, {"severity": "warning"}, {"timing": "worse"}, {"side": "proven"}]
)
def test_verdicts_and_proofs_are_compared_too(changed: dict[str, str]) -> None:
    live = LIVE | {"verdict": "weak_model", "severity": "critical"}
    parity = parity_of([(live, live), (live, live | changed)], NOON)
    assert (parity.compared, parity.equal) == (2, 1)
    assert parity.first_different is not None
    assert parity.first_different.value in changed


def test_a_verdict_that_hung_on_more_than_candles_is_not_held_against_a_replay() -> None:
    live, replay = LIVE | {"verdict": "stale_data", "severity": "warning"}, LIVE
    assert parity_of([(live, replay)], NOON).equal == 1
    assert parity_of([(replay, live)], NOON).equal == 0


@pytest.mark.slow
def test_a_replayed_candle_is_called_unlike_those_of_training_as_a_live_one_is(life: SmallLife) -> None:
    model, candles = life.application.registry.get(*BTC), life.market.arrays(*BTC, 700)
    newest = range(len(candles) - 8, len(candles))

    def live(of: LoadedModel) -> list[UnfamiliarCandle | None]:
        asked = [Question(of, candles[: row + 1], 0.1, None) for row in newest]
        found = (model_inputs([each])[0] for each in asked)
        return [each.unfamiliar for each in found if isinstance(each, ModelInputs)]

    far = [how.distance for how in live(replace(model, novelty=replace(model.novelty, limit=0.0))) if how]
    assert len(far) == len(newest)
    some = replace(model, novelty=replace(model.novelty, limit=float(np.median(far))))
    span = Span(int(candles.open_time_ms[newest[0]]), int(candles.open_time_ms[-1]) + 1)
    predictions = [each for part in predictions_along(some, candles, span, 0.1, NOON) for each in part]
    unlikely = [each.trust.verdict is Verdict.OUT_OF_DISTRIBUTION for each in predictions]
    assert unlikely == [how is not None for how in live(some)]
    assert sum(unlikely) == 4


# ---------------------------------------------------------------- beside everything else


class Ailing(DrawnOnce):
    """Has nothing to tell of the past of one timeframe, and stumbles over that of the other."""

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        if limit > 510:
            raise MarketUnavailable("The past is closed today.") if timeframe is Timeframe.H4 else RuntimeError("a bug")
        return super().arrays(symbol, timeframe, limit)


@pytest.mark.slow
def test_what_is_the_matter_with_one_model_is_told_and_keeps_no_other_from_its_turn(tmp_path: Path) -> None:
    life = recording(SmallLife(tmp_path, Ailing))
    replayer = replayer_of(life)
    replayer.look()
    left_out = dict(replayer.progress.left_out)
    assert left_out == {BTC: ReplayFailed("RuntimeError"), BTC_BY_4H: NoPastCandles("The past is closed today.", None)}
    assert (replayer.progress.state, replayer.progress.done) == (ReplayState.DONE, 2)
    life.application.stop()


@pytest.mark.slow
def test_it_makes_way_for_a_board_that_is_being_made_and_ends_at_once_all_the_same(life: SmallLife) -> None:
    replayer = replayer_of(life)
    with life.board._recompute_lock:
        replayer.start()
        until(lambda: replayer.progress.state is ReplayState.RUNNING)
        assert not threading.Event().wait(0.05)
        assert replayer.progress.rows == 0
        began = time.monotonic()
        replayer.stop()
        assert time.monotonic() - began < replayer_module.STOP_SECONDS
    assert replayer.progress.rows == 0


@pytest.mark.slow
def test_a_running_replay_ends_by_itself_and_says_so(life: SmallLife) -> None:
    replayer = replayer_of(life)
    replayer.start()
    until(lambda: replayer.progress.state is ReplayState.DONE)
    replayer.stop()
    assert len(candles_of(life, Origin.REPLAYED)) == sum(ROWS.values())


@pytest.mark.slow
def test_another_market_has_a_replay_of_its_own(life: SmallLife) -> None:
    replayer = replayer_of(life)
    replayer.look()
    life.feed.follow(DrawnOnce(seed=2, clock=life.clock))
    replayer.look()
    assert replayer.progress.rows == sum(ROWS.values()), "nothing of it is in the ledger that is open"
    life.feed.refresh_once()
    until(lambda: candles_of(life, Origin.LIVE) and name_of(life) == "simulated-seed2")
    await_live(life, 2)
    replayer.look()
    assert len(candles_of(life, Origin.REPLAYED)) == replayer.progress.rows == sum(ROWS.values())


def name_of(life: SmallLife) -> str:
    opened = life.application.recorder.opened()
    assert opened is not None
    return opened.name


@pytest.mark.slow
def test_a_model_is_replayed_once_into_sqlite_and_into_postgresql(ledger: Ledger, replayed) -> None:
    life, _ = replayed
    model, past = life.application.registry.get(*BTC), PastCandles(life.feed, life.market)
    assert sum(Replaying(ledger, past, DAYS, FEE).steps(model)) == ROWS[BTC]
    assert list(Replaying(ledger, past, DAYS, FEE).steps(model)) == []
    assert isinstance(verify(ledger.database), Verified)


@pytest.mark.slow
def test_a_replayed_signal_is_told_in_every_field_as_the_prediction_that_it_was(ledger: Ledger, replayed) -> None:
    life, _ = replayed
    model, past = doubted(life.application.registry.get(*BTC)), PastCandles(life.feed, life.market)
    assert sum(Replaying(ledger, past, DAYS, FEE).steps(model)) == ROWS[BTC]
    found, _ = LedgerReader(ledger.database).signals(Wanted(), 1000)
    span = Span(found[0].entry.candle_open_ms, found[-1].entry.candle_open_ms + 1)
    calls = predictions_along(model, life.market.arrays(*BTC, 900), span, past.tick_size("BTCUSDT"), past.now())
    predictions = [result_of(each).to_dict() for some in calls for each in some]
    answers = [signal_json(each) for each in found]
    assert [{name: each[name] for name in predictions[0]} for each in answers] == predictions
    assert len({tuple(each["trust"]["reasons"]) for each in answers}) > 2, "of the model, of the candle, of the day"


def doubted(model: LoadedModel) -> LoadedModel:
    """Not above its baseline, past its best from within the days that are replayed, and on candles unlike those it knows."""
    test = model.metrics.test
    assert test is not None
    changes = {
        "model_version": "doubted",
        "trained_at": NOON - MODEL_MAX_AGE - timedelta(days=2),
        "test": test.model_copy(update={"majority_accuracy": 0.99}),
    }
    return replace(
        model, metrics=model.metrics.model_copy(update=changes), novelty=replace(model.novelty, limit=UNLIKE)
    )
