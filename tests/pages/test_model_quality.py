"""The model quality page as Streamlit runs it; what browsers make of it is in tests/browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import Series, Timeframe
from core.findings import IncompleteModel
from core.model.registry import NETWORK_FILE, ModelMissing
from pages.components.shared.application import application
from tests.applications import COINS, NOON, StillLife, still_life
from tests.hand_made_models import (
    FAIR_CONFUSION,
    FAMOUS_BROKEN,
    FAMOUS_LAZY,
    WEAK_CONFUSION,
    evaluation,
    publish,
    publish_ensemble,
)
from tests.pages.coin_page import texts_on
from tests.pages.sent import sent_to
from tests.problems import no_model_text

MAIN = Path(__file__).resolve().parents[2] / "pages" / "main.py"

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    """Shared by the tests that change nothing in it."""
    return still_life(tmp_path_factory.mktemp("models"))


@pytest.fixture
def own_life(tmp_path: Path) -> StillLife:
    return still_life(tmp_path)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens the page over an application: ``open_page(life, only_weak="true")``."""

    def open_page(life: StillLife, **address: str) -> AppTest:
        monkeypatch.setattr("pages.components.shared.application.get_application", lambda: life.application)
        application.clear()
        page = AppTest.from_file(str(MAIN), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.switch_page("model_quality.py").run()
        assert not page.exception
        return page

    yield open_page
    application.clear()


def rows(page: AppTest) -> list[dict]:
    return sent_to(page, "quality_table")["rows"]


def charts(page: AppTest) -> int:
    return sum(element.proto.component_name == "shared_model_charts" for element in page.get("bidi_component"))


# ---------------------------------------------------------------- all models


@pytest.mark.slow
def test_every_coin_and_timeframe_has_a_row_and_the_five_charts_answer_their_questions(
    life: StillLife, open_page: Open
) -> None:
    page = open_page(life)
    assert len(rows(page)) == len(COINS) * len(Timeframe)
    assert sent_to(page, "quality_table")["summary"] == (
        "12 models: 0 weak, 0 doubtful, 12 trusted · 4\u00a0without\u00a0a\u00a0model"
    )
    assert charts(page) == 5
    text = texts_on(page)
    for question in (
        "Does it beat always calling one class?",
        "Does a confidence of 50\u00a0% mean 50\u00a0%?",
        "does P(move) come true?",
        "does the side come true?",
        "Where is there skill?",
    ):
        assert question in text
    assert "12 of 12 models lie above the diagonal, interval and all" in text
    assert "12 of 12 models have an interval wholly above zero" in text
    assert "Said 60\u00a0% or more: promised 68.0\u00a0%, came true 68.0\u00a0%" in text
    assert "Measured on candles of hand-made" in text


@pytest.mark.slow
def test_the_first_designs_two_famous_models_are_called_what_they_are(own_life: StillLife, open_page: Open) -> None:
    publish(own_life.models_dir, "BTCUSDT", Timeframe.M15, test=FAMOUS_LAZY)
    publish(own_life.models_dir, "ETHUSDT", Timeframe.M15, test=FAMOUS_BROKEN)
    page = open_page(own_life)
    broken, lazy = rows(page)[:2]
    assert (broken["coin"], lazy["coin"]) == ("ETH", "BTC")
    assert lazy["accuracy"]["text"] == lazy["majority"] == "97.8\u00a0%"
    assert "no better than always NO\u00a0TRADE" in lazy["explanation"]
    assert (broken["accuracy"]["text"], broken["accuracy"]["interval"]) == ("1.1\u00a0%", "0.2–6.0")
    assert "broken" in broken["explanation"]
    assert "label mix-up" in broken["explanation"]
    assert "ETH 15m, BTC 15m): no better than always calling one class" in texts_on(page)


@pytest.mark.slow
def test_only_weak_shows_only_weak_models_in_the_table_and_in_the_charts(own_life: StillLife, open_page: Open) -> None:
    publish(own_life.models_dir, "BTCUSDT", Timeframe.M15, test=FAMOUS_LAZY)
    page = open_page(own_life)
    assert page.toggle(key="only_weak").label == "Only weak or doubtful (1)"
    page.toggle(key="only_weak").set_value(True).run()
    assert [row["coin"] for row in rows(page)] == ["BTC"]
    assert "BTC 15m lies on or below the diagonal" in texts_on(page)


@pytest.mark.slow
def test_timeframes_and_search_narrow_the_page(life: StillLife, open_page: Open) -> None:
    page = open_page(life, timeframe="1h", search="ether")
    assert [(row["coin"], row["timeframe"]) for row in rows(page)] == [("ETH", "1h")]
    assert "ETH 1h lies above the diagonal" in texts_on(page)


@pytest.mark.slow
def test_several_timeframes_are_apart_by_commas_or_repeated(life: StillLife, open_page: Open) -> None:
    page = open_page(life, timeframe="1h,15m", search="ether")
    assert {row["timeframe"] for row in rows(page)} == {"15m", "1h"}
    page.button_group(key="timeframe").set_value(["1h", "4h"]).run()
    assert page.query_params["timeframe"] in ("1h,4h", ["1h,4h"])
    page.query_params["timeframe"] = ["1d", "4h"]
    page.run()
    assert {row["timeframe"] for row in rows(page)} == {"4h", "1d"}


@pytest.mark.slow
def test_filters_outlive_a_card_that_is_open_even_in_a_browser_that_was_reloaded(
    life: StillLife, open_page: Open
) -> None:
    page = open_page(life, symbol="ETHUSDT", timeframe="4h", listed="1h", search="ether")
    assert "4h" in page.header[0].value
    page.button(key="all_models").click().run()
    assert [(row["coin"], row["timeframe"]) for row in rows(page)] == [("ETH", "1h")]


@pytest.mark.slow
def test_a_filter_that_empties_the_table_is_named_and_dropped_with_one_click(life: StillLife, open_page: Open) -> None:
    page = open_page(life, only_weak="true")
    assert "No weak model here." in texts_on(page)
    assert "the 12 models" in texts_on(page)
    assert sent_to(page, "quality_table") is None
    page.button(key="reset_filters").click().run()
    assert len(rows(page)) == 16

    page = open_page(life, search="nonsense")
    assert "No coin here is called “nonsense”." in texts_on(page)


@pytest.mark.slow
def test_one_model_is_spoken_of_as_one(own_life: StillLife, open_page: Open) -> None:
    for symbol in COINS[:-1]:
        for timeframe in Timeframe:
            if (symbol, timeframe) != ("BTCUSDT", Timeframe.H1):
                shutil.rmtree(own_life.models_dir / symbol / timeframe)
    page = open_page(own_life)
    assert sent_to(page, "quality_table")["summary"].startswith("1 model: ")
    assert "BTC 1h has a skill of +0.045" in texts_on(page)
    assert charts(page) == 5


@pytest.mark.slow
def test_promises_that_nobody_measured_are_said_to_be_so_and_the_other_charts_stand(
    own_life: StillLife, open_page: Open
) -> None:
    """As of models that were trained before promises were measured."""
    for symbol in COINS[:-1]:
        for timeframe in Timeframe:
            publish(own_life.models_dir, symbol, timeframe, test=evaluation(FAIR_CONFUSION, move=None, side=None))
    page = open_page(own_life)
    assert charts(page) == 3
    assert texts_on(page).count("Not measured: the models here were tested before") == 2


@pytest.mark.slow
def test_without_models_every_row_says_why_and_no_chart_is_drawn(own_life: StillLife, open_page: Open) -> None:
    shutil.rmtree(own_life.models_dir)
    page = open_page(own_life)
    assert {row["severity"] for row in rows(page)} == {"missing"}
    assert all(row["explanation"] == no_model_text(row["symbol"], row["timeframe"]) for row in rows(page))
    assert charts(page) == 0
    assert "no tested model here" in texts_on(page)


@pytest.mark.slow
def test_a_model_that_cannot_be_used_stands_among_the_weak_with_its_reason(
    own_life: StillLife, open_page: Open
) -> None:
    (own_life.models_dir / "BTCUSDT" / "1h" / NETWORK_FILE).write_bytes(b"cut short")
    page = open_page(own_life)
    first = rows(page)[0]
    assert (first["coin"], first["verdict"]) == ("BTC", "Unusable files")
    assert NETWORK_FILE in first["explanation"]


def test_the_order_is_taken_from_the_address(life: StillLife, open_page: Open) -> None:
    page = open_page(life, order="-coin")
    assert [row["coin"] for row in rows(page)[::4]] == ["SOL", "ETH", "DOGE", "BTC"]
    assert sent_to(page, "quality_table")["order"] == {"column": "coin", "descending": True}


@pytest.mark.slow
def test_reliability_can_be_looked_at_model_by_model(life: StillLife, open_page: Open) -> None:
    page = open_page(life)
    assert "On 12,000 test candles" in texts_on(page)
    page.selectbox(key="reliability_of").select("ETH 4h").run()
    assert "On 1,000 test candles" in texts_on(page)


@pytest.mark.slow
def test_a_model_that_a_filter_takes_away_leaves_all_those_shown(life: StillLife, open_page: Open) -> None:
    page = open_page(life)
    page.selectbox(key="reliability_of").select("ETH 4h").run()
    page.button_group(key="timeframe").set_value(["1h"]).run()
    assert not page.exception
    assert page.selectbox(key="reliability_of").value == "All models shown"
    assert "On 3,000 test candles" in texts_on(page)


# ---------------------------------------------------------------- one model


@pytest.mark.slow
def test_a_row_opens_the_model_card_and_one_more_click_the_candles_it_got_wrong(
    life: StillLife, open_page: Open
) -> None:
    page = open_page(life, symbol="ETHUSDT", timeframe="15m")
    assert page.header[0].value == "Ethereum · ETHUSDT · 15m"
    assert "Its test found nothing against it" in texts_on(page)
    assert "Model card" in [heading.value for heading in page.subheader]

    assert not page.dataframe, "what was not asked for is not judged"
    page.query_params["show"] = "Candles it got wrong"
    page.run()
    assert not page.exception
    assert [tab.label for tab in page.tabs] == ["Model card", "Candles it got wrong"]
    card, mistakes = page.tabs
    tiles = {tile.label: int(tile.value.replace(",", "")) for tile in mistakes.metric}
    assert tiles["Judged"] == tiles["Right"] + tiles["Wrong"] > 0
    assert tiles["Still open"] == 16
    wrong = page.dataframe[0].value
    assert len(wrong) == tiles["Wrong"]
    assert wrong["open_time"].is_monotonic_decreasing
    assert (wrong["called"] != wrong["happened"]).all()
    assert "replayed · simulated prices · never traded" in mistakes.subheader[0].value
    text = texts_on(page)
    assert "says nothing about how good it is on a real one" in text
    assert "Neighbouring calls are judged by almost the same 16 candles" in text
    assert card.metric, "what was seen stays behind its tab, for the browser to turn to"

    page.button(key="all_models").click().run()
    assert len(rows(page)) == 16


def test_candles_it_got_wrong_are_named_in_the_zone_of_who_reads(life: StillLife, open_page: Open) -> None:
    page = open_page(life, symbol="ETHUSDT", timeframe="15m", show="Candles it got wrong")
    in_utc = page.dataframe[0].value["open_time"]
    page.session_state["market_header"] = {"zone": "Asia/Kolkata"}
    page.run()
    assert (page.dataframe[0].value["open_time"] - in_utc == timedelta(hours=5, minutes=30)).all()
    assert "Candle opened (UTC+5:30)" in page.dataframe[0].proto.columns


@pytest.mark.slow
def test_past_calls_are_judged_anew_when_a_candle_closes(own_life: StillLife, open_page: Open) -> None:
    page = open_page(own_life, symbol="ETHUSDT", timeframe="15m", show="Candles it got wrong")
    before = page.dataframe[0].value["open_time"].max()
    own_life.clock.set(NOON + timedelta(hours=12))
    own_life.feed.refresh_once()
    page.run()
    assert page.dataframe[0].value["open_time"].max() > before


@pytest.mark.slow
def test_a_model_deleted_while_its_past_calls_are_judged_is_named_without_the_folders_of_the_server(
    monkeypatch: pytest.MonkeyPatch, own_life: StillLife, open_page: Open
) -> None:
    folder = publish(own_life.models_dir, "ETHUSDT", Timeframe.M15, model_version="about to go")

    def gone(*_: object) -> None:
        raise ModelMissing(IncompleteModel(Series("ETHUSDT", Timeframe.M15), str(folder / NETWORK_FILE)))

    monkeypatch.setattr(own_life.application.registry, "get", gone)
    page = open_page(own_life, symbol="ETHUSDT", timeframe="15m", show="Candles it got wrong")
    assert f"it lacks ETHUSDT/15m/{NETWORK_FILE}." in texts_on(page)
    assert str(own_life.models_dir) not in texts_on(page)


@pytest.mark.slow
def test_the_card_of_a_broken_model_says_so_and_how_to_retrain_it(own_life: StillLife, open_page: Open) -> None:
    publish(own_life.models_dir, "ETHUSDT", Timeframe.H1, test=FAMOUS_BROKEN)
    page = open_page(own_life, symbol="ETH", timeframe="1h")
    assert "(95\u00a0% interval 0.2\u00a0% to 6.0\u00a0%): broken" in texts_on(page)
    assert "label mix-up" in texts_on(page)
    assert "--symbols ETHUSDT --timeframes 1h --force" in page.code[0].value
    accuracy = next(tile for tile in page.metric if tile.label == "Accuracy")
    assert accuracy.delta == "≤ baseline · n = 90"
    assert (
        accuracy.proto.MetricColor.Name(accuracy.color) == "ORANGE"
    )  # as tables have it: red is SHORT, falling prices and what is broken


@pytest.mark.slow
def test_the_card_of_a_model_under_the_line_with_proven_skill_notes_it_and_nothing_on_it_warns(
    own_life: StillLife, open_page: Open
) -> None:
    publish(
        own_life.models_dir,
        "ETHUSDT",
        Timeframe.H1,
        test=evaluation(WEAK_CONFUSION, skill=0.02, skill_interval=[0.01, 0.03]),
    )
    page = open_page(own_life, symbol="ETH", timeframe="1h")
    assert not page.error
    assert not page.warning
    assert "Under 40\u00a0% and not above baseline, with proven skill." in texts_on(page)
    tiles = {tile.label: tile for tile in page.metric}
    assert tiles["Accuracy"].delta == "≤ baseline · n = 1,000"
    assert tiles["Accuracy"].color == tiles["Baseline"].color
    assert "Timing skill +0.070" in texts_on(page)
    assert "Tested as it is, trained until " in texts_on(page)


@pytest.mark.slow
def test_the_card_of_a_model_that_was_never_tested_says_how_to_train_it_anew(
    own_life: StillLife, open_page: Open
) -> None:
    publish(own_life.models_dir, "ETHUSDT", Timeframe.H1, test=None)
    page = open_page(own_life, symbol="ETH", timeframe="1h")
    assert "This model was never tested on candles it had not seen" in texts_on(page)
    assert "--symbols ETHUSDT --timeframes 1h --force" in page.code[0].value


@pytest.mark.slow
def test_the_kinds_of_models_can_be_told_apart_and_the_card_says_who_speaks(
    own_life: StillLife, open_page: Open
) -> None:
    page = open_page(own_life)
    assert [pills.key for pills in page.button_group] == ["timeframe"]  # no filter by what is the same everywhere
    publish_ensemble(own_life.models_dir, "ETHUSDT", Timeframe.H1)
    page.run()
    page.button_group(key="kinds").set_value(["Ensemble"]).run()
    assert [(row["coin"], row["timeframe"], row["kind"]) for row in rows(page)] == [("ETH", "1h", "Ensemble")]
    page.button_group(key="timeframe").set_value(["4h"]).run()
    assert "No Ensemble here. 4 would show with every kind." in texts_on(page).replace("*", "")

    card = open_page(own_life, symbol="ETHUSDT", timeframe="1h")
    who = "Ensemble of CNN-LSTM (40\u00a0%) and gradient-boosted trees (60\u00a0%): both trained on all coins"
    assert who in texts_on(card)
    assert "the trees: the newest one only" in card.table[-1].value.loc["Sees", "value"]


def test_a_coin_without_a_model_has_a_card_that_says_how_to_train_one(life: StillLife, open_page: Open) -> None:
    page = open_page(life, symbol=COINS[-1], timeframe="1h")
    assert no_model_text(COINS[-1], Timeframe.H1) in texts_on(page)
    assert f"--symbols {COINS[-1]} --timeframes 1h" in page.code[0].value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"symbol": "BTCUSD"}, "Did you mean 'BTCUSDT'?"),
        ({"symbol": "BTCUSDT", "timeframe": "2h"}, "Choose one of: 15m, 1h, 4h, 1d."),
    ],
)
def test_an_address_that_means_nothing_gets_a_sentence_and_a_way_back(
    life: StillLife, open_page: Open, address: dict[str, str], expected: str
) -> None:
    page = open_page(life, **address)
    assert expected in texts_on(page)
    page.button(key="all_models").click().run()
    assert len(rows(page)) == 16


# ---------------------------------------------------------------- refreshing


@pytest.mark.slow
def test_a_model_published_while_the_page_is_open_shows_on_the_next_look(own_life: StillLife, open_page: Open) -> None:
    page = open_page(own_life)
    assert len([row for row in rows(page) if row["severity"] == "missing"]) == 4
    publish(own_life.models_dir, COINS[-1], Timeframe.H1)
    page.run()
    assert len([row for row in rows(page) if row["severity"] == "missing"]) == 3
