"""Why the percentages are small: the usual recipe beside the published models, as the evaluation measured both.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from core.domain import Timeframe
from core.model.evaluated import Evaluated
from core.wording.language import phrase, say
from core.wording.style import TYPESET
from pages.components.shared.number_text import percent_text

SHOWN = Timeframe.M15
"""Where the two recipes are compared in a sentence: most candles, and the least luck."""

USUAL = phrase("each coin alone, its last 30 days, 200 trees of LightGBM as it comes, trained anew every week")


def usual_recipe_sentence(evaluated: Evaluated | None) -> str:
    """With the figures of both recipes, their skill and all they were measured on."""
    measured = evaluated.timeframes.get(SHOWN) if evaluated else None
    if measured is None or measured.usual is None:
        return say(
            "What the usual recipe ({usual}) would say in their place is not measured at {shown} yet.",
            usual=say(USUAL),
            shown=SHOWN,
        )
    usual, published = measured.usual, measured.published
    return say(
        "At {shown} the usual recipe ({usual}) is right {accuracy} of the time while saying {confidence}, a skill "
        "of {skill}; the published models are right {accuracy_2} while saying {confidence_2}, a skill of {skill_2} "
        "(the same {n:,} candles of {coins} coins, on which always calling each coin's commonest class "
        "is right {majority_accuracy}).",
        shown=SHOWN,
        usual=say(USUAL),
        accuracy=percent_text(usual.accuracy),
        confidence=percent_text(usual.said),
        skill=TYPESET.around_zero(usual.skill),
        accuracy_2=percent_text(published.accuracy),
        confidence_2=percent_text(published.said),
        skill_2=TYPESET.around_zero(published.skill),
        n=published.n,
        coins=published.coins,
        majority_accuracy=percent_text(published.majority_accuracy),
    )


def small_and_true_sentence(evaluated: Evaluated | None) -> str:
    """The same for whoever is here for the first time."""
    measured = evaluated.timeframes.get(SHOWN) if evaluated else None
    if measured is None or measured.usual is None:
        return say(
            "Its percentages are small on purpose: they are meant to come true, and are measured against what does."
        )
    usual, published = measured.usual, measured.published
    return say(
        "Its percentages are small because, over all coins together, about as much comes true as they say: on the same "
        "{n:,} test candles at {shown} the usual recipe says {confidence} and is right {accuracy} of the time, Candor's models "
        "say {confidence_2} and are right {accuracy_2}; always calling each coin's commonest class is right "
        "{majority_accuracy}.",
        n=published.n,
        shown=SHOWN,
        confidence=percent_text(usual.said),
        accuracy=percent_text(usual.accuracy),
        confidence_2=percent_text(published.said),
        accuracy_2=percent_text(published.accuracy),
        majority_accuracy=percent_text(published.majority_accuracy),
    )
