"""The glossary with the numbers that hold here. Knows nothing of Streamlit."""

from __future__ import annotations

from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES
from core.model.promises import RELIABILITY_BINS
from core.model.scores import LIKELY
from core.signals.bands import CLEAR_SIDE
from core.signals.hours import LOOKS_BACK_DAYS
from core.signals.trust import WEAK_ACCURACY
from core.wording.glossary import Glossary, Numbers, glossary


def glossary_here() -> Glossary:
    """Every term, in groups."""
    return glossary(
        Numbers(
            barrier_atr=BARRIER_ATR_MULTIPLE,
            horizon=HORIZON_CANDLES,
            likely=LIKELY,
            clear_side=CLEAR_SIDE,
            weak_accuracy=WEAK_ACCURACY,
            bins=RELIABILITY_BINS,
            hour_days=LOOKS_BACK_DAYS,
        )
    )
