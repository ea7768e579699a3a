"""Train challengers on what is new, and put those in use that beat the models there are.

    python -m scripts.retrain --candles data/candles

Brings the folder of candles up to date, with those of every model in use, trains on all but its newest candles, and
compares on those, timeframe by timeframe. What was decided is entered into the ledger of the market that the CANDOR_*
settings name (the exchange's where they leave it open), which Candor may be writing meanwhile. The exit code is 0 if models
were published, 3 if none was better or it is too early to say, 1 if something failed.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import FOR_TRAINING, require

require(*FOR_TRAINING)

from core.domain import Series, Timeframe
from core.errors import InvalidRequest
from core.journal.compared import Rivals, written_rivals
from core.journal.entries import ComparisonEntry
from core.journal.places import place_of
from core.journal.store import Ledger, now_ms
from core.journal.vocabulary import Decision
from core.learning.retraining import Comparison, RetrainingOrder, Verdict, retrain
from core.learning.train import TrainingOrder
from core.log import set_up_logging
from core.market.candle_files import CandleStore
from core.market.candles import moment_of, unix_ms
from core.market.chooser import wanted_market
from core.market.download import Outcome, Stored, download, parse_since
from core.market.exchange import ExchangeMarket
from core.model.registry import ModelRegistry
from core.settings import Settings, get_settings
from scripts.candle_arguments import (
    add_candle_arguments,
    add_worker_arguments,
    check_candle_arguments,
    check_candles,
    find_room,
    run_to_its_end,
    workers_of,
)
from scripts.named_series import named_timeframes

log = logging.getLogger("core.learning.retraining")

DECISION_TEXTS = {
    Decision.PUBLISHED: "the challenger is better and now in use",
    Decision.NOT_PUBLISHED: "putting the challenger in use failed; where it did, the models in use stay",
    Decision.KEPT: "the challenger is not better; the models in use stay",
    Decision.TOO_EARLY: "too few candles are new to both; the models in use stay",
    Decision.NO_CHALLENGER: "no challenger could be trained; the models in use stay",
}


def main(arguments: list[str] | None = None) -> int:
    """0 if models were published, 3 if none was, 1 if something failed; else run_to_its_end's."""
    return run_to_its_end(_parser, arguments, _retraining)


def _retraining(options: argparse.Namespace) -> Callable[[], int]:
    settings = get_settings()
    set_up_logging(settings.log)
    _check(options, settings)

    def work() -> int:
        with _ledger(settings) as ledger:  # before hours of training: what is decided has to be told
            if not options.no_download:
                _download(options, settings)
            verdicts, report = retrain(_order(options, settings), lambda verdict: _tell(verdict, ledger))
        for series, reason in report.failed.items():
            log.error("Retraining, %s failed: %s", series, reason)
        if report.failed:
            return 1
        return 0 if any(verdict.published for verdict in verdicts) else 3

    return work


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    """That of the market whose models these are; LedgerUnavailable where it cannot be written."""
    url = settings.database_url
    place = place_of(
        wanted_market(settings).identity, settings.data_dir, None if url is None else url.get_secret_value()
    )
    ledger = Ledger.open(place)
    try:
        yield ledger
    finally:
        ledger.close()


def _download(options: argparse.Namespace, settings: Settings) -> None:
    """Ask for what is new of every series of the folder, and for all of those that have a model and no candles yet."""
    store, timeframes = CandleStore(options.candles), named_timeframes(options.timeframes)
    there = [Series(s, tf) for tf in timeframes for s in store.symbols() if store.has(s, tf)]
    in_use = [series for series in ModelRegistry(options.models).available() if series.timeframe in timeframes]
    new = [series for series in in_use if series not in there]
    market = ExchangeMarket(
        settings.exchange, settings.exchange_url, tuple({each.symbol: None for each in (*there, *new)})
    )
    outcomes: dict[Series, Outcome] = {}
    if there:
        since = min(moment_of(int(store.arrays(*each).open_time_ms[0])) for each in there)
        outcomes |= download(market, store, there, since)
    outcomes |= download(market, store, new, options.since)
    behind = [str(each) for each, outcome in outcomes.items() if not isinstance(outcome, Stored)]
    if behind:
        log.warning(
            "%d of %d series could not be brought up to date: %s.", len(behind), len(outcomes), ", ".join(behind[:5])
        )


def _tell(verdict: Verdict, ledger: Ledger) -> None:
    """Log what was decided, and enter it into the ledger."""
    log.info(
        "Retraining, %s: %s.%s",
        verdict.timeframe,
        DECISION_TEXTS[Decision(verdict.decision)],
        _figures(verdict.comparison),
    )
    for series in verdict.unusable:
        log.warning(
            "Retraining, %s: the model in use could not be read, so its challenger had only its test to pass.", series
        )
    while not ledger.append([_entry(verdict, now_ms())]):
        pass  # of a timeframe one decision is told in a millisecond


def _entry(verdict: Verdict, decided_at_ms: int) -> ComparisonEntry:
    found = verdict.comparison
    rivals = {
        series.symbol: Rivals(champion, challenger, series in verdict.published, series in verdict.unusable)
        for series, (champion, challenger) in verdict.versions.items()
    }
    return ComparisonEntry(
        timeframe=verdict.timeframe,
        decision=verdict.decision,
        versions=written_rivals(rivals),
        coins=found.coins if found else 0,
        n=found.n if found else 0,
        blocks=found.blocks if found else 0,
        since_ms=unix_ms(found.since) if found else None,
        champion_skill=found.champion_skill if found else None,
        challenger_skill=found.challenger_skill if found else None,
        gain=found.gain if found else None,
        gain_low=found.interval[0] if found else None,
        gain_high=found.interval[1] if found else None,
        decided_at_ms=decided_at_ms,
    )


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
        "--since",
        type=parse_since,
        default="2023-01-01",
        metavar="DATE",
        help="from when on to download a series that has a model and no candles yet, UTC (default: %(default)s)",
    )
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


def _check(options: argparse.Namespace, settings: Settings) -> None:
    """InvalidRequest or UnknownTimeframe say what is wrong with the arguments."""
    check_candle_arguments(options, seeds=2**32, filled=not options.no_download)
    find_room(settings.data_dir)
    if options.blocks < 3:
        raise InvalidRequest(f"--blocks is {options.blocks}; expected 3 or more, since fewer can prove nothing.")
    named_timeframes(options.timeframes)


def _order(options: argparse.Namespace, settings: Settings) -> RetrainingOrder:
    """The order the arguments describe, with the candles there are now; InvalidRequest where there are none."""
    check_candles("--candles", options.candles)
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
