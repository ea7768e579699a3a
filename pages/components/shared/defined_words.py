"""The glossary with the numbers that hold here. Knows nothing of Streamlit."""

from __future__ import annotations

from core.domain import Timeframe
from core.journal.slices import ENOUGH, LEAST_BLOCKS, WIDE
from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES
from core.model.promises import RELIABILITY_BINS
from core.model.scores import LIKELY, block_days
from core.signals.bands import CLEAR_SIDE
from core.signals.hours import LOOKBACK_DAYS
from core.signals.trust import EXCELLENT_ACCURACY, GOOD_ACCURACY, WEAK_ACCURACY
from core.wording.glossary import Glossary, Numbers, Term, glossary
from core.wording.language import say


def glossary_here() -> Glossary:
    """Every term, in groups."""
    return glossary(
        Numbers(
            barrier_atr=BARRIER_ATR_MULTIPLE,
            horizon=HORIZON_CANDLES,
            likely=LIKELY,
            clear_side=CLEAR_SIDE,
            weak_accuracy=WEAK_ACCURACY,
            good_accuracy=GOOD_ACCURACY,
            excellent_accuracy=EXCELLENT_ACCURACY,
            bins=RELIABILITY_BINS,
            hour_days=LOOKBACK_DAYS,
            wide=WIDE,
            enough=ENOUGH,
            least_independent=LEAST_BLOCKS,
            longest_block=max(map(block_days, Timeframe)),
        )
    )


def words_here(*terms: Term) -> str:
    """The way to what some words mean, in Markdown: ``What these words mean: [ECE](glossary#ece) · [Nat](glossary#nat)``."""
    definitions = {term: each for group in glossary_here().values() for term, each in group.items()}
    links = " · ".join(f"[{definitions[term].name}](glossary#{term.value})" for term in terms)
    return say("What these words mean: {links}", links=links)
