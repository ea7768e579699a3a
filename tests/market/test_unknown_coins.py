"""A coin of CANDOR_SYMBOLS that the market does not list: the start ends where that is known, the board says it elsewhere."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from core.application import Application, build_application
from core.domain import Series, Timeframe
from core.settings import Settings
from core.wording.sentences import problem_sentence
from tests.market.exchange_server import BinanceServer
from tests.market.test_chooser import gone_exchange

TIA = Series("TIAAUSDT", Timeframe.M15)


@pytest.fixture
def started(tmp_path: Path) -> Callable[..., tuple[Application, list[list[str]]]]:
    """An application whose market was asked once, and what was told of coins that the exchange lacks."""

    def start(url: str, symbols: str, market: str = "auto") -> tuple[Application, list[list[str]]]:
        settings = Settings(market=market, exchange_url=url, symbols=symbols, models_dir=tmp_path)  # type: ignore[arg-type]
        application = build_application(settings)
        problems: list[list[str]] = []
        application.board.start()
        application.once_the_exchange_has_listed(lambda unlisted: problems.append([str(e) for e in unlisted.values()]))
        if application.auto is not None:
            application.auto.ask_exchange()
        for _ in range(2):
            application.feed.refresh_once()
        return application, problems

    return start


def reason(application: Application, series: Series) -> str:
    problem = application.board.snapshot().signals[series].problem
    assert problem is not None
    return str(problem_sentence(problem))


@pytest.mark.slow
@pytest.mark.parametrize("market", ["auto", "exchange"])
def test_it_is_told_once_when_the_exchange_has_listed_its_coins(
    started: Callable[..., tuple[Application, list[list[str]]]], binance: BinanceServer, market: str
) -> None:
    application, problems = started(binance.url, "BTC,TIAA,RNDR", market)
    assert problems == [
        [
            "Unknown symbol 'TIAAUSDT'. Did you mean 'TIAUSDT'?",
            "Unknown symbol 'RNDRUSDT'. RNDR is called RENDER now. Did you mean 'RENDERUSDT'?",
        ]
    ]
    assert reason(application, TIA) == problems[0][0]
    assert started(binance.url, "BTC", market)[1] == [[]]


@pytest.mark.slow
def test_while_the_exchange_is_away_the_board_says_it_and_the_start_goes_on(
    started: Callable[..., tuple[Application, list[list[str]]]], binance: BinanceServer
) -> None:
    application, problems = started(gone_exchange(), "BTC,TIAA")
    assert application.feed.status("BTCUSDT", Timeframe.M15).state == "fresh"
    assert reason(application, TIA) == "Unknown symbol 'TIAAUSDT'. Did you mean 'TIAUSDT'?"
    assert problems == []


@pytest.mark.slow
def test_a_coin_that_the_exchange_lists_by_its_old_name_is_served_by_that(
    started: Callable[..., tuple[Application, list[list[str]]]], binance: BinanceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = binance.market.symbols
    old = {"MATICUSDT": "BTCUSDT"}
    monkeypatch.setattr(binance.market, "symbols", lambda: (*honest(), *old))
    for name in ("candles", "tick_size"):
        by_name = getattr(binance.market, name)
        monkeypatch.setattr(binance.market, name, lambda s, *more, by_name=by_name: by_name(old.get(s, s), *more))
    application, problems = started(binance.url, "BTC,MATIC")
    assert problems == [[]]
    assert application.feed.status("MATICUSDT", Timeframe.M15).state == "fresh"


@pytest.mark.slow
def test_the_start_ends_as_if_the_server_had_been_told_to(
    started: Callable[..., tuple[Application, list[list[str]]]],
    binance: BinanceServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    application, _ = started(binance.url, "BTC,TIAA")
    ended: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", ended.append)
    app.refuse_unknown_coins(application.feed.unlisted or {})
    assert ended == [signal.SIGTERM]
    sentence = "CANDOR_SYMBOLS cannot be used: Unknown symbol 'TIAAUSDT'. Did you mean 'TIAUSDT'?"
    assert capsys.readouterr().err == f"Candor cannot start: {sentence}\n"
    app.refuse_unknown_coins({})
    assert len(ended) == 1
