"""The scripts and styles of components as browsers get them: the files beside the modules, and what Python writes of looks.

They stand under an address that names their contents, so a browser keeps them for good, and one script imports
another by its place among the folders. Words, and what is found among Streamlit's scripts, are made for who asks first:
to parse a catalogue takes longer than all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.wording import language
from core.wording.language import Language, catalogue_file, words_in
from pages.components.shared.appearance import COLOUR_PAIRS, SIDE_GLYPHS, styles_for_browser
from pages.components.shared.assets import ASSETS_PATH, CHARTS_NAME, FOR_GOOD
from pages.components.shared.imports import streamlit_scripts

_COMPONENTS = Path(__file__).parents[1]

_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


def _styles_script() -> str:
    """``directions``, ``bands``, ``severities``, ``proofs`` (glyph, word and colour of each), ``sides`` (glyph) and colour ``pairs``."""
    sides = {side: {"glyph": glyph} for side, glyph in SIDE_GLYPHS.items()}
    exported = {**styles_for_browser(), "sides": sides, "pairs": COLOUR_PAIRS}
    return _SAYS_THE_WORDS + "".join(
        f"export const {name} = spoken({json.dumps(styles, ensure_ascii=False, indent=2)});\n"
        for name, styles in exported.items()
    )


_SAYS_THE_WORDS = """\
import { say } from "./speech.js";

function spoken(looks) {
  for (const look of Object.values(looks)) if (look.word) look.word = say(look.word);
  return looks;
}

"""


def _ahead_script() -> str:
    """``library`` and ``chunks`` of Streamlit's, which a coin's page draws above its chart."""
    chunks = streamlit_scripts("Selectbox", "ButtonGroup")
    return f"export const library = {json.dumps(CHARTS_NAME)};\nexport const chunks = {json.dumps(chunks, indent=2)};\n"


def _words_script(language: Language, catalogue: bytes) -> str:
    """``words``: what a language says for each English text of the scripts, and of the looks."""
    words = words_in(catalogue, language, ".js", "shared/appearance.py")
    return f"export const words = {json.dumps(words, ensure_ascii=False, indent=0)};\n"


def _colours_style() -> str:
    """The colour of each direction, band, severity and proof as a CSS variable of its name, such as ``--LONG``."""
    colours = {name: look["colour"] for styles in styles_for_browser().values() for name, look in styles.items()}
    for side, chosen in (("LONG", "rise"), ("SHORT", "fall")):
        colours[side] = f"var(--candor-{chosen}, {colours[side]})"
    return ":host {\n" + "".join(f"  --{name}: {colour};\n" for name, colour in colours.items()) + "}\n"


class Scripts(Mapping[str, bytes]):
    """Every script and style by its path below the components' folder, such as ``shared/dom.js``.

    All is read once, so that ``address`` stays true to what is served.
    """

    def __init__(self) -> None:
        files = sorted(path for path in _COMPONENTS.rglob("*") if path.suffix in _MEDIA_TYPES)
        self._made = {path.relative_to(_COMPONENTS).as_posix(): path.read_bytes() for path in files}
        self._made |= {"shared/looks.js": _styles_script().encode(), "shared/looks.css": _colours_style().encode()}
        catalogues = {each: catalogue_file(each) for each in Language if each is not Language.ENGLISH}
        self._to_make: dict[str, Callable[[], str]] = {"shared/ahead.js": _ahead_script} | {
            f"words/{each}.js": partial(_words_script, each, catalogue) for each, catalogue in catalogues.items()
        }
        makers = [Path(path).read_bytes() for path in (__file__, language.__file__)]
        sources = sorted(self._made.items()), sorted(catalogues.items()), makers, CHARTS_NAME, st.__version__
        self.address = f"{ASSETS_PATH}/components-{sha256(repr(sources).encode()).hexdigest()[:16]}"

    def __getitem__(self, name: str) -> bytes:
        if name not in self._made and name in self._to_make:
            self._made[name] = self._to_make[name]().encode()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._made or name in self._to_make

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._made, *self._to_make)))

    def __len__(self) -> int:
        return len({*self._made, *self._to_make})


SCRIPTS = Scripts()

SCRIPTS_PATH = SCRIPTS.address
"""Where they are on this server."""


def serve_script(request: Request) -> Response:
    """The script or style at the end of the path."""
    name = request.path_params["name"]
    if name not in SCRIPTS:
        return PlainTextResponse("No such script.", status_code=404)
    return Response(SCRIPTS[name], media_type=_MEDIA_TYPES[Path(name).suffix], headers=FOR_GOOD)
