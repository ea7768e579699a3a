"""Fill a folder with real candles of an exchange; run it again to bring the folder up to date.

    python -m scripts.download_candles --out data/candles --symbols BTC,ETH --timeframes 15m,1h --since 2024-01-01

The folder is laid out as <SYMBOL>/<timeframe>.parquet and serves training (scripts/train_models.py --candles) and
the recorded market (CANDOR_MARKET=recorded, CANDOR_CANDLES_DIR). The exit code is 1 if a series failed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import require

require("tqdm")

from tqdm import tqdm

from core.domain import Series, Timeframe, normalise_symbol
from core.errors import CandorError
from core.market.candles import CandleStore
from core.market.download import download, parse_since
from core.market.exchange import ExchangeMarket
from core.settings import get_settings


def main(arguments: list[str] | None = None) -> int:
    try:
        options = _parser().parse_args(arguments)
        symbols = tuple(normalise_symbol(part) for part in options.symbols.split(",") if part.strip())
        timeframes = [Timeframe.parse(part) for part in options.timeframes.split(",") if part.strip()]
        wanted = () if options.symbols == "all" else symbols
        market = ExchangeMarket(options.exchange, options.url, wanted)
        series = [Series(symbol, timeframe) for symbol in wanted or market.symbols() for timeframe in timeframes]
        failed = _with_progress_bar(market, CandleStore(options.out), series, options.since)
    except CandorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is stored is whole; run the same command to go on.", file=sys.stderr)
        return 130
    for each, reason in failed.items():
        print(f"{each} failed: {reason}", file=sys.stderr)
    print(f"{len(series) - len(failed)} of {len(series)} series are up to date in {options.out}.")
    return 1 if failed else 0


def _with_progress_bar(
    market: ExchangeMarket, store: CandleStore, series: list[Series], since: datetime
) -> dict[Series, str]:
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
        help="where a series that is not stored yet begins, UTC (default: %(default)s)",
    )
    parser.add_argument(
        "--out", type=Path, default=get_settings().data_dir / "candles", help="the folder (default: %(default)s)"
    )
    parser.add_argument("--url", help="send all requests to this address (a proxy or mirror)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
