"""A challenger takes the place of a model in use only where it beats it on candles that neither has learned from."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from core.disk import CannotWrite
from core.domain import Series, Timeframe
from core.errors import UnusableModel
from core.journal.compared import Rivals, rivals_of
from core.journal.errors import LedgerUnavailable
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader
from core.journal.store import Ledger
from core.journal.verification import Verified, verify
from core.learning.retraining import RetrainingOrder, Verdict, compare, decide
from core.learning.train import train_models
from core.market.candle_files import CandleStore
from core.model.files import _read_file
from core.model.registry import LoadedModel, ModelRegistry
from core.settings import get_settings
from core.signals.trust import learned_until
from scripts import retrain as command
from tests.full_disk import left_aside, room_for
from tests.learning.test_train import QUICK_RECIPES, order
from tests.made_candles import write_coins

M15 = Timeframe.M15
COINS = ("AAAUSDT", "BBBUSDT")
CHAMPIONS_CANDLES, ALL_CANDLES = 1400, 2200
"""The champions have not seen the last eight days; six of them are held back from the challengers."""


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coins(tmp_path_factory.mktemp("all") / "made", dict.fromkeys(COINS, ALL_CANDLES), M15)


@pytest.fixture(scope="module")
def champions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models that are sure of everything they say, which none of ten steps of training should be."""
    folder = tmp_path_factory.mktemp("champions")
    known = write_coins(folder / "made", dict.fromkeys(COINS, CHAMPIONS_CANDLES), M15)
    train_models(order(folder, known))
    for file in folder.glob("models/*/15m/metrics.json"):
        metrics = json.loads(file.read_text())
        file.write_text(json.dumps(metrics | {"temperature": 0.1}))
    return folder / "models"


@pytest.fixture(scope="module")
def retrained(
    candles: Path, champions: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Path, int]]:
    """The models in use and the data folder after a run of the command, and its exit code."""
    folder = tmp_path_factory.mktemp("retrained")
    shutil.copytree(champions, folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.learning.order.RECIPES", QUICK_RECIPES)
        patch.setenv("CANDOR_DATA_DIR", str(folder / "data"))
        get_settings.cache_clear()
        arguments = ["--candles", str(candles), "--models", str(folder / "models"), "--timeframes", "15m"]
        code = command.main([*arguments, "--jobs", "1", "--blocks", "6", "--no-download"])
    get_settings.cache_clear()
    yield folder / "models", folder / "data", code


def versions(models: Path) -> dict[str, str]:
    registry = ModelRegistry(models)
    return {symbol: registry.load_metadata(symbol, M15).model_version for symbol in COINS}


def test_a_better_challenger_takes_the_place_of_the_models_in_use(
    retrained: tuple[Path, Path, int], champions: Path
) -> None:
    models, _, code = retrained
    assert code == 0
    now, before = versions(models), versions(champions)
    assert all(now[symbol] != before[symbol] for symbol in COINS)
    assert ModelRegistry(models).load_metadata("AAAUSDT", M15).market == "made"


def test_what_was_decided_stands_in_the_ledger_of_the_exchange_with_its_figures(
    retrained: tuple[Path, Path, int], champions: Path
) -> None:
    models, data, _ = retrained
    ledger = Ledger.open(SqliteFile("exchange-binanceusdm", data / "ledger-exchange-binanceusdm.db"))
    (stored,), _ = LedgerReader(ledger.database).comparisons(0, 10)
    assert isinstance(verify(ledger.database), Verified)
    ledger.close()
    found, now, before = stored.entry, versions(models), versions(champions)
    assert (found.timeframe, found.decision, found.coins) == ("15m", "published", 2)
    assert found.gain is not None and found.gain_low is not None
    assert found.champion_skill is not None and found.challenger_skill is not None
    assert found.gain_low > 0
    assert found.gain == pytest.approx(found.challenger_skill - found.champion_skill)
    assert 6 <= found.blocks <= 13
    assert found.n > 500
    assert stored.rivals == {symbol: Rivals(before[symbol], now[symbol], True) for symbol in COINS}
    assert not (data / "retraining").exists()


def test_no_candle_is_compared_on_that_either_has_learned_from(
    retrained: tuple[Path, Path, int], champions: Path, candles: Path
) -> None:
    pairs = pairs_of(champions, retrained[0])
    found = compare(pairs, candles)
    assert found is not None
    assert found.since > max(learned_until(model.metrics) for pair in pairs for model in pair)


def pairs_of(champions: Path, challengers: Path) -> list[tuple[LoadedModel, LoadedModel]]:
    return [(ModelRegistry(champions).get(s, M15), ModelRegistry(challengers).get(s, M15)) for s in COINS]


def made_order(tmp_path: Path, candles: Path, models: Path, fewest: int = 3) -> RetrainingOrder:
    copied = shutil.copytree(models, tmp_path / "in-use")
    training = replace(order(tmp_path, candles), models=copied)
    return RetrainingOrder(training=training, workplace=tmp_path / "work", fewest=fewest)


def test_a_challenger_that_is_no_better_changes_nothing(
    retrained: tuple[Path, Path, int], candles: Path, tmp_path: Path
) -> None:
    asked = made_order(tmp_path, candles, retrained[0])
    verdict = decide(asked, M15, retrained[0])
    assert verdict.decision == "kept"
    assert verdict.published == ()
    assert verdict.comparison is not None and verdict.comparison.gain == 0


def test_a_worse_challenger_changes_nothing(
    retrained: tuple[Path, Path, int], champions: Path, candles: Path, tmp_path: Path
) -> None:
    asked = made_order(tmp_path, candles, retrained[0])
    assert decide(asked, M15, champions).decision == "kept"
    assert versions(asked.training.models) == versions(retrained[0])


def test_fewer_unseen_days_than_can_prove_anything_are_too_early(
    retrained: tuple[Path, Path, int], champions: Path, candles: Path, tmp_path: Path
) -> None:
    asked = made_order(tmp_path, candles, champions, fewest=20)
    assert decide(asked, M15, retrained[0]).decision == "too_early"
    assert versions(asked.training.models) == versions(champions)


def test_a_coin_that_had_no_model_gets_the_one_there_is_now(
    retrained: tuple[Path, Path, int], candles: Path, tmp_path: Path
) -> None:
    asked = made_order(tmp_path, candles, retrained[0])
    shutil.rmtree(asked.training.models / "BBBUSDT")
    verdict = decide(asked, M15, retrained[0])
    assert verdict.published == (Series("BBBUSDT", M15),)
    assert versions(asked.training.models) == versions(retrained[0])


def test_a_model_in_use_that_cannot_be_read_is_replaced_and_called_unusable_and_not_missing(
    retrained: tuple[Path, Path, int], candles: Path, tmp_path: Path
) -> None:
    asked = made_order(tmp_path, candles, retrained[0])
    cut_short(asked.training.models / "AAAUSDT" / "15m" / "cnn_lstm_best.pt")
    shutil.rmtree(asked.training.models / "BBBUSDT")
    entry = command._entry(decide(asked, M15, retrained[0]), 1)
    now = versions(retrained[0])
    assert rivals_of(entry.versions) == {
        "AAAUSDT": Rivals(None, now["AAAUSDT"], True, unusable=True),
        "BBBUSDT": Rivals(None, now["BBBUSDT"], True),
    }
    assert versions(asked.training.models) == now


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def test_a_model_in_use_that_is_slow_to_come_is_not_taken_for_none(
    retrained: tuple[Path, Path, int], candles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = made_order(tmp_path, candles, retrained[0])
    weights = asked.training.models / "AAAUSDT" / "15m" / "cnn_lstm_best.pt"
    kept, answering = weights.read_bytes(), threading.Event()
    monkeypatch.setattr("core.learning.retraining.PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr("core.model.files._read_file", only_after(answering))
    verdicts: list[Verdict] = []
    with pytest.raises(UnusableModel):
        decide(asked, M15, retrained[0], verdicts.append)
    answering.set()
    assert (verdicts, weights.read_bytes()) == ([], kept)


def only_after(answering: threading.Event) -> Callable[[Path], bytes]:
    """A disk that answers only then."""

    def read(path: Path) -> bytes:
        answering.wait()
        return _read_file(path)

    return read


def test_what_cannot_be_told_is_not_published(
    retrained: tuple[Path, Path, int],
    champions: Path,
    candles: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = made_order(tmp_path, candles, champions)
    monkeypatch.setattr("core.journal.database.BUSY_SECONDS", 0.05)
    ledger = Ledger.open(SqliteFile("exchange-binanceusdm", tmp_path / "ledger.db"))
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="locked"):
            decide(asked, M15, retrained[0], partial(command._tell, ledger=ledger))
    assert ledger.head().seq == 0
    ledger.close()
    assert versions(asked.training.models) == versions(champions)
    assert left_aside(asked.training.models) == []


def test_there_is_room_for_what_is_published_before_it_is_told(
    retrained: tuple[Path, Path, int], champions: Path, candles: Path, tmp_path: Path
) -> None:
    asked, verdicts = made_order(tmp_path, candles, champions), list[Verdict]()
    with room_for(1000), pytest.raises(CannotWrite, match="File too large"):
        decide(asked, M15, retrained[0], verdicts.append)
    assert verdicts == []
    assert versions(asked.training.models) == versions(champions)
    assert left_aside(asked.training.models) == []


def test_what_fails_after_it_was_told_is_told_too_with_what_is_in_use(
    retrained: tuple[Path, Path, int], champions: Path, candles: Path, tmp_path: Path
) -> None:
    asked, verdicts = made_order(tmp_path, candles, champions), list[Verdict]()

    def meddle(verdict: Verdict) -> None:
        verdicts.append(verdict)
        for copy in asked.training.models.glob("BBBUSDT/.15m.new.*"):
            shutil.rmtree(copy)

    with pytest.raises(CannotWrite):
        decide(asked, M15, retrained[0], meddle)
    assert [each.decision for each in verdicts] == ["published", "not_published"]
    assert verdicts[1].published == (Series("AAAUSDT", M15),)
    now = versions(asked.training.models)
    assert now == {"AAAUSDT": versions(retrained[0])["AAAUSDT"], "BBBUSDT": versions(champions)["BBBUSDT"]}


def test_two_decisions_of_a_timeframe_at_once_are_both_told(tmp_path: Path) -> None:
    ledger = Ledger.open(SqliteFile("exchange-binanceusdm", tmp_path / "ledger.db"))
    for _ in range(20):
        command._tell(Verdict(M15, "no_challenger", None), ledger)
    assert ledger.head().seq == 20
    ledger.close()


def test_without_a_challenger_and_without_unseen_candles_all_stays(
    retrained: tuple[Path, Path, int], candles: Path, tmp_path: Path
) -> None:
    assert decide(made_order(tmp_path, candles, retrained[0]), M15, tmp_path / "none").decision == "no_challenger"
    old = tmp_path / "old"
    for symbol in COINS:
        CandleStore(old).write(symbol, M15, CandleStore(candles).read(symbol, M15).iloc[:900])
    assert compare(pairs_of(retrained[0], retrained[0]), old) is None


def test_too_few_blocks_are_refused_before_any_work(candles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--candles", str(candles), "--blocks", "2"])
    assert "--blocks is 2" in capsys.readouterr().err
