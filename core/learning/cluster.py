"""Workers of a Dask cluster that see the same folders as this machine.

joblib has a way to Dask of its own, but it waits forever for a task whose worker died once too often (joblib 1.6).
So tasks are handed to Dask here, one future each. Dask is loaded only when a cluster is asked for.
"""

from __future__ import annotations

import gc
import logging
import platform
import uuid
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CandorError
from core.learning.kept import library_versions
from core.learning.workers import Call, Failed, Workers, carry_out
from core.settings import PROJECT
from core.source_code import fingerprint_of

if TYPE_CHECKING:
    from distributed import Client, Future

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
"""How long to wait for the scheduler's answer, and for its first worker."""

PATIENCE_SECONDS = 15.0
"""How often to see whether a cluster that says nothing still has workers."""

_START_SCHEDULER = "PYTHONPATH=. .venv/bin/dask scheduler"
_START_WORKERS = "PYTHONPATH=. .venv/bin/dask worker {address} --nworkers -1 --nthreads 1"

_AGAIN = "run the command again, what is done is kept"

_MARK = ".seen-by-workers-"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a worker says of itself: the paths it does not see, its Candor, and what it has installed."""

    unseen: list[Path]
    candor: str
    versions: dict[str, str]


class ClusterUnusable(CandorError):
    """The scheduler does not answer, or its workers cannot do our work."""

    code = "cluster_unusable"


@dataclass(frozen=True, slots=True)
class Cluster(Workers):
    """The workers of the Dask scheduler at ``address``."""

    address: str

    def check(self, read: Sequence[Path], written: Sequence[Path]) -> None:
        """ClusterUnusable unless the scheduler answers and every worker can do our work in these folders.

        Folders in ``read`` must exist for the workers, too; those in ``written`` must be the very same ones. Workers
        of other versions are warned of.
        """
        address = self.address
        with _client(address) as client:
            _check_scheduler(client, address)
            threads = client.nthreads() or _wait_for_a_worker(client, address)
            for worker, number in threads.items():
                if number > 1:
                    raise ClusterUnusable(
                        f"The worker {worker} runs {number} tasks at a time in one process; training is repeatable "
                        f"only with one. Start workers in Candor's folder with: {_START_WORKERS.format(address=address)}"
                    )
            with _marks(written) as marks:
                found = client.run(_seen, [*read, *marks], on_error="return")
            seen = {worker: _check_worker(worker, each, address) for worker, each in found.items()}
            for sentence in other_versions(_versions(), {worker: each.versions for worker, each in seen.items()}):
                logger.warning(sentence)

    def finished(self, calls: Iterable[tuple[int, Call]]) -> Iterator[tuple[int, Any]]:
        """As of Workers; a scheduler that is lost, or has no worker left, is the reason of all that is not done."""
        waiting = dict(calls)  # all at once: tasks that wait stay with the scheduler
        reason, left = "", set(waiting)
        try:
            with _client(self.address) as client:
                futures = client.map(carry_out, list(waiting.values()), pure=False)
                numbers = dict(zip(futures, waiting, strict=True))
                for future in _as_they_finish(client, futures):
                    left.discard(numbers[future])
                    yield numbers[future], _result(future, self.address)
                reason = f"the cluster at {self.address} has no worker left; start one and {_AGAIN}"
        except ClusterUnusable as error:
            reason = str(error)
        except CancelledError as error:  # the scheduler has forgotten them
            reason = f"the cluster at {self.address} could not carry it out ({_first_line(error)}); {_AGAIN}"
        for number in sorted(left):
            yield number, Failed(reason)


# ---------------------------------------------------------------- connection


@contextmanager
def _client(address: str) -> Iterator[Client]:
    from distributed import Client  # noqa: PLC0415 - takes a third of a second, and most trainings need none
    from distributed.versions import VersionMismatchWarning  # noqa: PLC0415

    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # it logs tracebacks; _result has sentences
    # A client whose scheduler did not answer closes itself when it is collected. Were that to happen while the next one
    # starts, it would wait for a lock that its own thread holds, for ever.
    gc.collect()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VersionMismatchWarning)  # Cluster.check says it in a sentence
        try:
            client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        except Exception as error:
            # Which exception depends on the address: its form, its host, its protocol, its port.
            raise ClusterUnusable(
                f"No Dask scheduler answers at {address!r} ({_first_line(error)}). Expected an address such as "
                f"tcp://192.168.1.10:8786. In Candor's folder this starts one: {_START_SCHEDULER}"
            ) from None
    with client:
        try:
            yield client
        except OSError as error:
            raise ClusterUnusable(f"The Dask scheduler at {address!r} was lost ({_first_line(error)}).") from None


def _wait_for_a_worker(client: Client, address: str) -> Mapping[str, int]:
    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except TimeoutError:
        raise ClusterUnusable(
            f"The Dask scheduler at {address!r} has no worker. Start some in Candor's folder with: "
            + _START_WORKERS.format(address=address)
        ) from None
    return client.nthreads()


# ---------------------------------------------------------------- before any work


def _check_scheduler(client: Client, address: str) -> None:
    """Tasks pass through the scheduler, which must know what they are made of."""
    try:
        client.run_on_scheduler(_candor_version)
    except ImportError as error:
        raise ClusterUnusable(
            f"The Dask scheduler at {address!r} cannot import Candor ({_first_line(error)}). Start it in Candor's "
            f"folder with: {_START_SCHEDULER}"
        ) from None


@contextmanager
def _marks(folders: Iterable[Path]) -> Iterator[list[Path]]:
    """A new empty file in each folder: whoever sees it sees the same folder."""
    marks = [folder / f"{_MARK}{uuid.uuid4().hex}" for folder in folders]
    try:
        for mark in marks:
            try:
                mark.parent.mkdir(parents=True, exist_ok=True)
                mark.touch()
            except OSError as error:
                raise ClusterUnusable(f"{error.filename} cannot be written: {error.strerror}.") from None
        yield marks
    finally:
        for mark in marks:
            mark.unlink(missing_ok=True)


def _seen(paths: Sequence[Path]) -> _Seen:
    """On a worker: what it says of itself."""
    return _Seen([path for path in paths if not path.exists()], _candor_version(), _versions())


@cache
def _candor_version() -> str:
    """Eight hex digits of everything that core/ does."""
    return fingerprint_of(sorted((PROJECT / "core").rglob("*.py")))[:8]


def _check_worker(worker: str, found: object, address: str) -> _Seen:
    """``found``; ClusterUnusable where the worker cannot do our work."""
    if isinstance(found, Exception):
        raise ClusterUnusable(
            f"The worker {worker} cannot run Candor ({_first_line(found)}). Start workers in Candor's folder, with "
            f"requirements-train.txt installed: {_START_WORKERS.format(address=address)}"
        )
    other = found.candor if isinstance(found, _Seen) else "an older one"
    if not isinstance(found, _Seen) or other != _candor_version():
        raise ClusterUnusable(
            f"The worker {worker} runs another version of Candor's core ({other}; here it is {_candor_version()}). "
            "Bring both to the same commit, then start the worker anew."
        )
    if found.unseen:
        first = found.unseen[0]
        folder = first.parent if first.name.startswith(_MARK) else first
        raise ClusterUnusable(
            f"The worker {worker} does not see this machine's folder {folder}. All workers must see the same folders "
            "under the same names, on a shared disk for instance."
        )
    return found


def other_versions(here: Mapping[str, str], workers: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A sentence for each worker that has other versions than ``here``."""
    for worker, there in workers.items():
        differing = [
            f"{name} {there.get(name)} instead of {number}"
            for name, number in here.items()
            if there.get(name) != number
        ]
        if differing:
            yield (
                f"The worker {worker} has {', '.join(differing)}: it may make other models than this machine would. "
                "Install the same requirements-train.txt everywhere."
            )


def _versions() -> dict[str, str]:
    """Of all that can make other models of the same candles, and of what carries them."""
    return {"Python": platform.python_version(), **library_versions(), "distributed": version("distributed")}


# ---------------------------------------------------------------- results


def _as_they_finish(client: Client, futures: Iterable[Future[Any]]) -> Iterator[Future[Any]]:
    """Futures that are done, well or not; a cluster is given up when it had no worker twice."""
    from distributed import wait  # noqa: PLC0415

    waiting, deserted = set(futures), False
    while waiting:
        try:
            with client.as_current():
                done, waiting = wait(waiting, timeout=PATIENCE_SECONDS, return_when="FIRST_COMPLETED")
            yield from done
        except TimeoutError:
            workers = client.nthreads()
            if deserted and not workers:
                return
            deserted = not workers


def _result(future: Future[Any], address: str) -> Any:
    """What the task returned, or why it cannot be had."""
    from distributed import KilledWorker  # noqa: PLC0415

    try:
        return future.result()
    except KilledWorker:
        return Failed(
            "the workers that tried it died in the middle of it; most often they lack memory. Run it with fewer on "
            "each machine"
        )
    except Exception as error:
        return Failed(f"the cluster at {address} could not carry it out ({_first_line(error)}); {_AGAIN}")


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__
