"""Measure the published models against baselines, ablations and earlier periods.

    python -m scripts.evaluate_models --candles FOLDER --spot-candles FOLDER

Prints tables, writes every figure as JSON where --json says, and models/EVALUATION.md, with evaluation.json for the
pages, when all timeframes were measured. Trains some ninety models anew; what is done is kept, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import FOR_TRAINING, require

require(*FOR_TRAINING)

from core.disk import cannot_write, write_whole
from core.domain import Timeframe
from core.learning.assessment.assess import Assessment, AssessmentOrder, assess
from core.learning.assessment.figures import report_json
from core.learning.assessment.page import report_text
from core.learning.assessment.summary import summary_of
from core.model.evaluated import EVALUATION_FILE
from core.settings import get_settings
from scripts.candle_arguments import (
    add_candle_arguments,
    add_worker_arguments,
    check_candle_arguments,
    find_room,
    run_to_its_end,
    workers_of,
)
from scripts.named_series import named_timeframes

PAGE = "EVALUATION.md"


def main(arguments: list[str] | None = None) -> int:
    """0 if everything was measured, 1 if something could not be; else run_to_its_end's."""
    return run_to_its_end(_parser, arguments, _evaluation)


def _evaluation(options: argparse.Namespace) -> Callable[[], int]:
    order = _order(options)

    def evaluate() -> int:
        found = assess(order)
        text = report_text(found)
        print(text)
        if options.json is not None:
            _write(options.json, json.dumps(report_json(found), indent=1) + "\n")
            print(f"Every figure as JSON: {options.json}")
        _write_page(text, found, options)
        return 1 if found.failed else 0

    return evaluate


def _write_page(text: str, found: Assessment, options: argparse.Namespace) -> None:
    """Write the page where it is one, or say why not."""
    everything = found.order.timeframes == tuple(Timeframe)
    page = options.page or (options.models / PAGE if everything else None)
    if found.failed:
        print("Not everything was measured, so no page was written; the reasons stand under 'Not measured'.")
    elif found.order.quick:
        print("A quick run writes no page.")
    elif page is None:
        print(f"Not all timeframes were measured, so {options.models / PAGE} stays as it is; --page FILE writes one.")
    else:
        _write(page, text)
        print(f"Written: {page}")
        if options.page is None:
            _write(options.models / EVALUATION_FILE, summary_of(found).model_dump_json(indent=1, by_alias=True) + "\n")


def _write(path: Path, text: str) -> None:
    """CannotWrite says why that failed."""
    if path.is_symlink() or (path.exists() and not path.is_file()):  # /dev/stdout and its like are not to be replaced
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise cannot_write(error, path) from None
    else:
        write_whole(path, text.encode())


def _parser() -> argparse.ArgumentParser:
    settings = get_settings()
    parser = argparse.ArgumentParser("evaluate_models.py", description=(__doc__ or "").split("\n\n", 1)[0])
    add_candle_arguments(
        parser,
        settings,
        spot="the spot history the published models were trained with; used for training only",
    )
    parser.add_argument("--timeframes", default=",".join(Timeframe), help="a list of timeframes (default: %(default)s)")
    parser.add_argument(
        "--models", type=Path, default=settings.models_dir, metavar="FOLDER", help="the published models"
    )
    parser.add_argument(
        "--datasets",
        type=Path,
        default=settings.data_dir / "datasets",
        metavar="FOLDER",
        help="what is done is kept in its folder 'kept', training's as well (default: %(default)s)",
    )
    add_worker_arguments(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--page", type=Path, metavar="FILE", help=f"write the page there (default: {PAGE} of --models)")
    parser.add_argument("--seed", type=int, default=1, help="the seed the published models were trained with")
    parser.add_argument("--quick", action="store_true", help="cut every training to a few steps, for a glance only")
    return parser


def _order(options: argparse.Namespace) -> AssessmentOrder:
    """The order the arguments describe; InvalidRequest or UnknownTimeframe say what is wrong with them."""
    check_candle_arguments(options, seeds=2**31)
    find_room(get_settings().data_dir)
    return AssessmentOrder(
        candles=options.candles,
        spot_candles=options.spot_candles,
        models=options.models,
        datasets=options.datasets,
        timeframes=named_timeframes(options.timeframes),
        now=datetime.now(UTC),
        workers=workers_of(options),
        seed=options.seed,
        quick=options.quick,
    )


if __name__ == "__main__":
    sys.exit(main())
