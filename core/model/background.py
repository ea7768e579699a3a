"""The background of a model: training windows that its answers are compared with, kept beside it for as long as it serves.

core.learning.background chooses them, core.signals.explanation compares.
"""

from __future__ import annotations

import io
from typing import Final

import numpy as np

from core.errors import UnusableModel
from core.model.arrays import read_array
from core.model.features import FEATURES
from core.model.scaling import FEATURE_CLIP

BACKGROUND_WINDOWS: Final = 16
"""An explanation asks the model for 128 answers per window. Chosen as they are, 16 of them are off from the mean
P(move) of all training windows by 0.3 points (over the 133 published models, 1.1 at most) and from an effect on it by 0.4;
21 drawn at random by 1.8 and 0.5."""

LARGEST_BACKGROUND_FILE = 1_000_000
"""Bytes; 16 windows of 48 candles take 23,000."""

_KEPT_AS = np.dtype("<f2")


def background_bytes(windows: np.ndarray) -> bytes:
    """Windows (BACKGROUND_WINDOWS, candles, features), standardised and clipped, as an .npy file of half precision."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(windows, _KEPT_AS), version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def read_background(content: bytes, candles: int) -> np.ndarray:
    """float32 (BACKGROUND_WINDOWS, candles, features) out of such a file; UnusableModel says what is wrong with it."""
    try:
        windows = read_array("the background", content)
    except UnusableModel:
        raise
    except Exception as error:  # headers can be broken in more ways than their reader promises
        raise UnusableModel(f"the background is no array ({type(error).__name__}).") from None
    expected = (BACKGROUND_WINDOWS, candles, len(FEATURES))
    if windows.dtype != _KEPT_AS or windows.shape != expected:
        raise UnusableModel(
            f"the background is {windows.dtype} of shape {windows.shape}; expected {_KEPT_AS} of {expected}."
        )
    if not (np.abs(windows) <= FEATURE_CLIP).all():
        raise UnusableModel(f"the background holds what is no number between -{FEATURE_CLIP:g} and {FEATURE_CLIP:g}.")
    return windows.astype(np.float32)
