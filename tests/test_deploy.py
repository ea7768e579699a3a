"""What is deployed fits what is here: metrics that are watched are told, files that are copied and run exist."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.api.metrics import registry_of
from core.api.transport import PushTraffic
from core.market.market import Traffic
from core.settings import PROJECT, Settings
from scripts import alive
from tests.journal.small_life import SmallLife
from tests.served import served

DEPLOY = PROJECT / "deploy"
PROMTOOL = shutil.which("promtool")
FIRED = yaml.safe_load(Path(__file__).with_name("alerts_fire.yml").read_text())
NAME = re.compile(r"\bcandor_\w+")
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})


@pytest.fixture(scope="module")
def metric_names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """The names of all metrics of a Candor that follows an exchange and has written its ledger."""
    life = SmallLife(tmp_path_factory.mktemp("candor"))
    life.market.traffic = lambda: Traffic(1, 0, 1)  # type: ignore[method-assign]
    recorder = life.application.recorder
    recorder._hear(life.board.snapshot(), frozenset())
    assert recorder._write()
    registry = registry_of(life.application, lambda: 1, PushTraffic())
    yield {sample.name for family in registry.collect() for sample in family.samples} | {
        family.name + "_total" for family in registry.collect() if family.type == "counter"
    }
    recorder.stop()


def loaded(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


@pytest.mark.slow
def test_every_metric_that_alerts_and_the_dashboard_ask_for_is_told(metric_names: set[str]) -> None:
    alerts = [rule["expr"] for group in loaded("alerts.yml")["groups"] for rule in group["rules"]]
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    asked = {name for expression in alerts + shown for name in NAME.findall(expression)}
    assert len(alerts) >= 8 and len(panels) >= 10 and len(asked) >= 12
    assert asked - metric_names == set()


@pytest.mark.slow
def test_the_readme_lists_every_metric_and_no_other(metric_names: set[str]) -> None:
    section = (PROJECT / "README.md").read_text().partition("| metric |")[2].partition("\n\n")[0]
    ours = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in metric_names if name.startswith("candor_")}
    assert set(NAME.findall(section)) == ours


def test_an_alert_says_for_how_long_how_grave_and_what_it_is() -> None:
    for group in loaded("alerts.yml")["groups"]:
        names = [rule["alert"] for rule in group["rules"]]
        assert len(names) == len(set(names))
        for rule in group["rules"]:
            assert re.fullmatch(r"\d+m", rule["for"])
            assert rule["labels"]["severity"] in {"critical", "warning"}
            assert rule["annotations"]["summary"].endswith(".")


def test_each_alert_fires_where_it_should_and_none_where_all_is_well(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "prometheus.yml", tmp_path)
    shutil.copy(DEPLOY / "alerts.yml", tmp_path)
    shutil.copy(Path(__file__).with_name("alerts_fire.yml"), tmp_path)
    (tmp_path / "candor.key").touch()
    fired = {test["alertname"] for case in FIRED["tests"] for test in case.get("alert_rule_test", [])}
    assert fired == {rule["alert"] for group in loaded("alerts.yml")["groups"] for rule in group["rules"]}
    if PROMTOOL is None:
        pytest.skip("needs promtool: apt-get install prometheus")
    for command in (("check", "config", "prometheus.yml"), ("test", "rules", "alerts_fire.yml")):
        process = subprocess.run([PROMTOOL, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert process.returncode == 0, process.stdout + process.stderr


def test_panels_have_names_of_their_own_and_do_not_overlap() -> None:
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    assert len({panel["title"] for panel in panels}) == len(panels)
    taken = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(taken)) == len(taken)


def test_the_image_holds_what_serves_and_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    for path in (word for words in copied for word in words if not word.startswith("--")):
        assert list(PROJECT.glob(path)), path
    assert {"core", "pages", "scripts", "models", ".streamlit"} <= {word for words in copied for word in words}
    assert [line for line in lines if line.startswith("USER")] == ["USER candor"]
    assert any(line.startswith("HEALTHCHECK") and "scripts.alive" in line for line in lines)
    assert lines[-1] == 'CMD ["python", "-m", "streamlit", "run", "app.py"]'


def test_the_containers_root_is_read_only_and_only_this_machine_reaches_it() -> None:
    services = loaded("compose.yaml")["services"]
    candor = services["candor"]
    assert candor["read_only"] is True
    assert candor["cap_drop"] == ["ALL"]
    assert candor["ports"] == ["127.0.0.1:8501:8501"]
    assert candor["depends_on"]["database"]["condition"] == "service_healthy"
    written = {volume.split(":")[1] for volume in candor["volumes"]} | set(candor["tmpfs"])
    assert written == {"/data", "/app/models", "/tmp"}
    assert services["retrain"]["command"][:3] == ["python", "-m", "scripts.retrain"]


def test_settings_that_are_deployed_are_settings_of_candor() -> None:
    known = {f"CANDOR_{name.upper()}" for name in Settings.model_fields}
    own = {"CANDOR_DATABASE_PASSWORD"}  # of which compose.yaml makes CANDOR_DATABASE_URL
    for path in DEPLOY.iterdir():
        named = set(re.findall(r"\bCANDOR_[A-Z_]+[A-Z]", path.read_text()))
        assert named - known - own == set(), path.name


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_can_be_read_and_starts_what_is_there(name: str) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / name)
    assert unit["Unit"]["Description"].startswith("Candor")
    if name.endswith(".service"):
        assert unit["Service"]["User"] == "candor"
        assert unit["Service"]["ProtectSystem"] == "strict"
        module = unit["Service"]["ExecStart"].partition(" -m ")[2].split()[0]
        assert module == "streamlit" or (PROJECT / Path(*module.split(".")).with_suffix(".py")).is_file()
    else:
        assert (DEPLOY / name).with_suffix(".service").is_file()


def test_retraining_fills_a_folder_that_it_may_write_and_tells_the_ledger_that_candor_keeps() -> None:
    services = loaded("compose.yaml")["services"]
    candor, again = services["candor"], services["retrain"]
    assert again["environment"].items() <= candor["environment"].items()
    assert {"CANDOR_DATABASE_URL", "CANDOR_MARKET"} <= again["environment"].keys()
    assert again["depends_on"] == candor["depends_on"]
    assert Path(again["command"][-1]).parent == Path("/data")
    unit = (DEPLOY / "candor-retrain.service").read_text()
    folder = re.search(r"scripts\.retrain --candles (\S+)", unit)
    assert folder is not None
    assert f"StateDirectory={Path(folder[1]).parent.relative_to('/var/lib')}\n" in unit


def test_the_user_of_the_services_is_made_by_what_the_readme_copies(tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text()
    assert "cp deploy/candor.sysusers /etc/sysusers.d/candor.conf" in readme
    assert all(f"deploy/{name}" in readme for name in UNITS)
    sysusers = shutil.which("systemd-sysusers")
    if sysusers is None:
        pytest.skip("needs systemd-sysusers: apt-get install systemd")
    (tmp_path / "etc").mkdir()
    subprocess.run([sysusers, f"--root={tmp_path}", str(DEPLOY / "candor.sysusers")], check=True, capture_output=True)
    made = {line.split(":")[0] for line in (tmp_path / "etc/passwd").read_text().splitlines()}
    assert made == {"candor"}


@pytest.mark.slow
def test_a_health_check_tells_who_is_alive_from_who_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope.get("path", ""))
        status = 200 if scope.get("path") == "/candor/api/health/live" else 503
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    with served(app, lifespan="off") as port:
        monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(port))
        assert alive.main() == 1
        monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "/candor/")
        assert alive.main() == 0
    assert alive.main() == 1
    assert asked == ["/api/health/live", "/candor/api/health/live"]
