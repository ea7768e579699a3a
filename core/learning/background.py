"""Which training windows a model's answers are compared with ever after: few that stand for all of them."""

from __future__ import annotations

import numpy as np

from core.model.background import BACKGROUND_WINDOWS
from core.model.probabilities import share_of_long

_STEP = 7
"""From one window's sixteenth of the sides to the next one's: without a factor in common with 16, and near neither 0 nor 16,
so that the two answers do not rise or fall together."""


def background_rows(answers: np.ndarray) -> np.ndarray:
    """Places, (BACKGROUND_WINDOWS,), of the training windows to keep, of what the model answers to all, (windows, 3).

    A Latin hypercube over P(move) and P(LONG | move) (McKay, Beckman and Conover, A comparison of three methods for selecting
    values of input variables, 1979): each sixteenth of the windows by P(move) has one, whose side is in the middle of another
    sixteenth of the sides in there. So the means of both come close to those over all, and nothing depends on luck.
    """
    if len(answers) < BACKGROUND_WINDOWS:
        raise ValueError(f"a background takes {BACKGROUND_WINDOWS} training windows, got {len(answers)}")
    side = share_of_long(answers)
    alike = np.array_split(np.argsort(1 - answers[:, 1], kind="stable"), BACKGROUND_WINDOWS)
    return np.array([_at(part, side[part], place) for place, part in enumerate(alike)])


def _at(windows: np.ndarray, side: np.ndarray, place: int) -> int:
    """Of the windows the one whose side is in the middle of the sixteenth that falls to this place."""
    middle = (place * _STEP % BACKGROUND_WINDOWS + 0.5) / BACKGROUND_WINDOWS
    return int(windows[np.argsort(side, kind="stable")[int(middle * len(windows))]])
