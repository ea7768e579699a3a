"""What whoever comes for the first time is told, in three sentences that one click dismisses for good.

Whether it was dismissed is known to the browser alone: it keeps the three sentences out of sight from then on.
"""

from __future__ import annotations

from core.application import Application
from core.model.evaluated import Evaluated, UnusableEvaluation
from core.wording.language import say
from pages.components.shared.browser_component import browser_component
from pages.components.shared.usual_recipe import small_and_true_sentence

WELCOME = "shared/welcome"
"""The component's name."""

_mount = browser_component(WELCOME)


def welcome(app: Application) -> None:
    """Draw the sentences, where this browser has not dismissed them."""
    _mount(key="welcome", data={"sentences": welcome_sentences(_evaluation(app)), "more": "method"})


def welcome_sentences(evaluated: Evaluated | None) -> list[str]:
    """What Candor shows, what it knows and does not, and why its percentages are small."""
    return [
        say(
            "Candor shows, on every closed candle, how likely each coin is to move by a certain distance until a "
            "certain time, beside how likely that usually is, and how far the model that says so can be believed."
        ),
        say(
            "It knows a little of when a move comes and hardly anything of which way it goes: a call names the "
            "likeliest of three outcomes, its side leans on knowledge only where that model's test has proven "
            "one, and no side is a promise."
        ),
        small_and_true_sentence(evaluated),
    ]


def _evaluation(app: Application) -> Evaluated | None:
    """None where it cannot be read either: the method page says why."""
    try:
        return app.registry.evaluation()
    except UnusableEvaluation:
        return None
