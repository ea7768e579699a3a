"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.no_network.sitecustomize import refuse_the_network

TESTS = Path(__file__).parent
NO_NETWORK = TESTS / "no_network"
MARKED_FOLDERS = {"browser": pytest.mark.browser, "learning": pytest.mark.training}

# Tests run side by side, and so do the processes they start: one with more threads would only wait for the others.
# Set before anything imports numpy or torch, which read it once.
os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

# How long an example takes says how busy the machine is, not whether it is right.
hypothesis.settings.register_profile("candor", deadline=None)
hypothesis.settings.load_profile("candor")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKED_FOLDERS:
            item.add_marker(MARKED_FOLDERS[folder])


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
