"""The API over a real application: a simulated market that stands still, and models made by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from core.application import Application
from core.domain import Timeframe
from core.model.registry import NETWORK_FILE
from core.predictions_api import create_api
from tests.api.client import client_of
from tests.applications import StillLife, still_life
from tests.hand_made_models import WEAK_CONFUSION, evaluation, publish


@pytest.fixture(scope="session")
def standing_still(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    """BTC has fair models on all timeframes; ETH's on 15m is weak, SOL's on 15m truncated; DOGE has none."""
    life = still_life(tmp_path_factory.mktemp("models"))
    publish(life.models_dir, "ETHUSDT", Timeframe.M15, seed=1, test=evaluation(WEAK_CONFUSION))
    weights = life.models_dir / "SOLUSDT" / "15m" / NETWORK_FILE
    weights.write_bytes(weights.read_bytes()[:500])
    life.board.recompute()
    return life


@pytest.fixture(scope="module")
def life(standing_still: StillLife) -> StillLife:
    """What tests that change it make for themselves."""
    return standing_still


@pytest.fixture(scope="module")
def application(life: StillLife) -> Application:
    return life.application


@pytest.fixture(scope="module")
def client(application: Application) -> Iterator[TestClient]:
    with client_of(application) as client:
        yield client


@pytest.fixture(scope="module")
def api(application: Application) -> FastAPI:
    return create_api(lambda: application)
