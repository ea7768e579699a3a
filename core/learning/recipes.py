"""What was chosen by measurement, one record per timeframe: how to train, what to learn from, how long to hold out.

Everything here was chosen on periods before the test period. A timeframe is added by giving it a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.domain import Timeframe


@dataclass(frozen=True, slots=True)
class NetworkRecipe:
    """How the network that all coins share is trained.

    A plain CNN-LSTM per coin ends worse than the class frequencies. Pooling the coins, mirroring the charts, strong
    regularisation and an average of the weights are what makes it better than them.
    """

    steps: int  # if validation does not clearly prefer fewer
    batch: int  # windows
    learning_rate: float
    dropout: float
    noise: float  # standard deviations of the standardised features
    weight_decay: float
    warm_up_steps: int = 150
    averaging: float = 0.99  # decay of the moving average of the weights, per step
    check_every: int = 50  # steps between two validation checks
    check_windows: int = 20_000  # about so many validation windows show whether training still helps
    mirror: bool = True
    mirrored_timing: float = 1.0  # 0..1; what a mirrored chart's question whether a barrier is touched weighs


@dataclass(frozen=True, slots=True)
class TreesRecipe:
    """How the gradient-boosted trees that all coins share are grown: a forest for timing, and one for the side.

    A mirrored fall is a rise that was followed by as much, though falls are followed by more than rises. So charts are
    mirrored for the side, which must not learn the drift of its time, and not for timing.
    """

    rounds: int  # if validation does not clearly prefer fewer; each is one tree
    side_rounds: int  # the same of the side's forest; with 0 the network answers that question alone
    learning_rate: float = 0.05
    leaves: int = 8
    depth: int = 4
    rows_per_leaf: int = 500  # at least; a fiftieth of all rows where these are few
    feature_share: float = 0.7  # of features that each tree may use
    penalty: float = 5.0  # L2, on the leaves
    enough_rows: int = 500_000  # neighbours share their future: every sixth of three million taught as much as all
    check_every: int = 5  # rounds between two validation checks
    mirror_timing: bool = False
    mirror_side: bool = True


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The two periods not trained on: so many days, but no more than a share of a short history.

    Whole weeks, so that weekends weigh alike in every period.
    """

    validation_days: int
    test_days: int


@dataclass(frozen=True, slots=True)
class Besides:
    """Candles that a timeframe learns from besides its own, made out of ``recorded`` ones.

    ``shifted`` means all the ways to cut ``made`` candles out of shorter ones, except the exchange's own if those are
    learned from anyhow. ``spot`` is another market. Only the network learns from candles of another timeframe.
    """

    recorded: Timeframe
    made: Timeframe
    shifted: bool = False
    spot: bool = False

    @property
    def shifts(self) -> tuple[int, ...]:
        """So many ``recorded`` candles later than the exchange's own do the ``made`` ones open."""
        if not self.shifted:
            return (0,)
        return tuple(range(0 if self.spot else 1, self.made.milliseconds // self.recorded.milliseconds))


Until = Literal["end", "test"]
"""What is published: the same recipe trained once more until the end of all candles, or the very model that was tested."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that is chosen for one timeframe."""

    network: NetworkRecipe
    trees: TreesRecipe
    held_out: HeldOut
    until: Until = "end"
    besides: tuple[Besides, ...] = ()
    prior_strength: float = 0.1  # of the L2 penalty that keeps a coin's last layer near the shared one
    temperature_bounds: tuple[float, float] = (0.8, 1.25)
    folds: int = 5  # walk-forward periods; 1 where there are too few candles to learn from a quarter of them


RECIPES: Mapping[Timeframe, Recipe] = MappingProxyType(
    {
        Timeframe.M15: Recipe(
            NetworkRecipe(steps=1200, batch=1024, learning_rate=3e-3, dropout=0.3, noise=0.1, weight_decay=0.05),
            TreesRecipe(
                rounds=100,
                side_rounds=100,
                learning_rate=0.1,
                leaves=31,
                depth=6,
                rows_per_leaf=200,
                feature_share=1,
                penalty=0,
            ),
            HeldOut(validation_days=42, test_days=56),
            besides=(Besides(Timeframe.M15, Timeframe.M15, spot=True),),
        ),
        Timeframe.H1: Recipe(
            NetworkRecipe(steps=500, batch=1024, learning_rate=3e-3, dropout=0.3, noise=0.2, weight_decay=0.1),
            TreesRecipe(
                rounds=50,
                side_rounds=50,
                learning_rate=0.1,
                leaves=31,
                depth=6,
                rows_per_leaf=200,
                feature_share=1,
                penalty=0,
            ),
            HeldOut(validation_days=84, test_days=112),
            besides=(
                Besides(Timeframe.M15, Timeframe.H1, shifted=True),
                Besides(Timeframe.M15, Timeframe.H1, shifted=True, spot=True),
            ),
        ),
        # Few independent candles: smaller trees that learn more slowly, and coins nearer to what they share. On three
        # earlier periods two forests gained 0.004 of skill (0.001 to 0.008) over one of three classes, mirrored throughout;
        # a network that saw no mirrored timing gained nothing.
        Timeframe.H4: Recipe(
            NetworkRecipe(steps=400, batch=512, learning_rate=2e-3, dropout=0.5, noise=0.3, weight_decay=0.2),
            TreesRecipe(rounds=100, side_rounds=100),
            HeldOut(validation_days=84, test_days=140),
            besides=(Besides(Timeframe.H1, Timeframe.H4, shifted=True),),
            prior_strength=0.3,
        ),
        # Too few candles to train a network on, so it learns on those of 4h as well, and more gently: what fits 4h
        # closely carries over to days less well. Few trees, none of them for the side. On three earlier periods timing
        # from charts as they are gained 0.014 of skill (0.000 to 0.029), the trees 0.005 (0.000 to 0.010) more. A model
        # that learned some more weeks was no better at all.
        Timeframe.D1: Recipe(
            NetworkRecipe(
                steps=250, batch=512, learning_rate=1e-3, dropout=0.5, noise=0.3, weight_decay=0.2, mirrored_timing=0.0
            ),
            TreesRecipe(rounds=50, side_rounds=0, rows_per_leaf=3000),
            HeldOut(validation_days=84, test_days=140),
            until="test",
            besides=(
                Besides(Timeframe.H4, Timeframe.H4),
                Besides(Timeframe.H1, Timeframe.H4, shifted=True),
                Besides(Timeframe.H1, Timeframe.D1, shifted=True),
            ),
            prior_strength=0.3,
            folds=1,
        ),
    }
)
