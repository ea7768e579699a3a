"""What is worked out once for all readers, as a module is imported, speaks to none of them yet."""

from __future__ import annotations

import subprocess
import sys

import pytest

IMPORTS = """
import sys

import pytest
from importlib import import_module
from pathlib import Path
from core.wording import language

def refuse(text, /, *_, **__):
    raise AssertionError(f"said for good to whoever reads first: {text!r}")

language.say = language.say_count = refuse
for room in ("core/api", "core/alerts", "core/signals", "core/journal", "core/wording", "pages/components"):
    for file in sorted(Path(room).rglob("*.py")):
        if "migrations" in file.parts:  # Alembic runs these itself
            continue
        import_module(".".join(file.with_suffix("").parts))
print(len(sys.modules))
"""


@pytest.mark.slow
def test_no_module_says_a_word_as_it_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=False)
    assert "said for good" not in done.stderr, done.stderr[-2000:]
    assert done.returncode == 0, done.stderr[-2000:]
