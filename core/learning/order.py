"""What training and evaluation are both ordered to do: which candles, which folders, which workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.disk import only_writer
from core.domain import Timeframe
from core.learning.kept import Kept
from core.learning.recipes import RECIPES, Recipe
from core.learning.sources import Sources, find_sources
from core.learning.workers import Processes, Workers


@dataclass(frozen=True, kw_only=True)
class Order:
    """``now`` is the date that the results carry; ``datasets`` is the folder of what is kept as well."""

    candles: Path
    spot_candles: Path | None = None
    models: Path
    datasets: Path
    timeframes: tuple[Timeframe, ...]
    now: datetime
    workers: Workers = field(default_factory=Processes)
    seed: int = 1
    quiet: bool = False
    recipes: Mapping[Timeframe, Recipe] = field(default_factory=lambda: RECIPES)

    def __post_init__(self) -> None:
        # Workers of a cluster were started in folders of their own.
        for name in ("candles", "spot_candles", "models", "datasets"):
            if (folder := getattr(self, name)) is not None:
                object.__setattr__(self, name, folder.absolute())

    @property
    def kept(self) -> Kept:
        return Kept(self.datasets / "kept")

    @contextmanager
    def only_writer(self, doing: str, *written: Path) -> Iterator[None]:
        """As long as this lasts, nobody else carries out an order that writes to one of these folders.

        CandorError unless the workers can read the candles and write there, and nobody is at it already.
        """
        read = [folder for folder in (self.candles, self.spot_candles) if folder is not None]
        self.workers.check(read, written)
        with ExitStack() as held:
            for folder in {folder.resolve(): folder for folder in written}.values():
                held.enter_context(only_writer(folder, doing))
            yield

    def sources(self, timeframe: Timeframe) -> tuple[Sources, dict[str, str]]:
        """See find_sources."""
        besides = self.recipes[timeframe].besides
        return find_sources(timeframe, besides, self.candles, self.spot_candles, self.now)
