"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.domain import Timeframe
from tests import laws
from tests.no_network.sitecustomize import refuse_the_network

if TYPE_CHECKING:
    import pandas as pd
    from xdist.remote import Producer

    from core.model.registry import ModelRegistry
    from tests.applications import StillLife
    from tests.scheduling import BrowserTogether

TESTS = Path(__file__).parent
NO_NETWORK = TESTS / "no_network"
MARKED_FOLDERS = {"browser": (pytest.mark.browser, pytest.mark.flaky(reruns=2)), "learning": (pytest.mark.training,)}
"""A browser on cores that others keep busy is late now and then: its tests have three tries, and each that was needed is reported."""

# Tests run side by side, and so do the processes they start: one with more threads would only wait for the others.
# Set before anything imports numpy or torch, which read it once.
os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

laws.set_up()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BrowserTogether | None:
    from tests.scheduling import BrowserTogether

    return BrowserTogether(config, log) if config.getvalue("dist") == "loadscope" else None


GARBAGE = (10_000, 20, 100)
"""Looked for that seldom, it takes 4 % of a worker's time; as often as Python does on its own, 10 %."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules that tests import stay until the end: to look for garbage among them again and again takes seconds."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in MARKED_FOLDERS.get(item.path.relative_to(TESTS).parts[0], ()):
            item.add_marker(mark)


# What the fixtures below are made of is imported where one is used: most tests need neither models nor markets.


@pytest.fixture
def life(tmp_path: Path) -> StillLife:
    """A whole application at noon, for one test."""
    from tests.applications import still_life

    return still_life(tmp_path)


@pytest.fixture(scope="module")
def long_candles() -> pd.DataFrame:
    """900 candles of BTCUSDT 15m until noon."""
    from core.market.clock import ManualClock
    from tests.applications import NOON
    from tests.drawn_once import DrawnOnce

    return DrawnOnce(seed=2, clock=ManualClock(NOON)).candles("BTCUSDT", Timeframe.M15, 900)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    """The registry over a folder with one model, of BTCUSDT 15m."""
    from core.model.registry import ModelRegistry
    from tests.hand_made_models import publish

    folder = tmp_path_factory.mktemp("models")
    publish(folder, "BTCUSDT", Timeframe.M15)
    return ModelRegistry(folder)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Neither the tests nor the Python processes they start leave this machine.

    Proxy settings go, too: a proxy on the loopback address would be a way out.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
            patch.delenv(name)
        patch.setenv("PYTHONPATH", str(NO_NETWORK), prepend=os.pathsep)
        refuse_the_network()
        yield
