"""A signal is called expired once the market's clock says so, whatever stands still: judged whenever the board is read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.domain import Series, Timeframe
from core.findings import Expired, Verdict
from core.market.market import GRACE_SECONDS
from core.prediction import Prediction
from core.signals.board import SignalBoard
from core.signals.validity import as_of, grace_at
from tests.applications import NOON, StillLife, still_life
from tests.pages.fake_board import WEAK, signal
from tests.pages.fake_board import prediction as hand_made

QUARTER = timedelta(minutes=15)
GRACE = timedelta(seconds=GRACE_SECONDS)
LITTLE = timedelta(milliseconds=1)


@pytest.fixture
def life(tmp_path: Path) -> StillLife:
    return still_life(tmp_path, ("BTCUSDT", "DOGEUSDT"))


def called(board: SignalBoard, timeframe: Timeframe = Timeframe.M15) -> Prediction:
    prediction = board.snapshot().signals[Series("BTCUSDT", timeframe)].prediction
    assert prediction is not None
    return prediction


def test_a_signal_holds_until_its_successor_could_have_come(life: StillLife) -> None:
    assert called(life.board).valid_until == NOON + QUARTER
    life.clock.set(NOON + QUARTER + GRACE)
    assert not called(life.board).expired
    life.clock.advance(LITTLE)
    assert called(life.board).expired


def test_programs_are_told_that_a_signal_is_over_at_its_very_end(life: StillLife) -> None:
    def strict_prediction() -> Prediction:
        prediction = life.board.strict_snapshot().signals[Series("BTCUSDT", Timeframe.M15)].prediction
        assert prediction is not None
        return prediction

    life.clock.set(NOON + QUARTER)
    before = life.board.strict_snapshot()
    assert not strict_prediction().expired
    assert life.board.strict_snapshot() is before
    life.clock.advance(LITTLE)
    assert strict_prediction().expired
    assert not called(life.board).expired
    life.feed.refresh_once()
    assert not strict_prediction().expired


def test_an_expired_signal_says_until_when_it_held_and_is_not_trusted(life: StillLife) -> None:
    life.clock.advance(QUARTER + GRACE + LITTLE)
    trust = called(life.board).trust
    assert trust.verdict is Verdict.STALE_DATA
    assert [finding.facts for finding in trust.findings] == [Expired(NOON + QUARTER)]


def test_a_longer_timeframe_holds_on_while_a_shorter_one_expires(life: StillLife) -> None:
    life.clock.advance(QUARTER + GRACE + LITTLE)
    assert called(life.board, Timeframe.M15).expired
    assert not called(life.board, Timeframe.H1).expired
    life.clock.advance(timedelta(hours=1))
    assert called(life.board, Timeframe.H1).expired


def test_the_version_grows_once_with_what_expires_and_not_with_who_reads(life: StillLife) -> None:
    before = life.board.snapshot()
    life.clock.advance(QUARTER)
    assert life.board.snapshot() is before
    life.clock.advance(GRACE + LITTLE)
    assert life.board.version == before.version + 1
    assert life.board.snapshot() is life.board.snapshot()
    assert life.board.version == before.version + 1
    assert life.board.snapshot().made_at == before.made_at
    assert not before.signals[Series("BTCUSDT", Timeframe.M15)].prediction.expired


def test_the_next_candle_brings_signals_that_hold(life: StillLife) -> None:
    life.clock.advance(QUARTER + GRACE + LITTLE)
    assert called(life.board).expired
    life.feed.refresh_once()
    assert not called(life.board).expired
    assert called(life.board).valid_until == NOON + 2 * QUARTER


def test_a_computation_that_brings_nothing_new_leaves_an_expired_signal_expired(life: StillLife) -> None:
    life.clock.advance(QUARTER + GRACE + LITTLE)
    once, again = (life.board.recompute().signals[Series("BTCUSDT", Timeframe.M15)] for _ in range(2))
    assert once.prediction.expired
    assert again.prediction is once.prediction


def test_candles_that_are_known_to_be_late_are_reason_enough(life: StillLife) -> None:
    life.feed.stop()  # and so the board learns of it from nobody
    life.clock.advance(QUARTER + GRACE + LITTLE)
    late = life.predictions.predict_all([Series("BTCUSDT", Timeframe.M15)])[Series("BTCUSDT", Timeframe.M15)]
    assert isinstance(late, Prediction)
    assert late.expired
    life.board.recompute()
    assert len(called(life.board).trust.findings) == 1


def test_in_a_fast_market_the_time_a_successor_may_take_is_as_long_for_people() -> None:
    one = signal("ETHUSDT")
    end = one.prediction.valid_until + 300 * GRACE
    judged, next_end = as_of({one.series: one}, end, grace_at(300))
    assert (judged[one.series], next_end) == (one, end)
    judged, next_end = as_of({one.series: one}, end + LITTLE, grace_at(300))
    assert judged[one.series].prediction.expired
    assert next_end is None


def test_what_is_graver_than_having_expired_stays_ahead_of_it() -> None:
    weak = signal("BTCUSDT", findings=[WEAK])
    judged, _ = as_of({weak.series: weak}, NOON + timedelta(days=1), grace_at(1))
    assert [finding.verdict for finding in judged[weak.series].prediction.trust.findings] == [
        Verdict.WEAK_MODEL,
        Verdict.STALE_DATA,
    ]


def test_a_signal_without_a_prediction_never_expires(life: StillLife) -> None:
    life.clock.advance(timedelta(days=3))
    assert life.board.snapshot().signals[Series("DOGEUSDT", Timeframe.M15)].prediction is None
    assert life.board.snapshot().holds_until is None


def test_a_hand_made_prediction_has_not_expired() -> None:
    assert not hand_made().expired
