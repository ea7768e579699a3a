from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.learning.assessment.question_tables import promises_table
from core.learning.assessment.questions import judge_side, judge_timing
from core.learning.promises import Promise

N = 6000
THIRDS = np.full((N, 3), 1 / 3)


def predictions(move: np.ndarray, up: np.ndarray, came: np.ndarray | None = None, seed: int = 0) -> pd.DataFrame:
    """Drawn as promised, or with ``came`` as the true chance of a move."""
    rng = np.random.default_rng(seed)
    touched = rng.random(N) < (move if came is None else came)
    label = np.where(touched, np.where(rng.random(N) < up, 2, 0), 1)
    return pd.DataFrame(
        {
            "symbol": np.resize(["AUSDT", "BUSDT"], N),
            "block": np.arange(N) // 100,
            "open_time": np.arange(N) // 2,
            "label": label,
            "SHORT": move * (1 - up),
            "NO_TRADE": 1 - move,
            "LONG": move * up,
        }
    )


def test_what_is_promised_comes_true_of_a_calibrated_model() -> None:
    rng = np.random.default_rng(1)
    frame = predictions(rng.uniform(0.3, 0.95, N), rng.uniform(0.3, 0.7, N))
    timing, side = judge_timing(frame, {}, np.full(N, 0.65)), judge_side(frame, {})
    assert timing.promises.ece < 0.03
    assert side.promises.ece < 0.03
    for promise in (*timing.promises.bins.values(), *timing.calls, *side.calls):
        if promise.n > 200:
            assert promise.low - 0.02 <= promise.promised <= promise.high + 0.02
    assert {call.name for call in timing.calls} == {"likely", "usual", "quiet"}
    assert sum(call.n for call in timing.calls) == N


def test_a_model_that_calls_moves_too_often_is_found_out_though_its_three_classes_may_cancel() -> None:
    move = np.full(N, 0.75)
    timing = judge_timing(predictions(move, np.full(N, 0.5), came=np.full(N, 0.6)), {}, np.full(N, 0.65))
    assert timing.promises.ece == pytest.approx(0.15, abs=0.02)
    (likely,) = timing.calls
    assert (likely.name, likely.promised) == ("likely", pytest.approx(0.75))
    assert likely.high < 0.7


def test_skill_is_told_over_each_yardstick() -> None:
    rng = np.random.default_rng(2)
    move, up = rng.uniform(0.2, 0.95, N), np.full(N, 0.5)
    frame = predictions(move, up)
    itself = frame[["SHORT", "NO_TRADE", "LONG"]].to_numpy()
    over = {each.baseline: each for each in judge_timing(frame, {"thirds": THIRDS, "itself": itself}, move).skills}
    assert over["thirds"].low > 0.05
    assert over["itself"].skill == pytest.approx(0, abs=1e-9)
    (side,) = judge_side(frame, {"50/50": THIRDS}).skills
    assert side.skill == pytest.approx(0, abs=1e-9)


def test_sides_are_judged_where_a_barrier_was_touched_only() -> None:
    frame = predictions(np.full(N, 0.5), np.full(N, 0.8))
    side = judge_side(frame, {})
    assert side.promises.n == (frame["label"] != 1).sum()
    assert {call.name for call in side.calls} == {"LONG", "by 55 % or more"}
    assert side.calls[0].came_true == pytest.approx(0.8, abs=0.03)


def test_a_share_of_few_candles_is_given_no_interval() -> None:
    few, enough = (Promise("67% to 73%", n, 0.674, 1.0, 1.0, 1.0) for n in (5, 30))
    assert "| 100.0% (under 30 candles) |" in promises_table("P(LONG, given a move)", [few])
    assert "| 100.0% (100.0% 100.0%) |" in promises_table("P(LONG, given a move)", [enough])
