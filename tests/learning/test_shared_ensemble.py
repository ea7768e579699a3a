from __future__ import annotations

import numpy as np

from core.learning.network import log_loss
from core.learning.shared_ensemble import Validation, choose_ensembles

CANDLES = 3000  # of each coin
COINS = np.repeat(["AAAUSDT", "BBBUSDT"], CANDLES)
BLOCKS = np.tile(np.repeat(np.arange(60), CANDLES // 60), 2)


def validation(network: np.ndarray, trees: np.ndarray, truth: np.ndarray) -> Validation:
    """What happened is drawn with the probabilities that the logits ``truth`` stand for."""
    p = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    drawn = np.random.default_rng(5).random((len(p), 1))
    return Validation(COINS, (drawn > p.cumsum(axis=1)).sum(axis=1).clip(0, 2), BLOCKS, network, trees)


def two_causes() -> tuple[np.ndarray, np.ndarray]:
    one, other = np.random.default_rng(0).standard_normal((2, 2 * CANDLES, 3))
    return one, other


def test_coins_speak_as_ensembles_where_network_and_trees_know_different_things() -> None:
    one, other = two_causes()
    blends = choose_ensembles(validation(one, other, one + other), 1.0)
    assert list(blends) == ["AAAUSDT", "BBBUSDT"]
    assert 0.4 < blends["AAAUSDT"].share < 0.6
    assert blends["AAAUSDT"] == blends["BBBUSDT"]


def test_a_coin_whose_own_validation_candles_speak_clearly_against_it_keeps_its_network_alone() -> None:
    one, other = two_causes()
    of_the_second = (COINS == "BBBUSDT")[:, None]
    truth = np.where(of_the_second, one, one + 2 * other)
    assert list(choose_ensembles(validation(one, other, truth), 1.0)) == ["AAAUSDT"]


def test_a_coin_that_is_worse_off_by_chance_goes_with_the_others() -> None:
    """Its network was right in 14 of 20 days and its trees in the other 6: better, but by luck as likely as not."""
    one, other = two_causes()
    v = validation(one, other, one + other)
    right, wrong = np.array([1.0, 0.0, 0.0]), np.array([-1.0, 0.0, 0.0])
    network = np.where((np.arange(20) % 10 < 7)[:, None], right, wrong)
    lucky = Validation(
        np.concatenate([v.coins, np.full(20, "NEWUSDT")]),
        np.concatenate([v.labels, np.zeros(20, dtype=np.int64)]),
        np.concatenate([v.blocks, np.arange(20)]),
        np.concatenate([v.network, network]),
        np.concatenate([v.trees, -network]),
    )
    assert log_loss(network, np.zeros(20, dtype=np.int64)) < log_loss(0 * network, np.zeros(20, dtype=np.int64)) - 0.1
    assert "NEWUSDT" in choose_ensembles(lucky, 1.0)


def test_no_coin_is_an_ensemble_where_trees_know_nothing_or_everything() -> None:
    """Better than one of its parts is not enough: the blend must be better than both."""
    one, _ = two_causes()
    assert choose_ensembles(validation(one, np.zeros_like(one), 2 * one), 1.0) == {}
    assert choose_ensembles(validation(-one, one, one), 1.0) == {}
