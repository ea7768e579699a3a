from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning import experiment as experiments
from core.learning.assessment import results
from core.learning.assessment.assess import Assessment, AssessmentOrder, assess, plan_of
from core.learning.assessment.checks import shuffled_verdict
from core.learning.assessment.comparison import Judgement, joined
from core.learning.assessment.figures import report_json
from core.learning.assessment.freshness import Freshness
from core.learning.assessment.page import report_text
from core.learning.assessment.parts import gains_over_parts
from core.learning.assessment.predictions import predict
from core.learning.assessment.results import Row, TimeframeAssessment, compare
from core.learning.assessment.summary import summary_of
from core.learning.recipes import RECIPES, NetworkRecipe, TreesRecipe
from core.learning.train import TrainingOrder, train_models
from core.market.candle_files import CandleStore
from core.model.evaluated import Fresh, WalkForward
from core.model.registry import ModelRegistry
from tests.made_candles import START_MS, write_coins

M15 = Timeframe.M15
SHORT_RECIPE = replace(
    RECIPES[M15],
    network=NetworkRecipe(
        steps=4, batch=64, learning_rate=3e-3, dropout=0.1, noise=0.1, weight_decay=0.05, check_every=2
    ),
    trees=TreesRecipe(rounds=15, side_rounds=15),
)
NOW = datetime(2025, 9, 1, tzinfo=UTC)
CANDLES = 2200


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> AssessmentOrder:
    """Two coins with published models, a third that is too young for one, and spot history from before them."""
    folder = tmp_path_factory.mktemp("assessment")
    candles = write_coins(folder / "futures", {"AAAUSDT": CANDLES, "BBBUSDT": CANDLES}, M15)
    late = START_MS + (CANDLES - 300) * M15.milliseconds
    write_coins(candles, {"NEWUSDT": 300}, M15, start_ms=late, first_seed=9)
    spot = write_coins(folder / "spot", {"AAAUSDT": CANDLES}, M15, START_MS - 500 * M15.milliseconds, first_seed=4)
    recipes = dict.fromkeys(Timeframe, SHORT_RECIPE)
    training = TrainingOrder(
        candles=candles,
        spot_candles=spot,
        symbols=("AAAUSDT", "BBBUSDT"),
        timeframes=(M15,),
        models=folder / "models",
        datasets=folder / "datasets",
        now=NOW,
        quiet=True,
        recipes=recipes,
    )
    assert len(train_models(training).trained) == 2
    return AssessmentOrder(
        candles=candles,
        spot_candles=spot,
        models=folder / "models",
        datasets=folder / "datasets",
        timeframes=(M15,),
        now=NOW,
        quiet=True,
        recipes=recipes,
    )


@pytest.fixture(scope="module")
def found(order: AssessmentOrder) -> Assessment:
    outcome = assess(order)
    assert outcome.failed == {}
    return outcome


@pytest.fixture(scope="module")
def m15(found: Assessment) -> TimeframeAssessment:
    return found.timeframes[0]


def named(rows: Iterable[Row], name: str) -> Judgement:
    return next(row.judgement for row in rows if row.judgement.name == name)


def test_every_model_is_judged_on_the_same_candles_of_the_same_coins(m15: TimeframeAssessment) -> None:
    names = [row.judgement.name for row in m15.models]
    assert names == [
        "climatology",
        "uniform",
        "the usual recipe",
        "logistic regression",
        "LightGBM of three classes (one part)",
        "LightGBM",
        "LightGBM, timing mirrored too",
        "LightGBM without mirroring",
        "CNN-LSTM",
        "ensemble",
        "published",
        "LightGBM on shuffled labels",
    ]
    pooled = [row.judgement.pooled for row in (*m15.models, *m15.ablations)]
    assert len({values["n"] for values in pooled if values is not None}) == 1
    assert all(list(row.judgement.coins) == ["AAAUSDT", "BBBUSDT"] for row in m15.models)


def test_whoever_learns_the_season_beats_climatology_and_shuffled_labels_teach_nothing(
    m15: TimeframeAssessment,
) -> None:
    """The control can fail: on real labels the same trees have skill beyond doubt."""
    assert named(m15.models, "LightGBM").skills()["skill_interval"][0] > 0.03
    assert abs(named(m15.models, "LightGBM on shuffled labels").skills()["skill"]) < 0.02
    assert any("shuffled labels" in note and "as it must be" in note for note in m15.notes)


def test_a_feature_that_reads_the_label_shows_in_the_control_on_shuffled_labels(
    order: AssessmentOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _ = plan_of(order, M15)
    control = plan.trainings()["LightGBM on shuffled labels", 5]
    shuffle = experiments.with_shuffled_labels

    def shuffled_with_a_leak(dataset: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        shuffled = shuffle(dataset, rng)
        return shuffled.assign(adx=shuffled["label"].astype("float32"))

    monkeypatch.setattr(experiments, "with_shuffled_labels", shuffled_with_a_leak)
    predictions = predict(control, plan.sources, tmp_path / "nothing is kept here")
    assert "SOMETHING LEAKS" in shuffled_verdict(predictions[predictions["split"] == "test"])


def test_a_feature_that_peeks_is_reported(
    order: AssessmentOrder, found: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    calculate = results.calculate_features

    def peeking(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
        return calculate(candles, timeframe).assign(ret1=candles["close"].shift(-1).to_numpy())

    monkeypatch.setattr(results, "calculate_features", peeking)
    again = assess(order)
    assert any(note.startswith("LEAK: ret1") for note in again.timeframes[0].notes)


def test_the_published_models_are_what_their_recipe_gives_when_trained_anew(
    order: AssessmentOrder, m15: TimeframeAssessment
) -> None:
    anew = {judgement.name: judgement for judgement in m15.folds[-1].judgements}
    kinds = {symbol: ModelRegistry(order.models).load_metadata(symbol, M15).kind for symbol in ("AAAUSDT", "BBBUSDT")}
    for symbol, coin in named(m15.models, "published").coins.items():
        alike = anew["ensemble" if kinds[symbol] == "ensemble" else "CNN-LSTM"].coins[symbol]
        assert alike["log_loss"] == pytest.approx(coin["log_loss"], abs=1e-5)
    assert any("agrees with what was measured here for 2 of 2" in note for note in m15.notes)


def test_ablations_change_one_thing_each_and_are_compared_with_the_shared_network(m15: TimeframeAssessment) -> None:
    first, *others = m15.ablations
    assert first.judgement.name == "without the per-coin layer"
    assert first.over is not None
    assert first.over.coins == named(m15.models, "CNN-LSTM").coins
    assert [row.judgement.name.split(" (")[0] for row in others] == [
        "mean of 3 seeds",
        "seed 2",
        "seed 3",
        "without spot history",
        "without time features",
        "timing from charts as they are alone",
        "without mirroring",
    ]
    assert all(row.over is not None and row.over.coins == first.judgement.coins for row in others)
    assert len({row.judgement.skills()["skill"] for row in m15.ablations}) == len(m15.ablations)


def test_five_folds_are_judged_and_joined(m15: TimeframeAssessment) -> None:
    assert len(m15.folds) == 5
    assert [judgement.name for judgement in m15.all_folds] == [
        "logistic regression",
        "LightGBM",
        "CNN-LSTM, shared by all coins",
        "CNN-LSTM",
        "ensemble",
    ]
    trees = [next(j for j in fold.judgements if j.name == "LightGBM").skills()["skill"] for fold in m15.folds]
    assert min(trees) < m15.all_folds[1].skills()["skill"] < max(trees)


def test_the_page_and_the_json_hold_every_model_and_coin(found: Assessment) -> None:
    text = report_text(found)
    for expected in ("2025-09-01", "futures", "spot history from spot", "| ensemble ", "| BBBUSDT ", "Walk-forward"):
        assert expected in text
    assert "QUICK" not in text
    assert "Without enough history for a model: NEWUSDT." in text
    assert "| NEWUSDT" not in text
    values = json.loads(json.dumps(report_json(found), allow_nan=False))
    assert set(values["timeframes"]) == {"15m"}
    ensemble = next(m for m in values["timeframes"]["15m"]["models"] if m["name"] == "ensemble")
    assert set(ensemble["coins"]) == {"AAAUSDT", "BBBUSDT"}
    assert set(ensemble["pooled"]) >= {"log_loss", "skill_interval", "balanced_accuracy", "brier", "ece"}
    assert ensemble["gain"]["over"] == "published"


def test_what_is_done_is_kept_and_what_is_lost_or_cannot_be_read_back_is_made_anew(
    order: AssessmentOrder, found: Assessment
) -> None:
    lost = sorted(order.kept.folder.glob("15m-fold2-trees-*"))
    assert sorted(file.suffix for file in lost) == [".parquet", ".pt"]
    (torn,) = order.kept.folder.glob("15m-fold3-logistic-*.parquet")
    before = {file: file.read_bytes() for file in (*lost, torn)}
    for file in lost:
        file.unlink()
    torn.write_bytes(before[torn][:-50])
    again = assess(order)
    assert again.failed == {}
    assert (again.made, again.kept) == (1, found.kept + found.made - 1)
    assert {file: file.read_bytes() for file in before} == before
    assert report_text(again).splitlines()[4:] == report_text(found).splitlines()[4:]


def test_other_candles_another_seed_or_another_recipe_are_other_experiments(order: AssessmentOrder) -> None:
    plan, _ = plan_of(order, M15)
    mine = {plan.learned_file(each) for each in plan.trainings().values()}
    for changed in (
        replace(order, seed=2),
        replace(order, quick=True),
        replace(order, spot_candles=None),
        replace(order, recipes=dict.fromkeys(Timeframe, replace(SHORT_RECIPE, prior_strength=0.2))),
    ):
        other, _ = plan_of(changed, M15)
        assert plan.learned_file(plan.trainings()["CNN-LSTM, shared by all coins", 1]) not in {
            other.learned_file(each) for each in other.trainings().values()
        }
    assert len(mine) == 5 * 3 + 5


def test_spot_history_is_cut_where_the_fold_cuts_though_its_files_go_on(order: AssessmentOrder) -> None:
    plan, _ = plan_of(order, M15)
    assert CandleStore(order.spot_candles).read("AAAUSDT", M15)["open_time"].iloc[-1].timestamp() * 1000 > (
        plan.folds[-1].validation
    )
    for fold in plan.folds:
        for dataset in plan.sources.more[0].datasets(fold):
            learned = dataset[dataset["split"].isin(["train", "validation"])]
            ends = learned["open_time"] + pd.Timedelta(minutes=15 * 17)
            assert ends.max().timestamp() * 1000 <= fold.test
            assert dataset["open_time"].iloc[-1].timestamp() * 1000 < fold.end


def test_later_spot_candles_do_not_change_what_a_fold_learns_from(order: AssessmentOrder, tmp_path: Path) -> None:
    plan, _ = plan_of(order, M15)
    fold = plan.folds[1]
    other = CandleStore(order.spot_candles).read("AAAUSDT", M15)
    later = (other["open_time"].astype("int64") >= fold.test).to_numpy()
    assert later.any()
    other.loc[later, ["open", "high", "low", "close"]] *= 3
    CandleStore(tmp_path).write("AAAUSDT", M15, other)
    changed = replace(plan.sources.more[0], path=CandleStore(tmp_path).path("AAAUSDT", M15))
    mine, theirs = (file.datasets(fold)[0] for file in (plan.sources.more[0], changed))
    rows = mine["split"].isin(["train", "validation"]).to_numpy()
    assert rows.any()
    pd.testing.assert_frame_equal(mine[rows], theirs[rows])


def test_models_that_were_trained_on_are_judged_as_those_that_were_tested(
    order: AssessmentOrder, m15: TimeframeAssessment
) -> None:
    """What is published knows the test period, so what was tested is made anew."""
    assert all(ModelRegistry(order.models).load_metadata(s, M15).tested_as for s in ("AAAUSDT", "BBBUSDT"))
    assert any("agrees with what was measured here for 2 of 2" in note for note in m15.notes)


def test_both_questions_have_their_own_yardsticks_reliability_and_calls(m15: TimeframeAssessment) -> None:
    assert [each.baseline for each in m15.timing.skills] == ["climatology", "the clock", "the clock and season1"]
    assert [each.baseline for each in m15.side.skills] == ["50/50", "climatology"]
    published = named(m15.models, "published").skills()
    assert m15.timing.skills[0].skill == pytest.approx(published["timing_skill"])
    assert m15.side.skills[1].skill == pytest.approx(published["direction_skill"])
    assert m15.timing.skills[1].skill < m15.timing.skills[0].skill, "the season is in the hour of the day"
    assert sum(each.n for each in m15.timing.promises.bins.values()) == named(m15.models, "published").pooled["n"]
    assert sum(each.n for each in m15.timing.calls) == sum(each.n for each in m15.timing.promises.bins.values())
    assert sum(each.n for each in m15.side.promises.bins.values()) < sum(
        each.n for each in m15.timing.promises.bins.values()
    )


def test_pages_are_told_the_figures_of_the_published_models_and_of_the_usual_recipe(
    found: Assessment, m15: TimeframeAssessment
) -> None:
    summary = summary_of(found).timeframes[M15]
    pooled = {row.judgement.name: row.judgement.pooled for row in m15.models}
    for judged, name in ((summary.published, "published"), (summary.usual, "the usual recipe")):
        there = pooled[name]
        assert judged is not None and there is not None
        assert (judged.n, judged.coins) == (there["n"], 2)
        assert judged.skill == pytest.approx(there["skill"], abs=1e-6)
        assert abs(judged.said - judged.accuracy) <= there["ece"] + 1e-5
        low, high = judged.above_interval
        assert 0 <= low <= high <= 2
    assert summary.move.ece == pytest.approx(m15.timing.promises.ece, abs=1e-6)
    assert summary.side.n < summary.move.n == summary.published.n
    assert isinstance(summary.walk_forward, WalkForward)
    assert summary.walk_forward.periods == len(m15.folds) == 5


def test_what_was_wanted_stands_beside_what_was_reached(found: Assessment) -> None:
    section = report_text(found).split("## Wanted and reached")[1]
    line = next(line for line in section.splitlines() if line.startswith("| 15m |"))
    cells = [cell.strip() for cell in line.split("|")]
    summary = summary_of(found).timeframes[M15]
    assert cells[2] == "+0.033"
    assert cells[3].startswith(f"{summary.published.skill:+.4f} (")
    assert cells[4:6] == ["34", f"{summary.published.above} of 2"]
    assert cells[7:9] == ["0.020", f"{summary.move.ece:.3f}"]
    assert cells[10:12] == ["+0.041", "not measured"]


def test_what_the_ensemble_gains_over_each_part_is_paired_on_the_earlier_periods_and_apart_from_them_on_the_test(
    found: Assessment, m15: TimeframeAssessment
) -> None:
    over_trees, over_network = gains_over_parts(m15)
    assert (over_trees.part, over_network.part) == ("LightGBM", "CNN-LSTM")
    assert over_trees.earlier is not None and over_trees.test is not None
    earlier = [{judgement.name: judgement for judgement in fold.judgements} for fold in m15.folds[:-1]]
    whole, alone = (joined(name, [fold[name] for fold in earlier]) for name in ("ensemble", "LightGBM"))
    assert over_trees.earlier.skill == pytest.approx(whole.skills()["skill"] - alone.skills()["skill"])
    assert over_trees.earlier.periods == 4
    on_test = named(m15.models, "ensemble").gain_over(named(m15.models, "LightGBM"))
    assert (over_trees.test.skill, over_trees.test.low) == (
        pytest.approx(on_test["skill"]),
        pytest.approx(on_test["interval"][0]),
    )
    assert f"{over_trees.earlier.n:,}" in report_text(found)
    assert "## What the ensemble gains over its parts" in report_text(found)


def test_what_freshness_is_worth_is_paired_on_every_period_but_the_first(
    found: Assessment, m15: TimeframeAssessment
) -> None:
    assert isinstance(m15.fresh, Freshness) and m15.fresh.periods == 4
    fresh, older = m15.fresh.row.judgement, m15.fresh.row.over
    assert older is not None
    assert set(older.losses) == {"AAAUSDT", "BBBUSDT"}
    for symbol, losses in older.losses.items():
        np.testing.assert_array_equal(losses.blocks, fresh.losses[symbol].blocks)
        np.testing.assert_allclose(losses.sums[..., 1], fresh.losses[symbol].sums[..., 1])
    freshness = summary_of(found).timeframes[M15].fresh
    assert isinstance(freshness, Fresh) and (freshness.periods, freshness.n) == (4, m15.fresh.n)
    assert freshness.gain.skill == pytest.approx(fresh.gain_over(older)["skill"], abs=1e-6)
    assert f"({m15.fresh.n:,} candles of 4 periods, all coins together)" in report_text(found)


def test_one_forest_of_three_classes_stands_beside_two_and_is_learned_from_the_same_candles(
    found: Assessment, m15: TimeframeAssessment
) -> None:
    one, two = (named(m15.models, name) for name in ("LightGBM of three classes (one part)", "LightGBM"))
    assert one.skills()["skill_interval"][0] > 0.03, "it learns the season as well"
    assert one.skills()["skill"] != two.skills()["skill"]
    one_forest = summary_of(found).timeframes[M15].one_forest
    assert one_forest is not None and one.pooled is not None
    assert (one_forest.n, one_forest.skill) == (one.pooled["n"], pytest.approx(one.skills()["skill"], abs=1e-6))
    assert one_forest.two_forests.skill == pytest.approx(two.gain_over(one)["skill"], abs=1e-6)
    assert sum(note.startswith("Over LightGBM of three classes (one part), LightGBM gains") for note in m15.notes) == 1


def test_the_report_counts_how_many_models_chance_alone_would_prove(
    found: Assessment, m15: TimeframeAssessment
) -> None:
    proven = summary_of(found).timeframes[M15].proven
    coins = named(m15.models, "published").coins.values()
    assert proven is not None
    assert proven.timing == sum(coin["timing_skill_interval"][0] > 0 for coin in coins) > 0
    text = report_text(found)
    assert "2 models were looked at." in text and "would show: 0.1 of these, in each question" in text.replace(
        "\n", " "
    )
    assert f"| together | 2 | 0.1 | {proven.timing} | {proven.side} |" in " ".join(text.split()).replace("| |", "|")


def test_a_model_that_has_learned_from_the_test_period_is_not_judged_on_it(
    order: AssessmentOrder, tmp_path: Path
) -> None:
    """The folder's history ends before the models' own test period, so its test period is what they learned from."""
    store = CandleStore(order.candles)
    for symbol in ("AAAUSDT", "BBBUSDT"):
        CandleStore(tmp_path / "short").write(symbol, M15, store.read(symbol, M15).iloc[:1500])
    plan, _ = plan_of(replace(order, candles=tmp_path / "short"), M15)
    with pytest.raises(FileNotFoundError, match="it would be judged on what it knows"):
        compare(plan, order.models)


def test_without_models_or_candles_the_reason_is_told(order: AssessmentOrder, found: Assessment) -> None:
    nowhere = assess(replace(order, models=order.datasets / "nowhere"))
    assert "Train models first: python scripts/train_models.py" in nowhere.failed["15m"]
    days = assess(replace(order, timeframes=(Timeframe.D1,)))
    assert "holds no 1d candles" in days.failed["1d"]
    assert "## Not measured" in report_text(days)


def test_a_candle_file_that_cannot_be_read_is_listed_and_the_others_are_measured(
    order: AssessmentOrder, found: Assessment, tmp_path: Path
) -> None:
    candles = shutil.copytree(order.candles, tmp_path / "futures")
    (candles / "NEWUSDT" / "15m.parquet").write_bytes(b"torn")
    plan, unreadable = plan_of(replace(order, candles=candles), M15)
    assert [file.symbol for file in plan.sources.own] == ["AAAUSDT", "BBBUSDT"]
    assert list(unreadable) == ["NEWUSDT 15m"]
    assert "NEWUSDT/15m.parquet" in unreadable["NEWUSDT 15m"]


def test_a_failed_experiment_is_listed_and_the_others_are_shown(
    order: AssessmentOrder, found: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = shutil.copytree(order.kept.folder, tmp_path / "kept")
    next(iter(kept.glob("15m-fold5-logistic-*.parquet"))).unlink()

    def fails(*_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("core.learning.assessment.predictions.predict", fails)
    outcome = assess(replace(order, datasets=tmp_path))
    assert outcome.failed == {"15m fold 5, logistic regression": "unexpected RuntimeError: out of luck"}
    names = [row.judgement.name for row in outcome.timeframes[0].models]
    assert "logistic regression" not in names
    assert "ensemble" in names


def test_a_quick_run_says_so_first(order: AssessmentOrder, tmp_path: Path) -> None:
    outcome = Assessment(replace(order, quick=True))
    assert report_text(outcome).startswith("**QUICK RUN")
    assert report_json(outcome)["quick"] is True
