"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.no_network.sitecustomize import refuse_the_network

NO_NETWORK = Path(__file__).parent / "no_network"


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
