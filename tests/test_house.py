"""The plan of the house: who may import whom, and what must never be in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from scripts.map import modules, sentence

PROJECT = Path(__file__).resolve().parents[1]

PATHS_IN_TEXT = re.compile(
    r"(?<![\w/.<:{])(?:app\.py|(?:core|pages|scripts|tests|models|data|\.ci|\.streamlit)/[\w./-]*)"
)
APPEAR_AT_RUN_TIME = ("data/candles", "data/datasets", "data/retrain", "data/train_data", "data/ledger-")

MAY_IMPORT_TORCH = ("core.model.network", "core.learning")
MAY_IMPORT_SQLALCHEMY = ("core.journal", "core.alerts")

TRAINING_PACKAGES = ("dask", "distributed", "lightgbm", "tqdm")
FLOORS = (
    (
        "core.access",
        "core.alerted",
        "core.domain",
        "core.errors",
        "core.log",
        "core.text",
        "core.disk",
        "core.roles",
        "core.settings",
        "core.source_code",
        "core.measured",
        "core.findings",
        "core.prediction",
        "core.replay",
    ),
    ("core.market",),
    ("core.model",),
    ("core.signals",),
    ("core.journal", "core.learning"),
    ("core.alerts",),
    ("core.application",),
    ("core.api", "pages"),
    ("app",),
)
"""From the ground up. A room imports rooms of lower floors and itself; on the ground, any of its neighbours too."""

WORDING, WORDING_MAY_IMPORT = (
    "core.wording",
    (
        "core.alerted",
        "core.domain",
        "core.errors",
        "core.text",
        "core.measured",
        "core.findings",
        "core.prediction",
        "core.replay",
    ),
)
"""Any floor above the ground may ask for words; the words know of the domain alone."""

MAY_HOLD_SENTENCES = (
    "core.wording",
    "core.learning",
    "core.model.features",
    "core.api.app",
    "core.api.readiness",
    "core.api.requests",
)
"""Beside the wording: reports of training and evaluation, what a feature measures, the API's own documentation."""

ERRORS_IN_PIECES = (
    "core.api.gate",
    "core.api.errors",
    "core.disk",
    "core.domain",
    "core.findings",
    "core.journal.errors",
    "core.market.download",
    "core.market.errors",
    "core.market.exchange",
    "core.model.files",
    "core.model.metrics",
)
"""Their errors are put together before they are raised; of findings, the command that is the remedy."""

SPEAKING_CALLS = {
    "Field",
    "Query",
    "Path",
    "Header",
    "ApiError",
    "error_response",
    "_refuse",
    "_unauthorized",
    "as_trouble",
    "cannot_write",
    "CannotRead",
    "CannotWrite",
    "Named",
    "filterwarnings",
    "exec_driver_sql",
    "text",
    "BadCandles",
    "CandorError",
    "UnusableModel",
    "MarketUnavailable",
    "UnknownSymbol",
    "CounterMetricFamily",
    "GaugeMetricFamily",
    "HistogramMetricFamily",
}
"""Documentation of parameters, errors that are made before they are raised, and SQL."""

FACES = ("core.inference_service", "core.model_registry", "core.feature_calculator", "core.predictions_api")
"""The first design's names: for programs outside, scripts and tests; nothing of the house goes through them."""


def files_of(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module named in an import statement of ``path``, those inside functions too, those for type checkers not."""
    return tuple(imported_by(nodes_that_run(parsed(path)), path))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_by(nodes: Iterable[ast.AST], path: Path) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; name the whole module"
            assert node.module is not None
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imports_at_once(path: Path) -> Iterator[str]:
    """As imports_of, without those that wait inside a function."""
    yield from imported_by(parsed(path).body, path)


def nodes_that_run(node: ast.AST) -> Iterator[ast.AST]:
    """``node`` and all statements below it but the bodies of ``if TYPE_CHECKING:``."""
    yield node
    skipped = node.body if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") else []
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr) and child not in skipped:
            yield from nodes_that_run(child)


def importers(paths: list[Path], *forbidden: str) -> list[str]:
    """``importer -> imported`` for each import of a forbidden module or something inside it."""
    return [
        f"{module_name(path)} -> {name}"
        for path in paths
        for name in imports_of(path)
        if any(name == module or name.startswith(module + ".") for module in forbidden)
    ]


@cache
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


@pytest.mark.slow
def test_core_knows_nothing_of_streamlit_pages_or_scripts() -> None:
    assert importers(files_of("core"), "streamlit", "pages", "scripts", "app") == []


@pytest.mark.slow
def test_pages_import_nothing_of_scripts() -> None:
    assert importers(files_of("pages"), "scripts", "app") == []


@pytest.mark.slow
def test_only_training_imports_the_learning_part() -> None:
    assert importers(serving_files(), "core.learning") == []


@pytest.mark.slow
def test_only_training_imports_what_only_training_installs() -> None:
    assert importers([*serving_files(), *files_of("scripts")], *TRAINING_PACKAGES) == [
        "scripts.download_candles -> tqdm.tqdm"
    ]


def test_torch_stays_with_the_network_and_learning() -> None:
    others = [path for path in files_of("core", "pages") if not module_name(path).startswith(MAY_IMPORT_TORCH)]
    assert importers([*others, PROJECT / "app.py"], "torch") == []


def test_databases_stay_with_the_journal_and_alerts() -> None:
    others = [path for path in files_of("core", "pages") if not module_name(path).startswith(MAY_IMPORT_SQLALCHEMY)]
    assert importers([*others, PROJECT / "app.py"], "sqlalchemy", "alembic", "psycopg") == []


def test_serving_begins_without_the_packages_of_databases_of_pushes_and_of_networks() -> None:
    """The first two take a second, which the ledger's threads spend once there are signals, and pushes once somebody asks for
    them; torch takes as long, and half of the process's memory, and who serves never needs it."""
    modules = {module_name(path): path for path in [*files_of("core", "pages"), PROJECT / "app.py"]}
    loaded, ahead = set[str](), ["app", "core.application", "pages.main"]
    while ahead:
        name = ahead.pop()
        if name not in loaded:
            loaded.add(name)
            imported = imports_at_once(modules[name]) if name in modules else ()
            ahead.extend(module_in(modules, each) or each.split(".")[0] for each in imported)
    assert "numpy" in loaded
    assert not loaded & {"torch", "sqlalchemy", "alembic", "psycopg", "scipy", "socketio", "engineio", "aiohttp"}


def test_every_module_has_its_room() -> None:
    rooms = {room_of(module) for module in import_graph()}
    assert rooms <= {room for floor in FLOORS for room in floor} | {WORDING, *FACES, "core"}


def test_rooms_import_only_rooms_below_them() -> None:
    upward = {
        f"{importer} -> {imported}" for importer, imported in import_pairs() if not may_import(importer, imported)
    }
    assert upward == set()


def test_a_pages_parts_are_made_of_their_own_and_of_what_pages_share() -> None:
    foreign = [
        f"{module_name(path)} -> {name}"
        for path in files_of("pages/components")
        for name in imports_of(path)
        if name.startswith("pages.components.") and name.split(".")[2] not in {path.parent.name, "shared"}
    ]
    assert foreign == []


@pytest.mark.slow
def test_in_core_only_the_wording_holds_sentences_for_people() -> None:
    """Errors, the log and the API's own documentation excepted; a report of training is a page of its own."""
    speaking = [
        path for path in files_of("core") if not module_name(path).startswith((*MAY_HOLD_SENTENCES, *ERRORS_IN_PIECES))
    ]
    found = [f"{module_name(path)}: {text[:60]!r}" for path in speaking for text in sentences_in(path)]
    assert found == []


def test_a_sentence_in_code_is_found_and_an_errors_own_is_not(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""A module that says what it is for."""\n'
        "def f(n):\n"
        '    "It has words of its own."\n'
        '    log.warning("This goes to the log, and that is fine.")\n'
        '    raise BadCandles(f"There are {n} candles too many in this file.")\n'
        'a = f"All {n} of these models are weak and old."\n'
    )
    assert list(sentences_in(module)) == ["All … of these models are weak and old."]


def sentences_in(path: Path) -> Iterator[str]:
    """Texts of five words or more that are no docstring, and go neither into an error, nor the log, nor documentation."""
    tree = parsed(path)
    spared = {id(inner) for node in ast.walk(tree) if is_spared(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in spared:
            continue
        text = text_of(node)
        if text is not None and len(re.findall(r"[A-Za-z]{2,}", text)) >= 5 and " " in text.strip():
            spared |= {id(inner) for inner in ast.walk(node)}
            yield text


def is_spared(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called.startswith(("log.", "logger.")) or called.split(".")[-1] in SPEAKING_CALLS


def text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert list(circles(import_graph())) == []


def test_only_the_composition_root_reads_the_settings_of_the_process() -> None:
    reading = {line.split(" -> ")[0] for line in importers(files_of("core", "pages"), "core.settings.get_settings")}
    assert reading == {"core.application"}


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("core.market.feed", "core.text", True),
        ("core.signals.board", "core.signals.service", True),
        ("core.settings", "core.domain", True),
        ("core.domain", "core.market.clock", False),
        ("core.journal.store", "core.signals.board", True),
        ("core.signals.board", "core.journal.store", False),
        ("core.journal.store", "core.alerts.rules", False),
        ("core.alerts.noticing", "core.journal.entries", True),
        ("core.application", "core.alerts.rules", True),
        ("core.application", "core.learning.train", False),
        ("core.learning.train", "core.signals.labels", True),
        ("core.api.app", "core.application", True),
        ("pages.signals", "core.api.app", False),
        ("pages.signals", "core.wording.sentences", True),
        ("core.domain", "core.wording.sentences", False),
        ("core.wording.sentences", "core.errors", True),
        ("core.wording.sentences", "core.signals.trust", False),
        ("core.inference_service", "core.application", True),
        ("core.inference_service", "pages.signals", False),
        ("core.signals.board", "core.inference_service", False),
        ("app", "core.predictions_api", False),
    ],
)
def test_the_plan_says_who_may_import_whom(importer: str, imported: str, allowed: bool) -> None:
    assert may_import(importer, imported) is allowed


def test_a_circle_of_imports_is_found() -> None:
    straight = {"a": {"b", "c"}, "b": {"c"}, "c": set[str]()}
    assert list(circles(straight)) == []
    assert list(circles(straight | {"c": {"a"}})) == [["a", "b", "c"]]


def room_of(module: str) -> str:
    """``core.market`` of ``core.market.feed``; a folder of pages is part of the room ``pages``."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "core" else parts[0]


def floor_of(room: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if room in floor)


def may_import(importer: str, imported: str) -> bool:
    """Whether the plan lets one module of the house import another."""
    here, there = room_of(importer), room_of(imported)
    if there in FACES or (there == "core.learning" != here):
        return False
    if here in FACES:
        return there in (WORDING, "core.api") or floor_of(there) <= floor_of("core.application")
    if WORDING in (here, there):
        return here == there or (there in WORDING_MAY_IMPORT if here == WORDING else floor_of(here) > 0)
    return here == there or floor_of(there) < floor_of(here) or floor_of(there) == floor_of(here) == 0


def serving_files() -> list[Path]:
    return [path for path in files_of("core", "pages") if "learning" not in path.parts] + [PROJECT / "app.py"]


@cache
def import_graph() -> dict[str, set[str]]:
    """Every module of the house with the modules of the house that it imports."""
    paths = {module_name(path): path for path in [*files_of("core", "pages"), PROJECT / "app.py"]}
    graph = {name: {module_in(paths, imported) for imported in imports_of(path)} for name, path in paths.items()}
    return {name: {each for each in imported if each is not None} for name, imported in graph.items()}


def import_pairs() -> Iterator[tuple[str, str]]:
    return ((importer, imported) for importer, others in import_graph().items() for imported in others)


def module_in(known: Collection[str], imported: str) -> str | None:
    """The module of an imported name: itself or what it is a part of; None where it is not one of ``known``."""
    while imported and imported not in known:
        imported = imported.rpartition(".")[0]
    return imported or None


def circles(graph: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Each group of modules that reach themselves through one another."""
    reached = {module: reachable(graph, module) for module in graph}
    groups = {frozenset(other for other in reached[module] if module in reached[other]) for module in graph}
    return (sorted(group) for group in sorted(groups, key=sorted) if group)


def reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """What is imported from ``start`` on, directly or not."""
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead.extend(graph[module])
    return found


@pytest.mark.slow
def test_the_names_of_browser_libraries_are_found_without_loading_the_core() -> None:
    loaded = modules_after("import pages.components.shared.assets")
    assert not {name for name in loaded if name.split(".")[0] in {"core", "torch", "app"}}


def modules_after(statement: str) -> set[str]:
    """The modules a fresh Python has loaded after ``statement``."""
    program = f"{statement}\nimport sys; print('\\n'.join(sys.modules), end='')"
    ran = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split("\n"))


# ---------------------------------------------------------------- the repository


@pytest.mark.slow
def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"(?<![\w.])(?:/work/|/home/\w|/Users/\w|/root/|/tmp/\w+/\w)|\.\./shared\b(?!/\w+\.js\b)")
    assert found_in_texts(machine) == []


@pytest.mark.slow
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
    for name in ("requirements.txt", "requirements-train.txt", "requirements-dev.txt"):
        lines = [line.strip() for line in (PROJECT / name).read_text().splitlines()]
        wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
        assert wanted
        assert [line for line in wanted if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[0-9][\w.]*", line)] == []


def test_each_list_of_requirements_contains_the_smaller_ones() -> None:
    assert required_by("requirements.txt") < required_by("requirements-train.txt") < required_by("requirements-dev.txt")


def test_everything_that_serves_is_among_the_requirements_for_serving() -> None:
    assert foreign_to(serving_files()) <= required_by("requirements.txt")


@pytest.mark.slow
def test_everything_that_trains_is_among_the_requirements_for_training() -> None:
    asked_for = {"playwright"}  # by benchmark --browser, in a sentence that says how to install it
    assert foreign_to([*files_of("core", "scripts")]) - asked_for <= required_by("requirements-train.txt")


def test_what_only_training_needs_is_not_installed_for_serving() -> None:
    assert not required_by("requirements.txt") & set(TRAINING_PACKAGES)


def required_by(name: str) -> set[str]:
    """Packages that a list of requirements installs, those of the lists it includes too; names as packages spell them."""
    lines = (PROJECT / name).read_text().splitlines()
    own = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    return own.union(*(required_by(line.removeprefix("-r ")) for line in lines if line.startswith("-r ")))


def foreign_to(paths: list[Path]) -> set[str]:
    """Packages that ``paths`` import, by the name they are installed under."""
    installed_as = {
        "sklearn": "scikit-learn",
        "talib": "ta-lib",
        "socketio": "python-socketio",
        "engineio": "python-engineio",
    }
    ours = {"core", "pages", "scripts", "app", "run_by_path"}
    top_level = {name.split(".")[0] for path in paths for name in imports_of(path)}
    foreign = top_level - sys.stdlib_module_names - ours
    return {installed_as.get(name, name).lower().replace("_", "-") for name in foreign}


@pytest.mark.slow
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


NO_NAMES = {"said", "told", "looks", "lessons", "rehearsal", "pull"}
"""Words that say nothing of what a thing is."""

STORED_NAMES = {("core/findings.py", "looks"), ("core/model/evaluated.py", "said"), ("core/api/alerts.py", "said")}
"""They are keys of what ledgers, published models and the API hold."""


def names_bound_in(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def test_a_name_says_what_a_thing_is() -> None:
    vague = {
        (path.relative_to(PROJECT).as_posix(), name)
        for path in files_of("core", "pages", "scripts")
        for name in names_bound_in(path)
        if not NO_NAMES.isdisjoint(name.lower().strip("_").split("_"))
    }
    assert vague == STORED_NAMES
