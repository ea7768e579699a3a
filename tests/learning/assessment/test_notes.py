from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from core.learning.assessment.notes import kinds
from core.learning.assessment.published import Published


@dataclass
class Record:
    """What ``kinds`` asks of a model's metrics."""

    kind: str
    network_share: float


ALONE = Record("cnn_lstm", 1.0)


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ({"AAAUSDT": ALONE, "BBBUSDT": ALONE}, "All 2 published models are a CNN-LSTM alone."),
        (
            {"AAAUSDT": Record("ensemble", 0.6), "BBBUSDT": Record("ensemble", 0.6)},
            "2 of 2 published models are ensembles, in which the CNN-LSTM has 60% of the weight.",
        ),
        (
            {"AAAUSDT": Record("ensemble", 0.6), "BBBUSDT": Record("ensemble", 0.4), "CCCUSDT": ALONE},
            "2 of 3 published models are ensembles, in which the CNN-LSTM has 40% to 60% of the weight. "
            "CCCUSDT: a CNN-LSTM alone.",
        ),
    ],
)
def test_a_sentence_says_which_published_models_are_ensembles(records: dict[str, Record], sentence: str) -> None:
    assert kinds(Published(pd.DataFrame(), records, {})) == sentence  # type: ignore[arg-type]
