"""The coin page: what it shows of a signal, and what it says where something is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.application import Application, assemble
from core.domain import Timeframe
from core.errors import MarketUnavailable, UnknownSymbol
from core.findings import AwaitingMarket
from core.market.candles import CandleArrays, unix_ms
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.model.registry import NETWORK_FILE, ModelRegistry
from core.settings import Settings
from pages.components.coin.past_window import CANDLES_AFTER
from pages.components.coin.price_chart import PAST_CANDLES_SHOWN
from tests.applications import COINS, NOON, StillLife, still_life
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import WEAK_CONFUSION, evaluation, publish, publish_ensemble
from tests.pages.coin_page import coin_box, coin_page, texts_on
from tests.pages.sent import sent_to
from tests.problems import no_model_text

NO_MODEL = COINS[-1]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    """Shared by the tests that change nothing in it."""
    return still_life(tmp_path_factory.mktemp("models"))


@pytest.fixture
def own_life(tmp_path: Path) -> StillLife:
    return still_life(tmp_path)


class HandMadeMarket(DrawnOnce):
    """The simulated market, until a test lets it answer differently."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(seed=1, clock=clock)
        self.answer: Callable[[pd.DataFrame], pd.DataFrame] = lambda candles: candles

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        return CandleArrays.of(self.answer(super().arrays(symbol, timeframe, limit).frame()))


def level_prices_of(page: AppTest) -> dict[str, float]:
    return {level["short"]: level["price"] for level in sent_to(page, "coin_price_chart")["signal"]["levels"]}


def application_on(source: HandMadeMarket | AwaitingMarket, models_dir: Path) -> Application:
    """An application on a market, or on one that is awaited, with one model and not yet fed."""
    publish(models_dir, "BTCUSDT", Timeframe.H1)
    feed = CandleFeed(source, symbols=("BTCUSDT", "ETHUSDT"))
    settings = Settings(market="simulated", models_dir=models_dir)
    application = assemble(settings, feed, ModelRegistry(models_dir))
    application.board.start()
    return application


# ---------------------------------------------------------------- the address


@pytest.mark.slow
def test_the_address_chooses_coin_and_timeframe(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="4h")
    assert page.header[0].value == "Ethereum · ETHUSDT · 4h"
    assert sent_to(page, "coin_price_chart")["key"] == "ETHUSDT 4h"


@pytest.mark.slow
def test_a_coin_may_be_named_without_its_quote_and_the_address_is_completed(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="btc")
    assert page.query_params["symbol"] == "BTCUSDT"
    assert page.query_params["timeframe"] == "1h"


@pytest.mark.slow
def test_an_address_that_names_two_coins_keeps_them_for_the_line_that_tells_of_it(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol=["BTCUSDT", "SOLUSDT"])
    assert page.query_params["symbol"] == ["BTCUSDT", "SOLUSDT"]
    assert page.query_params["timeframe"] == "1h"
    assert sent_to(page, "coin_price_chart")["key"] == "SOLUSDT 1h"


@pytest.mark.slow
def test_choosing_another_coin_changes_the_address(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    page = coin_page(monkeypatch, life.application, symbol="BTCUSDT", timeframe="15m")
    coin_box(page).select("SOLUSDT").run()
    assert page.query_params["symbol"] == "SOLUSDT"
    assert page.query_params["timeframe"] == "15m"
    assert sent_to(page, "coin_price_chart")["key"] == "SOLUSDT 15m"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"symbol": "BTCUSD"}, "Did you mean 'BTCUSDT'?"),
        ({"symbol": "WHAT/EVER"}, "Unknown symbol 'WHAT/EVER'"),
        ({"timeframe": "2h"}, "Choose one of: 15m, 1h, 4h, 1d."),
        (
            {"symbol": "../../etc/passwd", "timeframe": "'; DROP"},
            "The address asks for timeframe='; DROP. Choose one of: 15m, 1h, 4h, 1d.",
        ),
        ({"symbol": "Ξ" * 5000}, "Unknown symbol"),
    ],
)
def test_an_address_that_means_nothing_gets_a_sentence_and_a_way_back(
    monkeypatch: pytest.MonkeyPatch, life: StillLife, address: dict[str, str], expected: str
) -> None:
    page = coin_page(monkeypatch, life.application, **address)
    assert expected in texts_on(page)
    assert "All coins](./)" in texts_on(page)
    assert sent_to(page, "coin_price_chart") is None


@pytest.mark.slow
def test_choosing_a_coin_leads_on_from_an_address_that_means_nothing(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="NOPE", timeframe="1h")
    coin_box(page).select("ETHUSDT").run()
    assert not page.warning
    assert page.header[0].value == "Ethereum · ETHUSDT · 1h"


# ---------------------------------------------------------------- the signal


@pytest.mark.slow
def test_the_call_the_chart_and_the_table_show_the_prediction_of_the_board(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    prediction = life.board.snapshot().of("ETHUSDT")[Timeframe.H1].prediction
    assert prediction is not None
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h")
    call = sent_to(page, "coin_call_panel")
    assert call["direction"]["name"] == prediction.direction
    assert call["move"]["at"] == round(prediction.move_probability, 4)
    assert call["valid_until"] == prediction.valid_until.timestamp() * 1000
    assert level_prices_of(page) == dict(
        zip(
            ("Upper", "Close", "Lower"),
            (prediction.levels.barriers[0], prediction.levels.entry, prediction.levels.barriers[1]),
            strict=True,
        )
    )
    assert "Pick LONG or SHORT" in texts_on(page)


@pytest.mark.slow
@pytest.mark.parametrize("side", ["LONG", "SHORT"])
def test_a_side_that_is_picked_has_its_levels_in_the_chart_and_in_the_table(
    monkeypatch: pytest.MonkeyPatch, life: StillLife, side: str
) -> None:
    prediction = life.board.snapshot().of("ETHUSDT")[Timeframe.H1].prediction
    assert prediction is not None
    upper, lower = prediction.levels.barriers
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h", levels=side)
    levels = level_prices_of(page)
    assert (levels["TP1"], levels["Stop"]) == ((upper, lower) if side == "LONG" else (lower, upper))
    assert len(page.table[0].value) == 5
    assert sent_to(page, "coin_position_size")["side"] == side
    other = sent_to(page, "coin_price_chart")["signal"]["hypothetical"]
    assert other == (prediction.direction != side)


@pytest.mark.slow
def test_the_page_says_which_kind_of_model_makes_the_call(monkeypatch: pytest.MonkeyPatch, own_life: StillLife) -> None:
    publish_ensemble(own_life.models_dir, "ETHUSDT", Timeframe.H4)
    own_life.board.recompute()
    alone = coin_page(monkeypatch, own_life.application, symbol="ETHUSDT", timeframe="1h")
    assert sent_to(alone, "coin_call_panel")["speaker"] == "CNN-LSTM"
    pair = coin_page(monkeypatch, own_life.application, symbol="ETHUSDT", timeframe="4h")
    who = "Ensemble of CNN-LSTM (40\u00a0%) and gradient-boosted trees (60\u00a0%)"
    assert sent_to(pair, "coin_call_panel")["speaker"] == who
    assert who in texts_on(pair)  # the model card


def test_every_timeframe_has_a_card_and_the_shown_one_is_marked(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="4h")
    cards = sent_to(page, "coin_timeframe_cards")
    assert [card["timeframe"] for card in cards] == ["15m", "1h", "4h", "1d"]
    assert [card["timeframe"] for card in cards if card["shown"]] == ["4h"]


@pytest.mark.slow
def test_a_weak_model_is_told_with_its_numbers_and_the_command_that_retrains_it(
    monkeypatch: pytest.MonkeyPatch, own_life: StillLife
) -> None:
    publish(own_life.models_dir, "BTCUSDT", Timeframe.H1, test=evaluation(WEAK_CONFUSION))
    own_life.board.recompute()
    page = coin_page(monkeypatch, own_life.application, symbol="BTCUSDT", timeframe="1h")
    assert "33.0\u00a0% of the time on 1,000 test candles" in page.warning[0].value.replace("\\", "")
    assert page.warning[0].proto.title == "", "the call above names it"
    assert page.code[0].value.startswith("python scripts/train_models.py")
    assert "--symbols BTCUSDT --timeframes 1h" in page.code[0].value


def test_an_accuracy_never_stands_without_its_sample_interval_and_baseline(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h")
    sentence = next(m.value for m in page.markdown if "Tested: right" in m.value)
    for part in ("48.0", "(fair)", "n\u00a0=\u00a01,000", "95", "interval", "Always saying LONG", "36.0"):
        assert part in sentence
    assert [tile.label for tile in page.metric][:3] == ["Accuracy", "95\u00a0% interval", "Baseline"]


@pytest.mark.slow
def test_a_simulated_market_is_told_apart_from_the_candles_the_accuracy_was_measured_on(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h")
    assert "tested on real candles, 2024-01-01 to 2024-12-31, not on these prices." in texts_on(page)


def test_the_exports_hold_the_candles_and_the_prediction(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h")
    assert [b.label for b in page.get("download_button")] == ["Candles (500, CSV)", "Prediction (JSON)"]


def test_the_chart_has_what_the_model_says_of_its_candles_and_the_one_that_the_address_names(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    candles, snapshot = life.feed.candles("ETHUSDT", Timeframe.H1), life.board.snapshot()
    prediction = snapshot.of("ETHUSDT")[Timeframe.H1].prediction
    assert prediction is not None
    named = candles["open_time"].iloc[-30]
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h", candle=f"{named:%Y-%m-%dT%H:%M}")
    chart = sent_to(page, "coin_price_chart")
    assert chart["marked"] == named.timestamp() * 1000
    assert len(chart["said"]["long"]) == len(chart["at"])
    newest = chart["said"]["long"][-1] + chart["said"]["short"][-1]
    assert newest == pytest.approx(prediction.move_probability, abs=2e-3)
    assert "simulated prices" in chart["title"]


@pytest.mark.slow
def test_a_candle_older_than_those_that_are_kept_is_drawn_with_its_own_time_around_it(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    named = NOON - timedelta(days=90)
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h", candle=f"{named:%Y-%m-%dT%H:%M}")
    chart = sent_to(page, "coin_price_chart")
    assert chart["marked"] == unix_ms(named)
    assert len(chart["at"]) == PAST_CANDLES_SHOWN
    last_ms = chart["start"] + chart["at"][-1] * chart["step"]
    assert last_ms == chart["gone_by"] == unix_ms(named) + CANDLES_AFTER * chart["step"]
    assert chart["signal"] is None, "that of now is no part of that time"
    assert len(json.dumps(chart)) < 20_000
    assert sent_to(page, "coin_call_panel") is not None, "what is said now stands beside it"
    assert "[Now] Of the newest candle, not of the one that you came for." in texts_on(page)


@pytest.mark.slow
def test_a_candle_that_the_market_does_not_have_is_said_to_be_lacking_and_the_newest_are_drawn(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h", candle="2019-03-01T12:00")
    assert "This market has no candles of that time; the newest ones are drawn." in texts_on(page)
    chart = sent_to(page, "coin_price_chart")
    assert (chart["gone_by"], chart["marked"]) == (None, None)
    assert chart["signal"] is not None


@pytest.mark.slow
def test_who_turns_to_another_timeframe_is_asked_no_more_for_a_candle_of_this_one(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol="ETHUSDT", timeframe="1h", candle="2025-09-03T12:00")
    coin_box(page).select("SOLUSDT").run()
    assert "candle" not in page.query_params


# ---------------------------------------------------------------- what may be missing


def test_a_coin_without_a_model_says_how_to_train_one_and_still_shows_its_candles(
    monkeypatch: pytest.MonkeyPatch, life: StillLife
) -> None:
    page = coin_page(monkeypatch, life.application, symbol=NO_MODEL, timeframe="1h")
    assert texts_on(page).count(no_model_text(NO_MODEL, Timeframe.H1)) == 2  # on top, and on the model card
    cards = {card["timeframe"]: card for card in sent_to(page, "coin_timeframe_cards")}
    assert cards["4h"]["problem"] == "No model"
    assert cards["4h"]["explanation"] == no_model_text(NO_MODEL, Timeframe.H4)
    assert f"--symbols {NO_MODEL} --timeframes 1h" in page.code[0].value
    chart = sent_to(page, "coin_price_chart")
    assert len(chart["at"]) == 500
    assert chart["signal"] is None
    assert len(sent_to(page, "coin_timeframe_cards")) == 4


@pytest.mark.slow
def test_an_unusable_model_says_why_and_the_rest_of_the_page_works(
    monkeypatch: pytest.MonkeyPatch, own_life: StillLife
) -> None:
    (own_life.models_dir / "BTCUSDT" / "1h" / NETWORK_FILE).write_bytes(b"cut short")
    own_life.board.recompute()
    page = coin_page(monkeypatch, own_life.application, symbol="BTCUSDT", timeframe="1h")
    assert "The model's files cannot be used" in texts_on(page)
    assert NETWORK_FILE in texts_on(page)
    assert sent_to(page, "coin_price_chart")["signal"] is None
    assert "call" in sent_to(page, "coin_timeframe_cards")[0]


def test_while_the_exchange_is_asked_the_page_says_what_it_waits_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    application = application_on(AwaitingMarket(exchange="binanceusdm"), tmp_path)
    page = coin_page(monkeypatch, application, symbol="BTCUSDT", timeframe="1h")
    assert "Asking binanceusdm for candles" in texts_on(page)
    assert sent_to(page, "coin_price_chart") is None


@pytest.mark.slow
def test_a_market_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    market = HandMadeMarket(ManualClock(NOON))

    def down(_: pd.DataFrame) -> pd.DataFrame:
        raise MarketUnavailable("The exchange does not answer; it is asked again by itself.")

    market.answer = down
    application = application_on(market, tmp_path)
    application.feed.refresh_once()
    page = coin_page(monkeypatch, application, symbol="BTCUSDT", timeframe="1h")
    assert "The exchange does not answer" in texts_on(page)


@pytest.mark.slow
def test_stale_candles_speak_against_the_signal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    market = HandMadeMarket(clock)
    application = application_on(market, tmp_path)
    application.feed.refresh_once()
    market.answer = lambda candles: candles.iloc[:0]
    clock.advance(timedelta(hours=3))
    application.feed.refresh_once()
    page = coin_page(monkeypatch, application, symbol="BTCUSDT", timeframe="1h")
    assert "Stale candles" in texts_on(page)
    assert "3 candles are missing" in texts_on(page)


@pytest.mark.slow
def test_bad_candles_are_not_drawn_and_the_reason_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    market = HandMadeMarket(ManualClock(NOON))
    market.answer = lambda candles: candles.assign(high=candles["low"] / 2)
    application = application_on(market, tmp_path)
    application.feed.refresh_once()
    page = coin_page(monkeypatch, application, symbol="BTCUSDT", timeframe="1h")
    assert "breaks low <= open, close <= high" in texts_on(page)
    assert sent_to(page, "coin_price_chart") is None


@pytest.mark.slow
def test_candles_that_are_made_since_too_many_coins_are_followed_are_told_apart_from_the_exchanges_own(
    monkeypatch: pytest.MonkeyPatch, own_life: StillLife
) -> None:
    monkeypatch.setattr(own_life.application.feed, "resampled_from", lambda timeframe: Timeframe.M15)
    page = coin_page(monkeypatch, own_life.application, symbol="BTCUSDT", timeframe="1h")
    assert "asked for 15m candles alone: new 1h ones are made of those, and compared" in texts_on(page)


@pytest.mark.slow
def test_a_short_history_is_drawn_but_gives_no_signal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    market = HandMadeMarket(ManualClock(NOON))
    market.answer = lambda candles: candles.tail(30)
    application = application_on(market, tmp_path)
    application.feed.refresh_once()
    page = coin_page(monkeypatch, application, symbol="BTCUSDT", timeframe="1h")
    assert "No signal on this candle" in texts_on(page)
    assert len(sent_to(page, "coin_price_chart")["at"]) == 30


def test_a_market_switched_while_the_page_is_drawn_gives_a_sentence(
    monkeypatch: pytest.MonkeyPatch, own_life: StillLife
) -> None:
    def gone(*_: object) -> None:
        raise UnknownSymbol("Unknown symbol 'BTCUSDT'.")

    monkeypatch.setattr(own_life.feed, "tick_size", gone)
    page = coin_page(monkeypatch, own_life.application, symbol="BTCUSDT", timeframe="1h")
    assert "Unknown symbol 'BTCUSDT'" in texts_on(page)
