"""Sentences that stand below the figures of one timeframe: what they agree with, and what they were checked against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.learning.assessment.calibration_chance import calibration_error_by_chance
from core.learning.assessment.comparison import PREDICTION_COLUMNS, Judgement, judge
from core.learning.assessment.plan import SHUFFLED
from core.learning.assessment.published import Published
from core.learning.ensemble import Blend

_AGREE = 1e-4  # nats; metrics.json keeps six decimals, and another processor sums in another order


def kinds(published: Published) -> str:
    """A sentence: how many of the published models are ensembles, and with which weights."""
    shares = [found.network_share for found in published.metrics.values() if found.kind == "ensemble"]
    if not shares:
        return f"All {len(published.metrics)} published models are a CNN-LSTM alone."
    low, high = min(shares), max(shares)
    weights = f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
    alone = [symbol for symbol, found in published.metrics.items() if found.kind != "ensemble"]
    others = f" {', '.join(alone)}: a CNN-LSTM alone." if alone else ""
    return (
        f"{len(shares)} of {len(published.metrics)} published models are ensembles, in which the CNN-LSTM has "
        f"{weights} of the weight.{others}"
    )


def agreement(published: Published, judgement: Judgement) -> str:
    """A sentence: whether metrics.json says of each model's test period what was measured now."""
    compared, apart = 0, {}
    for symbol, measured in judgement.coins.items():
        recorded = published.metrics[symbol].test
        if recorded is not None and recorded.n == measured["n"]:
            compared += 1
            if abs(recorded.log_loss - measured["log_loss"]) > _AGREE:
                apart[symbol] = f"{symbol} says {recorded.log_loss:.4f}, measured {measured['log_loss']:.4f}"
    others = len(judgement.coins) - compared
    if apart:
        return f"metrics.json does NOT agree with what was measured here for {len(apart)} models: {'; '.join(apart.values())}."
    rest = f"; {others} were tested on other candles" if others else ""
    return f"The log loss in metrics.json agrees with what was measured here for {compared} of {len(judgement.coins)} models{rest}."


def calibration(predictions: pd.DataFrame, judgement: Judgement) -> str:
    """A sentence: how much of the calibration error chance explains."""
    chance = calibration_error_by_chance(predictions)
    assert judgement.pooled is not None
    return (
        f"A perfectly calibrated model would show, on a period of this length, an ECE of {chance.pooled:.3f} over all "
        f"candles (under {chance.pooled_limit:.3f} 19 times in 20) and of {chance.worst:.3f} for the worst coin (under "
        f"{chance.worst_limit:.3f}); the published models show {judgement.pooled['ece']:.3f} and "
        f"{judgement.pooled['worst_ece']:.3f}."
    )


def blend_weights(blend: Blend, ensemble: Judgement, network: Judgement | None, trees: Judgement | None) -> str:
    """A sentence: what the ensemble is made of, and whether its log loss is below those of its parts."""
    return (
        f"The ensemble gives the CNN-LSTM {blend.share:.0%} of the weight and LightGBM the rest, at a "
        f"temperature of {blend.temperature:.3f}: halfway between equal weights and those that the validation "
        "period asks for. " + _beats_its_parts(ensemble, network, trees)
    )


def _beats_its_parts(ensemble: Judgement, network: Judgement | None, trees: Judgement | None) -> str:
    losses = {each.name: each.pooled["log_loss"] for each in (ensemble, network, trees) if each and each.pooled}
    mine = losses.pop(ensemble.name)
    parts = " and ".join(f"{name}'s {loss:.5f}" for name, loss in losses.items())
    below = "below" if mine < min(losses.values()) else "NOT below both"
    return f"Its log loss of {mine:.5f} is {below} {parts}."


def shuffled_verdict(predictions: pd.DataFrame) -> str:
    """A sentence: whether what was learned from shuffled labels knows anything of other shuffled labels.

    It is measured against its own mean prediction of each coin: against climatology, class frequencies that have
    changed since would look like knowledge.
    """
    means = predictions.groupby("symbol")[PREDICTION_COLUMNS].mean()
    constant = {str(symbol): row.to_numpy(dtype=np.float64) for symbol, row in means.iterrows()}
    low, high = judge(SHUFFLED, predictions, constant).skills()["skill_interval"]
    verdict = "not above zero, as it must be" if low <= 0 else "which is above zero: SOMETHING LEAKS"
    return (
        f"Learned from shuffled labels and judged on shuffled labels, LightGBM has a skill over its own mean "
        f"prediction between {low:+.5f} and {high:+.5f}, {verdict}."
    )
