from __future__ import annotations

import re
from pathlib import PurePosixPath

from core.domain import Direction, Timeframe
from pages.components.shared.scripts import SCRIPTS

IMPORTED = re.compile(r'from "(\.[^"]+)"')


def test_whatever_a_script_imports_is_served_with_it() -> None:
    for name, text in SCRIPTS.items():
        for imported in IMPORTED.findall(text.decode()):
            path = PurePosixPath(name).parent / imported
            parts: list[str] = []
            for part in path.parts:
                if part == "..":
                    parts.pop()
                else:
                    parts.append(part)
            assert "/".join(parts) in SCRIPTS, f"{name} imports {imported}"


def test_colours_words_and_shapes_come_from_python() -> None:
    script, style = SCRIPTS["shared/looks.js"].decode(), SCRIPTS["shared/looks.css"].decode()
    for direction in Direction:
        assert f'"{direction.value}"' in script
        assert re.search(rf"--{direction.value}: (var\(--candor-(rise|fall), )?#", style)


def test_no_script_and_no_style_names_a_timeframe() -> None:
    names = re.compile("|".join(rf"\b{timeframe.value}\b" for timeframe in Timeframe))
    assert [name for name, text in SCRIPTS.items() if names.search(text.decode())] == []
