"""Training on a Dask cluster, a real one of two processes on this machine."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import dask
import distributed
import pytest
from distributed import LocalCluster

from core.domain import Timeframe
from core.learning import cluster
from core.learning.cluster import Cluster, ClusterUnusable
from core.learning.train import train_models
from core.learning.workers import Call, Failed
from scripts import evaluate_models
from scripts import train_models as train_models_script
from tests.learning.test_train import order
from tests.made_candles import write_coins

M15 = Timeframe.M15

LOCAL = {
    "host": "127.0.0.1",
    "dashboard_address": "127.0.0.1:0",
    "threads_per_worker": 1,
    "silence_logs": "CRITICAL",
}
QUICK_TO_BLAME = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-saturation": 1.0,  # nothing waits on a worker, to be blamed for its neighbour
    "distributed.worker.profile.enabled": False,  # it looks a hundred times a second
    "distributed.worker.multiprocessing-method": "forkserver",
}
WORKERS_IMPORT = ["distributed", "core.learning.train", "torch._dynamo"]
"""Once for all of them: they are forked from a process that has."""


@pytest.fixture(scope="module", autouse=True)
def _collections_look_at_what_is_new() -> None:
    """Each test and each client collects garbage, among all that the tests before have left."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_client_is_left_over() -> Iterator[None]:
    """A client that found no scheduler is collected here, not in the middle of the next one's start."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coins(tmp_path_factory.mktemp("candles") / "made-up-market", {"AAAUSDT": 1000, "BBBUSDT": 1000}, M15)


@pytest.fixture(scope="module")
def two_processes() -> Iterator[LocalCluster]:
    # Processes begin with the script that __main__ names; tests of pages leave a page there.
    with pytest.MonkeyPatch.context() as patch, dask.config.set(QUICK_TO_BLAME):
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        patch.setattr(distributed.utils, "_forkserver_preload_set", True)  # it would import all that Dask can work with
        multiprocessing.set_forkserver_preload(WORKERS_IMPORT)
        with LocalCluster(n_workers=2, **LOCAL) as running:
            yield running


def run(address: str, function: Callable[..., Any], *arguments: object) -> list[Any]:
    """What the tasks of the cluster at ``address`` come to, one per argument."""
    return Cluster(address).run([Call(function, (each,)) for each in arguments], "Tasks", quiet=True)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_cluster_of_two_processes_makes_the_same_models_byte_for_byte(
    two_processes: LocalCluster, candles: Path, tmp_path: Path
) -> None:
    here = train_models(order(tmp_path / "here", candles))
    there = train_models(order(tmp_path / "there", candles, workers=Cluster(two_processes.scheduler_address)))
    assert there == here
    assert len(there.trained) == 2
    assert files_in(tmp_path / "there" / "models") == files_in(tmp_path / "here" / "models")
    assert set(files_in(tmp_path / "there" / "datasets")) == set(files_in(tmp_path / "here" / "datasets"))


def test_a_worker_that_dies_costs_its_own_task_only(two_processes: LocalCluster) -> None:
    results = run(two_processes.scheduler_address, doubled_or_dead, 0, 1, 2, 3, 4)
    assert results[:2] + results[3:] == [0, 2, 6, 8]
    assert isinstance(results[2], Failed)
    assert "the workers that tried it died" in results[2].reason


def test_a_task_that_fails_on_a_cluster_is_its_reason_and_the_others_go_on(two_processes: LocalCluster) -> None:
    results = run(two_processes.scheduler_address, int, "1", "one", "2")
    assert results[::2] == [1, 2]
    assert isinstance(results[1], Failed)
    assert results[1].reason.startswith("unexpected ValueError: invalid literal")


def doubled_or_dead(n: int) -> int:
    if n == 2:
        os._exit(1)
    return 2 * n


def test_workers_must_see_the_same_folders(two_processes: LocalCluster, tmp_path: Path) -> None:
    workers = Cluster(two_processes.scheduler_address)
    workers.check(read=[tmp_path], written=[tmp_path / "models"])
    with pytest.raises(ClusterUnusable, match="does not see this machine's folder /nowhere"):
        workers.check(read=[Path("/nowhere")], written=[tmp_path / "models"])
    assert list((tmp_path / "models").iterdir()) == []


def test_workers_of_another_candor_are_refused(two_processes: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_candor_version", lambda: "0ld0ld00")
    with pytest.raises(ClusterUnusable, match=r"another version of Candor's core \(\w{8}; here it is 0ld0ld00\)"):
        Cluster(two_processes.scheduler_address).check(read=[], written=[])


def test_a_worker_of_a_candor_that_says_other_things_of_itself_is_refused_too() -> None:
    with pytest.raises(ClusterUnusable, match=r"another version of Candor's core \(an older one; here it is \w{8}\)"):
        cluster._check_worker("tcp://one", ([], "01d01d00"), "tcp://scheduler")


def test_other_versions_of_packages_are_a_sentence_and_no_warning() -> None:
    here = {"Python": "3.11.7", "torch": "2.13.0", "numpy": "2.4.6"}
    (sentence,) = cluster.other_versions(here, {"tcp://one": here, "tcp://two": here | {"torch": "2.12.0"}})
    assert sentence.startswith("The worker tcp://two has torch 2.12.0 instead of 2.13.0: it may make other models")


def test_a_worker_that_runs_several_tasks_in_one_process_is_refused() -> None:
    two_at_a_time = LOCAL | {"threads_per_worker": 2}
    with (
        LocalCluster(n_workers=1, processes=False, protocol="tcp", **two_at_a_time) as running,
        pytest.raises(ClusterUnusable, match=r"runs 2 tasks at a time .* --nworkers -1 --nthreads 1"),
    ):
        Cluster(running.scheduler_address).check(read=[], written=[])


def test_a_cluster_without_workers_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.5)
    with (
        LocalCluster(n_workers=0, processes=False, protocol="tcp", **LOCAL) as running,
        pytest.raises(ClusterUnusable, match=r"has no worker\. Start some in Candor's folder with"),
    ):
        Cluster(running.scheduler_address).check(read=[], written=[])


def test_a_cluster_that_has_lost_all_its_workers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.1)
    with LocalCluster(n_workers=0, processes=False, protocol="tcp", **LOCAL) as running:
        (failed,) = run(running.scheduler_address, abs, -1)
    assert isinstance(failed, Failed)
    assert "has no worker left" in failed.reason


@pytest.mark.parametrize("command", [train_models_script.main, evaluate_models.main])
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("tcp://127.0.0.1:9", "No Dask scheduler answers at 'tcp://127.0.0.1:9'"),
        ("localhost", "No Dask scheduler answers at 'localhost' (ValueError: missing port number"),
        ("http://localhost:8786", "unknown address scheme 'http'"),
    ],
)
def test_a_scheduler_that_does_not_answer_gets_a_sentence_and_exit_code_2_before_any_work(
    candles: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Callable[[list[str]], int],
    address: str,
    sentence: str,
) -> None:
    if address.startswith("tcp:"):  # the others are refused at once, however long one would wait
        monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.3)
    folders = ["--candles", str(candles), "--models", str(tmp_path / "m"), "--datasets", str(tmp_path / "d")]
    with pytest.raises(SystemExit) as ended:
        command([*folders, "--timeframes", "15m", "--scheduler", address])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_that_has_gone_is_the_reason_of_every_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.3)
    results = run("tcp://127.0.0.1:9", abs, -1, -2)
    assert len(results) == 2
    assert all("No Dask scheduler answers" in failed.reason for failed in results)
