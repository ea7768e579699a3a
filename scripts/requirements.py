"""Ends a command with a sentence where packages it needs are not installed: serving installs less than training."""

from __future__ import annotations

import sys
from importlib.util import find_spec

FOR_TRAINING = ("dask", "distributed", "lightgbm", "tqdm")


def require(*packages: str) -> None:
    """Exit code 2, and what to install, unless all ``packages`` of requirements-train.txt are there."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        print(
            f"{', '.join(missing)}: not installed, and this command needs {'it' if len(missing) == 1 else 'them'}. "
            f"Install what training needs with: {sys.executable} -m pip install -r requirements-train.txt",
            file=sys.stderr,
        )
        sys.exit(2)
