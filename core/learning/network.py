"""Training of one timeframe: a network all coins share, a last layer per coin, a temperature.

The shared network is trained twice: a rehearsal on the training period shows, on the validation period, that its
length is not too long and which temperature is good; then the same training runs on both periods together. Tried on
earlier periods, the fresher weeks were worth 0.004 of skill at 4h on average and made no difference at 1h.

What is done here and why is a matter of measurement: a plain CNN-LSTM per coin ends worse than the class
frequencies. Pooling the coins, mirroring the charts, strong regularisation and an average of the weights
are what makes it better than them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn import functional

from core.domain import Timeframe
from core.learning.datasets import DIMENSIONS
from core.learning.evaluation import block_weights
from core.learning.windows import DIRECTIONAL, Windows
from core.model.network import CnnLstm

TEMPERATURE_BOUNDS = (0.8, 1.25)
FEWEST_BLOCKS = 20
"""Blocks of time without which a temperature is not fitted: a bootstrap over five calls every eleventh noise sure."""

_SIGNS = torch.tensor(np.where(DIRECTIONAL, -1.0, 1.0), dtype=torch.float32)
_INFERENCE_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one timeframe's shared network is trained; chosen on periods before the test period."""

    steps: int
    batch: int
    learning_rate: float
    dropout: float
    noise: float  # standard deviations of the standardised features
    weight_decay: float
    warm_up_steps: int = 150
    averaging: float = 0.99  # decay of the moving average of the weights, per step
    check_every: int = 50  # steps between two looks at the validation loss
    mirror: bool = True
    pull: float = 0.1  # strength of the L2 penalty that pulls a coin's last layer towards the shared one


RECIPES = {
    Timeframe.M15: Recipe(steps=1200, batch=1024, learning_rate=3e-3, dropout=0.3, noise=0.1, weight_decay=0.05),
    Timeframe.H1: Recipe(steps=500, batch=1024, learning_rate=3e-3, dropout=0.3, noise=0.2, weight_decay=0.1),
    Timeframe.H4: Recipe(steps=400, batch=512, learning_rate=2e-3, dropout=0.5, noise=0.3, weight_decay=0.2, pull=0.3),
    # Learns on 4h candles too, more gently: what fits 4h closely carries over to days less well.
    Timeframe.D1: Recipe(steps=250, batch=512, learning_rate=1e-3, dropout=0.5, noise=0.3, weight_decay=0.2, pull=0.3),
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A training that was watched on the validation period: its network, after how many steps, and every look.

    ``looks`` holds the step and the mean validation loss.
    """

    network: CnnLstm
    steps: int
    looks: tuple[tuple[int, float], ...]


def rehearse(
    train: Windows, validation: Windows, recipe: Recipe, seed: int, after_steps: Callable[[int], None] = lambda n: None
) -> Rehearsal:
    """Train on ``train`` for as many steps as ``validation`` leaves standing: see ``longest_good``.

    ``after_steps`` hears how many steps were done since it was last told.
    """
    kept: dict[int, CnnLstm] = {}
    looks: dict[int, np.ndarray] = {}
    told = 0
    for step, average in averages(train, recipe, seed):
        kept[step] = copy.deepcopy(average)
        looks[step] = losses(logits_of(average, validation), validation.labels)
        after_steps(step - told)
        told = step
    steps = longest_good(looks, validation.blocks)
    return Rehearsal(kept[steps], steps, tuple((step, float(look.mean())) for step, look in looks.items()))


def longest_good(looks: Mapping[int, np.ndarray], blocks: np.ndarray) -> int:
    """The longest training that no shorter one beats beyond doubt; ``looks`` holds each candle's validation loss.

    Steps are part of the recipe. A few weeks of a market often prefer half of them, and the weeks after do not: over
    four earlier periods at 15m and at 1h, the last step was better than the one validation liked best. But whoever
    trains on a single coin may have too little for a long training, and then validation says so clearly.
    """
    shortest_first = sorted(looks)
    best = min(shortest_first, key=lambda length: looks[length].mean())
    return next(
        length
        for length in reversed(shortest_first)
        if length == best or not beyond_doubt(looks[length] - looks[best], blocks)
    )


def beyond_doubt(gains: np.ndarray, blocks: np.ndarray) -> bool:
    """Whether the sum of gains stays positive in 97.5 % of the resamples of whole blocks of time."""
    _, block = np.unique(blocks, return_inverse=True)
    per_block = np.bincount(block, weights=gains)
    return bool(np.percentile(block_weights(len(per_block)) @ per_block, 2.5) > 0)


def train_until(
    step: int, windows: Windows, recipe: Recipe, seed: int, after_steps: Callable[[int], None] = lambda n: None
) -> CnnLstm:
    """The average of the weights at ``step``, a step that a rehearsal looked at."""
    told = 0
    for reached, average in averages(windows, recipe, seed):
        after_steps(reached - told)
        told = reached
        if reached >= step:
            return average
    raise ValueError(f"the recipe ends at step {recipe.steps}, before step {step}")


def averages(train: Windows, recipe: Recipe, seed: int) -> Iterator[tuple[int, CnnLstm]]:
    """Train; every ``recipe.check_every`` steps and at the end, the step and the live average of the weights.

    Deterministic for a seed with one torch thread.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = CnnLstm(DIMENSIONS, dropout=recipe.dropout).train()
    average = copy.deepcopy(network).eval().requires_grad_(False)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, recipe))
    for step in range(1, recipe.steps + 1):
        which = rng.integers(len(train), size=recipe.batch)
        windows, labels = torch.from_numpy(train.take(which)), torch.from_numpy(train.labels[which])
        if recipe.mirror:
            windows, labels = mirrored(windows, labels, torch.rand(len(labels)) < 0.5)
        windows = windows + recipe.noise * torch.randn_like(windows)
        loss = functional.cross_entropy(network(windows), labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        # A young average still remembers its random start, so it forgets faster in the beginning.
        keep = min(recipe.averaging, step / (step + 10))
        for mean, new in zip(average.parameters(), network.parameters(), strict=True):
            mean.lerp_(new.detach(), 1 - keep)
        if step % recipe.check_every == 0 or step == recipe.steps:
            yield step, average


def _rate(step: int, recipe: Recipe) -> float:
    warm_up = min(recipe.warm_up_steps, recipe.steps // 3)
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, recipe.steps - warm_up)))


def mirrored(windows: Tensor, labels: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    """Turn the chosen charts upside down: directional features change their sign, LONG and SHORT trade places."""
    return (
        torch.where(which[:, None, None], windows * _SIGNS, windows),
        torch.where(which, 2 - labels, labels),
    )


@torch.inference_mode()
def logits_of(network: CnnLstm, windows: Windows) -> np.ndarray:
    """float64 (windows, 3)."""
    batches = [slice(start, start + _INFERENCE_BATCH) for start in range(0, len(windows), _INFERENCE_BATCH)]
    parts = [network(torch.from_numpy(windows.take(b))).numpy() for b in batches]
    return np.concatenate(parts).astype(np.float64) if parts else np.empty((0, 3))


def log_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean cross-entropy in nats."""
    return float(losses(logits, labels).mean())


def losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cross-entropy of each candle in nats, shape (windows,)."""
    return functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels), reduction="none").numpy()


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Calibrated probabilities, (windows, 3), in the order SHORT, NO_TRADE, LONG."""
    return torch.softmax(torch.from_numpy(logits) / temperature, dim=1).numpy()


def fit_last_layer(shared: CnnLstm, train: Windows, pull: float) -> CnnLstm:
    """``shared`` with a last layer of one coin's own, kept near the shared one by an L2 penalty of strength ``pull``.

    Every chart counts twice, once mirrored, so that the coin's own drift is not learned either.
    """
    network = copy.deepcopy(shared).eval().requires_grad_(False)
    embedded, labels = _embed_both_ways(network, train)
    start = [network.out.weight.clone(), network.out.bias.clone()]
    weight, bias = (p.clone().requires_grad_(True) for p in start)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=50, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        distance = ((weight - start[0]) ** 2).sum() + ((bias - start[1]) ** 2).sum()
        loss = functional.cross_entropy(functional.linear(embedded, weight, bias), labels) + pull * distance
        loss.backward()
        return loss

    optimiser.step(closure)
    network.out.weight.copy_(weight.detach())
    network.out.bias.copy_(bias.detach())
    return network


@torch.no_grad()
def _embed_both_ways(network: CnnLstm, windows: Windows) -> tuple[Tensor, Tensor]:
    embedded, labels = [], []
    for start in range(0, len(windows), _INFERENCE_BATCH):
        batch = slice(start, start + _INFERENCE_BATCH)
        x, y = torch.from_numpy(windows.take(batch)), torch.from_numpy(windows.labels[batch])
        for flip in (False, True):
            flipped, label = mirrored(x, y, torch.full((len(y),), flip))
            embedded.append(network.embed(flipped))
            labels.append(label)
    return torch.cat(embedded), torch.cat(labels)


def fit_temperature(logits: np.ndarray, labels: np.ndarray, blocks: np.ndarray) -> float:
    """The temperature, within TEMPERATURE_BOUNDS, with the smallest log loss (Guo et al., 2017), or 1.

    A few weeks of a market can ask for a temperature that the next weeks punish: fitted on half of the
    validation period of 1h, it made the other half worse. So it must help beyond doubt, over FEWEST_BLOCKS at least.
    """
    if len(np.unique(blocks)) < FEWEST_BLOCKS:
        return 1.0
    found = float(
        minimize_scalar(lambda t: log_loss(logits / t, labels), bounds=TEMPERATURE_BOUNDS, method="bounded").x
    )
    sure = beyond_doubt(losses(logits, labels) - losses(logits / found, labels), blocks)
    return found if sure else 1.0
