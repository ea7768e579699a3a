"""Models are read as data: whatever is wrong with a file, that one model is unusable and says why."""

import json
import os
import pickle
import shutil
import time

import joblib
import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from core.cnn_lstm import Dimensions
from core.domain import Timeframe, UnknownTimeframe, UnusableModel
from core.model_registry import METRICS_FILE, NETWORK_FILE, SCALER_FILE, ModelRegistry, publish_model
from tests import hand_made_models
from tests.hand_made_models import publish


@pytest.fixture
def folder(tmp_path):
    return publish(tmp_path, "BTCUSDT", Timeframe.M15)


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path)


def reseal(folder):
    """Make metrics.json state the checksums the files now have, as an attacker would."""
    import hashlib

    path = folder / METRICS_FILE
    metrics = json.loads(path.read_text())
    metrics["sha256"] = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in (NETWORK_FILE, SCALER_FILE)}
    path.write_text(json.dumps(metrics))


def test_a_published_model_loads_with_its_network_scaler_metadata_and_accuracy(registry, folder):
    assert registry.load_model("BTCUSDT", "15m").dimensions == hand_made_models.TINY
    assert isinstance(registry.load_scaler("BTC", "15m"), StandardScaler)
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "hand-made"
    assert registry.get_model_accuracy("BTCUSDT", "15m") == pytest.approx(0.48)
    assert registry.is_model_available("btc", "15m")
    assert registry.available() == (("BTCUSDT", Timeframe.M15),)


def test_a_model_stays_in_memory_until_the_cache_is_cleared(registry, folder):
    first = registry.load_model("BTCUSDT", "15m")
    assert registry.load_model("BTC", "15m") is first
    registry.clear_cache()
    assert registry.load_model("BTCUSDT", "15m") is not first


def test_a_retrained_model_is_picked_up_without_a_restart(registry, folder, tmp_path):
    registry.load_model("BTCUSDT", "15m")
    publish(tmp_path, "BTCUSDT", Timeframe.M15, seed=1, model_version="retrained")
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "retrained"


def test_a_reader_that_comes_while_a_folder_is_replaced_waits_for_the_new_one(registry, folder, tmp_path, monkeypatch):
    publish(tmp_path / "retrained", "BTCUSDT", Timeframe.M15, seed=1, model_version="retrained")
    registry.load_model("BTCUSDT", "15m")
    folder.rename(folder.with_name(".15m.old.1"))  # the first half of a publication
    monkeypatch.setattr(time, "sleep", lambda _: (tmp_path / "retrained" / "BTCUSDT" / "15m").rename(folder))
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "retrained"


def test_a_publication_that_died_half_way_leaves_a_missing_model(registry, folder, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    folder.rename(folder.with_name(".15m.old.1"))
    assert registry.status("BTCUSDT", "15m").state == "missing"


def test_a_missing_model_names_the_path_and_the_command_that_trains_it(registry, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        registry.load_model("ETHUSDT", "1h")
    assert str(tmp_path / "ETHUSDT" / "1h") in str(error.value)
    assert "scripts/train_models.py" in str(error.value)
    assert registry.get_model_accuracy("ETHUSDT", "1h") is None
    assert registry.status("ETHUSDT", "1h").state == "missing"


@pytest.mark.parametrize("name", [NETWORK_FILE, SCALER_FILE, METRICS_FILE])
def test_a_folder_that_lacks_one_file_is_a_missing_model_named_by_that_file(registry, folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        registry.load_model("BTCUSDT", "15m")


def test_a_file_that_comes_back_is_picked_up(registry, folder, tmp_path):
    aside = tmp_path / "aside"
    shutil.move(folder / NETWORK_FILE, aside)
    assert not registry.is_model_available("BTCUSDT", "15m")
    shutil.move(aside, folder / NETWORK_FILE)
    assert registry.is_model_available("BTCUSDT", "15m")


@pytest.mark.parametrize("name", [NETWORK_FILE, SCALER_FILE])
def test_a_truncated_file_is_refused_by_its_checksum(registry, folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(UnusableModel, match=f"BTCUSDT/15m: {name} is not the file metrics.json describes"):
        registry.load_model("BTCUSDT", "15m")


@pytest.mark.parametrize("name", [NETWORK_FILE, SCALER_FILE])
@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"PK\x03\x04junk", b"\x00" * 100])
def test_garbage_with_a_matching_checksum_is_refused_too(registry, folder, name, content):
    (folder / name).write_bytes(content)
    reseal(folder)
    with pytest.raises(UnusableModel, match=name):
        registry.load_model("BTCUSDT", "15m")


class Hostile:
    """Writes a file when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("write", ["pickle", "joblib", "joblib in an object array", "torch"])
def test_nothing_in_a_hostile_file_is_executed(registry, folder, tmp_path, write):
    target = tmp_path / "executed"
    hostile = Hostile(target)
    if write == "torch":
        torch.save({"dimensions": {}, "weights": hostile}, folder / NETWORK_FILE)
    elif write == "pickle":
        (folder / SCALER_FILE).write_bytes(pickle.dumps(hostile))
    else:
        payload = np.array([hostile], dtype=object) if "array" in write else hostile
        joblib.dump(payload, folder / SCALER_FILE)
    reseal(folder)
    status = registry.status("BTCUSDT", "15m")
    assert status.state == "unusable"
    assert "BTCUSDT/15m" in status.reason
    assert not target.exists()


def test_an_object_of_another_class_is_refused_by_its_name(registry, folder):
    joblib.dump({"mean_": [0.0] * 15}, folder / SCALER_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match="holds a dict; expected a StandardScaler"):
        registry.load_scaler("BTCUSDT", "15m")


def test_a_scaler_of_other_features_is_refused_with_the_number_expected(registry, folder):
    joblib.dump(StandardScaler().fit(np.random.default_rng(0).normal(size=(9, 4))), folder / SCALER_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match="15 finite means"):
        registry.load_scaler("BTCUSDT", "15m")


@pytest.mark.parametrize("change", [{"scale_": np.full(15, 1e-300)}, {"mean_": np.full(15, 1e300)}])
def test_a_scaler_that_would_overflow_is_refused(registry, folder, change):
    scaler = joblib.load(folder / SCALER_FILE)
    vars(scaler).update(change)
    joblib.dump(scaler, folder / SCALER_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match="means or scales that no feature has"):
        registry.load_model("BTCUSDT", "15m")


@pytest.mark.parametrize("content", ["abc", ["1"] * 14 + ["one"], {"a": 1}, [[1.0], [2.0, 3.0]]])
def test_a_scaler_whose_means_are_no_numbers_is_unusable_and_hurts_no_other_model(registry, folder, tmp_path, content):
    publish(tmp_path, "ETHUSDT", Timeframe.M15)
    scaler = joblib.load(folder / SCALER_FILE)
    scaler.mean_ = content
    joblib.dump(scaler, folder / SCALER_FILE)
    reseal(folder)
    status = registry.status("BTCUSDT", "15m")
    assert status.state == "unusable"
    assert "damaged or foreign" in status.reason
    assert registry.available() == (("ETHUSDT", Timeframe.M15),)


def test_a_network_of_other_dimensions_loads_when_it_fits_its_own_metrics(registry, tmp_path):
    dimensions = Dimensions(window=20, channels=6, hidden=5, head=7)
    publish(tmp_path, "ETHUSDT", Timeframe.H1, dimensions=dimensions)
    assert registry.load_model("ETHUSDT", "1h").dimensions == dimensions


def test_a_network_that_reads_other_features_is_refused_by_name_never_with_a_size_mismatch(registry, tmp_path):
    foreign = Dimensions(features=9, window=12, channels=4, hidden=4, head=4)
    publish(tmp_path, "ETHUSDT", Timeframe.H1, dimensions=foreign)
    with pytest.raises(UnusableModel, match="reads 9 features over 12 candles"):
        registry.load_model("ETHUSDT", "1h")


def test_weights_that_do_not_fit_their_dimensions_are_refused_by_name(registry, folder):
    checkpoint = torch.load(folder / NETWORK_FILE, weights_only=True)
    checkpoint["dimensions"]["hidden"] = 9
    torch.save(checkpoint, folder / NETWORK_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match=r"has shape .* its dimensions ask for"):
        registry.load_model("BTCUSDT", "15m")


@pytest.mark.parametrize("value", [0, -1, 10**9, 3.5, "48", None, True])
def test_dimensions_that_cannot_be_are_refused_before_anything_is_built(registry, folder, value):
    checkpoint = torch.load(folder / NETWORK_FILE, weights_only=True)
    checkpoint["dimensions"]["channels"] = value
    torch.save(checkpoint, folder / NETWORK_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match="dimension channels"):
        registry.load_model("BTCUSDT", "15m")


def test_dimensions_that_would_take_gigabytes_are_refused_before_anything_is_built(registry, folder):
    checkpoint = torch.load(folder / NETWORK_FILE, weights_only=True)
    checkpoint["dimensions"] |= {"channels": 1024, "first_kernel": 500, "second_kernel": 500, "window": 1024}
    torch.save(checkpoint, folder / NETWORK_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match=r"ask for .* parameters; expected at most 2,000,000"):
        registry.load_model("BTCUSDT", "15m")


@pytest.mark.parametrize("change", [torch.Tensor.double, torch.Tensor.int, torch.Tensor.to_sparse])
def test_weights_that_are_not_plain_float32_are_refused(registry, folder, change):
    checkpoint = torch.load(folder / NETWORK_FILE, weights_only=True)
    checkpoint["weights"]["out.bias"] = change(checkpoint["weights"]["out.bias"])
    torch.save(checkpoint, folder / NETWORK_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match=r"out\.bias is .*; expected plain float32"):
        registry.load_model("BTCUSDT", "15m")


def test_weights_that_would_overflow_are_refused(registry, folder):
    checkpoint = torch.load(folder / NETWORK_FILE, weights_only=True)
    checkpoint["weights"]["out.bias"][0] = 3e38
    torch.save(checkpoint, folder / NETWORK_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match=r"out\.bias holds 3e\+38; expected at most 10,000"):
        registry.load_model("BTCUSDT", "15m")


def test_weights_that_are_not_finite_are_refused(registry, folder):
    checkpoint = torch.load(folder / NETWORK_FILE, weights_only=True)
    checkpoint["weights"]["out.bias"][0] = float("nan")
    torch.save(checkpoint, folder / NETWORK_FILE)
    reseal(folder)
    with pytest.raises(UnusableModel, match=r"out\.bias holds a value that is not finite"):
        registry.load_model("BTCUSDT", "15m")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"features": ["rsi"] * 15}, "features"),
        ({"symbol": "ETHUSDT"}, "describes ETHUSDT 15m; expected BTCUSDT 15m"),
        ({"window": 13}, "over 12 candles"),
        ({"test": {"n": -1}}, "test"),
    ],
)
def test_metrics_with_a_wrong_value_are_refused_by_its_key(registry, folder, change, message):
    path = folder / METRICS_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UnusableModel, match=message):
        registry.load_metadata("BTCUSDT", "15m")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"symbol": 1e999}', "[" * 100_000])
def test_metrics_that_are_not_metrics_are_refused(registry, folder, content):
    (folder / METRICS_FILE).write_text(content)
    assert registry.status("BTCUSDT", "15m").state == "unusable"


def test_a_file_far_too_large_to_be_a_model_is_not_read(registry, folder):
    with (folder / NETWORK_FILE).open("r+b") as file:
        file.truncate(50_000_000)
    with pytest.raises(UnusableModel, match="50,000,000 bytes; expected at most"):
        registry.load_model("BTCUSDT", "15m")


def test_one_broken_model_leaves_the_others_alone(registry, folder, tmp_path):
    publish(tmp_path, "ETHUSDT", Timeframe.M15)
    (folder / NETWORK_FILE).write_bytes(b"")
    assert registry.available() == (("ETHUSDT", Timeframe.M15),)
    assert registry.status("BTCUSDT", "15m").state == "unusable"


@pytest.mark.parametrize("symbol", ["../../etc", "A/B", "..", "BTC\x00", "BTC USDT"])
def test_a_symbol_cannot_lead_out_of_the_models_folder(registry, symbol):
    assert registry.status(symbol, "15m").state == "unusable"


def test_an_unknown_timeframe_lists_the_choices(registry):
    with pytest.raises(UnknownTimeframe, match="15m, 1h, 4h, 1d"):
        registry.load_model("BTCUSDT", "15min")


def test_metrics_that_break_the_contract_are_not_published(tmp_path):
    described = hand_made_models.metrics("BTCUSDT", Timeframe.M15, temperature=-1.0)
    with pytest.raises(UnusableModel, match="temperature"):
        publish_model(
            tmp_path, "BTCUSDT", Timeframe.M15, hand_made_models.network(), hand_made_models.scaler(), described
        )
    assert not ModelRegistry(tmp_path).is_model_available("BTCUSDT", "15m")
