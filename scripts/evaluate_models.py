"""Measure the published models against baselines, ablations and earlier periods.

    python -m scripts.evaluate_models --candles FOLDER --spot-candles FOLDER

Prints tables, writes every figure as JSON where --json says, and models/EVALUATION.md when all timeframes were
measured. Trains some ninety models anew; what is done is kept, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from scripts.requirements import FOR_TRAINING, require

require(*FOR_TRAINING)

from core.domain import Timeframe
from core.errors import CandorError, InvalidRequest
from core.learning.assessment.assess import AssessmentOrder, assess
from core.learning.assessment.page import report_json, report_text
from core.learning.cluster import ClusterUnusable
from core.settings import get_settings
from scripts.candle_arguments import (
    add_candle_arguments,
    add_worker_arguments,
    check_candle_arguments,
    named_timeframes,
    workers_of,
)

PAGE = "EVALUATION.md"


def main(arguments: list[str] | None = None) -> int:
    """0 if everything was measured, 1 if something could not be, 2 for bad arguments."""
    try:
        parser = _parser()
    except CandorError as error:  # the CANDOR_* settings
        print(error, file=sys.stderr)
        return 2
    options = parser.parse_args(arguments)
    try:
        order = _order(options)
    except CandorError as error:
        parser.error(str(error))
    try:
        found = assess(order)
    except ClusterUnusable as error:
        parser.error(str(error))
    text = report_text(found)
    print(text)
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report_json(found), indent=1) + "\n", encoding="utf-8")
        print(f"Every figure as JSON: {options.json}")
    page = options.page or (options.models / PAGE if order.timeframes == tuple(Timeframe) else None)
    if found.failed:
        print("Not everything was measured, so no page was written; the reasons stand under 'Not measured'.")
    elif order.quick:
        print("A quick run writes no page.")
    elif page is None:
        print(f"Not all timeframes were measured, so {options.models / PAGE} stays as it is; --page FILE writes one.")
    else:
        page.write_text(text, encoding="utf-8")
        print(f"Written: {page}")
    return 1 if found.failed else 0


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
    timeframes = named_timeframes(options.timeframes)
    if not timeframes:
        raise InvalidRequest("Nothing to evaluate: --timeframes must name at least one.")
    return AssessmentOrder(
        candles=options.candles,
        spot_candles=options.spot_candles,
        models=options.models,
        datasets=options.datasets,
        timeframes=timeframes,
        now=datetime.now(UTC),
        workers=workers_of(options),
        seed=options.seed,
        quick=options.quick,
    )


if __name__ == "__main__":
    sys.exit(main())
