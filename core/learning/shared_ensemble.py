"""Which coins of a timeframe speak as ensembles, and with which weights: the validation period decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.learning.ensemble import Blend, fit_blend
from core.learning.network import beyond_doubt, fit_temperature, losses
from core.learning.sources import Pool


@dataclass(frozen=True, slots=True)
class Validation:
    """The labelled validation candles of all coins in turn, and what the rehearsals said of them: logits (n, 3)."""

    coins: np.ndarray  # symbols (n,)
    labels: np.ndarray
    blocks: np.ndarray  # see core.learning.datasets.blocks_of
    network: np.ndarray
    trees: np.ndarray


def validation_of(pool: Pool, network: np.ndarray, trees: np.ndarray) -> Validation:
    """The validation candles of ``pool`` beside the logits of its two rehearsals."""
    coins, labels, blocks = [], [], []
    for file in pool.datasets:
        dataset = pd.read_parquet(file, columns=["split", "label", "block"])
        rows = dataset[dataset["split"] == "validation"]
        coins.append(np.full(len(rows), file.parent.name))
        labels.append(rows["label"].to_numpy(dtype=np.int64))
        blocks.append(rows["block"].to_numpy())
    return Validation(np.concatenate(coins), np.concatenate(labels), np.concatenate(blocks), network, trees)


def choose_ensembles(validation: Validation, network_temperature: float) -> dict[str, Blend]:
    """The blend of every coin that is to speak as an ensemble; the others speak as a network alone.

    One blend is fitted for all coins, and none is used where it is not better than both of its parts on all their
    candles together. A coin stays with its network alone only where that was better beyond doubt on the coin's own
    candles: on earlier periods, choosing by whatever was better lost more than it gained.
    """
    v = validation
    blend = fit_blend(v.network, v.trees, v.labels, v.blocks)
    blended = losses(blend.logits(v.network, v.trees) / blend.temperature, v.labels)
    alone = losses(v.network / network_temperature, v.labels)
    trees = losses(v.trees / fit_temperature(v.trees, v.labels, v.blocks), v.labels)
    if blended.mean() >= min(alone.mean(), trees.mean()):
        return {}
    coins = {str(coin): v.coins == coin for coin in np.unique(v.coins)}
    return {coin: blend for coin, own in coins.items() if not beyond_doubt(blended[own] - alone[own], v.blocks[own])}
