"""Optimisers load torch's compiler, in the time of several trainings of these tests, only to say that it has nothing to do.

Most processes that the tests start do load it; that they make the same models is tested.
"""

from __future__ import annotations

import sys
from types import ModuleType


def stand_in_for_the_compiler() -> None:
    """Unless it is loaded already, nothing loads it in this process."""
    compiler = ModuleType("torch._dynamo")
    vars(compiler).update(disable=lambda function, *_, **__: function, graph_break=lambda: None)
    sys.modules.setdefault(compiler.__name__, compiler)
