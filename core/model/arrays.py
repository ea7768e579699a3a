"""Arrays from strangers' files: read as numbers, never as programs, and never larger than what is there."""

from __future__ import annotations

import io
import math

import numpy as np

from core.errors import UnusableModel
from core.text import shorten


def read_array(name: str, content: bytes) -> np.ndarray:
    """The array in an .npy file; UnusableModel calls it ``name``, and whatever numpy raises for what is no such file.

    What its header promises is compared with what is there before memory is taken for it.
    """
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise UnusableModel(f"{name} is written in a version of numpy's format that Candor does not write.")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    there, promised = len(content) - stream.tell(), math.prod(shape) * dtype.itemsize
    if dtype.hasobject or there != promised:
        raise UnusableModel(f"{name} promises {promised:,} bytes of {shorten(dtype)} and holds {there:,}.")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
