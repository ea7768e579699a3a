"""Whether what is promised comes as often as promised: forecasts by bins, each with its mean, its share and its n."""

from __future__ import annotations

import numpy as np

from core.journal.figures import shares
from core.journal.history import QUESTIONS
from core.journal.measures import BinMeasure
from core.journal.selection import Selection, Tally
from core.journal.sequences import even_blocks
from core.journal.slices import Question
from core.journal.track_record import Calibration, CalibrationBin
from core.model.probabilities import calibration_error
from core.model.promises import RELIABILITY_BINS


def calibrations(bins: Selection) -> dict[Question, Calibration]:
    """Of every question that was asked at all."""
    days = bins.usual_block_days()
    found = {}
    for place, question in enumerate(QUESTIONS):
        asked = bins.only("question", place)
        tally = Tally(asked.sums, asked.part("bin"), RELIABILITY_BINS, asked.blocks(days))
        if np.any(tally.whole(BinMeasure.N) > 0.5):
            found[question] = _calibration(question, tally)
    return found


def _calibration(question: Question, tally: Tally) -> Calibration:
    came = shares(tally[BinMeasure.CAME], tally[BinMeasure.N], tally[BinMeasure.FORECAST])
    bins = tuple(
        CalibrationBin(place / RELIABILITY_BINS, (place + 1) / RELIABILITY_BINS, share)
        for place, share in enumerate(came)
        if share is not None
    )
    n = [each.came.n for each in bins]
    error = calibration_error(n, [each.came.promised or 0.0 for each in bins], [each.came.share for each in bins])
    together = tally[BinMeasure.N].sum(axis=0)
    blocks = int(even_blocks(together.sum(), (together**2).sum()))
    return Calibration(question, sum(n), blocks, error, bins)
