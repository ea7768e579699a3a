"""A figure's time axis has no word of plotly.js's own: days are written in the reader's language."""

from __future__ import annotations

from itertools import pairwise

from core.wording.language import Language, speaking
from pages.components.shared.time_axis import time_axis


def test_days_are_written_as_the_reader_writes_them_at_every_distance_of_ticks() -> None:
    with speaking(Language.CHINESE):
        stops = time_axis()["tickformatstops"]
    assert not any(month in each["value"] for each in stops for month in ("%b", "%B", "%a", "%A"))
    for before, after in pairwise(stops):
        assert before["dtickrange"][1] == after["dtickrange"][0]
    assert (stops[0]["dtickrange"][0], stops[-1]["dtickrange"][1]) == (None, None)
