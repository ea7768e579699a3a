"""Candor put together: what holds of the whole process that serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from core.application import build_application
from core.settings import Settings


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
def test_pytorch_has_one_thread_where_signals_are_served(tmp_path: Path) -> None:
    build_application(Settings(market="simulated", data_dir=tmp_path, models_dir=tmp_path))
    assert torch.get_num_threads() == 1
