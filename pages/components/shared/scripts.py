"""The scripts and styles of components as browsers get them: the files beside the modules, and what Python writes of looks.

They stand under an address that names their contents, so a browser keeps them for good, and one script imports
another by its place among the folders.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.wording.language import Language, words_of
from pages.components.shared.appearance import COLOUR_PAIRS, looks_for_browser
from pages.components.shared.assets import ASSETS_PATH, CHARTS_NAME, FOR_GOOD
from pages.components.shared.imports import streamlit_scripts

_COMPONENTS = Path(__file__).parents[1]

_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


def _looks_script() -> str:
    """``directions``, ``bands``, ``severities``, ``proofs`` (glyph, word and colour of each) and colour ``pairs`` for scripts."""
    exported = {**looks_for_browser(), "pairs": COLOUR_PAIRS}
    return _SAYS_THE_WORDS + "".join(
        f"export const {name} = spoken({json.dumps(looks, ensure_ascii=False, indent=2)});\n"
        for name, looks in exported.items()
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


def _words_script(language: Language) -> str:
    """``words``: what a language says for each English text of the scripts, and of the looks."""
    words = words_of(language, ".js", "shared/appearance.py")
    return f"export const words = {json.dumps(words, ensure_ascii=False, indent=0)};\n"


def _looks_style() -> str:
    """The colour of each direction, band, severity and proof as a CSS variable of its name, such as ``--LONG``."""
    colours = {name: look["colour"] for looks in looks_for_browser().values() for name, look in looks.items()}
    for side, chosen in (("LONG", "rise"), ("SHORT", "fall")):
        colours[side] = f"var(--candor-{chosen}, {colours[side]})"
    return ":host {\n" + "".join(f"  --{name}: {colour};\n" for name, colour in colours.items()) + "}\n"


def _read_all() -> dict[str, bytes]:
    """Every script and style by its path below the components' folder, such as ``shared/dom.js``."""
    files = sorted(path for path in _COMPONENTS.rglob("*") if path.suffix in _MEDIA_TYPES)
    texts = {path.relative_to(_COMPONENTS).as_posix(): path.read_bytes() for path in files}
    written = {"shared/looks.js": _looks_script(), "shared/looks.css": _looks_style()}
    written["shared/ahead.js"] = _ahead_script()
    written |= {f"words/{each}.js": _words_script(each) for each in Language if each is not Language.ENGLISH}
    return texts | {name: text.encode() for name, text in written.items()}


SCRIPTS = _read_all()
"""Read once, so that their address stays true to what is served."""

SCRIPTS_PATH = f"{ASSETS_PATH}/components-{sha256(repr(sorted(SCRIPTS.items())).encode()).hexdigest()[:16]}"
"""Where they are on this server."""


def serve_script(request: Request) -> Response:
    """The script or style at the end of the path."""
    name = request.path_params["name"]
    if name not in SCRIPTS:
        return PlainTextResponse("No such script.", status_code=404)
    return Response(SCRIPTS[name], media_type=_MEDIA_TYPES[Path(name).suffix], headers=FOR_GOOD)
