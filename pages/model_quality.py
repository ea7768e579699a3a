"""Every model and what it is worth: the weak ones first, their charts, and on a click one model's card and mistakes."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.application import Application
from core.domain import Series, Timeframe
from core.journal.vocabulary import Origin
from core.market.coins import coin_name
from core.model.metrics import ModelMetrics
from core.model.registry import ModelStatus
from core.signals.trust import judge
from core.wording.language import say
from pages.components.quality.filter_bar import filter_bar, nothing_passes, return_to_filters
from pages.components.quality.overview import quality_overview
from pages.components.quality.part_shown import CARD, SHOW, WRONG
from pages.components.quality.retraining import retraining_panel
from pages.components.quality.rows import ModelRow, models_table, row_of
from pages.components.quality.selection import ordered
from pages.components.quality.table import model_table, table
from pages.components.quality.wrong_candles import wrong_candles
from pages.components.record.live_models import live_of, live_slices
from pages.components.record.one_series import live_beside_test
from pages.components.record.sentences import origin_badge, prices_word
from pages.components.shared.address import ask, asked, widget_at
from pages.components.shared.application import application
from pages.components.shared.coin_choice import read_choice
from pages.components.shared.language import fragment
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.model_card import model_card
from pages.components.shared.plain_text import plain
from pages.components.shared.trust_panel import accuracy_sentence, trust_panel
from pages.components.shared.walk_forward import walk_forward_of
from pages.components.shared.way import way

REFRESH_SECONDS = 5.0  # between two looks at the models' folders, each of which costs a few milliseconds


def statuses(app: Application) -> list[ModelStatus]:
    """The models of every coin and timeframe of the board, in the market's order."""
    return app.registry.statuses(Series(symbol, timeframe) for symbol in app.feed.symbols() for timeframe in Timeframe)


@fragment(run_every=REFRESH_SECONDS)
def redraw_when_a_model_changes(app: Application, drawn: list[ModelStatus]) -> None:
    """A candle draws the page anew by itself (see refresh.py); a model published in between does it here."""
    if statuses(app) != drawn:
        st.rerun()


# ---------------------------------------------------------------- all models


def show_models(rows: list[ModelRow]) -> None:
    filters = filter_bar(rows)
    shown = [row for row in rows if filters.admit(row)]
    if not shown:
        nothing_passes(rows, filters)
        return
    show_table(shown)
    quality_overview(shown)


@fragment()
def show_table(shown: list[ModelRow]) -> None:
    order = table.order()
    in_order = ordered(shown, order)
    model_table(in_order, order)
    st.download_button(
        say("Models ({count}, CSV)", count=len(in_order)),
        lambda: models_table(in_order).to_csv(index=False),
        "candor-models.csv",
        "text/csv",
        key="save_models",
        icon=":material/download:",
        on_click="ignore",
    )


# ---------------------------------------------------------------- one model


def show_model(app: Application, symbol: str, timeframe: Timeframe) -> None:
    status = app.registry.status(symbol, timeframe)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(say("All models"), key="all_models", icon=":material/arrow_back:", on_click=return_to_filters)
        text = say("Its signals and chart")
        way(text, "coin", "candlestick_chart", "signals", symbol=symbol, timeframe=timeframe.value)
    st.header(f"{coin_name(symbol)} · {symbol} · {timeframe}", anchor=False)
    if status.metrics is None:
        model_card(status, app.feed.identity, walk_forward_of(app.registry, timeframe))
        return
    show_verdict(status.metrics, app.feed.now())
    live_beside_test(app, status.series, status.metrics.model_version)
    show_card_or_mistakes(app, status, status.metrics)


@fragment()
def show_card_or_mistakes(app: Application, status: ModelStatus, metrics: ModelMetrics) -> None:
    """Turned from one to the other without the page around them; once both were seen, by the browser alone.

    What was not asked for yet is not drawn: to judge a model's calls for the first time takes longest of all.
    """
    parts = {say(part): part for part in (CARD, WRONG)}
    drawn = widget_at(SHOW.name, say(asked(SHOW)))
    follow = drawn.on_change(lambda part: show_part(parts[part]))
    card, mistakes = st.tabs([*parts], default=drawn.default, key=drawn.key, on_change=follow)
    seen = st.session_state.setdefault("seen_of_models", set())
    seen.add((status.series, parts[st.session_state[drawn.key]]))
    if (status.series, CARD) in seen:
        with card:
            model_card(status, app.feed.identity, walk_forward_of(app.registry, status.series.timeframe))
    if (status.series, WRONG) in seen:
        with mistakes:
            wrong_candles(app, metrics, _whose_calls(app))


def _whose_calls(app: Application) -> str:
    """The badge of calls that were worked out afterwards on this market's candles; none while markets are switched."""
    market = app.feed.identity
    return "" if market is None else origin_badge(Origin.REPLAYED, prices_word(market))


def show_verdict(metrics: ModelMetrics, now: datetime) -> None:
    trust = judge(metrics, now)
    if trust.findings or metrics.test is None:
        trust_panel(trust, metrics.test)
    else:
        st.success(
            accuracy_sentence(metrics.test), title=say("Its test found nothing against it"), icon=":material/check:"
        )


def show_wrong_address(problem: str) -> None:
    st.warning(plain(problem), title=say("No model at this address"), icon=":material/wrong_location:")
    st.button(say("All models"), key="all_models", icon=":material/arrow_back:", on_click=return_to_filters)


def show_part(part: str) -> None:
    """Of a model: the card needs no word in the address."""
    ask(SHOW.name, "" if part == CARD else part)


app = application()
every_status = statuses(app)
if "symbol" in st.query_params:
    choice = read_choice(st.query_params["symbol"], st.query_params.get("timeframe"), app.feed.symbols())
    if choice.problem or choice.symbol is None or choice.timeframe is None:
        show_wrong_address(choice.problem or "")
    else:
        show_model(app, choice.symbol, choice.timeframe)
else:
    slices = live_slices(app)
    show_models([row_of(status, app.feed.now(), live_of(status, slices)) for status in every_status])
    retraining_panel(app)
    redraw_when_there_is_more(lambda: live_slices(app), slices)
redraw_when_a_model_changes(app, every_status)
