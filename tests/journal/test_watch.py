"""A model whose probabilities promise more than comes is found by its own record, and its signals say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain import Series, Timeframe
from core.findings import BrokenPromise
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader
from core.journal.recorder import Opened
from core.journal.store import Ledger
from core.journal.watch import PromiseWatch
from core.market.market import MarketIdentity
from tests.journal.made_history import life

HOURLY = Series("BTCUSDT", Timeframe.H1)
HERE, ELSEWHERE = (MarketIdentity("simulated", "simulated", None, which) for which in ("seed1", "seed2"))


def watch_over(folder: Path, sharper: float) -> tuple[PromiseWatch, list[Opened | None]]:
    """A watch over 16 days of a model, and what it believes to be opened, which may be changed."""
    ledger = Ledger.open(SqliteFile("made", folder / f"ledger-{sharper}.db"))
    ledger.append(life(seed=5, candles=400, symbols=("BTCUSDT",), timeframe=Timeframe.H1, sharper=sharper))
    opened: list[Opened | None] = [Opened(HERE, "made", LedgerReader(ledger.database), None, None)]
    return PromiseWatch(lambda: opened[0]), opened


@pytest.fixture(scope="module")
def boastful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PromiseWatch, list[Opened | None]]]:
    """A model that shows the square root of its doubts."""
    yield watch_over(tmp_path_factory.mktemp("ledger"), sharper=3.0)


@pytest.mark.slow
def test_a_model_that_promises_more_than_comes_is_named_with_its_numbers(
    boastful: tuple[PromiseWatch, list[Opened | None]],
) -> None:
    watch, _ = boastful
    assert watch.broken(HOURLY, "one") is None
    watch.look()
    broken = watch.broken(HOURLY, "one")
    assert isinstance(broken, BrokenPromise)
    assert 0 < broken.gap_at_least < broken.log_loss - broken.expected
    assert (broken.replayed, broken.n > 250, broken.days > 10) == (False, True, True)
    assert watch.broken(HOURLY, "two") is None
    assert watch.broken(Series("ETHUSDT", Timeframe.H1), "one") is None


@pytest.mark.slow
def test_what_one_market_shows_is_not_said_in_another(boastful: tuple[PromiseWatch, list[Opened | None]]) -> None:
    watch, opened = boastful
    watch.look()
    here = opened[0]
    assert here is not None
    try:
        opened[0] = Opened(ELSEWHERE, "other", here.reader, None, None)
        assert watch.broken(HOURLY, "one") is None
        opened[0] = None
        assert watch.broken(HOURLY, "one") is None
        watch.look()
    finally:
        opened[0] = here
    assert watch.broken(HOURLY, "one") is not None


@pytest.mark.slow
def test_a_model_that_keeps_its_promises_is_left_alone(tmp_path: Path) -> None:
    watch, _ = watch_over(tmp_path, sharper=1.0)
    watch.look()
    assert watch.broken(HOURLY, "one") is None
