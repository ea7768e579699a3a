from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.learning.assessment.assess import Assessment, AssessmentOrder
from core.learning.train import TrainingOrder, train_models
from core.model.evaluated import EVALUATION_FILE, read_evaluation
from scripts import evaluate_models
from scripts.evaluate_models import main
from tests.learning.test_train import QUICK_RECIPES
from tests.made_candles import write_coins

D1 = Timeframe.D1


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of candles of one coin and its published 1d model."""
    folder = tmp_path_factory.mktemp("evaluate")
    candles = write_coins(folder / "candles", {"AAAUSDT": 1000}, D1)
    order = TrainingOrder(
        candles=candles,
        symbols=("AAAUSDT",),
        timeframes=(D1,),
        models=folder / "models",
        datasets=folder / "datasets",
        now=datetime(2027, 1, 1, tzinfo=UTC),
        quiet=True,
        recipes=QUICK_RECIPES,
    )
    assert train_models(order).trained
    return folder


@pytest.fixture(autouse=True)
def _recipes_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.learning.order.RECIPES", QUICK_RECIPES)


def run(folder: Path, *more: str) -> int:
    where = ["--candles", folder / "candles", "--models", folder / "models", "--datasets", folder / "datasets"]
    return main([*map(str, where), "--jobs", "1", *more])


class FakeAssessment:
    """Stands in for the long run: says what was ordered, and fails where told to."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed
        self.order: AssessmentOrder | None = None

    def __call__(self, order: AssessmentOrder) -> Assessment:
        self.order = order
        return Assessment(order, failed=self.failed)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeAssessment:
    assessment = FakeAssessment({})
    monkeypatch.setattr(evaluate_models, "assess", assessment)
    return assessment


def test_a_quick_run_prints_the_tables_writes_json_and_never_a_page(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, page = workplace / "figures.json", workplace / "page.md"
    assert run(workplace, "--quick", "--timeframes", "1d", "--json", str(figures), "--page", str(page)) == 0
    out = capsys.readouterr().out
    assert out.startswith("**QUICK RUN")
    assert "| ensemble " in out
    assert out.count("Not measured at 1d: its candles make one test period only.") == 2
    assert "| LightGBM of three classes (one part) |" in out
    assert "A quick run writes no page." in out
    assert not page.exists()
    figures_read = json.loads(figures.read_text())
    assert figures_read["quick"] is True
    assert figures_read["timeframes"]["1d"]["fresh"] == {"reason": "one_period"}


def test_the_page_is_written_when_all_timeframes_were_measured(workplace: Path, fake: FakeAssessment) -> None:
    assert run(workplace) == 0
    page = workplace / "models" / "EVALUATION.md"
    assert page.read_text().startswith("# How good the models are")
    evaluation = read_evaluation(workplace / "models")
    assert evaluation is not None and evaluation.market == "candles"
    for written in (page, workplace / "models" / EVALUATION_FILE):
        written.unlink()
    assert fake.order is not None
    assert fake.order.timeframes == tuple(Timeframe)
    assert fake.order.kept.folder == workplace / "datasets" / "kept"


def test_some_timeframes_leave_the_page_as_it_is_unless_one_is_asked_for(
    workplace: Path, fake: FakeAssessment, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(workplace, "--timeframes", "1d,15m") == 0
    assert not (workplace / "models" / "EVALUATION.md").exists()
    assert "stays as it is; --page FILE writes one" in capsys.readouterr().out
    assert run(workplace, "--timeframes", "15m", "--page", str(tmp_path / "page.md")) == 0
    assert (tmp_path / "page.md").exists()
    assert not (workplace / "models" / EVALUATION_FILE).exists()


def test_a_candle_file_that_cannot_be_read_is_named_and_the_others_are_measured(
    workplace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    candles = shutil.copytree(workplace / "candles", tmp_path / "candles")
    (candles / "BADUSDT").mkdir()
    (candles / "BADUSDT" / "1d.parquet").write_bytes(b"torn")
    assert run(workplace, "--candles", str(candles), "--quick", "--timeframes", "1d") == 1
    out = capsys.readouterr().out
    assert "| AAAUSDT |" in out
    assert f"- BADUSDT 1d: {candles}/BADUSDT/1d.parquet" in out
    assert "no page was written" in out


@pytest.mark.parametrize(("option", "what"), [("--json", "figures"), ("--page", "page")])
def test_a_file_that_cannot_be_written_is_one_sentence_and_exit_code_1(
    workplace: Path, fake: FakeAssessment, capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str, what: str
) -> None:
    (tmp_path / what).mkdir()
    assert run(workplace, "--timeframes", "1d", option, str(tmp_path / what)) == 1
    assert capsys.readouterr().err == f"{tmp_path}/{what} cannot be written: Is a directory.\n"
    assert run(workplace, "--timeframes", "1d", option, "/dev/full") == 1
    assert "/dev/full cannot be written: the disk is full." in capsys.readouterr().err
    (tmp_path / "linked").symlink_to(tmp_path / "target")
    assert run(workplace, "--timeframes", "1d", option, str(tmp_path / "linked")) == 0
    assert (tmp_path / "linked").is_symlink()
    assert (tmp_path / "target").read_bytes()


def test_what_could_not_be_measured_means_no_page_and_exit_code_1(
    workplace: Path, fake: FakeAssessment, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.failed = {"1d": "holds no 1d candles"}
    assert run(workplace) == 1
    out = capsys.readouterr().out
    assert "- 1d: holds no 1d candles" in out
    assert "no page was written" in out
    assert not (workplace / "models" / "EVALUATION.md").exists()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--timeframes", "2h"], "Unknown timeframe '2h'"),
        (["--timeframes", " , "], "--timeframes names none; expected some of 15m"),
        (["--jobs", "0"], "--jobs is 0"),
        (["--seed", "-1"], "--seed is -1"),
        (["--spot-candles", "/nowhere"], "--spot-candles /nowhere holds no candles"),
        (["--candles", "/nowhere"], "--candles /nowhere holds no candles"),
    ],
)
def test_bad_arguments_get_a_sentence(
    workplace: Path, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(workplace, *more)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
