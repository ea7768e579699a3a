"""The log is a line of JSON for each record where that is asked for, exceptions and foreign packages included."""

from __future__ import annotations

import io
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.log import CountingHandler, JsonLines, LinesAsJson, room_of
from tests.real_server import real_server, server_environment

PROJECT = Path(__file__).resolve().parents[1]

PROGRAM = r"""
import logging, sys, threading, warnings
from streamlit.logger import get_logger
streamlits = get_logger("streamlit.somewhere")
from core.log import set_up_logging
silent = logging.getLogger("uvicorn.error"); silent.propagate = False
set_up_logging("json")
logging.getLogger("core.market.feed").info("Two\nlines and %s.", "ä\udcff")
logging.getLogger("elsewhere").info("Not worth a line.")
streamlits.warning("Streamlit says so.")
silent.error("Nobody hears it but the last resort.")
warnings.warn("This is old.")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("core.signals.board").exception("It failed.")
def fail():
    raise ValueError("in a thread")
thread = threading.Thread(target=fail, name="ledger-writer"); thread.start(); thread.join()
raise KeyError("at the end")
"""


@pytest.mark.slow
def test_every_line_on_standard_error_is_an_object_even_as_the_process_dies() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    levels = [(line["level"], line["logger"]) for line in lines]
    assert levels == [
        ("info", "core.market.feed"),
        ("warning", "streamlit.somewhere"),
        ("error", "uvicorn.error"),
        ("warning", "py.warnings"),
        ("error", "core.signals.board"),
        ("critical", "core"),
        ("critical", "root"),
    ]
    assert lines[0]["message"] == "Two\nlines and ä\\udcff."
    assert lines[0]["time"].endswith("+00:00")
    assert "ZeroDivisionError: division by zero" in lines[4]["exception"]
    assert "ledger-writer" in lines[5]["message"]
    assert "KeyError: 'at the end'" in lines[6]["exception"]


def test_a_record_whose_words_do_not_fit_its_arguments_is_no_end_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("core", logging.INFO, "", 0, "%d coins", ("many",), None)
    assert json.loads(JsonLines().format(record))["message"] == "%d coins ('many',)"
    assert capsys.readouterr().err == ""


def test_what_is_counted_is_named_by_room() -> None:
    counting = CountingHandler()
    for name in ("core.market.feed", "core.market.exchange", "uvicorn.error"):
        counting.handle(logging.LogRecord(name, logging.WARNING, "", 0, "told", None, None))
    assert counting.read() == {("warning", "core.market"): 2, ("warning", "uvicorn"): 1}
    assert room_of("core") == "core"


def test_whatever_is_printed_is_told_a_line_at_a_time_and_loses_nothing() -> None:
    output = io.StringIO()
    stream = LinesAsJson(output, "stdout", logging.INFO)
    print("Two", "words", file=stream)
    print("A line\n\nand another", file=stream)
    print("10 %", end="\r", file=stream)
    print("unfinished", end="", file=stream, flush=True)
    with pytest.raises(TypeError):
        stream.write(b"bytes")  # type: ignore[arg-type]
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["Two words", "A line", "and another", "10 %", "unfinished"]
    assert {(line["logger"], line["level"]) for line in lines} == {("stdout", "info")}


@pytest.mark.server
def test_every_line_of_a_server_is_an_object_from_its_start_to_its_end(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "models" / "BTCUSDT" / "15m", tmp_path / "models" / "BTCUSDT" / "15m")
    settings = {"CANDOR_SYMBOLS": "BTC", "CANDOR_LOG": "json"}
    with real_server(tmp_path / "models", tmp_path, **settings) as address:
        pass
    lines = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines()]
    assert ("stdout", f"Candor is at {address}") in {(line["logger"], line["message"]) for line in lines}


@pytest.mark.server
def test_settings_that_are_refused_are_told_as_objects_too(tmp_path: Path) -> None:
    wrong = {"CANDOR_LOG": "json", "CANDOR_SPEED": "-1", "CANDOR_SEED": "x", "CANDOR_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    environment = server_environment() | wrong
    ran = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    messages = [json.loads(line)["message"] for line in (ran.stdout + ran.stderr).splitlines()]
    assert [text.partition("=")[0] for text in messages] == ["CANDOR_SPEED", "CANDOR_SEED"]
