"""Training of the network that all coins of a timeframe share, and of a last layer per coin.

The shared network is trained twice: an early-stopped training on the training period shows, on the validation period,
that its length is not too long and which temperature is good; then the same training runs on both periods together.
Tried on earlier periods, the fresher weeks were worth 0.004 of skill at 4h on average and made no difference at 1h.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.learning.datasets import DIMENSIONS
from core.learning.recipes import NetworkRecipe
from core.learning.validation import longest_good, losses
from core.learning.windows import DIRECTIONAL, Windows
from core.model.network import CnnLstm

_SIGNS = torch.tensor(np.where(DIRECTIONAL, -1.0, 1.0), dtype=torch.float32)
_INFERENCE_BATCH = 4096


@dataclass(frozen=True, slots=True)
class EarlyStopped:
    """A training that was checked on the validation period: its network, after how many steps.

    ``checks`` holds steps and the mean validation loss after them.
    """

    network: CnnLstm
    steps: int
    checks: tuple[tuple[int, float], ...]


def train_with_early_stopping(train: Windows, validation: Windows, recipe: NetworkRecipe, seed: int) -> EarlyStopped:
    """Train on ``train`` for as many steps as ``validation`` leaves standing: see core.learning.validation."""
    kept: dict[int, CnnLstm] = {}
    checks: dict[int, np.ndarray] = {}
    for step, average in averages(train, recipe, seed):
        kept[step] = copy.deepcopy(average)
        checks[step] = losses(logits_of(average, validation), validation.labels)
    steps = longest_good(checks, validation.blocks)
    return EarlyStopped(kept[steps], steps, tuple((step, float(each.mean())) for step, each in checks.items()))


def train_until(step: int, windows: Windows, recipe: NetworkRecipe, seed: int) -> CnnLstm:
    """The average of the weights at ``step``, one of those after which validation is checked."""
    for reached, average in averages(windows, recipe, seed):
        if reached >= step:
            return average
    raise ValueError(f"the recipe ends at step {recipe.steps}, before step {step}")


def averages(train: Windows, recipe: NetworkRecipe, seed: int) -> Iterator[tuple[int, CnnLstm]]:
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
        turned = torch.rand(len(labels)) < (0.5 if recipe.mirror else 0.0)
        windows, labels = mirrored(windows, labels, turned)
        windows = windows + recipe.noise * torch.randn_like(windows)
        loss = loss_of(network(windows), labels, turned, recipe.mirrored_timing)
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


def loss_of(logits: Tensor, labels: Tensor, turned: Tensor, mirrored_timing: float) -> Tensor:
    """Mean log loss of timing and side together, in nats; timing of charts that are ``turned`` weighs ``mirrored_timing``.

    With 1 it is the cross-entropy of the three classes; see core.model.pool.
    """
    whole = functional.cross_entropy(logits, labels, reduction="none")
    if mirrored_timing == 1:
        return whole.mean()
    sides = torch.stack([logits[:, 0], logits[:, 2]], dim=1)
    timing = torch.logsumexp(sides, dim=1) - logits[:, 1]
    timing_loss = functional.binary_cross_entropy_with_logits(timing, (labels != 1).float(), reduction="none")
    return (whole - torch.where(turned, (1 - mirrored_timing) * timing_loss, 0.0)).mean()


def _rate(step: int, recipe: NetworkRecipe) -> float:
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


def fit_last_layer(shared: CnnLstm, train: Windows, prior_strength: float, mirrored_timing: float) -> CnnLstm:
    """``shared`` with a last layer of one coin's own, kept near the shared one by an L2 penalty of ``prior_strength``.

    Every chart counts twice, once mirrored (see loss_of), so that the coin's own drift is not learned either.
    """
    network = copy.deepcopy(shared).eval().requires_grad_(False)
    embedded, labels, turned = _embed_both_ways(network, train)
    start = [network.out.weight.clone(), network.out.bias.clone()]
    weight, bias = (p.clone().requires_grad_(True) for p in start)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=50, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        distance = ((weight - start[0]) ** 2).sum() + ((bias - start[1]) ** 2).sum()
        logits = functional.linear(embedded, weight, bias)
        loss = loss_of(logits, labels, turned, mirrored_timing) + prior_strength * distance
        loss.backward()
        return loss

    optimiser.step(closure)
    network.out.weight.copy_(weight.detach())
    network.out.bias.copy_(bias.detach())
    return network


@torch.no_grad()
def _embed_both_ways(network: CnnLstm, windows: Windows) -> tuple[Tensor, Tensor, Tensor]:
    """What the last layer sees of every chart as it is and mirrored, the labels, and which of them are mirrored."""
    embedded, labels, turned = [], [], []
    for start in range(0, len(windows), _INFERENCE_BATCH):
        batch = slice(start, start + _INFERENCE_BATCH)
        x, y = torch.from_numpy(windows.take(batch)), torch.from_numpy(windows.labels[batch])
        for flip in (False, True):
            which = torch.full((len(y),), flip)
            flipped, label = mirrored(x, y, which)
            embedded.append(network.embed(flipped))
            labels.append(label)
            turned.append(which)
    return torch.cat(embedded), torch.cat(labels), torch.cat(turned)
