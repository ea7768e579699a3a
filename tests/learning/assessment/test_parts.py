from __future__ import annotations

from core.domain import Timeframe
from core.learning.assessment.parts import GainOverPart, PairedGain, conclusions

PROVEN = PairedGain(0.002, 0.0005, 0.004, 4, 4000)
UNPROVEN = PairedGain(0.0004, -0.0027, 0.0034, 4, 4000)
LOST = PairedGain(-0.0047, -0.0095, -0.0006, 1, 1000)


def gains_text(*gains: GainOverPart) -> str:
    return " ".join(conclusions(gains))


def test_a_part_alone_is_preferred_where_the_earlier_periods_say_so_beyond_doubt_and_the_test_period_decides_nothing() -> (
    None
):
    kept = gains_text(GainOverPart(Timeframe.H4, "LightGBM", UNPROVEN, LOST))
    assert kept.startswith("Nowhere do the earlier periods prefer a part alone to the ensemble beyond doubt.")
    assert "On the test period a part alone is better: LightGBM at 4h, over which the ensemble gains -0.0047 " in kept
    preferred = gains_text(GainOverPart(Timeframe.H4, "LightGBM", LOST, PROVEN))
    assert preferred == (
        "The earlier periods prefer a part alone to the ensemble: LightGBM at 4h, over which the ensemble gains -0.0047 "
        "(-0.0095 -0.0006)."
    )


def test_a_part_whose_gain_is_not_proven_is_named_with_its_figures() -> None:
    """What the ensemble gains over one part is what the other adds."""
    text = gains_text(
        GainOverPart(Timeframe.M15, "LightGBM", PROVEN, PROVEN),
        GainOverPart(Timeframe.H4, "LightGBM", UNPROVEN, PROVEN),
        GainOverPart(Timeframe.H1, "CNN-LSTM", UNPROVEN, PROVEN),
    )
    assert "no gain by CNN-LSTM at 4h, which adds +0.0004 (-0.0027 +0.0034) to LightGBM alone; LightGBM at 1h, " in text
    assert "15m" not in text


def test_without_an_earlier_period_nothing_was_chosen_and_that_is_said() -> None:
    text = gains_text(GainOverPart(Timeframe.D1, "LightGBM", None, UNPROVEN))
    assert text == "No earlier period tells anything at 1d."
