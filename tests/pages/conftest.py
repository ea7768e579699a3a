"""What holds for every test that runs a page without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest
from streamlit.components.v2 import manifest_scanner

from pages.components.coin import price_chart


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
