"""Train models from a folder of candles.

    python -m scripts.train_models --candles FOLDER

Learns from all coins of the folder together, then publishes a model for each coin and timeframe asked for.
What is already published is left alone unless --force is given, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import FOR_TRAINING, require

require(*FOR_TRAINING)

from core.domain import Series, Timeframe, resolve_symbol
from core.learning.assessment.comparison import summarise, summary_table
from core.learning.recipes import RECIPES, Until
from core.learning.train import TrainingOrder, TrainingReport, train_models
from core.market.candle_files import CandleStore
from core.settings import get_settings
from scripts.candle_arguments import (
    add_candle_arguments,
    add_worker_arguments,
    check_candle_arguments,
    find_room,
    run_to_its_end,
    workers_of,
)
from scripts.named_series import named_coins, named_timeframes

_FROM_SPOT = " and ".join(timeframe for timeframe, recipe in RECIPES.items() if any(b.spot for b in recipe.besides))
_NAMED = 5  # of those that one reason concerns


def main(arguments: list[str] | None = None) -> int:
    """0 if every model asked for is there or lacks history, 1 if one failed or none is there; else run_to_its_end's."""
    return run_to_its_end(_parser, arguments, _training)


def _training(options: argparse.Namespace) -> Callable[[], int]:
    order = _order(options)

    def train() -> int:
        report = train_models(order)
        _print(report, order)
        return 1 if report.failed or not (report.trained or report.kept) else 0

    return train


def _parser() -> argparse.ArgumentParser:
    settings = get_settings()
    parser = argparse.ArgumentParser("train_models.py", description=(__doc__ or "").split("\n\n", 2)[2])
    add_candle_arguments(
        parser,
        settings,
        spot=f"another market's history, in the same layout; all of its coins are learned from at {_FROM_SPOT}",
    )
    parser.add_argument(
        "--symbols", default="all", help="coins to publish: all, or a list such as BTC,ETH (default: all)"
    )
    parser.add_argument(
        "--timeframes", help=f"any of {','.join(Timeframe)} (default: all that --candles has candles of)"
    )
    parser.add_argument("--models", type=Path, default=settings.models_dir, metavar="FOLDER", help="where models go")
    parser.add_argument(
        "--datasets",
        type=Path,
        default=settings.data_dir / "datasets",
        metavar="FOLDER",
        help="where datasets go (default: %(default)s)",
    )
    add_worker_arguments(parser)
    parser.add_argument(
        "--until",
        choices=get_args(Until),
        help="publish models trained once more until the end of all candles, or the very ones that were tested (default: "
        "what each timeframe's recipe prefers)",
    )
    parser.add_argument("--force", action="store_true", help="train anew what is already published")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and candles give the same models")
    return parser


def _order(options: argparse.Namespace) -> TrainingOrder:
    """The order the arguments describe; InvalidRequest, UnknownSymbol or UnknownTimeframe say what is wrong with them."""
    check_candle_arguments(options, seeds=2**32)
    find_room(get_settings().data_dir)
    store = CandleStore(options.candles)
    known = store.symbols()
    asked = named_coins(options.symbols)
    symbols = known if asked is None else tuple(dict.fromkeys(resolve_symbol(word, known) for word in asked))
    timeframes = tuple(timeframe for timeframe in Timeframe if any(store.has(symbol, timeframe) for symbol in symbols))
    if options.timeframes is not None:
        timeframes = named_timeframes(options.timeframes)
    return TrainingOrder(
        candles=options.candles,
        spot_candles=options.spot_candles,
        symbols=symbols,
        timeframes=timeframes,
        models=options.models,
        datasets=options.datasets,
        now=datetime.now(UTC),
        workers=workers_of(options),
        force=options.force,
        until=options.until,
        seed=options.seed,
    )


def _print(report: TrainingReport, order: TrainingOrder) -> None:
    there = f"; {len(report.kept)} were there already (--force trains them anew)" if report.kept else ""
    trained = len(report.trained)
    print(f"\n{trained} model{'s' * (trained != 1)} trained{there}.")
    summaries = [summarise(order.models, order.datasets, order.symbols, timeframe) for timeframe in order.timeframes]
    if any(summaries):
        print(
            "Test period, which nothing was chosen on; means over coins, 95 % intervals from blocks of days drawn anew:\n"
        )
        print(summary_table(s for s in summaries if s is not None))
    _print_reasons("No model, for want of history", report.too_little_history)
    _print_reasons("Left out of what is learned from", report.left_out)
    _print_reasons("Not in the table", report.not_in_table)
    _print_reasons("FAILED", report.failed)


def _print_reasons(title: str, reasons: Mapping[Series, str] | Mapping[str, str]) -> None:
    """Each reason once, after those it concerns."""
    concerned: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        concerned.setdefault(reason, []).append(str(name))
    if concerned:
        print(f"\n{title}:")
    for reason, names in concerned.items():
        others = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        print(f"  {', '.join(names[:_NAMED])}{others}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
