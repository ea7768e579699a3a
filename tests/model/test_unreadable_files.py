"""A model's file that hangs, is endless or is no file at all makes that one model unusable, at once or after a while."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.domain import Series, Timeframe
from core.errors import UnusableModel
from core.findings import IncompleteModel, ModelNotAnswering, NoModel, Unavailable, UnavailableKind, UnusableFiles
from core.model import registry as registry_module
from core.model.files import BACKGROUND_FILE, METRICS_FILE, NETWORK_FILE, TREES_FILE, LoadedModel, read_model
from core.model.registry import ModelRegistry
from core.prediction import Prediction
from core.signals.service import PredictionService
from tests.hand_made_models import publish, publish_ensemble
from tests.made_candles import make_candles
from tests.problems import reason_of_model
from tests.signals.held_candles import HeldCandles

BTC, ETH = Series("BTCUSDT", Timeframe.M15), Series("ETHUSDT", Timeframe.M15)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def empty_device(path: Path) -> None:
    path.symlink_to("/dev/null")


def terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


def folder(path: Path) -> None:
    path.mkdir()


def listener(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def memory(path: Path) -> None:
    path.symlink_to("/proc/self/mem")


def endless_regular(path: Path) -> None:
    path.symlink_to("/proc/self/pagemap")  # says that it is a regular file of no bytes, and has no end


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)


KINDS = [pipe, endless, empty_device, terminal, folder, listener, memory, endless_regular, huge]


@pytest.mark.parametrize("name", [METRICS_FILE, NETWORK_FILE, BACKGROUND_FILE, TREES_FILE])
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_what_is_no_regular_file_of_ordinary_size_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    path = publish_ensemble(tmp_path, *BTC) / name
    publish(tmp_path, *ETH)
    path.unlink()
    make(path)
    registry = ModelRegistry(tmp_path, patience=60)
    began = time.monotonic()
    status = registry.status(*BTC)
    assert time.monotonic() - began < 10
    assert (status.state, name in reason_of_model(status)) == ("unusable", True)
    assert registry.available() == (ETH,)


@pytest.mark.parametrize("above", [0, 1], ids=["the timeframe's", "the coin's"])
@pytest.mark.parametrize("make", [pipe, empty_device, listener, huge], ids=lambda make: make.__name__)
def test_what_stands_in_place_of_a_models_folder_is_named_since_training_cannot_write_there(
    tmp_path: Path, make: Callable[[Path], None], above: int
) -> None:
    place = (publish(tmp_path, *BTC), tmp_path / BTC.symbol)[above]
    publish(tmp_path, *ETH)
    shutil.rmtree(place)
    make(place)
    registry = ModelRegistry(tmp_path)
    status = registry.status(*BTC)
    assert status.state == "unusable"
    assert f"{place} is no folder; expected the models' folders there. Remove it" in reason_of_model(status)
    assert registry.available() == (ETH,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    (publish(tmp_path, *BTC) / NETWORK_FILE).chmod(0)
    assert "cnn_lstm_best.pt cannot be read: Permission denied" in reason_of_model(ModelRegistry(tmp_path).status(*BTC))


# ---------------------------------------------------------------- files that hang


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Series]]:
    """Whose files do not answer, until the test is over."""
    hanging: set[Series] = set()
    over = threading.Event()

    def read(path: Path, series: Series, forests: object) -> LoadedModel | UnusableModel:
        if series in hanging:
            over.wait()
        return read_model(path, series, forests)  # type: ignore[arg-type]

    monkeypatch.setattr(registry_module, "read_model", read)
    yield hanging
    over.set()


@pytest.mark.slow
def test_a_model_whose_files_hang_is_not_answering_and_the_others_are_there(tmp_path: Path, hangs: set[Series]) -> None:
    publish(tmp_path, *BTC)
    publish(tmp_path, *ETH)
    hangs.add(BTC)
    registry = ModelRegistry(tmp_path, patience=0.6)
    found = registry.find_all([BTC, ETH])
    assert found[BTC] == ModelNotAnswering(BTC, 0.6)
    assert isinstance(found[ETH], LoadedModel)
    assert registry.available() == (ETH,)
    status = registry.status(*BTC)
    assert status.state == "unusable"
    assert "did not answer within 0.6 seconds" in reason_of_model(status)
    with pytest.raises(UnusableModel, match="did not answer"):
        registry.load_model(*BTC)


@pytest.mark.slow
def test_a_model_in_memory_stays_in_use_while_its_files_hang(tmp_path: Path, hangs: set[Series]) -> None:
    publish(tmp_path, *BTC)
    registry = ModelRegistry(tmp_path, patience=0.2)
    before = registry.get(*BTC)
    publish(tmp_path, *BTC, seed=1, model_version="retrained")
    hangs.add(BTC)
    assert registry.get(*BTC) is before


@pytest.mark.slow
def test_even_a_look_at_whether_files_have_changed_may_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, *BTC)
    publish(tmp_path, *ETH)
    registry = ModelRegistry(tmp_path, patience=0.6)
    assert registry.available() == (BTC, ETH)
    over, look, inside = threading.Event(), os.stat, os.scandir
    hang = f"{tmp_path}/BTCUSDT/"
    monkeypatch.setattr(
        os, "stat", lambda path, **how: (str(path).startswith(hang) and over.wait()) or look(path, **how)
    )
    monkeypatch.setattr(os, "scandir", lambda path: over.wait() and inside(path))
    try:
        assert registry.available() == (BTC, ETH)
        assert registry.is_model_available(*BTC)
        registry.clear_cache()
        assert isinstance(registry.find(BTC), ModelNotAnswering)
        assert registry.available() == (ETH,)
    finally:
        over.set()


@pytest.mark.slow
def test_a_model_whose_files_answer_after_all_is_there(
    tmp_path: Path, hangs: set[Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, *BTC)
    hangs.add(BTC)
    registry = ModelRegistry(tmp_path, patience=0.2)
    assert isinstance(registry.find(BTC), ModelNotAnswering)
    hangs.clear()
    later = time.monotonic() + 10
    monkeypatch.setattr(time, "monotonic", lambda: later)
    asked_in_passing = registry.find(BTC)
    assert isinstance(asked_in_passing, ModelNotAnswering)
    assert any(isinstance(registry.find(BTC), LoadedModel) or threading.Event().wait(0.01) for _ in range(1000))


@pytest.mark.slow
def test_a_share_that_hangs_is_waited_for_once_and_not_once_for_each_model(tmp_path: Path, hangs: set[Series]) -> None:
    every = [Series(f"C{n}USDT", timeframe) for n in range(10) for timeframe in Timeframe]
    for series in every:
        publish(tmp_path, *series)
    hangs.update(every)
    registry = ModelRegistry(tmp_path, patience=0.6)
    began = time.monotonic()
    assert {type(found) for found in registry.find_all(every).values()} == {ModelNotAnswering}
    for series in every:
        registry.status(*series)
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_every_other_coin_is_predicted_while_the_files_of_one_hang(tmp_path: Path, hangs: set[Series]) -> None:
    publish(tmp_path, *BTC)
    publish(tmp_path, *ETH)
    hangs.add(BTC)
    service = PredictionService(HeldCandles(make_candles(200)), ModelRegistry(tmp_path, patience=0.6))
    outcomes = service.predict_all([BTC, ETH])
    assert isinstance(outcomes[ETH], Prediction)
    assert outcomes[BTC] == Unavailable(UnavailableKind.NO_MODEL, ModelNotAnswering(BTC, 0.6))


def test_what_is_missing_and_what_is_broken_keep_their_kinds(tmp_path: Path) -> None:
    (publish(tmp_path, *BTC) / NETWORK_FILE).unlink()
    publish(tmp_path, *ETH)
    (tmp_path / "ETHUSDT" / "15m" / METRICS_FILE).write_text("{}")
    sol = Series("SOLUSDT", Timeframe.M15)
    found = ModelRegistry(tmp_path).find_all([BTC, ETH, sol])
    assert [type(each) for each in found.values()] == [IncompleteModel, UnusableFiles, NoModel]
