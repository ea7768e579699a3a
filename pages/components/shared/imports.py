"""Which scripts a script imports, so that browsers can fetch them side by side instead of one behind another.

A script names what it imports only once it has come. At 100 ms to the server, each such step is waited for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from streamlit.file_util import get_static_dir

STREAMLIT_SCRIPTS = "static/js"
"""Where pages, which stand right below the base path, find Streamlit's own scripts."""

_IMPORTED = re.compile(r'\b(?:import|from)\s*"(\.{1,2}/[^"]+)"')
"""Not ``import("...")``: that one is asked for when it is needed."""


def with_imports(names: Iterable[str], text_of: Callable[[str], str | None]) -> list[str]:
    """``names`` and whatever they import, directly or not, each once; None for what need not be followed."""
    found: dict[str, None] = {}
    waiting = list(names)
    for name in waiting:  # it grows on the way
        if name in found or (text := text_of(name)) is None:
            continue
        found[name] = None
        waiting += [
            posixpath.normpath(posixpath.join(posixpath.dirname(name), each)) for each in _IMPORTED.findall(text)
        ]
    return list(found)


@cache
def streamlit_scripts(*elements: str) -> tuple[str, ...]:
    """The scripts by which Streamlit draws ``elements``, such as ``Selectbox``, as pages name them; not those of every page.

    Their names end with a hash (``Selectbox.7rsxE6LC.js``), which each version of Streamlit changes. StopIteration where
    it has no such element.
    """
    folder = Path(get_static_dir())
    index = (folder / "index.html").read_text(encoding="utf-8")
    files = {f"{STREAMLIT_SCRIPTS}/{path.name}": path for path in (folder / STREAMLIT_SCRIPTS).glob("*.js")}
    wanted = [next(n for n in files if n.startswith(f"{STREAMLIT_SCRIPTS}/{element}.")) for element in elements]

    def text_of(name: str) -> str | None:
        return files[name].read_text(encoding="utf-8") if name in files and name not in index else None

    return tuple(with_imports(wanted, text_of))
