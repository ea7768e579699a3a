"""What holds for every test that runs a page without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.components.coin import price_chart
from pages.components.shared.application import application
from tests.journal.made_history import life as made_life
from tests.journal.small_life import SmallLife
from tests.pages.recorded_life import life_with

MAIN = Path(__file__).resolve().parents[2] / "pages" / "main.py"

OpenOn = Callable[[SmallLife], AppTest]


@pytest.fixture(scope="session", autouse=True)
def _no_browser_draws_a_chart_ahead_of_its_page() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(price_chart, "SECONDS_AHEAD", 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _installed_components_are_looked_up_once() -> Iterator[None]:
    """Streamlit reads the metadata of every installed package for each page under test, as long as the page itself takes."""
    with pytest.MonkeyPatch.context() as patch:
        scan = manifest_scanner.scan_component_manifests
        patch.setattr(manifest_scanner, "scan_component_manifests", lru_cache(scan))
        yield


@pytest.fixture(scope="module")
def recorded_life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLife]:
    """40 candles of two coins were recorded before, live and replayed, and those of now have just been."""
    life = life_with(tmp_path_factory.mktemp("life"), made_life(seed=6, candles=40))
    yield life
    life.application.stop()


@pytest.fixture
def open_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenOn]:
    """Opens all pages on an application; they have not run yet."""

    def opened(life: SmallLife) -> AppTest:
        monkeypatch.setattr("pages.components.shared.application.get_application", lambda: life.application)
        application.clear()
        return AppTest.from_file(str(MAIN), default_timeout=60)

    yield opened
    application.clear()
