"""How long predictions take here, each beside a plain version measured in the same run.

    python -m scripts.benchmark [--json] [--repeats 30]
    python -m scripts.benchmark --ledger [--json]       # how fast the ledger is written and read instead
    python -m scripts.benchmark --pages [--json]        # how soon many open pages show a closed candle instead
    python -m scripts.benchmark --pushes [--json]       # how soon 500 programs are told of a new board instead
    python -m scripts.benchmark --browser [--json]      # how long somebody waits in a browser instead, in three minutes

Uses the simulated market and 136 ensembles (34 coins on 4 timeframes): one shipped network under every name, since
time does not depend on weights, with the trees of a shipped ensemble of the timeframe, or with made ones of the
largest shape that training makes. Times are medians; memory is what the process grew by until its first board, the
stacked copies of the weights included. What the simulated market takes to make its candles is not part of a close. The
plain version of a history asks one candle after another, and is told from a
sample of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

import joblib
import numpy as np
import torch

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.findings import LateCandles
from core.market.feed import SERVING_HISTORY
from core.model.features import FEATURES
from core.model.network import from_checkpoint
from core.model.novelty import unfamiliar
from core.model.registry import NETWORK_FILE, SCALER_FILE
from core.settings import get_settings
from core.signals.explanation import explain
from core.signals.trust import Verdicts
from scripts import browser_speed, ledger_speed, open_pages, push_load
from scripts.plain_board import plain_probabilities
from scripts.rest_load import CONNECTIONS
from scripts.workbench import HISTORY_CANDLES, Bench, cold_start_s, median_ms

QUARTER_PAST = datetime(2026, 1, 7, 12, 15, 1, tzinfo=UTC)
MIDNIGHT = datetime(2026, 1, 7, 0, 0, 1, tzinfo=UTC)
"""At one only 15m candles close, at the other those of all timeframes."""

SAMPLE = 20  # candles asked plainly, one after another

ONE = (Series("BTCUSDT", Timeframe.M15),)
THREE = tuple(Series(symbol, Timeframe.M15) for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT"))
EVERY_TIMEFRAME = tuple(Series("BTCUSDT", timeframe) for timeframe in Timeframe)


def main() -> None:
    arguments = _parse()
    torch.set_num_threads(1)  # for the plain version: a thread more would only slow its small passes
    try:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.ledger:
                ledger_figures = ledger_speed.measure_ledger(Path(folder), get_settings())
                print(json.dumps(ledger_figures) if arguments.json else ledger_speed.table(ledger_figures))
                return
            if arguments.pages:
                page_figures = open_pages.measure_open_pages(get_settings().models_dir)
                print(json.dumps(page_figures) if arguments.json else open_pages.table(page_figures))
                return
            if arguments.browser:
                browser_figures = browser_speed.measure(get_settings().models_dir)
                print(json.dumps(browser_figures) if arguments.json else browser_speed.table(browser_figures))
                return
            if arguments.pushes:
                push_figures = push_load.measure(Path(folder))
                print(json.dumps(push_figures) if arguments.json else push_load.table(push_figures))
                return
            figures = measure(Path(folder), arguments.repeats)
    except (CandorError, OSError) as error:
        sys.exit(str(error))
    print(json.dumps(figures) if arguments.json else table(figures))


def measure(models_dir: Path, repeats: int) -> dict[str, float]:
    """Every figure, and its plain counterpart under the same name with ``_plain`` before the unit."""
    bench = Bench(models_dir, repeats)
    figures = {}
    for name, row in ROWS.items():
        figures[name] = round(row.here(bench), 3)
        if row.plain is not None:
            figures[_plain(name)] = round(row.plain(bench), 3)
    return figures


def table(figures: dict[str, float]) -> str:
    """The figures for people: what was measured, here, the plain version, and their ratio."""
    lines = [f"{'':44} {'here':>10} {'plain':>10} {'ratio':>7}"]
    for name, row in ROWS.items():
        here, plain = figures[name], figures.get(_plain(name))
        compared = f"{plain:>10.2f} {plain / here:>6.1f}x" if plain is not None else f"{'-':>10} {'-':>7}"
        lines.append(f"{row.label:44} {here:>10.3f} {compared}")
    return "\n".join(lines)


def _plain(name: str) -> str:
    stem, unit = name.rsplit("_", 1)
    return f"{stem}_plain_{unit}"


# ---------------------------------------------------------------- what is measured


def _verdict_us(bench: Bench) -> float:
    model, now = bench.registry.get(*ONE[0]), bench.clock.now()
    unusual, late, verdicts = np.full((1, len(FEATURES)), 9.0), LateCandles(3, now, None), Verdicts()

    def one_verdict() -> object:
        (novel,) = unfamiliar(unusual, [model.novelty])
        return verdicts.judge(model, now, novel, late)

    return 1000 * median_ms(one_verdict, 20 * bench.repeats)


def _explanation_ms(bench: Bench) -> float:
    model, candles = bench.registry.get(*ONE[0]), bench.feed.arrays(*ONE[0])
    return median_ms(lambda: explain(model, candles), bench.few)


def _history_s(bench: Bench) -> float:
    def history() -> None:
        for symbol, candles in bench.histories.items():
            bench.service.predict_history(symbol, "15m", candles)

    return median_ms(history, bench.few) / 1000


def _history_plain_s(bench: Bench) -> float:
    model, candles = bench.registry.get(*ONE[0]), bench.histories["BTCUSDT"]

    def one_after_another() -> None:
        for end in range(len(candles) - SAMPLE, len(candles)):
            plain_probabilities(model, candles.iloc[end - SERVING_HISTORY : end].reset_index(drop=True))

    return median_ms(one_after_another, bench.few) / 1000 * HISTORY_CANDLES / SAMPLE * len(bench.histories)


def _load_model_ms(bench: Bench) -> float:
    def load() -> None:
        bench.registry.clear_cache()
        bench.registry.get(*ONE[0])

    return median_ms(load, bench.repeats)


def _load_model_plain_ms(bench: Bench) -> float:
    folder = bench.ensembles_dir / "BTCUSDT" / "15m"

    def load_plainly() -> None:
        from_checkpoint(torch.load(folder / NETWORK_FILE, weights_only=True))
        joblib.load(folder / SCALER_FILE)

    return median_ms(load_plainly, bench.repeats)


def _rest(connections: int, which: int, bench: Bench) -> float:
    return bench.rest[connections][which]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its label, how it is taken, and how its plain counterpart is, where there is one."""

    label: str
    here: Callable[[Bench], float]
    plain: Callable[[Bench], float] | None = None


ROWS = {
    "predict_new_candle_ms": Row(
        "one prediction on a new candle, ms",
        lambda bench: bench.on_new_candles_ms(lambda: bench.service.predict("BTCUSDT", "15m")),
        lambda bench: bench.plain_ms(ONE),
    ),
    "predict_cached_us": Row(
        "the same again, remembered, µs",
        lambda bench: 1000 * median_ms(lambda: bench.service.predict("BTCUSDT", "15m"), 20 * bench.repeats),
        lambda bench: 1000 * bench.plain_ms(ONE),
    ),
    "batch3_ms": Row(
        "three coins, ms",
        lambda bench: bench.on_new_candles_ms(lambda: bench.service.predict_batch(["BTC", "ETH", "SOL"], "15m")),
        lambda bench: bench.plain_ms(THREE),
    ),
    "timeframes4_ms": Row(
        "four timeframes of a coin, ms",
        lambda bench: bench.on_new_candles_ms(lambda: bench.service.predict_timeframes("BTC")),
        lambda bench: bench.plain_ms(EVERY_TIMEFRAME),
    ),
    "board_ms": Row(
        "the whole board of 136, ms",
        lambda bench: bench.boards_ms[0],
        lambda bench: bench.plain_ms(bench.series, bench.few),
    ),
    "board_bare_ms": Row("that of networks alone, no verdicts, ms", lambda bench: bench.boards_ms[1]),
    "board_beside_bare_times": Row(
        "ensembles and verdicts beside that, times", lambda bench: bench.boards_ms[0] / bench.boards_ms[1]
    ),
    "verdict_us": Row("one verdict, µs", _verdict_us),
    "explanation_ms": Row("one explanation, ms", _explanation_ms),
    "history_s": Row("history of 30 days x 34 coins at 15m, s", _history_s, _history_plain_s),
    "load_model_ms": Row("loading one model, ms", _load_model_ms, _load_model_plain_ms),
    "models_memory_mb": Row("memory of all 136 models, MB", lambda bench: bench.memory_mb),
    "close_15m_ms": Row("from a 15m close to the board, ms", lambda bench: bench.close_ms(QUARTER_PAST)),
    "close_day_ms": Row("from a close of all timeframes to the board, ms", lambda bench: bench.close_ms(MIDNIGHT)),
    "cold_start_s": Row("a new process until its first prediction, s", lambda bench: cold_start_s(bench.ensembles_dir)),
    **{f"rest_{n}_per_s": Row(f"lists on {n} connections, a second", partial(_rest, n, 0)) for n in CONNECTIONS},
    **{
        f"rest_{n}_beside_bare_times": Row(f"those on {n} beside a bare app's, times", partial(_rest, n, 1))
        for n in CONNECTIONS
    },
}


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure predictions beside a plain version, in one run.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument(
        "--ledger", action="store_true", help="measure the ledger, in CANDOR_DATABASE_URL's server, too"
    )
    parser.add_argument("--pages", action="store_true", help="measure how soon open pages show a closed candle")
    parser.add_argument("--browser", action="store_true", help="measure how long somebody waits in a browser")
    parser.add_argument("--pushes", action="store_true", help="measure how soon programs are told of a new board")
    parser.add_argument("--repeats", type=int, default=30, help="how often each figure is taken (default 30)")
    arguments = parser.parse_args()
    if arguments.repeats < 3:
        parser.error(f"--repeats is {arguments.repeats}; a median needs at least 3")
    try:
        get_settings()
    except CandorError as error:
        parser.error(str(error))
    return arguments


if __name__ == "__main__":
    main()
