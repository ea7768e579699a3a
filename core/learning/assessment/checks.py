"""What the figures of one timeframe are checked against, and the sentences below them that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from core.domain import Timeframe
from core.learning.assessment.comparison import PREDICTION_COLUMNS, Judgement, judge
from core.learning.assessment.plan import SHUFFLED
from core.learning.assessment.predictions import Published
from core.learning.assessment.tables import with_interval
from core.learning.chance import fates
from core.learning.evaluation import confidence_error
from core.learning.validation import Blend

_AGREE = 1e-4
"""Nats: metrics.json keeps six decimals."""
_ANOTHER_PROCESSOR = 2e-3
"""Nats: another kind of processor sums in another order, and a network that is trained there ends elsewhere. Of 34 at 15m the
furthest was .0009 off, their mean .00002."""

_DRAWS = 30

Calculation = Callable[[pd.DataFrame, Timeframe], pd.DataFrame]
"""Candles to features, one row per candle, as core.model.features.calculate_features."""


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
        f"{weights} of the weight in timing.{others}"
    )


def agreement(published: Published, judgement: Judgement) -> str:
    """A sentence: whether metrics.json says of each model's test period what was measured now."""
    off: dict[str, float] = {}
    apart = []
    for symbol, measured in judgement.coins.items():
        recorded = published.metrics[symbol].test
        if recorded is not None and recorded.n == measured["n"]:
            off[symbol] = abs(recorded.log_loss - measured["log_loss"])
            if off[symbol] > _ANOTHER_PROCESSOR:
                apart.append(f"{symbol} says {recorded.log_loss:.4f}, measured {measured['log_loss']:.4f}")
    if apart:
        return f"metrics.json does NOT agree with what was measured here for {len(apart)} models: {'; '.join(apart)}."
    agree, coins = sum(each <= _AGREE for each in off.values()), len(judgement.coins)
    rounded = _rounded_otherwise({symbol: each for symbol, each in off.items() if each > _AGREE})
    rest = f"; {coins - len(off)} were tested on other candles" if len(off) < coins else ""
    return (
        f"The log loss in metrics.json agrees with what was measured here for {agree} of {coins} models{rounded}{rest}."
    )


def _rounded_otherwise(off: Mapping[str, float]) -> str:
    """How many more are off by no more than training on another kind of processor explains."""
    if not off:
        return ""
    furthest = max(off, key=off.__getitem__)
    return (
        f"; {len(off)} more are off by at most {off[furthest]:.4f} ({furthest}), as networks are that were trained on "
        "another kind of processor"
    )


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
        f"The ensemble gives the CNN-LSTM {blend.timing_share:.0%} of the weight in timing and {blend.side_share:.0%} in the "
        f"side, and LightGBM the rest, at a temperature of {blend.temperature:.3f}: halfway between equal weights and those "
        "that the validation period asks for. " + _beats_its_parts(ensemble, network, trees)
    )


def _beats_its_parts(ensemble: Judgement, network: Judgement | None, trees: Judgement | None) -> str:
    losses = {each.name: each.pooled["log_loss"] for each in (ensemble, network, trees) if each and each.pooled}
    mine = losses.pop(ensemble.name)
    parts = " and ".join(f"{name}'s {loss:.5f}" for name, loss in losses.items())
    below = "below" if mine < min(losses.values()) else "NOT below both"
    return f"Its log loss of {mine:.5f} is {below} {parts}."


def two_forests(two: Judgement, one: Judgement, published: Judgement) -> str:
    """A sentence: what parting the questions gained, over one forest of three classes, and all that came since."""
    parted, since = (each.gain_over(one) for each in (two, published))
    return (
        f"Over {one.name}, {two.name} gains {with_interval(parted['skill'], parted['interval'])} and the published models "
        f"{with_interval(since['skill'], since['interval'])} of skill."
    )


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


# ---------------------------------------------------------------- what calibration error chance alone gives


@dataclass(frozen=True, slots=True)
class ChanceError:
    """Calibration errors of a perfectly calibrated model: the mean over draws, and what 5 % of the draws exceed.

    ``pooled`` is that of all candles together, ``worst`` that of the worst coin.
    """

    pooled: float
    pooled_limit: float
    worst: float
    worst_limit: float


def calibration_error_by_chance(predictions: pd.DataFrame, seed: int = 0) -> ChanceError:
    """Of predictions of one period in the columns of core.learning.assessment.predictions; their labels do not matter."""
    rng = np.random.default_rng(seed)
    probabilities = predictions[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)
    limits = (probabilities / probabilities.sum(axis=1, keepdims=True)).cumsum(axis=1)[:, :2]
    symbols, coin = np.unique(predictions["symbol"], return_inverse=True)
    times, candle = np.unique(predictions["open_time"], return_inverse=True)
    errors = []
    for _ in range(_DRAWS):
        fate = norm.cdf(fates(rng, len(times), len(symbols)))[candle, coin]
        labels = (fate[:, None] > limits).sum(axis=1)
        each = [confidence_error(probabilities[coin == n], labels[coin == n]) for n in range(len(symbols))]
        errors.append((confidence_error(probabilities, labels), max(each)))
    mean, limit = np.mean(errors, axis=0), np.percentile(errors, 95, axis=0)
    return ChanceError(float(mean[0]), float(limit[0]), float(mean[1]), float(limit[1]))


# ---------------------------------------------------------------- features that know what they cannot know


def peeking_features(
    calculate: Calculation, candles: pd.DataFrame, timeframe: Timeframe, ends: Iterable[int]
) -> tuple[str, ...]:
    """Names of the features that change at some candle when later candles arrive.

    Compares what ``calculate`` says about all ``candles`` with what it says about the first ``ends`` of them: a
    feature that looks one candle ahead cannot be the same at the last candle of such a beginning.
    """
    whole = calculate(candles, timeframe)
    peeking = np.zeros(whole.shape[1], dtype=bool)
    for end in ends:
        then, now = calculate(candles.iloc[:end], timeframe).to_numpy(), whole.to_numpy()[:end]
        peeking |= ~((then == now) | (np.isnan(then) & np.isnan(now))).all(axis=0)
    return tuple(name for name, peeks in zip(whole.columns, peeking, strict=True) if peeks)
