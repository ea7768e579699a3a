"""What the replay does, whom it leaves out and what its comparison found has its words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.domain import Series, Timeframe
from core.replay import (
    Different,
    LeftOut,
    NoPastCandles,
    OnlyLearned,
    Parity,
    ReplayFailed,
    ReplayProgress,
    ReplayState,
)
from core.wording.replay import left_out_text, parity_text, progress_text

NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
BTC, ETH = Series("BTCUSDT", Timeframe.M15), Series("ETHUSDT", Timeframe.M15)


@pytest.mark.parametrize("state", ReplayState)
def test_each_state_of_the_replay_has_its_words(state: ReplayState) -> None:
    assert progress_text(ReplayProgress(state)).endswith(".")


def test_a_replay_says_how_far_it_is_and_whom_it_leaves_out() -> None:
    left_out: dict[Series, LeftOut] = {BTC: OnlyLearned(NOON), ETH: OnlyLearned(NOON)}
    assert progress_text(ReplayProgress(ReplayState.RUNNING, 40, 136, 102_240, left_out)) == (
        "Models are being replayed on past candles: 40 of 136 models, 102,240 new signals since this start. "
        "2 have learned from all past candles at hand."
    )


@pytest.mark.parametrize(
    ("why", "text"),
    [
        (
            OnlyLearned(NOON),
            "It has learned until 2025-09-01 12:00 UTC, and no candle before its first signal is later.",
        ),
        (NoPastCandles("{path} has no candles.", "candles/A.parquet"), "candles/A.parquet has no candles."),
        (ReplayFailed("KeyError"), "The replay failed (KeyError); the log has the details."),
    ],
)
def test_each_reason_to_leave_a_model_out_has_its_words(why: LeftOut, text: str) -> None:
    assert left_out_text(why) == text


def test_parity_says_how_many_agree_or_which_one_first_does_not() -> None:
    assert (
        parity_text(Parity(136, 136, 0.0, None, NOON, NOON), damaged=False)
        == "136 of 136 live signals are what their replay says."
    )
    different = Different(BTC, NOON, "tp2", 120.0, 120.1)
    assert parity_text(Parity(136, 134, 0.1, different, NOON, NOON, 3), damaged=False) == (
        "2 of 136 live signals are not what their replay says, first BTCUSDT 15m of 2025-09-01 12:00 UTC: "
        "tp2 was 120.0, and is 120.1 replayed. "
        "3 more could not be compared: their candles, or their model, were not at hand any more."
    )


def test_a_replay_that_an_earlier_start_has_done_is_not_said_to_be_without_signals() -> None:
    assert progress_text(ReplayProgress(ReplayState.DONE, 133, 133, 0)) == (
        "Models were replayed on past candles: 133 of 133 models, 0 new signals since this start."
    )


def test_of_a_ledger_that_was_changed_agreement_is_said_to_prove_nothing() -> None:
    agreeing = Parity(136, 136, 0.0, None, NOON, NOON)
    assert parity_text(agreeing, damaged=True) == (
        "136 of 136 live signals are what their replay says. "
        "The ledger has been changed since it was written: of its entries as they are now this proves nothing."
    )
