"""Why the percentages are small: the usual recipe beside the published models, as the evaluation measured both.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from core.domain import Timeframe
from core.model.evaluated import Evaluated
from pages.components.shared.number_text import percent_text, score_text

SHOWN = Timeframe.M15
"""Where the two recipes are compared in a sentence: most candles, and the least luck."""

USUAL = "each coin alone, its last 30 days, 200 trees of LightGBM as it comes, trained anew every week"


def usual_recipe_sentence(evaluated: Evaluated | None) -> str:
    """With the figures of both recipes, their skill and all they were measured on."""
    measured = evaluated.timeframes.get(SHOWN) if evaluated else None
    if measured is None or measured.usual is None:
        return f"What the usual recipe ({USUAL}) would say in their place is not measured at {SHOWN} yet."
    usual, published = measured.usual, measured.published
    return (
        f"At {SHOWN} the usual recipe ({USUAL}) is right {percent_text(usual.accuracy)} of the time while saying "
        f"{percent_text(usual.said)}, a skill of {score_text(usual.skill, 3)}; the published models are right "
        f"{percent_text(published.accuracy)} while saying {percent_text(published.said)}, a skill of "
        f"{score_text(published.skill, 3)} (the same {published.n:,} candles of {published.coins} coins, on which always "
        f"calling one class is right {percent_text(published.majority_accuracy)})."
    )


def small_and_true_sentence(evaluated: Evaluated | None) -> str:
    """The same for whoever is here for the first time."""
    measured = evaluated.timeframes.get(SHOWN) if evaluated else None
    if measured is None or measured.usual is None:
        return "Its percentages are small on purpose: they are meant to come true, and are measured against what does."
    usual, published = measured.usual, measured.published
    return (
        f"Its percentages are small because they come true: on the same {published.n:,} test candles at {SHOWN} the usual "
        f"recipe says {percent_text(usual.said)} and is right {percent_text(usual.accuracy)} of the time, Candor's models "
        f"say {percent_text(published.said)} and are right {percent_text(published.accuracy)}; always calling one class is "
        f"right {percent_text(published.majority_accuracy)}."
    )
