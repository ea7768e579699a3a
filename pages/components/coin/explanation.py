"""What speaks for a move, and for which side: what each group of features adds to the signal, in words and bars."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.application import Application
from core.errors import CandorError
from core.measured import Proof
from core.model.features import FeatureGroup
from core.prediction import Prediction
from core.signals.explanation import GROUPS, Background, Effect, Explained, Explanation
from core.wording.language import in_a_row, phrase, say
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.shared.browser_component import browser_component
from pages.components.shared.number_text import percent_text
from pages.components.shared.parameters import Switch
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style

_component = browser_component("coin/explanation", "shared/looks")

EXPLAIN = Switch("explain")
"""Whether the explanation is open."""

GROUP_WORDS = {
    FeatureGroup.TIME: (
        phrase("Time of day and week"),
        phrase("the hour in UTC, the weekend ahead, how restless this hour was before"),
    ),
    FeatureGroup.VOLATILITY: (phrase("Level of volatility"), phrase("ATR relative to the price")),
    FeatureGroup.VOLATILITY_CHANGE: (
        phrase("Change of volatility"),
        phrase("ATR beside its usual, the last four candles beside ATR"),
    ),
    FeatureGroup.TREND: (
        phrase("Trend"),
        phrase("distance from the average of 100 candles, strength and way of the trend"),
    ),
    FeatureGroup.MOMENTUM: (phrase("Momentum"), phrase("returns of 1 and 16 candles, MACD")),
    FeatureGroup.PLACE_IN_RANGE: (
        phrase("Place in the range"),
        phrase("where the close lies between low and high of 64 candles"),
    ),
    FeatureGroup.VOLUME: (phrase("Volume"), phrase("beside its usual")),
}
"""What each group is called, and what it reads."""

METHOD = phrase(
    "Shapley values ([Shapley, 1953](https://doi.org/10.1515/9781400881970-018)) of {groups} groups of features, exact "
    "over all {coalitions} coalitions. What is outside of a coalition is taken from those training windows "
    "([Štrumbelj and Kononenko, 2014](https://doi.org/10.1007/s10115-013-0679-x); "
    "[Lundberg and Lee, 2017](https://arxiv.org/abs/1705.07874)): what the model makes of its inputs, not what moves the "
    "market. ± is the standard error over those windows, as if they were drawn by chance; they are chosen so that they "
    "stand for all of the training period "
    "([McKay, Beckman and Conover, 1979](https://doi.org/10.1080/00401706.1979.10489755)), so it is rather less. They stay "
    "the same for as long as the model does."
)

_OF_A_MOVE = (phrase("for a move"), phrase("against a move"), phrase("What speaks for a move and against a move"))
_OF_THE_SIDE = (phrase("for LONG"), phrase("for SHORT"), phrase("What speaks for LONG and for SHORT"))
"""What effects above and below zero speak for, and the name of the whole."""


def explanation_panel(app: Application, prediction: Prediction) -> None:
    """An invitation to what speaks for a move; it is worked out once somebody opens it."""
    panel = st.expander(
        say("What speaks for and against a move"), key=EXPLAIN.name, bind="query-params", icon=":material/balance:"
    )
    if not panel.open:
        return
    with panel:
        try:
            _show(app.explanations.of(prediction), prediction)
        except CandorError as error:
            st.info(plain(error_text(error, reader_style())), icon=":material/hourglass:")


def _show(explanation: Explanation, prediction: Prediction) -> None:
    trust = prediction.trust
    st.markdown(
        plain(
            in_a_row(issued_sentence(say("P(move)"), explanation.move, explanation), error_sentence(explanation.move))
        )
    )
    _component(key="explanation_move", data=bars(explanation.move, trust.timing_proof, *_OF_A_MOVE))
    st.markdown(
        plain(
            in_a_row(
                issued_sentence(say("P(LONG | move)"), explanation.side, explanation),
                side_sentence(explanation.side, trust.side_proof),
            )
        )
    )
    _component(key="explanation_side", data=bars(explanation.side, trust.side_proof, *_OF_THE_SIDE))
    st.caption(say(METHOD, groups=len(GROUPS), coalitions=2 ** len(GROUPS)))


def bars(explained: Explained, proof: Proof, above: str, below: str, label: str) -> dict[str, Any]:
    """The effects as rows for the browser; ``above`` and ``below`` are what they speak for, ``label`` names them all."""
    return {
        "label": say(label),
        "widest": max(abs(effect.added) + effect.error for effect in explained.effects),
        "model_error": explained.model_error or 0,
        "rows": [_bar(effect, explained, proof, above if effect.added > 0 else below) for effect in explained.effects],
    }


def _bar(effect: Effect, explained: Explained, proof: Proof, speaks: str) -> dict[str, Any]:
    name, reads = GROUP_WORDS[effect.group]
    none, drowned, says = round(effect.added * 100, 1) == 0, explained.drowned(effect), say(speaks)
    if none:
        says = say("neither way")
    elif drowned:
        says = say("{speaks}, within the model's error", speaks=says)
    return {
        "name": say(name),
        "reads": say(reads),
        "added": effect.added,
        "error": effect.error,
        "text": f"{TYPESET.signed(effect.added * 100, 1)} ± {effect.error * 100:.1f}",
        "says": says,
        "quiet": none or drowned or proof is not Proof.PROVEN,
    }


# ---------------------------------------------------------------- in sentences


def issued_sentence(what: str, explained: Explained, whole: Explanation) -> str:
    """What was issued, and what it is compared with."""
    issued, usual = percent_text(explained.issued), percent_text(explained.background)
    return say(
        "{what} is {issued}; {background} the model said {usual} on average. The bars lead from there, in "
        "percentage points.",
        what=what,
        issued=issued,
        background=background_words(whole.background, str(whole.series)),
        usual=usual,
    )


def background_words(background: Background, series: str) -> str:
    """Which windows are the background: how many, of what, and from when."""
    return say(
        "on n = {windows} windows of its training ({series}, {first:%Y-%m-%d} to {last:%Y-%m-%d})",
        windows=background.windows,
        series=series,
        first=background.period.from_,
        last=background.period.to,
    )


def error_sentence(explained: Explained) -> str:
    """What the model gets wrong, and that smaller effects say little."""
    if explained.model_error is None or explained.by_chance is None or explained.test_candles is None:
        return say("How far such probabilities are off was never measured for this model.")
    error, chance = 100 * explained.model_error, 100 * explained.by_chance
    return say(
        "In its test the model was off by {error:.1f} points on average (n = {test_candles:,}), a perfect one would have "
        "been by {chance:.1f}. Bars inside the shaded band are smaller than the model's own error.",
        error=error,
        test_candles=explained.test_candles,
        chance=chance,
    )


def side_sentence(explained: Explained, proof: Proof) -> str:
    """The same of the side, and first that it is not proven where it is not."""
    if proof is Proof.PROVEN:
        return error_sentence(explained)
    unproven = say("This model's side is not proven: the bars say what moved its number, not which way the price goes.")
    return in_a_row(unproven, error_sentence(explained))
