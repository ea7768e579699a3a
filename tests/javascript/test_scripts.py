"""Runs the tests of the browser's scripts: what they compute, without a browser. What they draw is in tests/browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from pages.components.shared import scripts
from pages.components.shared.scripts import SCRIPTS, Scripts

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
COMPONENTS = PROJECT / "pages" / "components"
TESTS = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.test.js"))
ALL_TESTS = "all.test.js"


@pytest.fixture(scope="session")
def deno() -> str:
    """Path of Deno, which comes with the requirements for development; without it, skip, or fail where it is demanded."""
    path = shutil.which("deno", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if path is None:
        message = "No Deno found to run the scripts' tests with: pip install -r requirements-dev.txt"
        if os.environ.get("CANDOR_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def components(pytestconfig: pytest.Config) -> Path:
    """The scripts as they are served, those beside the modules and those that Python writes, with their tests.

    They lie where they lay the last time: what has not changed since, Deno need not check again.
    """
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("scripts")
    texts = {f"pages/components/{name}": text for name, text in SCRIPTS.items()}
    texts |= {path.relative_to(PROJECT).as_posix(): path.read_bytes() for path in HERE.rglob("*.js")}
    texts |= {"deno.json": (PROJECT / "deno.json").read_bytes(), ALL_TESTS: all_tests()}
    hold(folder, texts)
    return folder


def hold(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Let the folder hold these texts by their paths, and no other script."""
    for path in folder.rglob("*.js"):
        if path.relative_to(folder).as_posix() not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def all_tests() -> bytes:
    """A script that imports every test: Deno takes a tenth of a second to start anew for each file that it is given."""
    return "".join(f'import "./tests/javascript/{name}";\n' for name in TESTS).encode()


def ask(deno: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Nothing is fetched from elsewhere."""
    environment = os.environ | {"DENO_NO_UPDATE_CHECK": "1", "DENO_DIR": str(folder / ".deno"), "NO_COLOR": "1"}
    return subprocess.run(
        [deno, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


class Report(NamedTuple):
    output: str
    cases: dict[str, list[ElementTree.Element]]
    """What became of every test of each file; an element that is empty where it passed."""


@pytest.fixture(scope="session")
def report(deno: str, components: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """All files are run at once: Deno takes longer to start than most of them."""
    path = tmp_path_factory.mktemp("report") / "report.xml"
    ran = ask(
        deno, components, "test", "--no-check", "--cached-only", "--allow-read=.", f"--junit-path={path}", ALL_TESTS
    )
    output = ran.stdout + ran.stderr
    assert path.exists(), output
    suites = ElementTree.parse(path).getroot().iter("testsuite")
    folder = "./tests/javascript/"
    return Report(output, {each.attrib["name"].removeprefix(folder): list(each.iter("testcase")) for each in suites})


@pytest.mark.parametrize("name", TESTS)
def test_script(report: Report, name: str) -> None:
    assert report.cases.get(name), report.output
    assert ["".join(case.itertext()) for case in report.cases[name] if len(case)] == []


@pytest.mark.slow
def test_scripts_use_nothing_that_is_not_there(deno: str, components: Path) -> None:
    checked = ask(deno, components, "check", "--cached-only", "pages/components")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_script_that_does_more_than_draw_has_a_test() -> None:
    scripts = {path.relative_to(COMPONENTS).with_suffix("") for path in COMPONENTS.rglob("*.js")}
    tested = {path.relative_to(HERE).with_suffix("").with_suffix("") for path in HERE.rglob("*.test.js")}
    drawing_only = {
        Path("coin/chart_frame"),
        Path("coin/timeframe_cards"),
        Path("coin/place"),
        Path("signals/board"),
        Path("signals/table_place"),
        Path("shared/menus"),
        Path("shared/first_page"),
    }  # tests/browser has it
    assert scripts - tested == drawing_only


def test_only_one_script_asks_the_browser_to_keep_something() -> None:
    """In a private window that may throw, which it is ready for."""
    asking = {name for name, text in SCRIPTS.items() if name.endswith(".js") and b"Storage." in text}
    assert asking == {
        "shared/storage.js",
        "shared/settings.js",  # writes what Streamlit reads of its theme
        "shared/first_page.js",  # runs before any other has come
    }


def test_scripts_have_another_address_with_another_library_of_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers keep what is at an address for a year."""
    monkeypatch.setattr(scripts, "CHARTS_NAME", "lightweight-charts-of-tomorrow.js")
    assert Scripts().address != SCRIPTS.address
    monkeypatch.undo()
    assert Scripts().address == SCRIPTS.address


def test_no_handler_may_give_false_which_would_keep_the_browser_from_what_a_key_or_click_does() -> None:
    """As ``node.onkeydown = (event) => event.key === "Escape" && close()`` does, for every other key."""
    gives = re.compile(r"\.on[a-z]+ = (?:async )?\(?[^=]*\)? => (?!\{).*(?:&&|\|\||\?\?)")
    found = [
        f"{path.relative_to(COMPONENTS)}: {line.strip()}"
        for path in sorted(COMPONENTS.rglob("*.js"))
        for line in path.read_text().splitlines()
        if gives.search(line)
    ]
    assert found == []
