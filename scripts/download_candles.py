"""Fill a folder with real candles of an exchange; run it again to bring the folder up to date.

    python -m scripts.download_candles --out data/candles --symbols BTC,ETH --timeframes 15m,1h --since 2024-01-01

The folder is laid out as <SYMBOL>/<timeframe>.parquet and serves training (scripts/train_models.py --candles) and
the recorded market (CANDOR_MARKET=recorded, CANDOR_CANDLES_DIR). What the exchange did not give is named, and asked for
again by the next run. The exit code is 0 if every candle asked for is there, 3 if some are missing, 1 if a series failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import require

require("tqdm")

from tqdm import tqdm

from core.domain import Series, Timeframe, normalise_symbol
from core.errors import CandorError
from core.market.candle_files import CandleStore
from core.market.download import Failed, Hole, NotTried, Outcome, Stored, download, parse_since
from core.market.exchange import ExchangeMarket
from core.settings import get_settings
from scripts.named_series import named_coins, named_timeframes

HOLES_NAMED = 10
"""Of one series; what is beyond is counted."""


def main(arguments: list[str] | None = None) -> int:
    try:
        options = _parser().parse_args(arguments)
        timeframes = named_timeframes(options.timeframes)
        wanted = tuple(dict.fromkeys(map(normalise_symbol, named_coins(options.symbols) or ())))
        market = ExchangeMarket(options.exchange, options.url, wanted)
        series = [Series(symbol, timeframe) for symbol in wanted or market.symbols() for timeframe in timeframes]
        outcomes = _with_progress_bar(market, CandleStore(options.out), series, options.since)
    except CandorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is stored is whole; run the same command to go on.", file=sys.stderr)
        return 130
    for each, outcome in outcomes.items():
        for sentence in _sentences(outcome, options.exchange):
            print(f"{each} {sentence}", file=sys.stderr)
    print("\n".join(_summary(outcomes, options.out)))
    return _exit_code(outcomes)


def _sentences(outcome: Outcome, exchange: str) -> Iterator[str]:
    """What is to be said of one series, each without its name; nothing where all is as it was asked for."""
    if isinstance(outcome, Failed):
        yield f"failed: {outcome.reason}"
    if isinstance(outcome, Stored):
        if outcome.corrected:
            yield (
                f"was corrected: {exchange} now tells {len(outcome.corrected):,} of its candles differently, "
                f"the first of {_minute(outcome.corrected[0])} UTC; the newer answer is stored."
            )
        for hole in outcome.holes[:HOLES_NAMED]:
            yield f"{_kind(outcome, hole)}: {_candles(hole.count)} missing, {_minute(hole.first)} to {_minute(hole.last)} UTC."
        others = outcome.holes[HOLES_NAMED:]
        if others:
            yield (
                f"has {len(others):,} more holes: {_candles(sum(hole.count for hole in others))} missing, "
                f"{_minute(others[0].first)} to {_minute(others[-1].last)} UTC."
            )


def _kind(stored: Stored, hole: Hole) -> str:
    if not stored.candles:
        return "has none of the candles asked for"
    return "begins late" if hole.at_the_beginning else "has a hole"


def _summary(outcomes: dict[Series, Outcome], folder: Path) -> Iterator[str]:
    """How many series are in which state, and which those are that are not as they were asked for."""
    whole = sum(isinstance(outcome, Stored) and not outcome.holes for outcome in outcomes.values())
    yield f"{whole} of {len(outcomes)} series are up to date in {folder}."
    states = {
        "Candles are missing": [
            each for each, outcome in outcomes.items() if isinstance(outcome, Stored) and outcome.holes
        ],
        "Failed": [each for each, outcome in outcomes.items() if isinstance(outcome, Failed)],
        "Not tried": [each for each, outcome in outcomes.items() if isinstance(outcome, NotTried)],
    }
    for state, series in states.items():
        if series:
            yield f"{state}: {', '.join(map(str, series))}."


def _exit_code(outcomes: dict[Series, Outcome]) -> int:
    if any(not isinstance(outcome, Stored) for outcome in outcomes.values()):
        return 1
    return 3 if any(outcome.holes for outcome in outcomes.values() if isinstance(outcome, Stored)) else 0


def _candles(count: int) -> str:
    return "1 candle is" if count == 1 else f"{count:,} candles are"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _with_progress_bar(
    market: ExchangeMarket, store: CandleStore, series: list[Series], since: datetime
) -> dict[Series, Outcome]:
    done: dict[Series, float] = {}
    with tqdm(total=len(series), unit="series", bar_format="{l_bar}{bar}| {n:.1f}/{total} {postfix}") as bar:

        def progress(each: Series, share: float) -> None:
            bar.set_postfix_str(" ".join(each), refresh=False)
            bar.update(share - done.get(each, 0.0))
            done[each] = share

        return download(market, store, series, since, progress)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Fill a folder with candles of an exchange, or bring it up to date.")
    parser.add_argument("--exchange", default="binanceusdm", help="any exchange ccxt knows (default: %(default)s)")
    parser.add_argument("--symbols", default="all", help="all, or a list such as BTC,ETH (default: %(default)s)")
    parser.add_argument("--timeframes", default=",".join(Timeframe), help="any of them (default: %(default)s)")
    parser.add_argument(
        "--since",
        type=parse_since,
        default="2023-01-01",
        metavar="DATE",
        help="where every series is to begin, UTC; earlier than what is stored, it is put before (default: %(default)s)",
    )
    parser.add_argument(
        "--out", type=Path, default=get_settings().data_dir / "candles", help="the folder (default: %(default)s)"
    )
    parser.add_argument("--url", help="send all requests to this address (a proxy or mirror)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
