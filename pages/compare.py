"""Two to four coins side by side: prices from the same edge, P(move) beside what is usual, and what each signal says."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.application import Application
from core.domain import Series, Timeframe, ticker
from core.market.coins import coin_name
from core.signals.board import Signal
from core.signals.hours import Hours
from core.wording.language import in_a_row, say
from core.wording.sentences import error_text, problem_sentence
from pages.components.compare.figure import compare_figure, compare_summary
from pages.components.compare.lines import CANDLES, lines_of
from pages.components.compare.scope import COINS, FEWEST, MOST, TIMEFRAME, Compared, read_compared
from pages.components.shared.address import ask, whole_address, widget_at
from pages.components.shared.appearance import PROOF_STYLES, doubt_text, is_weak
from pages.components.shared.application import application
from pages.components.shared.headline import headline_text, side_text
from pages.components.shared.hours import PATIENCE, usual_hours
from pages.components.shared.model_charts import show_figure
from pages.components.shared.plain_text import plain
from pages.components.shared.questions import skills, timing_word
from pages.components.shared.way import way
from pages.components.shared.zone import local_now, reader_style


def choose(known: tuple[str, ...]) -> Compared:
    """The two widgets at what the address says; they change it."""
    compared = read_compared(whole_address(), known)
    coins = widget_at("compared_coins", list(compared.symbols))
    timeframe = widget_at("compared_timeframe", compared.timeframe)
    with st.container(horizontal=True, vertical_alignment="center", key="compare_head"):
        st.multiselect(
            say("Coins"),
            known,
            compared.symbols,
            key=coins.key,
            max_selections=MOST,
            on_change=coins.on_change(_compare),
            placeholder=say("Choose two to four coins"),
            label_visibility="collapsed",
            width=560,
        )
        st.segmented_control(
            say("Timeframe"),
            list(Timeframe),
            default=timeframe.default,
            key=timeframe.key,
            on_change=timeframe.on_change(partial(ask, TIMEFRAME.name)),
            required=True,
            label_visibility="collapsed",
        )
    return compared


def _compare(symbols: list[str]) -> None:
    """None of them is a choice, too: where the address says nothing, some are compared."""
    ask(COINS.name, [",".join(map(ticker, symbols))])


def show_signal(app: Application, signal: Signal | None, series: Series, hours: Hours) -> None:
    """What one coin's signal says, in the words of every page, and the way to its own page."""
    st.markdown(f"**{plain(coin_name(series.symbol))}** · {plain(str(series))}")
    if signal is not None and signal.prediction is not None:
        prediction, trust = signal.prediction, signal.prediction.trust
        timing, side = timing_word(trust), PROOF_STYLES[trust.side_proof].word
        doubt = doubt_text(trust)
        headline = plain(headline_text(prediction, local_now(app), hours))
        if is_weak(trust):
            st.caption(headline)
        else:
            st.markdown(headline)
        st.caption(
            plain(
                say(
                    "{side_text} · timing {timing} · side {side}",
                    side_text=side_text(prediction),
                    timing=timing,
                    side=side,
                )
            ),
            help=plain(in_a_row(*(skills(trust) or {}).values())) or None,
        )
        if doubt is not None:  # last, so that what is compared stands side by side
            st.markdown(f"**{plain(doubt)}**")
    else:
        problem = signal.problem if signal else None
        st.caption(
            plain(str(problem_sentence(problem, reader_style())) if problem else say("Its signal is on its way."))
        )
    text = say("Open {symbol}", symbol=ticker(series.symbol))
    way(text, "coin", "open_in_full", f"open_{series.symbol}", symbol=series.symbol, timeframe=series.timeframe)


def show_compared(app: Application, compared: Compared) -> None:
    """The coins' signals side by side, and their lines in one figure."""
    board, hours = app.board.snapshot(), usual_hours(app, compared.timeframe, PATIENCE)
    series = [Series(symbol, compared.timeframe) for symbol in compared.symbols]
    with st.container(key="compared_signals"):
        for column, each in zip(st.columns(len(series), border=True, gap="small"), series, strict=True):
            with column, st.container(gap=None, key=f"verdict_of_{each.symbol}"):
                show_signal(app, board.signals.get(each), each, hours)
    lines, problems = lines_of(app, series)
    for symbol, error in problems.items():
        st.info(
            plain(say("{symbol}: {why}", symbol=ticker(symbol), why=error_text(error, reader_style()))),
            icon=":material/candlestick_chart:",
        )
    if lines:
        show_figure(compare_figure(lines, reader_style()), compare_summary(lines, compared.timeframe), "compare")
    st.caption(
        say(
            "The newest {candles} candles, times in {zone}, at each candle's close. Thin lines: how often a "
            "barrier was touched in each model's training. P(move) is replayed by today's models, not what was "
            "issued at the time; candles that a model learned from are left out.",
            candles=CANDLES,
            zone=reader_style().offset(app.feed.now()),
        )
    )


app = application()
compared = choose(app.feed.symbols())
if len(compared.symbols) < FEWEST:
    st.info(
        say("Choose {fewest} to {most} coins to compare them.", fewest=FEWEST, most=MOST),
        icon=":material/compare_arrows:",
    )
else:
    show_compared(app, compared)
