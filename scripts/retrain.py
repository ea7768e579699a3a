"""Train challengers on what is new, and put those in use that beat the models there are.

    python -m scripts.retrain --candles data/candles

Brings the folder of candles up to date, trains on all but its newest candles, and compares on those, timeframe by timeframe.
What was found is added to data/retraining.jsonl, a line a run. The exit code is 0 if models were published, 3 if none was
better or it is too early to say, 1 if something failed.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import FOR_TRAINING, require

require(*FOR_TRAINING)

import orjson

from core.disk import cannot_write
from core.domain import Series, Timeframe
from core.errors import InvalidRequest
from core.learning.retraining import Comparison, RetrainingOrder, Verdict, retrain
from core.learning.train import TrainingOrder, TrainingReport
from core.log import set_up_logging
from core.market.candle_files import CandleStore
from core.market.candles import moment_of
from core.market.download import Stored, download
from core.market.exchange import ExchangeMarket
from core.settings import Settings, get_settings
from core.text import iso
from scripts.candle_arguments import (
    add_candle_arguments,
    add_worker_arguments,
    check_candle_arguments,
    find_room,
    run_to_its_end,
    workers_of,
)
from scripts.named_series import named_timeframes

log = logging.getLogger("core.learning.retraining")

REPORT = "retraining.jsonl"
SAID = {
    "published": "the challenger is better and now in use",
    "kept": "the challenger is not better; the models in use stay",
    "too_early": "too few candles are new to both; the models in use stay",
    "no_challenger": "no challenger could be trained; the models in use stay",
}


def main(arguments: list[str] | None = None) -> int:
    """0 if models were published, 3 if none was, 1 if something failed; else run_to_its_end's."""
    return run_to_its_end(_parser, arguments, _retraining)


def _retraining(options: argparse.Namespace) -> Callable[[], int]:
    settings = get_settings()
    set_up_logging(settings.log)
    order = _order(options, settings)

    def work() -> int:
        behind = [] if options.no_download else _download(options, order.training, settings)
        verdicts, report = retrain(order)
        _tell(verdicts, report, behind, settings.data_dir / REPORT)
        if report.failed:
            return 1
        return 0 if any(verdict.published for verdict in verdicts) else 3

    return work


def _download(options: argparse.Namespace, training: TrainingOrder, settings: Settings) -> list[str]:
    """Ask for what is new of every series of the folder; those that are not up to date afterwards."""
    store = CandleStore(options.candles)
    series = [Series(s, tf) for tf in training.timeframes for s in store.symbols() if store.has(s, tf)]
    market = ExchangeMarket(settings.exchange, settings.exchange_url, tuple({each.symbol: None for each in series}))
    since = min(moment_of(int(store.arrays(*each).open_time_ms[0])) for each in series)
    outcomes = download(market, store, series, since)
    behind = [str(each) for each, outcome in outcomes.items() if not isinstance(outcome, Stored)]
    if behind:
        log.warning(
            "%d of %d series could not be brought up to date: %s.", len(behind), len(series), ", ".join(behind[:5])
        )
    return behind


def _tell(verdicts: Iterable[Verdict], report: TrainingReport, behind: list[str], file: Path) -> None:
    """Print and log what was decided, and add it to ``file``."""
    verdicts = list(verdicts)
    for verdict in verdicts:
        log.info("Retraining, %s: %s.%s", verdict.timeframe, SAID[verdict.decision], _figures(verdict.comparison))
    for series, reason in report.failed.items():
        log.error("Retraining, %s failed: %s", series, reason)
    entry = {
        "time": iso(datetime.now(UTC)),
        "timeframes": [asdict(verdict) for verdict in verdicts],
        "failed": {str(series): reason for series, reason in report.failed.items()},
        "not_up_to_date": behind,
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as lines:
            lines.write(orjson.dumps(entry, default=str, option=orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise cannot_write(error, file) from None


def _figures(found: Comparison | None) -> str:
    if found is None:
        return ""
    low, high = found.interval
    return (
        f" On {found.n:,} candles of {found.coins} coins since {found.since:%Y-%m-%d}, {found.blocks} blocks of days, its "
        f"skill is {found.challenger_skill:+.4f}, theirs {found.champion_skill:+.4f}: a gain of {found.gain:+.4f} "
        f"({low:+.4f} to {high:+.4f})."
    )


def _parser() -> argparse.ArgumentParser:
    settings = get_settings()
    parser = argparse.ArgumentParser("retrain.py", description=(__doc__ or "").split("\n\n", 2)[2])
    add_candle_arguments(parser, settings, spot="another market's history, as for scripts/train_models.py")
    parser.add_argument("--timeframes", default=",".join(Timeframe), help="any of them (default: %(default)s)")
    parser.add_argument("--models", type=Path, default=settings.models_dir, metavar="FOLDER", help="the models in use")
    parser.add_argument("--no-download", action="store_true", help="take the candles as they are")
    parser.add_argument(
        "--blocks",
        type=int,
        default=14,
        metavar="N",
        help="hold back so many blocks of days to compare on; a block is a day at 15m and 1h, 3 at 4h, 16 at 1d "
        "(default: %(default)s)",
    )
    add_worker_arguments(parser)
    parser.add_argument("--seed", type=int, default=1, help="the same seed and candles give the same challengers")
    return parser


def _order(options: argparse.Namespace, settings: Settings) -> RetrainingOrder:
    """The order the arguments describe; InvalidRequest or UnknownTimeframe say what is wrong with them."""
    check_candle_arguments(options, seeds=2**32)
    find_room(settings.data_dir)
    if options.blocks < 3:
        raise InvalidRequest(f"--blocks is {options.blocks}; expected 3 or more, since fewer can prove nothing.")
    store = CandleStore(options.candles)
    symbols = store.symbols()
    named = named_timeframes(options.timeframes)
    training = TrainingOrder(
        candles=options.candles,
        spot_candles=options.spot_candles,
        symbols=symbols,
        timeframes=tuple(timeframe for timeframe in named if any(store.has(symbol, timeframe) for symbol in symbols)),
        models=options.models,
        datasets=settings.data_dir / "datasets",
        now=datetime.now(UTC),
        workers=workers_of(options),
        seed=options.seed,
    )
    workplace = settings.data_dir / "retraining"
    return RetrainingOrder(
        training=training, workplace=workplace, blocks=options.blocks, fewest=max(2, options.blocks * 2 // 3)
    )


if __name__ == "__main__":
    sys.exit(main())
