from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.learning.assessment.comparison import always, joined, judge, mean_of, require_same_candles, with_probabilities
from tests.made_candles import START_MS

THIRDS = np.full(3, 1 / 3)
CLIMATOLOGY = {"AAAUSDT": np.array([0.4, 0.3, 0.3]), "BBBUSDT": np.array([0.2, 0.6, 0.2])}


def predictions(seed: int = 0, hours: int = 240, start_ms: int = START_MS) -> pd.DataFrame:
    """Well-informed predictions of two coins."""
    rng = np.random.default_rng(seed)
    parts = []
    for symbol in CLIMATOLOGY:
        p = rng.dirichlet([2, 2, 2], size=hours)
        labels = (rng.random((hours, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 2)
        times = pd.to_datetime(start_ms + np.arange(hours) * 3_600_000, unit="ms", utc=True).astype(
            "datetime64[ms, UTC]"
        )
        days = (start_ms // 3_600_000 + np.arange(hours)) // 24
        frame = pd.DataFrame({"open_time": times, "symbol": symbol, "split": "test", "label": labels, "block": days})
        parts.append(with_probabilities(frame, p))
    return pd.concat(parts, ignore_index=True)


def test_pooled_skill_is_the_mean_over_coins_and_pooled_losses_are_those_of_all_candles() -> None:
    found = judge("model", predictions(), CLIMATOLOGY)
    coins = list(found.coins.values())
    assert found.pooled is not None
    assert found.pooled["skill"] == pytest.approx(np.mean([coin["skill"] for coin in coins]))
    assert found.pooled["log_loss"] == pytest.approx(np.mean([coin["log_loss"] for coin in coins]))
    assert found.pooled["n"] == sum(coin["n"] for coin in coins)
    low, high = found.pooled["skill_interval"]
    assert low < found.pooled["skill"] < high


def test_climatology_has_no_skill_and_the_gain_over_it_is_the_skill() -> None:
    frame = predictions()
    model, climatology = judge("model", frame, CLIMATOLOGY), judge("c", always(CLIMATOLOGY, frame), CLIMATOLOGY)
    assert climatology.skills()["skill"] == pytest.approx(0)
    gain = model.gain_over(climatology)
    assert gain["over"] == "c"
    assert gain["skill"] == pytest.approx(model.skills()["skill"])
    assert gain["interval"] == pytest.approx(model.skills()["skill_interval"])


def test_a_model_gains_nothing_over_itself_and_a_better_one_gains_beyond_doubt() -> None:
    frame = predictions()
    model = judge("model", frame, CLIMATOLOGY)
    assert model.gain_over(model)["interval"] == [0.0, 0.0]
    duller = with_probabilities(frame, frame[["SHORT", "NO_TRADE", "LONG"]].to_numpy() * 0.3 + 0.7 / 3)
    assert model.gain_over(judge("dull", duller, CLIMATOLOGY))["interval"][0] > 0


def test_the_interval_of_a_gain_is_narrower_than_those_of_the_skills_it_subtracts() -> None:
    frame = predictions()
    nearly = with_probabilities(frame, frame[["SHORT", "NO_TRADE", "LONG"]].to_numpy() * 0.98 + 0.02 / 3)
    model, other = judge("model", frame, CLIMATOLOGY), judge("nearly", nearly, CLIMATOLOGY)
    (a, b), (low, high) = model.skills()["skill_interval"], model.gain_over(other)["interval"]
    assert high - low < 0.3 * (b - a)


def test_judgements_of_several_periods_are_joined_day_by_day() -> None:
    first, second = (
        judge("m", predictions(seed, start_ms=START_MS + k * 864_000_000), CLIMATOLOGY) for k, seed in enumerate((1, 2))
    )
    both = joined("m", [first, second])
    for symbol in CLIMATOLOGY:
        assert len(both.losses[symbol].blocks) == 20
        np.testing.assert_allclose(
            both.losses[symbol].sums.sum(axis=0),
            first.losses[symbol].sums.sum(axis=0) + second.losses[symbol].sums.sum(axis=0),
        )
    between = sorted((first.skills()["skill"], second.skills()["skill"]))
    assert between[0] < both.skills()["skill"] < between[1]


def test_seeds_are_averaged_as_probabilities() -> None:
    frame = predictions()
    mean = mean_of([frame, always(THIRDS, frame)])
    expected = (frame["LONG"] + 1 / 3) / 2
    np.testing.assert_allclose(mean["LONG"], expected)


def test_models_that_predicted_different_candles_are_not_compared() -> None:
    frame = predictions()
    require_same_candles(frame, frame.copy())
    with pytest.raises(ValueError, match="different candles"):
        require_same_candles(frame, frame.iloc[1:])
    with pytest.raises(ValueError, match="different candles"):
        mean_of([frame, frame.assign(label=0)])
