"""Signals and a coin the plain way, to measure pages against: Streamlit's own widgets, drawn anew by every run of the script."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

import streamlit as st

TIMEFRAMES = ("15m", "1h", "4h", "1d")
COLUMNS = 5
LOOK_SECONDS = 2.0
"""Between two looks for something new."""


def ask(path: str) -> Any:
    """What the API says."""
    with urllib.request.urlopen(f"{os.environ['PLAIN_SOURCE']}/api/{path}", timeout=30) as answer:
        return json.load(answer)


@st.fragment(run_every=LOOK_SECONDS)
def signals() -> None:
    timeframe = st.segmented_control("Timeframe", TIMEFRAMES, default=TIMEFRAMES[0], required=True)
    least = st.slider("Confidence, %", 0, 100, 0)
    predictions = ask(f"predictions?timeframe={timeframe}")["predictions"]
    shown = [each for each in predictions if each["confidence"] * 100 >= least]
    st.markdown(f"{len(shown)} signals on {timeframe} at {least} % or more")
    for start in range(0, len(shown), COLUMNS):
        for column, each in zip(st.columns(COLUMNS), shown[start : start + COLUMNS], strict=False):
            with column.container(border=True):
                card(each)


def card(each: dict[str, Any]) -> None:
    """What a card of Candor says."""
    move, usual = each["move_probability"], each["usual_move_probability"]
    st.markdown(f"**{each['symbol']}** {each['direction']} {each['confidence']:.0%}")
    st.markdown(f"Move by {each['horizon_ends']}: {move:.0%}, usually {usual:.0%}")
    st.progress(move)
    st.caption(f"{each['trust']['verdict']} · accuracy {each['model_accuracy']} · valid until {each['valid_until']}")
    for reason in each["trust"]["reasons"]:
        st.caption(reason)
    if st.button("Open", key=each["symbol"]):
        st.switch_page(coin_page, query_params={"symbol": each["symbol"], "timeframe": each["timeframe"]})


def coin() -> None:
    symbol = st.query_params.get("symbol", "BTCUSDT")
    timeframe = st.query_params.get("timeframe", TIMEFRAMES[0])
    st.header(f"{symbol} {timeframe}")
    candles = ask(f"candles/{symbol}?timeframe={timeframe}&limit=500")["candles"]
    prices = {name: [each[name] for each in candles] for name in ("open", "high", "low", "close")}
    times = [each["open_time"] for each in candles]
    st.plotly_chart({"data": [{"type": "candlestick", "x": times, **prices}], "layout": {}})
    signal = ask(f"predictions/{symbol}?timeframe={timeframe}")
    st.dataframe([{"level": name, "price": signal[name]} for name in ("entry", "stop_loss")])
    st.dataframe([{"level": name, "price": price} for name, price in signal["take_profits"].items()])
    card(signal)


coin_page = st.Page(coin, title="Coin")
st.set_page_config(layout="wide")
st.navigation([st.Page(signals, title="Signals", default=True), coin_page]).run()
