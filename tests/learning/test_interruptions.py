"""Full disks, foreign folders, kills and second runs: training ends in a sentence, and the next run goes on from there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from core.disk import DiskFull, FolderInUse, only_writer
from core.domain import Series, Timeframe
from core.learning.assessment.comparison import summarise
from core.learning.coin_model import predictions_path, saved_predictions
from core.learning.train import TrainingOrder, train_models
from core.market.candle_files import CandleStore
from core.model.registry import ModelRegistry
from scripts import evaluate_models
from scripts import train_models as train_models_script
from tests.full_disk import full_disk, left_aside, room_for
from tests.learning.test_train import QUICK_RECIPES, order
from tests.made_candles import make_candles, write_coins

M15 = Timeframe.M15
AAA, BBB = Series("AAAUSDT", M15), Series("BBBUSDT", M15)


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coins(tmp_path_factory.mktemp("candles") / "made-up-market", {"AAAUSDT": 1000, "BBBUSDT": 1000}, M15)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, candles: Path) -> TrainingOrder:
    done = order(tmp_path_factory.mktemp("once"), candles)
    assert train_models(done).trained == [AAA, BBB]
    return done


@pytest.fixture
def trained(once: TrainingOrder, tmp_path: Path) -> TrainingOrder:
    """An order that has been carried out, in folders of the test's own."""
    for name in ("models", "datasets"):
        shutil.copytree(getattr(once, name), tmp_path / name)
    return replace(once, models=tmp_path / "models", datasets=tmp_path / "datasets")


# ---------------------------------------------------------------- disks and folders


def test_a_disk_that_is_full_before_any_work_ends_it(candles: Path, tmp_path: Path) -> None:
    with (
        full_disk(tmp_path),
        pytest.raises(DiskFull, match=r"15m_dataset\.parquet cannot be written: the disk is full"),
    ):
        train_models(order(tmp_path, candles))
    assert left_aside(tmp_path) == []


def test_a_disk_that_fills_up_is_the_one_reason_of_all_that_is_left(candles: Path, tmp_path: Path) -> None:
    with full_disk(tmp_path / "datasets" / "kept"):
        report = train_models(order(tmp_path, candles))
    (reason,) = set(report.failed.values())
    assert list(report.failed) == [AAA, BBB]
    assert reason.startswith(f"the network all coins share failed: {tmp_path}/datasets/kept/15m-fold5-network-")
    assert reason.endswith("cannot be written: the disk is full. Free some space and try again.")
    assert left_aside(tmp_path) == []


def test_a_file_that_cannot_be_written_fails_its_own_coin(trained: TrainingOrder) -> None:
    shutil.rmtree(trained.models)
    shutil.rmtree(trained.datasets / "AAAUSDT")
    (trained.datasets / "AAAUSDT").write_bytes(b"in the way")
    trained.models.mkdir()
    report = train_models(trained)
    assert report.trained == [BBB]
    assert report.failed == {AAA: f"{trained.datasets}/AAAUSDT/15m_dataset.parquet cannot be written: File exists."}


def test_a_model_that_cannot_be_published_fails_alone_and_the_next_run_makes_it(trained: TrainingOrder) -> None:
    shutil.rmtree(trained.models)
    trained.models.mkdir()
    (trained.models / "AAAUSDT").write_bytes(b"in the way")
    report = train_models(trained)
    assert report.trained == [BBB]
    assert report.failed[AAA].startswith(f"{trained.models}/AAAUSDT/15m cannot be written: ")
    (trained.models / "AAAUSDT").unlink()
    again = train_models(trained)
    assert (again.trained, again.kept, again.failed) == ([AAA], [BBB], {})
    assert left_aside(trained.models) == left_aside(trained.datasets) == []


def test_files_that_have_no_room_are_reasons_and_nothing_of_them_is_left(trained: TrainingOrder) -> None:
    shutil.rmtree(trained.models)
    with room_for(2_000):
        report = train_models(trained)
    assert all(reason.endswith("cannot be written: File too large.") for reason in report.failed.values())
    assert list(report.failed) == [AAA, BBB]
    assert left_aside(trained.models) == left_aside(trained.datasets) == []


COMMANDS = [train_models_script.main, evaluate_models.main]


def arguments(done: TrainingOrder) -> list[str]:
    folders = {"--candles": done.candles, "--models": done.models, "--datasets": done.datasets}
    return [text for name, folder in folders.items() for text in (name, str(folder))] + ["--timeframes", "15m"]


@pytest.mark.parametrize("command", COMMANDS, ids=["training", "evaluation"])
def test_a_folder_that_cannot_be_written_ends_a_command_with_one_sentence(
    once: TrainingOrder, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: Callable[[list[str]], int]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert command(arguments(replace(once, datasets=tmp_path / "file"))) == 1
    assert capsys.readouterr().err == f"{tmp_path}/file cannot be written: File exists.\n"


@pytest.mark.parametrize("command", COMMANDS, ids=["training", "evaluation"])
def test_a_second_command_into_the_same_folder_says_so_and_ends(
    once: TrainingOrder, capsys: pytest.CaptureFixture[str], command: Callable[[list[str]], int]
) -> None:
    with only_writer(once.datasets, "A training"):
        assert command(arguments(once)) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"A training (process {os.getpid()} on ")
    assert f"writes into {once.datasets}. Wait for its end" in error
    assert error.count("\n") == 1
    assert left_aside(once.datasets) == left_aside(once.models) == []


def test_two_trainings_that_publish_into_one_folder_are_not_at_once(once: TrainingOrder, tmp_path: Path) -> None:
    with only_writer(once.models, "A training"), pytest.raises(FolderInUse):
        train_models(replace(once, datasets=tmp_path))


def test_somebody_who_stops_a_training_is_told_that_what_is_done_is_kept(
    once: TrainingOrder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train_models_script, "train_models", stop)
    assert train_models_script.main(arguments(once)) == 130
    assert capsys.readouterr().err == "\nStopped. What is done is kept; run the same command to go on.\n"


# ---------------------------------------------------------------- a model and what it predicts


def coins_in_the_table(trained: TrainingOrder) -> list[str]:
    summary = summarise(trained.models, trained.datasets, trained.symbols, M15)
    return [] if summary is None else list(summary.judgement.coins)


def test_a_kill_between_predictions_and_model_costs_no_coin_of_the_table(
    trained: TrainingOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(trained.models / "AAAUSDT")
    predictions_path(trained.datasets, *AAA).unlink()
    with monkeypatch.context() as patch:
        patch.setattr("core.learning.coin_model.publish_model", _killed)
        with pytest.raises(KeyboardInterrupt):
            train_models(trained)
    assert predictions_path(trained.datasets, *AAA).is_file()
    assert coins_in_the_table(trained) == ["BBBUSDT"]
    assert train_models(trained).trained == [AAA]
    assert coins_in_the_table(trained) == ["AAAUSDT", "BBBUSDT"]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("harm", ["gone", "torn", "another model's", "of before they were paired"])
def test_predictions_that_are_not_the_published_models_are_made_again(
    trained: TrainingOrder, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    path = predictions_path(trained.datasets, *AAA)
    before = pd.read_parquet(path)
    _harm(path, harm)
    assert coins_in_the_table(trained) == ["BBBUSDT"]
    models = {file: file.read_bytes() for file in trained.models.rglob("*") if file.is_file()}
    monkeypatch.setattr("core.learning.experiment.learn", _killed)
    report = train_models(trained)
    assert (report.kept, report.trained, report.not_in_table) == ([AAA, BBB], [], {})
    assert {file: file.read_bytes() for file in trained.models.rglob("*") if file.is_file()} == models
    assert coins_in_the_table(trained) == ["AAAUSDT", "BBBUSDT"]
    pd.testing.assert_frame_equal(pd.read_parquet(path), before, rtol=1e-4)


def _harm(path: Path, harm: str) -> None:
    predictions = pd.read_parquet(path)
    if harm == "gone":
        path.unlink()
    elif harm == "torn":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        predictions.attrs = {"model_version": "20250101-00000000"} if harm == "another model's" else {}
        predictions.to_parquet(path, index=False)


def test_predictions_of_candles_that_are_gone_stay_lost_and_the_table_says_so(
    trained: TrainingOrder, tmp_path: Path
) -> None:
    shutil.rmtree(trained.datasets)
    others = write_coins(tmp_path / "other market", {"AAAUSDT": 700}, M15)
    report = train_models(replace(trained, candles=others))
    assert report.kept == [AAA, BBB]
    assert (
        report.not_in_table[AAA]
        == "its candles are not those that it was tested on, so what it predicted of them is lost"
    )
    assert "No candles at" in report.not_in_table[BBB]
    assert coins_in_the_table(trained) == []


def test_predictions_are_those_of_the_version_they_name(trained: TrainingOrder) -> None:
    metrics = ModelRegistry(trained.models).load_metadata(*AAA)
    assert saved_predictions(trained.datasets, metrics) is not None
    other = metrics.model_copy(update={"model_version": "20250101-00000000"})
    assert saved_predictions(trained.datasets, other) is None


# ---------------------------------------------------------------- candles that cannot be read


def pipe(folder: Path) -> str:
    path = CandleStore(folder).path("BADUSDT", M15)
    path.parent.mkdir()
    os.mkfifo(path)
    return "15m.parquet"


def torn_link(folder: Path) -> str:
    path = CandleStore(folder).path("BADUSDT", M15)
    path.parent.mkdir()
    path.symlink_to("nowhere")
    return "15m.parquet"


def folder_in_its_place(folder: Path) -> str:
    CandleStore(folder).path("BADUSDT", M15).mkdir(parents=True)
    return "15m.parquet"


def no_parquet(folder: Path) -> str:
    path = CandleStore(folder).path("BADUSDT", M15)
    path.parent.mkdir()
    path.write_bytes(b"PAR1 torn PAR1")
    return "15m.parquet"


def no_candle(folder: Path) -> str:
    CandleStore(folder).write("BADUSDT", M15, make_candles(2, M15).iloc[:0])
    return "15m.parquet"


def candle_of_2150(folder: Path) -> str:
    far = make_candles(1000, M15)
    last = pd.DataFrame(far.iloc[-1:])
    far = pd.concat([far, last.assign(open_time=pd.to_datetime(["2150-01-01"], utc=True).as_unit("ms"))])
    CandleStore(folder).write("BADUSDT", M15, far.reset_index(drop=True))
    return "The candle of 2150-01-01 00:00 UTC is one of the future, by this machine's clock it is 2027-01-01T00:00:00Z"


@pytest.mark.parametrize("harm", [pipe, torn_link, folder_in_its_place, no_parquet, no_candle, candle_of_2150])
def test_a_candle_file_that_cannot_be_learned_from_is_left_out_by_name_and_the_others_go_on(
    trained: TrainingOrder, tmp_path: Path, harm: Callable[[Path], str]
) -> None:
    folder = shutil.copytree(trained.candles, tmp_path / "made-up-market")
    words = harm(folder)
    rerun = replace(trained, candles=folder, models=tmp_path / "new")
    report = train_models(rerun)
    assert report.trained == [AAA, BBB]
    assert words in report.left_out["BADUSDT 15m"]
    asked = train_models(replace(rerun, symbols=("BADUSDT", "AAAUSDT"), force=True))
    assert asked.trained == [AAA]
    assert words in asked.failed[Series("BADUSDT", M15)]
    versions = [ModelRegistry(models).load_metadata(*AAA).model_version for models in (rerun.models, trained.models)]
    assert versions[0] == versions[1]


def test_whatever_else_lies_among_the_candles_ends_no_command(
    trained: TrainingOrder, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.learning.order.RECIPES", QUICK_RECIPES)
    folder = shutil.copytree(trained.candles, tmp_path / "made-up-market")
    os.mkfifo(folder / "PIPEUSDT")
    (folder / "FILEUSDT").write_bytes(b"")
    (folder / "LOOPUSDT").symlink_to("LOOPUSDT")
    (folder / "EMPTYUSDT").mkdir()
    (folder / "no symbol at all").mkdir()
    odd = replace(trained, candles=folder, models=tmp_path / "new")
    assert train_models_script.main([*arguments(odd), "--jobs", "1"]) == 0
    assert capsys.readouterr().out.startswith("\n2 models trained.")
