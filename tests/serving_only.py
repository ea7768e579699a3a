"""Candor where nothing can be imported that only training needs; on SIGUSR1 it lists what it has loaded. Started like ``streamlit``:

LOADED=FILE python tests/serving_only.py run app.py
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

ONLY_TO_TRAIN = ("dask", "distributed", "lightgbm", "torch", "tqdm")


def load_all_pages() -> None:
    """What Streamlit runs once somebody opens a page."""
    for path in sorted(PROJECT.glob("pages/components/**/*.py")):
        import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))


def tell_what_is_loaded(*_: object) -> None:
    loaded = [name for name, module in list(sys.modules.items()) if module is not None]
    path = Path(os.environ["LOADED"])
    path.with_suffix(".part").write_text(json.dumps(loaded))
    path.with_suffix(".part").rename(path)


if __name__ == "__main__":
    sys.modules.update(dict.fromkeys(ONLY_TO_TRAIN))  # type: ignore[arg-type]  # importing them fails
    load_all_pages()
    signal.signal(signal.SIGUSR1, tell_what_is_loaded)
    from streamlit.web.cli import main

    main()
