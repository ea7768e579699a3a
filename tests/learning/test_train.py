from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.learning import sources, train
from core.learning.assessment.checks import shuffled_verdict
from core.learning.assessment.comparison import summarise, summary_table
from core.learning.coin_model import predictions_path, saved_predictions
from core.learning.datasets import DIMENSIONS, dataset_path, read_parquet, shipped_fold, with_shuffled_labels
from core.learning.recipes import RECIPES, NetworkRecipe, TreesRecipe
from core.learning.train import TrainingOrder, train_models
from core.learning.windows import windows_of
from core.market.candle_files import CandleStore
from core.market.candles import open_times_ms
from core.model.features import FEATURES
from core.model.registry import ModelRegistry
from tests.made_candles import START_MS, make_candles, write_coins

M15, H1, H4, D1 = Timeframe.M15, Timeframe.H1, Timeframe.H4, Timeframe.D1
QUICK = NetworkRecipe(steps=4, batch=32, learning_rate=3e-3, dropout=0.1, noise=0.1, weight_decay=0.05, check_every=2)
FEW_TREES = TreesRecipe(rounds=4, side_rounds=4)
QUICK_RECIPES = {
    timeframe: replace(recipe, network=QUICK, trees=FEW_TREES, until="test") for timeframe, recipe in RECIPES.items()
}
COINS = {"AAAUSDT": 1000, "BBBUSDT": 1000, "NEWUSDT": 400}
"""NEWUSDT has a year less history than the others and cannot have a model."""


def order(tmp: Path, candles: Path, **changes: object) -> TrainingOrder:
    return replace(
        TrainingOrder(
            candles=candles,
            symbols=("AAAUSDT", "BBBUSDT"),
            timeframes=(M15,),
            models=tmp / "models",
            datasets=tmp / "datasets",
            now=datetime(2027, 1, 1, tzinfo=UTC),
            quiet=True,
            recipes=QUICK_RECIPES,
        ),
        **changes,
    )


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("candles") / "made-up-market"
    write_coins(folder, {"AAAUSDT": 1000, "BBBUSDT": 1000}, M15)
    late = START_MS + 600 * M15.milliseconds
    return write_coins(folder, {"NEWUSDT": 400}, M15, start_ms=late, first_seed=9)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, candles: Path) -> TrainingOrder:
    done = order(tmp_path_factory.mktemp("trained"), candles, symbols=tuple(COINS))
    report = train_models(done)
    assert report.trained == [("AAAUSDT", M15), ("BBBUSDT", M15)]
    assert report.failed == {}
    assert list(report.too_little_history) == [("NEWUSDT", M15)]
    return done


def test_models_are_published_as_the_registry_wants_them(trained: TrainingOrder) -> None:
    registry = ModelRegistry(trained.models)
    assert registry.available() == (("AAAUSDT", M15), ("BBBUSDT", M15))
    metrics = registry.load_metadata("AAAUSDT", M15)
    assert metrics.market == "made-up-market"
    assert metrics.window == DIMENSIONS.window
    assert metrics.features == list(FEATURES)
    assert metrics.model_version.startswith("20270101-")
    assert metrics.periods.train.to < metrics.periods.validation.from_ < metrics.periods.test.from_
    assert metrics.time_to_target_minutes.LONG is not None
    assert 15 <= metrics.time_to_target_minutes.LONG.median <= 16 * 15
    assert metrics.test is not None
    assert metrics.test.move is not None and metrics.test.move.n == metrics.test.n
    assert metrics.test.side is not None and metrics.test.side.n < metrics.test.n


def test_each_coin_has_its_own_last_layer_on_the_shared_network(trained: TrainingOrder) -> None:
    registry = ModelRegistry(trained.models)
    one, other = (registry.load_model(symbol, M15) for symbol in ("AAA", "BBB"))
    assert np.array_equal(one.conv1.weight, other.conv1.weight)
    assert not np.array_equal(one.out.weight, other.out.weight)


def test_a_model_keeps_training_windows_as_the_background_of_its_explanations(trained: TrainingOrder) -> None:
    model = ModelRegistry(trained.models).get("AAA", M15)
    dataset = read_parquet(dataset_path(trained.datasets, "AAAUSDT", M15))
    learned = windows_of([dataset], ["train"], model.scaling).take(slice(None)).astype(np.float16)
    assert all((learned == window).all(axis=(1, 2)).sum() == 1 for window in model.background)


def test_the_saved_test_predictions_are_those_the_metrics_count(trained: TrainingOrder) -> None:
    predicted = pd.read_parquet(predictions_path(trained.datasets, "AAAUSDT", M15))
    metrics = ModelRegistry(trained.models).load_metadata("AAAUSDT", M15).test
    assert metrics is not None
    assert len(predicted) == metrics.n
    hits = predicted[["SHORT", "NO_TRADE", "LONG"]].to_numpy().argmax(axis=1) == predicted["label"]
    assert hits.mean() == pytest.approx(metrics.accuracy, abs=1e-6)


def test_the_summary_speaks_of_the_models_there_are(trained: TrainingOrder) -> None:
    summary = summarise(trained.models, trained.datasets, trained.symbols, M15)
    assert summary is not None
    assert list(summary.judgement.coins) == ["AAAUSDT", "BBBUSDT"]
    low, high = summary.judgement.skills()["skill_interval"]
    assert low <= summary.judgement.skills()["skill"] <= high
    assert " ".join(summary_table([summary]).splitlines()[1].split()[:3]) == "15m 2 2"
    assert summarise(trained.models, trained.datasets, trained.symbols, H4) is None


def test_trees_stand_beside_the_networks_unless_validation_clearly_objects(
    trained: TrainingOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = ModelRegistry(trained.models).get("AAA", M15)
    monkeypatch.setattr("core.learning.train.choose_ensemble", lambda *_: None)
    run = replace(trained, models=tmp_path / "models", datasets=tmp_path / "datasets", symbols=("AAAUSDT",))
    shutil.copytree(trained.datasets, run.datasets)
    assert len(train_models(run).trained) == 1
    alone = ModelRegistry(run.models).get("AAA", M15)
    assert (alone.metrics.kind, alone.trees, alone.metrics.network_share) == ("cnn_lstm", None, 1)
    assert pair.metrics.kind == "ensemble"
    assert pair.metrics.network_share < 1
    assert pair.metrics.side_share < 1
    assert pair.trees is not None
    assert pair.version != alone.version
    assert np.array_equal(pair.network.out.weight, alone.network.out.weight)
    for order, model in ((trained, pair), (run, alone)):
        predicted = pd.read_parquet(predictions_path(order.datasets, "AAAUSDT", M15))
        p = predicted[["SHORT", "NO_TRADE", "LONG"]].to_numpy()[np.arange(len(predicted)), predicted["label"]]
        assert model.metrics.test is not None
        assert -np.log(p).mean() == pytest.approx(model.metrics.test.log_loss, abs=1e-5)


# ---------------------------------------------------------------- trained on until the end


@pytest.fixture(scope="module")
def until_end(trained: TrainingOrder, tmp_path_factory: pytest.TempPathFactory) -> TrainingOrder:
    """The order of ``trained``, whose models are published once more, trained on until the end of all candles."""
    folder = tmp_path_factory.mktemp("until the end")
    shutil.copytree(trained.datasets, folder / "datasets")
    run = replace(trained, models=folder / "models", datasets=folder / "datasets", symbols=("AAAUSDT",), until="end")
    assert train_models(run).trained == [("AAAUSDT", M15)]
    return run


def test_a_model_that_is_trained_on_tells_the_figures_of_the_one_that_was_tested(
    trained: TrainingOrder, until_end: TrainingOrder
) -> None:
    tested, later = (ModelRegistry(run.models).load_metadata("AAA", M15) for run in (trained, until_end))
    assert later.tested_as is not None
    assert tested.tested_as is None
    assert later.tested_version == tested.model_version != later.model_version
    assert later.tested_periods == tested.periods
    assert later.test == tested.test
    assert later.periods.test is None
    assert later.periods.train.to > tested.periods.train.to
    backgrounds = [ModelRegistry(run.models).get("AAA", M15).background for run in (trained, until_end)]
    assert not np.array_equal(*backgrounds), "each compares with what it has learned from"
    assert later.periods.validation.to > tested.periods.validation.to
    last = later.test_period.to
    assert later.periods.validation.to == last, "nothing is left to learn from"


def test_the_saved_predictions_of_a_model_that_was_trained_on_are_those_of_its_test(
    trained: TrainingOrder, until_end: TrainingOrder
) -> None:
    metrics = ModelRegistry(until_end.models).load_metadata("AAA", M15)
    one, other = (saved_predictions(run.datasets, metrics) for run in (trained, until_end))
    assert one is not None
    assert other is not None
    pd.testing.assert_frame_equal(one, other)


def test_the_summary_measures_a_model_that_was_trained_on_against_what_was_known_before_its_test(
    until_end: TrainingOrder,
) -> None:
    """The class frequencies of all candles know the test period's."""
    summary = summarise(until_end.models, until_end.datasets, until_end.symbols, M15)
    test = ModelRegistry(until_end.models).load_metadata("AAA", M15).test
    assert summary is not None
    assert test is not None
    assert summary.judgement.skills()["skill"] == pytest.approx(test.skill, abs=1e-5)


def test_what_was_tested_and_is_lost_is_said_and_not_made_up_from_what_knows_the_answers(
    until_end: TrainingOrder, tmp_path: Path
) -> None:
    report = train_models(replace(until_end, datasets=tmp_path))
    assert "trained on after its test" in report.not_in_table["AAAUSDT", M15]


def test_a_coin_that_ended_before_the_last_validation_period_keeps_its_tested_model(
    candles: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(candles, tmp_path / "candles")
    store = CandleStore(folder)
    gone = store.read("BBBUSDT", M15)
    store.write("BBBUSDT", M15, gone.iloc[:827])
    run = order(tmp_path, folder, symbols=("AAAUSDT", "BBBUSDT"), until="end")
    assert len(train_models(run).trained) == 2
    one, ended = (ModelRegistry(run.models).load_metadata(symbol, M15) for symbol in ("AAA", "BBB"))
    assert one.tested_as is not None
    assert ended.tested_as is None
    assert ended.periods.test is not None


def test_trees_that_fail_take_their_timeframe_with_them_and_the_reason_is_told(
    candles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("core.learning.experiment._learn_trees", fails)
    report = train_models(order(tmp_path, candles, symbols=("AAAUSDT",)))
    assert report.failed == {("AAAUSDT", M15): "the trees all coins share failed: no space left"}


def test_a_second_run_leaves_everything_as_it_is(trained: TrainingOrder) -> None:
    before = {p: p.stat().st_mtime_ns for p in trained.models.rglob("*") if p.is_file()}
    report = train_models(trained)
    assert report.trained == []
    assert report.kept == [("AAAUSDT", M15), ("BBBUSDT", M15)]
    assert {p: p.stat().st_mtime_ns for p in trained.models.rglob("*") if p.is_file()} == before


def test_an_interrupted_run_goes_on_where_it_stopped(
    trained: TrainingOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in trained.kept.folder.iterdir()}
    assert len(before) == 2
    monkeypatch.setattr("core.learning.experiment.learn", _must_not_run)
    report = train_models(replace(trained, models=tmp_path / "models", symbols=("BBBUSDT",)))
    assert report.trained == [("BBBUSDT", M15)]
    assert {path: path.read_bytes() for path in trained.kept.folder.iterdir()} == before
    again = ModelRegistry(tmp_path / "models").load_metadata("BBBUSDT", M15)
    assert again == ModelRegistry(trained.models).load_metadata("BBBUSDT", M15)


def _must_not_run(*_: object) -> None:
    raise AssertionError("what coins share was there already")


def test_force_trains_anew_and_another_seed_makes_another_network(trained: TrainingOrder, tmp_path: Path) -> None:
    for name in ("models", "datasets"):
        shutil.copytree(getattr(trained, name), tmp_path / name)
    there = replace(trained, models=tmp_path / "models", datasets=tmp_path / "datasets", seed=3)
    again = train_models(replace(there, force=True))
    assert len(again.trained) == 2
    two, three = (ModelRegistry(folder).load_model("AAA", M15) for folder in (trained.models, there.models))
    assert not np.array_equal(two.conv1.weight, three.conv1.weight)


def test_a_coin_with_broken_candles_fails_alone_and_with_its_reason(candles: Path, tmp_path: Path) -> None:
    folder = tmp_path / "candles"
    for symbol in ("AAAUSDT", "BBBUSDT"):
        CandleStore(folder).write(symbol, M15, CandleStore(candles).read(symbol, M15))
    CandleStore(folder).path("BBBUSDT", M15).write_bytes(b"not parquet")
    report = train_models(order(tmp_path, folder, symbols=("AAAUSDT", "BBBUSDT", "CCCUSDT")))
    assert report.trained == [("AAAUSDT", M15)]
    assert "BBBUSDT/15m.parquet" in report.failed["BBBUSDT", M15]
    assert "No candles at" in report.failed["CCCUSDT", M15]


def test_a_coin_that_fails_while_it_is_trained_does_not_stop_the_others(
    candles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = train.make_coin_model

    def fails_for_one(series: Series, *rest: Any) -> None:
        if series.symbol == "AAAUSDT":
            raise RuntimeError("out of luck")
        real(series, *rest)

    monkeypatch.setattr(train, "make_coin_model", fails_for_one)
    report = train_models(order(tmp_path, candles))
    assert report.failed == {("AAAUSDT", M15): "unexpected RuntimeError: out of luck"}
    assert report.trained == [("BBBUSDT", M15)]


def test_one_coin_alone_is_enough(tmp_path: Path) -> None:
    folder = write_coins(tmp_path / "mine", {"MYUSDT": 1000}, M15)
    report = train_models(order(tmp_path, folder, symbols=("MYUSDT",)))
    assert report.trained == [("MYUSDT", M15)]


def test_days_learn_on_4h_candles_where_there_are_any_and_on_their_own_otherwise(tmp_path: Path) -> None:
    folder = write_coins(tmp_path / "both", {"AAAUSDT": 1000}, D1)
    alone = train_models(order(tmp_path / "alone", folder, symbols=("AAAUSDT",), timeframes=(D1,)))
    write_coins(folder, {"AAAUSDT": 2000}, H4)
    helped = train_models(order(tmp_path / "helped", folder, symbols=("AAAUSDT",), timeframes=(D1,)))
    assert alone.trained == helped.trained == [("AAAUSDT", D1)]
    assert ModelRegistry(tmp_path / "helped" / "models").available() == (("AAAUSDT", D1),)
    both = train_models(order(tmp_path / "helped", folder, symbols=("AAAUSDT",), timeframes=(H4, D1)))
    assert (both.trained, both.kept) == ([("AAAUSDT", H4)], [("AAAUSDT", D1)])


def test_spot_history_past_the_cut_changes_nothing(candles: Path, tmp_path: Path) -> None:
    """Two spot markets that agree until the test period begins, and on nothing after it."""
    early = START_MS - 1000 * M15.milliseconds
    spot = write_coins(tmp_path / "spot", {"AAAUSDT": 2500}, M15, start_ms=early, first_seed=4)
    other = CandleStore(spot).read("AAAUSDT", M15)
    cut = pd.read_parquet(_dataset_of(candles, tmp_path), columns=["open_time", "split"])
    first_test = cut.loc[cut["split"] == "test", "open_time"].iloc[0]
    after = (other["open_time"] >= first_test).to_numpy()
    other.loc[after, ["open", "high", "low", "close"]] *= np.linspace(1, 9, after.sum())[:, None]
    other.loc[after, "volume"] = 1.0
    CandleStore(tmp_path / "other").write("AAAUSDT", M15, other)

    networks = []
    for folder in (spot, tmp_path / "other"):
        run = order(tmp_path / folder.name, candles, spot_candles=folder, symbols=("AAAUSDT",))
        train_models(run)
        networks.append(ModelRegistry(run.models).get("AAA", M15))
    assert networks[0].version == networks[1].version
    without = ModelRegistry(tmp_path / "plain" / "models").get("AAA", M15)
    assert without.version != networks[0].version


def test_spot_candles_that_cannot_be_read_are_left_out_and_named(candles: Path, tmp_path: Path) -> None:
    spot = write_coins(tmp_path / "spot", {"AAAUSDT": 600, "BBBUSDT": 600}, M15)
    CandleStore(spot).path("BBBUSDT", M15).write_bytes(b"torn")
    report = train_models(order(tmp_path, candles, spot_candles=spot, symbols=("BBBUSDT",)))
    assert report.trained == [("BBBUSDT", M15)]
    assert "spot/BBBUSDT/15m.parquet" in report.left_out["BBBUSDT 15m"]


SHORTER_HISTORY = make_candles(3000, H4, start_ms=START_MS + 500 * D1.milliseconds)
"""Models of 4h itself would be cut later than those of 1d."""


@pytest.mark.parametrize(
    ("timeframe", "besides", "candles"),
    [(D1, H4, SHORTER_HISTORY), (H4, H1, make_candles(4000, H1))],
    ids=["1d from 4h candles", "4h from shifted candles"],
)
def test_what_a_timeframe_learns_from_besides_ends_at_its_own_cut(
    tmp_path: Path, timeframe: Timeframe, besides: Timeframe, candles: pd.DataFrame
) -> None:
    held_out = RECIPES[timeframe].held_out
    cut = shipped_fold(START_MS, START_MS + 999 * timeframe.milliseconds, timeframe, held_out).test
    versions = {}
    for name, changed_from, changed_to in (("as it is", 0, 0), ("after", cut, 1 << 62), ("before", 0, cut)):
        folder = write_coins(tmp_path / name / "candles", {"AAAUSDT": 1000}, timeframe)
        changed, times = candles.copy(), open_times_ms(candles)
        rows = (times >= changed_from) & (times < changed_to)
        changed.loc[rows, "volume"] *= np.linspace(1, 9, rows.sum())
        CandleStore(folder).write("AAAUSDT", besides, changed)
        run = order(tmp_path / name, folder, symbols=("AAAUSDT",), timeframes=(timeframe,))
        train_models(run)
        versions[name] = ModelRegistry(run.models).get("AAA", timeframe).version
    assert versions["after"] == versions["as it is"]
    assert versions["before"] != versions["as it is"]


def test_what_other_code_has_made_is_made_anew(
    trained: TrainingOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise OSError("begun anew")

    monkeypatch.setattr("core.learning.kept.code_fingerprint", lambda module: "other code")
    monkeypatch.setattr("core.learning.experiment.learn", stop)
    report = train_models(replace(trained, models=tmp_path / "models", symbols=("BBBUSDT",)))
    assert report.failed == {("BBBUSDT", M15): "the network all coins share failed: begun anew"}


def test_shared_files_that_cannot_be_read_back_fail_their_timeframe_with_the_reason(
    trained: TrainingOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: object) -> None:
        raise OSError("half a file")

    monkeypatch.setattr(train, "read_learned", torn)
    report = train_models(replace(trained, models=tmp_path / "models", symbols=("BBBUSDT",)))
    assert "cannot be read back" in report.failed["BBBUSDT", M15]
    assert report.failed["BBBUSDT", M15].endswith("half a file")


def _dataset_of(candles: Path, tmp_path: Path) -> Path:
    plain = order(tmp_path / "plain", candles, symbols=("AAAUSDT",))
    train_models(plain)
    return dataset_path(plain.datasets, "AAAUSDT", M15)


def test_shuffled_labels_teach_nothing(candles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If skill survived this, some feature would be reading the answer."""
    real = sources.build_dataset

    def shuffled(candles: pd.DataFrame, *rest: Any) -> pd.DataFrame:
        """Another order for each coin, and the same whenever its dataset is built."""
        dataset = with_shuffled_labels(real(candles, *rest), np.random.default_rng(int(candles["volume"].sum())))
        return dataset.assign(candles_to_barrier=np.int16(1))  # it belonged to the label

    monkeypatch.setattr(sources, "build_dataset", shuffled)
    run = order(tmp_path, candles)
    train_models(run)
    predicted = [
        pd.read_parquet(predictions_path(run.datasets, symbol, M15)).assign(symbol=symbol) for symbol in run.symbols
    ]
    assert "not above zero, as it must be" in shuffled_verdict(pd.concat(predicted))


def test_metrics_json_is_short_plain_json(trained: TrainingOrder) -> None:
    text = (trained.models / "AAAUSDT" / "15m" / "metrics.json").read_text()
    assert len(text) < 13_000
    assert set(json.loads(text)["test"]) >= {"n", "accuracy", "majority_accuracy", "skill", "timing_skill", "ece"}


def test_made_candles_have_a_season_to_learn() -> None:
    candles = make_candles(96 * 4)
    spread = (candles["high"] / candles["low"] - 1).to_numpy().reshape(-1, 96).mean(axis=0)
    assert spread[52:60].mean() > 2 * spread[:16].mean()
