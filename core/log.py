"""The log of the process: lines for people or JSON for collectors, and how many of each level there were."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, TextIO

import orjson

LogFormat = Literal["text", "json"]

OURS = "core"


class CountingHandler(logging.Handler):
    """Counts records from WARNING on, by level and by who logged: a room of ours or a package. It never blocks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._counts: Counter[tuple[str, str]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self._counts[record.levelname.lower(), room_of(record.name)] += 1  # logging holds this handler's lock

    def read(self) -> Mapping[tuple[str, str], int]:
        """How often each level and room was heard of."""
        with self.lock or threading.RLock():
            return dict(self._counts)


class JsonLines(logging.Formatter):
    """One JSON object per record: time, level, logger, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps({name: _writable(text) for name, text in entry.items()}).decode()


class LinesAsJson(io.TextIOBase):
    """A stream on which whatever is printed becomes an object a line, as a record of the logger ``name``.

    What is flushed before its line has ended is told as it is. Thread-safe.
    """

    encoding, errors = "utf-8", "backslashreplace"

    def __init__(self, stream: TextIO, name: str, level: int) -> None:
        self._stream, self._name, self._level = stream, name, level
        self._begun = ""
        self._one_writes = threading.RLock()

    def write(self, text: str) -> int:
        with self._one_writes:
            *lines, self._begun = (self._begun + text).replace("\r", "\n").split("\n")
            self._tell(lines)
        return len(text)

    def flush(self) -> None:
        with self._one_writes:
            begun, self._begun = self._begun, ""
            self._tell([begun])
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def _tell(self, lines: list[str]) -> None:
        for line in filter(str.strip, lines):
            record = logging.LogRecord(self._name, self._level, "", 0, line, None, None)
            self._stream.write(f"{_JSON_LINES.format(record)}\n")


_JSON_LINES = JsonLines()

COUNTED = CountingHandler()
"""What this process has logged: logging itself is one per process."""


def set_up_logging(kind: LogFormat) -> None:
    """Write what is logged to standard error: of the core what is worth a line, of others warnings only.

    As JSON, everything else that packages or Python would write, or print, is a line of it too.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    root = logging.getLogger()
    if COUNTED not in root.handlers:
        root.addHandler(COUNTED)
    logging.getLogger(OURS).setLevel(logging.INFO)
    if kind == "json":
        _write_json(root)


def room_of(logger: str) -> str:
    """``core.market`` of ``core.market.feed``, ``uvicorn`` of ``uvicorn.error``."""
    parts = logger.split(".")
    return ".".join(parts[:2]) if parts[0] == OURS else parts[0]


def _write_json(root: logging.Logger) -> None:
    for handler in root.handlers:
        handler.setFormatter(_JSON_LINES)  # it keeps the stream that there was
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):  # Streamlit and uvicorn have streams of their own, or keep to themselves
            logger.handlers.clear()
            logger.propagate = True
    if not isinstance(sys.stdout, LinesAsJson):
        sys.stdout = LinesAsJson(sys.stdout, "stdout", logging.INFO)
        sys.stderr = LinesAsJson(sys.stderr, "stderr", logging.ERROR)
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: root.critical("The process ends.", exc_info=(kind, error, trace))
    threading.excepthook = _log_thread


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        name = ended.thread.name if ended.thread else "?"
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger(OURS).critical("The thread %s has ended.", name, exc_info=trace)


def _message(record: logging.LogRecord) -> str:
    """What is told; where the arguments do not fit the words, both as they are."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args}"


def _writable(text: str) -> str:
    """Half a character out of a file's name is no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
