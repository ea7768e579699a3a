"""Open pages are told of a message in the words of whoever reads them, and where a click leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.alerted import Alerted, Message, Notice, SignalSummary
from core.domain import Series, Timeframe
from core.wording.alerts import alert_line
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
        assert (
            alert_line(BTC, PLAIN) == "BTC 15m: P(move) 74%, usually 68%; side unclear; trusted (12:15 UTC, alert 3-17)"
        )
