"""Open pages are told of a message in the words of whoever reads them, and where a click leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.alerted import Alerted, Message, Notice, SignalSummary
from core.domain import Series, Timeframe
from core.wording.alerts import alert_body, alert_lines
from core.wording.language import Language, speaking
from core.wording.style import PLAIN
from pages.components.shared.alert_notices import notices_data

BTC = Alerted(
    3,
    17,
    "fired",
    Series("BTCUSDT", Timeframe.M15),
    datetime(2025, 9, 3, 12, 15, tzinfo=UTC),
    SignalSummary(0.74, 0.68, None, None, "trusted"),
)


def notice_data(*alerts: Alerted, language: Language = Language.ENGLISH) -> dict[str, object]:
    [data] = notices_data((Notice("3-1", Message("likely", "simulated", alerts, held=False)),), language)
    return data


def test_a_message_about_one_coin_leads_there_and_names_simulated_prices() -> None:
    data = notice_data(BTC)
    assert (data["title"], data["symbol"], data["timeframe"]) == (
        "[simulated prices] likely: 15m 12:15 UTC, BTC",
        "BTCUSDT",
        "15m",
    )
    assert data["lines"] == [
        "BTC 15m: P(move) 74\N{NO-BREAK SPACE}%, usually 68\N{NO-BREAK SPACE}%; side unclear; trusted (12:15 UTC, alert 3-17)"
    ]


def test_one_about_several_coins_or_about_a_silent_feed_leads_to_none_of_them() -> None:
    eth = replace(BTC, seq=18, series=Series("ETHUSDT", Timeframe.M15))
    assert (notice_data(BTC, eth)["symbol"], notice_data(BTC, eth)["timeframe"]) == (None, "15m")
    assert notice_data(replace(BTC, event="went_silent", signal=None))["symbol"] is None


@pytest.mark.slow
def test_whoever_reads_chinese_is_told_in_chinese_and_what_is_sent_stays_english() -> None:
    data = notice_data(BTC, language=Language.CHINESE)
    assert data["title"] == "【模拟价格】likely：15m，12:15 UTC，BTC"
    assert data["lines"] == ["BTC 15m：P(波动) 74%，通常 68%；方向不明；可信（12:15 UTC，提醒 3-17）"]
    with speaking(Language.CHINESE):
        [line] = alert_lines([BTC], PLAIN)
    assert line.text == "BTC 15m: P(move) 74%, usually 68%; side unclear; trusted (12:15 UTC, alert 3-17)"


def silent(number: int, coin: str, timeframe: Timeframe = Timeframe.M15) -> Alerted:
    return replace(BTC, seq=number, series=Series(coin, timeframe), signal=None)


def test_coins_that_lack_the_same_candle_share_a_line_that_names_each_alert() -> None:
    alerts = [silent(1, "BTCUSDT"), silent(2, "BTCUSDT", Timeframe.H1), silent(3, "ETHUSDT")]
    assert [(line.text, line.alerts) for line in alert_lines(alerts, PLAIN)] == [
        ("BTC, ETH 15m: no candle came in time (12:15 UTC, alerts 3-1, 3-3)", 2),
        ("BTC 1h: no candle came in time (12:15 UTC, alert 3-2)", 1),
    ]
    ended = [replace(alert, event="ended", signal=BTC.signal) for alert in alerts]
    assert [line.alerts for line in alert_lines(ended, PLAIN)] == [1, 1, 1]


def test_a_message_of_a_market_that_is_silent_counts_the_alerts_it_leaves_out() -> None:
    alerts = tuple(silent(number, f"C{number}USDT") for number in range(100))
    assert [len(line.split("alerts")[1].split(",")) for line in notice_data(*alerts)["lines"]] == [20] * 4
    assert notice_data(*alerts)["more"] == 20
    body = alert_body(Message("silent", "exchange", alerts, held=False), PLAIN, lambda text: text.count("\n") <= 2)
    assert body.endswith("and 60 more; the page Alerts has them all")
