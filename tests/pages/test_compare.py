"""The page that compares coins, as Streamlit runs it over a real board."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.domain import Series, Timeframe
from core.wording.style import TYPESET
from pages.components.compare.figure import compare_figure, compare_summary
from pages.components.compare.lines import CANDLES, lines_of
from pages.components.compare.scope import PARAMETERS
from pages.components.shared.parameters import unusable_in
from tests.applications import StillLife, still_life
from tests.pages.coin_page import page_of, texts_on
from tests.pages.sent import sent_to

PAGE = Path(__file__).resolve().parents[2] / "pages" / "compare.py"
M15 = Timeframe.M15


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    return still_life(tmp_path_factory.mktemp("models"))


def compare_page(monkeypatch: pytest.MonkeyPatch, life: StillLife, **address: str) -> AppTest:
    return page_of(PAGE, monkeypatch, life.application, **address)


@pytest.mark.slow
def test_coins_are_drawn_in_one_figure_with_the_headline_of_each(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = compare_page(monkeypatch, life, coins="BTC,ETH,DOGE", timeframe="15m")
    text = texts_on(page)
    assert "Bitcoin" in text
    assert text.count("usually") == 2
    assert "Open BTC](coin?symbol=BTCUSDT&timeframe=15m)" in text
    assert "No model of DOGEUSDT" in text
    sent = sent_to(page, "shared_model_charts")
    assert [trace["name"] for trace in sent["figure"]["data"] if trace.get("showlegend", True)] == [
        "BTC",
        "ETH",
        "DOGE",
    ]
    page.segmented_control(key="compared_timeframe").select("4h").run()
    assert (page.query_params["coins"], page.query_params["timeframe"]) in [
        ("BTC,ETH,DOGE", "4h"),
        (["BTC,ETH,DOGE"], ["4h"]),
    ]
    page.multiselect(key="compared_coins").unselect("DOGEUSDT").unselect("ETHUSDT").run()
    assert "Choose 2 to 4 coins" in texts_on(page)


def test_what_cannot_be_compared_is_told(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    text = texts_on(compare_page(monkeypatch, life, coins="BTC,BTCC", timeframe="7m"))
    assert "Choose 2 to 4 coins" in text
    warned = " ".join(
        each.text for each in unusable_in({"coins": ["BTC,BTCC"], "timeframe": ["7m"]}, PARAMETERS, ("BTCUSDT",))
    )
    assert "BTCC" in warned
    assert "7m" in warned
    assert "Nothing is compared." in warned


def test_times_are_those_of_who_reads_and_shares_have_room_before_their_sign(life: StillLife) -> None:
    lines, _ = lines_of(life.application, [Series("BTCUSDT", M15)])
    figure = compare_figure(lines, TYPESET.in_zone(ZoneInfo("Asia/Kolkata")))
    price, move, _ = figure["data"]
    assert price["x"][-1] == (lines[0].times[-1] + timedelta(hours=5, minutes=30)).strftime("%Y-%m-%d %H:%M")
    assert move["text"][-1].endswith("\u00a0%")
    low, high = figure["layout"]["yaxis2"]["range"]
    assert low < min(lines[0].move[-1], lines[0].usual) < high


def test_every_price_begins_at_a_hundred_and_every_p_move_ends_at_the_boards(life: StillLife) -> None:
    coins = [Series(symbol, M15) for symbol in ("BTCUSDT", "ETHUSDT", "DOGEUSDT")]
    lines, problems = lines_of(life.application, coins)
    assert problems == {}
    board = life.board.snapshot()
    for coin in lines:
        assert (coin.price[0], len(coin.times)) == (100, CANDLES)
        prediction = board.signals[Series(coin.symbol, M15)].prediction
        if prediction is None:
            assert np.isnan(coin.move).all()
            assert coin.usual is None
        else:
            assert coin.move[-1] == pytest.approx(prediction.move_probability, abs=1e-3)
            assert coin.usual == prediction.usual_move_probability
            assert coin.times[-1] == prediction.candle_close_time
    assert len(compare_figure(lines)["data"]) == 3 + 3 + 2
    assert "DOGE: " in compare_summary(lines, "15m")
    assert "no P(move)" in compare_summary(lines, "15m")
