"""Models are read as data: whatever is wrong with a file, that one model is unusable and says why."""

import errno
import gc
import hashlib
import io
import json
import math
import os
import pickle
import shutil
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from core.disk import CannotWrite, held
from core.domain import Series, Timeframe
from core.errors import UnknownTimeframe, UnusableModel
from core.model.files import BACKGROUND_FILE
from core.model.parameters import Dimensions
from core.model.registry import METRICS_FILE, NETWORK_FILE, SCALER_FILE, TREES_FILE, ModelRegistry, publish_model
from core.model.trees import BoostedTrees
from scripts.made_forest import made_forest, made_trees
from tests import hand_made_models
from tests.full_disk import room_for
from tests.hand_made_models import publish, publish_ensemble
from tests.problems import reason_of_model


@pytest.fixture
def folder(tmp_path):
    return publish(tmp_path, "BTCUSDT", Timeframe.M15)


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path)


def reseal(folder):
    """Make metrics.json state the checksums the files now have, as an attacker would."""
    path = folder / METRICS_FILE
    metrics = json.loads(path.read_text())
    metrics["sha256"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in metrics["sha256"]}
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


# ---------------------------------------------------------------- publications that die or meet


def beside(folder):
    """What stands beside a model's folder."""
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)


def between_the_renames(folder, monkeypatch, happens):
    """Let something happen once, after a publication has set the old model aside and before the new one is there."""
    rename = Path.rename

    def interrupted(path, target):
        if target == folder and ".new." in path.name:
            monkeypatch.setattr(Path, "rename", rename)
            happens()
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)


def die():
    raise KeyboardInterrupt


@pytest.mark.usefixtures("impatient")
def test_what_a_publication_that_died_half_way_set_aside_is_put_back_by_the_next_reader(registry, folder, tmp_path):
    folder.rename(folder.with_name(".15m.old.1"))
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "hand-made"
    assert beside(folder) == []


@pytest.mark.usefixtures("impatient")
def test_a_publication_that_is_interrupted_half_way_leaves_the_old_model(registry, folder, tmp_path, monkeypatch):
    between_the_renames(folder, monkeypatch, die)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, "BTCUSDT", Timeframe.M15, model_version="retrained")
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "hand-made"
    assert beside(folder) == []


@pytest.mark.usefixtures("impatient")
def test_a_model_that_cannot_be_put_back_is_missing(registry, folder, monkeypatch):
    folder.rename(folder.with_name(".15m.old.1"))

    def refuse(*_):
        raise PermissionError(errno.EACCES, "read-only")

    monkeypatch.setattr(Path, "rename", refuse)
    assert registry.status("BTCUSDT", "15m").state == "missing"


def test_the_next_publication_clears_away_what_died_ones_left(registry, folder, tmp_path):
    folder.rename(folder.with_name(".15m.old.1"))
    names = (".15m.gone.2", ".15m.new.died", ".15m.new.lives", ".15m.new.just-begun")
    leftovers = [folder.with_name(name) for name in names]
    for leftover in leftovers:
        leftover.mkdir()
        (leftover / NETWORK_FILE).write_bytes(b"half")
        os.utime(leftover, None if leftover is leftovers[3] else (1e9, 1e9))
    folder.with_name(".15m.gone.3").write_bytes(b"what somebody had put in the place of a model")
    with held(leftovers[2]):
        publish(tmp_path, "BTCUSDT", Timeframe.M15, model_version="retrained")
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "retrained"
    assert beside(folder) == [".15m.new.just-begun", ".15m.new.lives"]


def test_a_publication_that_finds_no_room_leaves_the_old_model_and_nothing_else(registry, folder, tmp_path):
    for room in (0, 100, 1_000):
        with room_for(room), pytest.raises(CannotWrite, match=f"^{folder} cannot be written: File too large"):
            publish(tmp_path, "BTCUSDT", Timeframe.M15, model_version="retrained")
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "hand-made"
    assert beside(folder) == []


def test_a_file_in_the_place_of_a_coins_folder_is_said(tmp_path):
    (tmp_path / "BTCUSDT").write_bytes(b"")
    with pytest.raises(CannotWrite, match=r"BTCUSDT/15m cannot be written: (File exists|Not a directory)"):
        publish(tmp_path, "BTCUSDT", Timeframe.M15)
    assert [path.name for path in tmp_path.iterdir()] == ["BTCUSDT"]


@pytest.mark.parametrize("meets", ["another publication", "a reader"])
@pytest.mark.usefixtures("impatient")
def test_a_publication_that_is_overtaken_between_its_renames_goes_on(registry, folder, tmp_path, monkeypatch, meets):
    def overtake():
        if meets == "a reader":
            assert registry.load_metadata("BTCUSDT", "15m").model_version == "hand-made"
        else:
            publish(tmp_path, "BTCUSDT", Timeframe.M15, seed=1, model_version="faster")

    between_the_renames(folder, monkeypatch, overtake)
    publish(tmp_path, "BTCUSDT", Timeframe.M15, seed=2, model_version="slower")
    assert registry.load_metadata("BTCUSDT", "15m").model_version == "slower"
    assert beside(folder) == []


@pytest.mark.slow
def test_many_publications_of_one_model_at_once_leave_one_whole_model(registry, folder, tmp_path):
    def publish_again(n):
        return publish(tmp_path, "BTCUSDT", Timeframe.M15, seed=n, model_version=f"number {n}")

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(publish_again, range(16))) == {folder}
    assert registry.load_metadata("BTCUSDT", "15m").model_version.startswith("number")
    assert beside(folder) == []


def test_a_publication_that_is_refused_leaves_what_was_there(registry, folder, tmp_path):
    with pytest.raises(UnusableModel, match="temperature"):
        publish(tmp_path, "BTCUSDT", Timeframe.M15, temperature=-1.0)
    assert registry.is_model_available("BTCUSDT", "15m")
    assert beside(folder) == []


# ---------------------------------------------------------------- ensembles


@pytest.fixture
def ensemble(tmp_path):
    return publish_ensemble(tmp_path, "ETHUSDT", Timeframe.M15)


def test_an_ensemble_loads_with_its_trees_and_a_network_alone_without(registry, folder, ensemble):
    loaded = registry.get("ETHUSDT", "15m")
    assert (loaded.metrics.kind, loaded.metrics.network_share) == ("ensemble", 0.4)
    rows = np.ones((1, 15), dtype=np.float32)
    made = made_trees(rounds=20, leaves=8)
    np.testing.assert_array_equal(loaded.trees.timing.logits(rows), made.timing.logits(rows))
    np.testing.assert_array_equal(loaded.trees.side_logits(rows), made.side_logits(rows))
    assert registry.get("BTCUSDT", "15m").trees is None


def test_models_with_the_same_trees_share_them_in_memory_and_others_do_not(registry, ensemble, tmp_path):
    publish_ensemble(tmp_path, "SOLUSDT", Timeframe.M15, seed=1)
    publish_ensemble(tmp_path, "DOGEUSDT", Timeframe.M15, forest_seed=1)
    eth, sol, doge = (registry.get(symbol, "15m").trees for symbol in ("ETH", "SOL", "DOGE"))
    assert eth is sol
    assert eth is not doge


@pytest.mark.slow
def test_trees_that_no_model_has_any_more_leave_memory(registry, ensemble, tmp_path):
    before = weakref.ref(registry.get("ETHUSDT", "15m").trees)
    publish_ensemble(tmp_path, "ETHUSDT", Timeframe.M15, forest_seed=1)
    registry.get("ETHUSDT", "15m")
    gc.collect()
    assert before() is None


def test_a_publication_that_changes_the_kind_is_noticed(registry, ensemble, tmp_path):
    kinds = [registry.load_metadata("ETHUSDT", "15m").kind]
    publish(tmp_path, "ETHUSDT", Timeframe.M15)
    kinds.append(registry.load_metadata("ETHUSDT", "15m").kind)
    assert not (ensemble / TREES_FILE).exists()
    publish_ensemble(tmp_path, "ETHUSDT", Timeframe.M15)
    kinds.append(registry.load_metadata("ETHUSDT", "15m").kind)
    assert kinds == ["ensemble", "cnn_lstm", "ensemble"]


def test_trees_that_appear_change_or_vanish_are_noticed(registry, ensemble):
    assert registry.is_model_available("ETHUSDT", "15m")
    content = (ensemble / TREES_FILE).read_bytes()
    (ensemble / TREES_FILE).unlink()
    assert "boosted_trees.npz cannot be read: No such file" in reason_of_model(registry.status("ETHUSDT", "15m"))
    (ensemble / TREES_FILE).write_bytes(content[:-1])
    assert "boosted_trees.npz is not the file" in reason_of_model(registry.status("ETHUSDT", "15m"))
    (ensemble / TREES_FILE).write_bytes(content)
    assert registry.is_model_available("ETHUSDT", "15m")


@pytest.mark.parametrize("kind", ["cnn_lstm", "ensemble"])
def test_a_kind_and_trees_that_do_not_fit_are_not_published(tmp_path, kind):
    described = hand_made_models.metrics("BTCUSDT", Timeframe.M15, kind=kind, network_share=1.0 - (kind == "ensemble"))
    trees = None if kind == "ensemble" else made_trees(rounds=1)
    with pytest.raises(UnusableModel, match="sha256 names"):
        publish_model(
            *(
                tmp_path,
                Series("BTCUSDT", Timeframe.M15),
                hand_made_models.network(),
                hand_made_models.scaler(),
                hand_made_models.background(),
                described,
                trees,
            )
        )
    assert not ModelRegistry(tmp_path).is_model_available("BTCUSDT", "15m")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04junk", b"\x80\x04.", pickle.dumps([1, 2, 3])])
def test_trees_that_are_garbage_with_a_matching_checksum_make_one_model_unusable(registry, folder, ensemble, content):
    (ensemble / TREES_FILE).write_bytes(content)
    reseal(ensemble)
    status = registry.status("ETHUSDT", "15m")
    assert status.state == "unusable"
    assert "ETHUSDT/15m: boosted_trees.npz: The trees are no file of arrays" in reason_of_model(status)
    assert registry.available() == (("BTCUSDT", Timeframe.M15),)


@pytest.mark.parametrize(
    ("share", "side", "words"),
    [(1.0, made_forest(rounds=1), "tells of the side"), (0.5, None, "says nothing of the side")],
)
def test_trees_that_do_not_answer_what_the_metrics_say_are_refused(tmp_path, share, side, words):
    described = hand_made_models.metrics("BTCUSDT", Timeframe.M15, kind="ensemble", network_share=0.4, side_share=share)
    trees = BoostedTrees(made_forest(rounds=1), side)
    btc = Series("BTCUSDT", Timeframe.M15)
    publish_model(
        tmp_path,
        btc,
        hand_made_models.network(),
        hand_made_models.scaler(),
        hand_made_models.background(),
        described,
        trees,
    )
    assert words in str(ModelRegistry(tmp_path).find_all([btc])[btc])


def test_a_pickle_in_the_trees_is_not_run(registry, ensemble, tmp_path):
    target = tmp_path / "executed"
    with np.load(ensemble / TREES_FILE) as file:
        arrays = dict(file)
    arrays["timing_values"] = np.array([Hostile(target)] * len(arrays["timing_values"]), dtype=object)
    with (ensemble / TREES_FILE).open("wb") as file:
        np.savez(file, allow_pickle=True, **arrays)
    reseal(ensemble)
    assert "boosted_trees.npz: values" in reason_of_model(registry.status("ETHUSDT", "15m"))
    assert not target.exists()


# ---------------------------------------------------------------- what is missing or broken


def test_a_missing_model_names_the_path_and_the_command_that_trains_it(registry, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        registry.load_model("ETHUSDT", "1h")
    assert str(tmp_path / "ETHUSDT" / "1h") in str(error.value)
    assert "scripts/train_models.py" in str(error.value)
    assert registry.get_model_accuracy("ETHUSDT", "1h") is None
    assert registry.status("ETHUSDT", "1h").state == "missing"


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


WINDOWS = hand_made_models.background().astype(np.float16)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no array"),
        (b"\x80\x04.", "is no array"),
        (npy(WINDOWS.astype(np.float32)), "is float32 of shape"),
        (npy(WINDOWS.astype(">f2")), "expected float16"),
        (npy(WINDOWS[1:]), r"of shape \(15, 12, 15\); expected float16 of \(16, 12, 15\)"),
        (npy(np.where(WINDOWS > 1, np.float16(np.nan), WINDOWS)), "no number between -5 and 5"),
        (npy(WINDOWS * np.float16(9)), "no number between -5 and 5"),
        (npy(np.array([{}], dtype=object)), "the background promises"),
        (npy(WINDOWS)[:-2], "the background promises"),
    ],
)
def test_a_background_that_is_none_makes_one_model_unusable_by_what_is_wrong_with_it(
    registry, ensemble, folder, content, words
):
    (folder / BACKGROUND_FILE).write_bytes(content)
    reseal(folder)
    with pytest.raises(UnusableModel, match=rf"BTCUSDT/15m: {BACKGROUND_FILE}: the background.*"):
        registry.load_model("BTCUSDT", "15m")
    with pytest.raises(UnusableModel, match=words):
        registry.load_model("BTCUSDT", "15m")
    assert registry.available() == (("ETHUSDT", Timeframe.M15),)


def test_a_background_is_read_as_it_was_published_to_half_precision(registry, folder):
    read = registry.get("BTCUSDT", "15m").background
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, WINDOWS)


@pytest.mark.parametrize("name", [NETWORK_FILE, METRICS_FILE, BACKGROUND_FILE])
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


def test_a_truncated_file_is_refused_by_its_checksum(registry, folder):
    content = (folder / NETWORK_FILE).read_bytes()
    (folder / NETWORK_FILE).write_bytes(content[: len(content) // 2])
    with pytest.raises(UnusableModel, match=f"BTCUSDT/15m: {NETWORK_FILE} is not the file metrics.json describes"):
        registry.load_model("BTCUSDT", "15m")


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"PK\x03\x04junk", b"\x00" * 100])
def test_garbage_with_a_matching_checksum_is_refused_too(registry, folder, content):
    (folder / NETWORK_FILE).write_bytes(content)
    reseal(folder)
    with pytest.raises(UnusableModel, match=NETWORK_FILE):
        registry.load_model("BTCUSDT", "15m")


class Hostile:
    """Writes a file when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


def test_nothing_in_hostile_weights_is_executed(registry, folder, tmp_path):
    target = tmp_path / "executed"
    torch.save({"dimensions": {}, "weights": Hostile(target)}, folder / NETWORK_FILE)
    reseal(folder)
    status = registry.status("BTCUSDT", "15m")
    assert status.state == "unusable"
    assert "BTCUSDT/15m" in reason_of_model(status)
    assert not target.exists()


# ---------------------------------------------------------------- scaling


def hostile_scalers(target):
    """Contents of scaler.pkl that run code, crash numpy's own readers or are simply not one."""
    scaler = StandardScaler()
    scaler.mean_ = np.array([Hostile(target)], dtype=object)
    state = pickle.dumps(np.dtype("<f8")).replace(b"<", b"|")  # a state that numpy's dtype was not made for
    return [pickle.dumps(Hostile(target)), pickle.dumps(scaler), state, b"", b"\x80\x04.", b"\x00" * 100]


def test_no_scaler_pkl_takes_a_model_down_or_is_run_and_neither_does_its_absence(registry, folder, tmp_path):
    target = tmp_path / "executed"
    for content in hostile_scalers(target):
        (folder / SCALER_FILE).write_bytes(content)
        registry.clear_cache()
        assert registry.load_scaler("BTCUSDT", "15m").mean_.tolist() == [0.0] * 15
    (folder / SCALER_FILE).unlink()
    registry.clear_cache()
    assert registry.is_model_available("BTCUSDT", "15m")
    assert not target.exists()


def test_the_scaler_stands_in_metrics_json_to_the_last_digit_and_in_scaler_pkl_for_the_first_designs_readers(
    registry, tmp_path
):
    fitted = StandardScaler().fit(np.random.default_rng(0).normal(size=(99, 15)))
    described = hand_made_models.metrics("ETHUSDT", Timeframe.M15)
    folder = publish_model(
        tmp_path,
        Series("ETHUSDT", Timeframe.M15),
        hand_made_models.network(),
        fitted,
        hand_made_models.background(),
        described,
        None,
    )
    loaded, kept = registry.load_scaler("ETHUSDT", "15m"), joblib.load(folder / SCALER_FILE)
    rows = np.random.default_rng(1).normal(size=(5, 15))
    np.testing.assert_array_equal(loaded.transform(rows), fitted.transform(rows))
    np.testing.assert_array_equal(kept.transform(rows), fitted.transform(rows))
    np.testing.assert_array_equal(loaded.inverse_transform(rows), fitted.inverse_transform(rows))
    np.testing.assert_allclose(loaded.var_, fitted.var_)
    assert loaded.n_features_in_ == 15
    assert loaded.n_samples_seen_ == 366 * 96 - 95  # the training period of a hand-made model


def test_whoever_changes_a_scaler_changes_no_model(registry, folder):
    registry.load_scaler("BTCUSDT", "15m").mean_[:] = 9
    assert registry.load_scaler("BTCUSDT", "15m").mean_.tolist() == [0.0] * 15


@pytest.mark.parametrize("name", ["mean", "scale"])
@pytest.mark.parametrize(
    "value", [None, "abc", {}, [], [1.0] * 14, [1.0] * 16, ["1"] * 15, [math.nan] * 15, [1e300] * 15, [[1.0]] * 15]
)
def test_means_and_scales_that_no_feature_has_make_one_model_unusable(registry, folder, tmp_path, name, value):
    publish(tmp_path, "ETHUSDT", Timeframe.M15)
    metrics = json.loads((folder / METRICS_FILE).read_text())
    metrics["scaling"][name] = value
    (folder / METRICS_FILE).write_text(json.dumps(metrics))
    assert f"'scaling.{name}" in reason_of_model(registry.status("BTCUSDT", "15m"))
    assert registry.available() == (("ETHUSDT", Timeframe.M15),)


@pytest.mark.parametrize("scale", [0.0, -1.0, 1e-300])
def test_a_scale_that_would_overflow_is_refused(registry, folder, scale):
    metrics = json.loads((folder / METRICS_FILE).read_text())
    metrics["scaling"]["scale"][3] = scale
    (folder / METRICS_FILE).write_text(json.dumps(metrics))
    with pytest.raises(UnusableModel, match=r"'scaling\.scale\.3'"):
        registry.load_model("BTCUSDT", "15m")


# ---------------------------------------------------------------- what is in the files


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


@pytest.mark.parametrize("symbol", ["../../etc", "A/B", "..", "BTC\x00", "BTC$"])
def test_a_symbol_cannot_lead_out_of_the_models_folder(registry, symbol):
    assert registry.status(symbol, "15m").state == "unusable"


def test_an_unknown_timeframe_lists_the_choices(registry):
    with pytest.raises(UnknownTimeframe, match="15m, 1h, 4h, 1d"):
        registry.load_model("BTCUSDT", "15min")


def test_metrics_that_break_the_contract_are_not_published(tmp_path):
    with pytest.raises(UnusableModel, match="temperature"):
        publish(tmp_path, "BTCUSDT", Timeframe.M15, temperature=-1.0)
    assert not ModelRegistry(tmp_path).is_model_available("BTCUSDT", "15m")
