"""The plan of the house: who may import whom, and what must never be in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.map import modules, sentence

PROJECT = Path(__file__).resolve().parents[1]

PATHS_IN_TEXT = re.compile(
    r"(?<![\w/.<:{])(?:app\.py|(?:core|pages|scripts|tests|models|data|\.ci|\.streamlit)/[\w./-]*)"
)
APPEAR_AT_RUN_TIME = ("data/candles", "data/datasets", "data/train_data")

MAY_IMPORT_TORCH = ("core.model.network", "core.model.files", "core.learning")


def files_of(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Every module named in an import statement of ``path``, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; name the whole module"
            assert node.module is not None
            yield from (f"{node.module}.{name.name}" for name in node.names)


def importers(paths: list[Path], *forbidden: str) -> list[str]:
    """``importer -> imported`` for each import of a forbidden module or something inside it."""
    return [
        f"{module_name(path)} -> {name}"
        for path in paths
        for name in imports_of(path)
        if any(name == module or name.startswith(module + ".") for module in forbidden)
    ]


def tracked_files() -> list[Path]:
    """What git tracks, and what it would once everything new is added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("This is no git checkout, so what belongs to the repository cannot be told.")
    return [path for name in listed.stdout.split("\0") if name and (path := PROJECT / name).is_file()]


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Name and contents of each tracked file that is text."""
    for path in tracked_files():
        try:
            yield str(path.relative_to(PROJECT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


# ---------------------------------------------------------------- imports


def test_core_knows_nothing_of_streamlit_pages_or_scripts() -> None:
    assert importers(files_of("core"), "streamlit", "pages", "scripts", "app") == []


def test_pages_import_nothing_of_scripts() -> None:
    assert importers(files_of("pages"), "scripts", "app") == []


def test_only_training_imports_the_learning_part() -> None:
    serving = [path for path in files_of("core", "pages") if "learning" not in path.parts] + [PROJECT / "app.py"]
    assert importers(serving, "core.learning") == []


def test_only_training_imports_the_library_that_grows_trees() -> None:
    others = [path for path in files_of("core", "pages", "scripts") if "learning" not in path.parts]
    assert importers([*others, PROJECT / "app.py"], "lightgbm") == []


def test_torch_stays_with_the_network_its_files_and_learning() -> None:
    others = [path for path in files_of("core", "pages") if not module_name(path).startswith(MAY_IMPORT_TORCH)]
    assert importers([*others, PROJECT / "app.py"], "torch") == []


def test_the_domain_imports_nothing_of_the_project_but_errors_and_text() -> None:
    ground = [PROJECT / "core" / f"{name}.py" for name in ("domain", "errors", "text")]
    imported = {name.rsplit(".", 1)[0] for path in ground for name in imports_of(path) if name.startswith("core")}
    assert imported == {"core.errors", "core.text"}
    assert importers(ground, "pages") == []


def test_a_serving_process_loads_neither_streamlit_into_core_nor_learning_into_itself() -> None:
    loaded = modules_after("import core.api.predictions, core.application")
    assert not {name for name in loaded if name.split(".")[0] in {"streamlit", "pages", "scripts"}}
    assert not {name for name in loaded if name.startswith(("core.learning", "lightgbm"))}


def test_the_dashboard_loads_nothing_of_learning() -> None:
    assert not {name for name in modules_after("import app") if name.startswith(("core.learning", "lightgbm"))}


def test_the_names_of_browser_libraries_are_found_without_loading_the_core() -> None:
    loaded = modules_after("import pages.components.shared.assets")
    assert not {name for name in loaded if name.split(".")[0] in {"core", "torch", "plotly", "app"}}


def modules_after(statement: str) -> set[str]:
    """The modules a fresh Python has loaded after ``statement``."""
    program = f"{statement}\nimport sys; print('\\n'.join(sys.modules), end='')"
    ran = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split("\n"))


# ---------------------------------------------------------------- the repository


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"(?<![\w.])(?:/work/|/home/\w|/Users/\w|/root/|/tmp/\w+/\w)|\.\./shared\b(?!/\w+\.js\b)")
    assert found_in_texts(machine) == []


def test_no_file_names_a_package_registry_or_where_to_install_from() -> None:
    hosts = (
        "py" + "pi.org",
        "python" + "hosted.org",
        "npm" + "js.org",
        "deb.debian" + ".org",
        "download.py" + "torch.org",
    )
    options = ("--index" + "-url", "--extra-index" + "-url", "--find" + "-links", "--trusted" + "-host")
    assert found_in_texts(re.compile("|".join(map(re.escape, (*hosts, *options))))) == []


def test_no_candles_and_no_database_are_in_the_repository() -> None:
    endings = {".parquet", ".csv", ".db", ".sqlite", ".feather"}
    assert [str(path.relative_to(PROJECT)) for path in tracked_files() if path.suffix in endings] == []


def test_no_browser_library_is_copied_into_the_repository() -> None:
    scripts = [path for path in tracked_files() if path.suffix in {".js", ".css"}]
    assert [path.name for path in scripts if ".min." in path.name or path.stat().st_size > 100_000] == []


def test_requirements_are_pinned_to_exact_versions() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line.strip() for line in (PROJECT / name).read_text().splitlines()]
        wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
        assert wanted
        assert [line for line in wanted if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[0-9][\w.]*", line)] == []


def test_everything_the_app_imports_is_among_its_requirements() -> None:
    installed_as = {"sklearn": "scikit-learn", "talib": "TA-Lib"}
    written = (PROJECT / "requirements.txt").read_text()
    required = {line.split("==")[0].lower().replace("_", "-") for line in written.splitlines() if "==" in line}
    paths = [*files_of("core", "pages", "scripts"), PROJECT / "app.py"]
    top_level = {name.split(".")[0] for path in paths for name in imports_of(path)}
    foreign = top_level - sys.stdlib_module_names - {"core", "pages", "scripts", "app"}
    missing = {name for name in foreign if installed_as.get(name, name).lower().replace("_", "-") not in required}
    assert missing == set()


def test_every_module_says_in_a_sentence_what_it_is_for() -> None:
    assert [str(path.relative_to(PROJECT)) for path in modules(PROJECT) if not sentence(path)] == []


def test_every_path_that_a_readme_names_is_there() -> None:
    named = [
        (path, name)
        for path in tracked_files()
        if path.name == "README.md"
        for name in PATHS_IN_TEXT.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(named) > 20
    assert [f"{path.name}: {name}" for path, name in named if not is_there(path.parent, name)] == []


def is_there(folder: Path, name: str) -> bool:
    """Whether ``name`` is a path below ``folder`` or the project; files that only appear at run time count as well."""
    return name.startswith(APPEAR_AT_RUN_TIME) or any((root / name).exists() for root in (folder, PROJECT))


def found_in_texts(pattern: re.Pattern[str]) -> list[str]:
    """``file:line: text`` of each match."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked_texts()
        if name != "tests/test_house.py"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
