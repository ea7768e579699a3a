"""The track record page, and where else the record shows, as Streamlit runs them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.findings import LedgerDamage, LedgerFault
from core.journal.calls import CallKind
from core.journal.vocabulary import Origin
from tests.journal.made_entries import model, signal
from tests.journal.made_history import life as made_life
from tests.journal.small_life import BTC, SmallLife
from tests.pages.coin_page import texts_on
from tests.pages.conftest import OpenOn
from tests.pages.recorded_life import life_with
from tests.pages.sent import sent_to, unpacked, unusable
from tests.waiting import until

Open = Callable[..., AppTest]

QUESTIONS = ["Does it come when it says so?", "Does it know the side?", "Is it getting worse?", "Where was it wrong?"]
LAST = "What this record is worth"


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLife]:
    """Six days of two coins were recorded before, live and replayed."""
    life = life_with(tmp_path_factory.mktemp("life"), made_life(seed=6, candles=600))
    yield life
    life.application.stop()


@pytest.fixture
def open_page(open_on: OpenOn) -> Open:
    """Opens a page once the ledger has been read: ``open_page(life, origin="replayed")``."""

    def open_page(life: SmallLife, page_name: str = "track_record.py", ready: str = "", **address: str) -> AppTest:
        page = open_on(life)
        for name, value in address.items():
            page.query_params[name] = value
        page.switch_page(page_name)
        until(lambda: (ready or "It does not prove") in texts_on(page.run()))
        assert not page.exception
        return page

    return open_page


@pytest.mark.slow
def test_the_page_answers_its_four_questions_in_order_of_live_signals(life: SmallLife, open_page: Open) -> None:
    page = open_page(life)
    text, headings = texts_on(page), [heading.value for heading in page.header]
    assert [heading.split(" :")[0] for heading in headings] == [*QUESTIONS, "The same figures, part by part", LAST]
    assert all("live · simulated prices" in heading for heading in headings[:-1])
    assert "never traded" in text
    assert "It does not prove" in text
    assert "counts against whatever was called" in text


@pytest.mark.slow
def test_replayed_signals_are_marked_as_such_everywhere(life: SmallLife, open_page: Open) -> None:
    page = open_page(life, origin="replayed")
    assert "Nobody was shown these signals" in texts_on(page)
    assert all("replayed · simulated prices" in heading.value for heading in page.header[:-1])


@pytest.mark.slow
def test_single_signals_begin_with_the_biggest_miss_and_lead_to_their_candle(life: SmallLife, open_page: Open) -> None:
    page = open_page(life)
    rows = next(table for table in tables(page) if table[0]["link"]["page"] == "coin")
    given = [float(row["cells"]["given"]["text"].removesuffix("\u00a0%")) for row in rows]
    assert given == sorted(given)
    assert rows[0]["link"].keys() == {"page", "symbol", "timeframe", "candle", "origin"}
    assert rows[0]["link"]["candle"].startswith("2025-09-0")


@pytest.mark.slow
def test_the_list_of_misses_counts_what_it_lists_and_never_mixes_those_of_the_move_with_those_of_the_side(
    life: SmallLife, open_page: Open
) -> None:
    page = open_page(life)
    assert {row["cells"]["happened"]["text"] for row in calls_in(page)} <= {"■ neither touched", "■ both touched"}
    choice = next(each for each in page.get("button_group") if each.key == "calls_kind")
    choice.set_value(CallKind.WRONG_SIDE).run()
    assert page.query_params["which"] == "wrong_side"
    page = open_page(life, which="wrong_side")
    assert {row["cells"]["happened"]["text"] for row in calls_in(page)} == {"▲ upper first", "▼ lower first"}
    counts = re.search(r"([\d,]+) of ([\d,]+): a side was called", texts_on(page))
    assert counts
    assert int(counts[1]) == len(calls_in(page))


@pytest.mark.slow
def test_while_another_order_is_read_the_page_stands_as_it_was_and_another_coin_waits(
    life: SmallLife, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(life)
    before = calls_in(page)
    with monkeypatch.context() as patched:
        patched.setattr("pages.components.shared.beside.Beside.newest", lambda *_: None)
        page.query_params["order"] = "-time"
        assert calls_in(page.run()) == before
        assert "It does not prove" in texts_on(page)
        page.query_params["search"] = "ETH"
        assert "It does not prove" not in texts_on(page.run()), "figures of other coins are never shown as these"
        del page.query_params["search"]
    until(lambda: calls_in(page.run()) != before)
    assert not page.exception


def calls_in(page: AppTest) -> list[dict[str, Any]]:
    """The rows of single signals."""
    return next(table for table in tables(page) if table[0]["link"]["page"] == "coin")


@pytest.mark.slow
def test_what_is_later_than_a_clock_that_was_set_back_is_said_to_be_so_and_shown_as_no_single_signal(
    tmp_path: Path, open_page: Open
) -> None:
    life = life_with(tmp_path, made_life(seed=6, candles=120))
    try:
        now = life.clock.now()
        assert "its clock set back" not in texts_on(open_page(life))
        life.clock.set(datetime(2025, 9, 3, 22, 0, tzinfo=UTC))
        text = texts_on(open_page(life, ready="its clock set back", order="time:desc"))
        assert "later than the market's clock, 2025-09-03\u00a022:00 UTC" in text
        page = open_page(
            life, "coin.py", "outcomes known", symbol="BTCUSDT", timeframe="15m", candle="2025-09-03T20:00"
        )
        until(lambda: "is still open" in texts_on(page.run()))
        assert life.clock.now() < now
    finally:
        life.application.stop()


def tables(page: AppTest) -> list[list[dict[str, Any]]]:
    """The rows of each table whose rows lead somewhere."""
    sent = [json.loads(e.proto.json) for e in page.get("bidi_component") if e.proto.component_name == "record_table"]
    rows = [unpacked(each["rows"]) for each in sent]
    return [each for each in rows if each and "link" in each[0]]


@pytest.mark.slow
def test_what_an_address_asks_for_in_vain_is_told(life: SmallLife, open_page: Open) -> None:
    text = " ".join(each["text"] for each in unusable(open_page(life, origin="backtest", timeframe="7h")))
    assert "asks for origin=backtest" in text
    assert "asks for timeframe=7h" in text


@pytest.mark.slow
def test_a_coin_that_is_in_no_ledger_is_said_to_be_none(life: SmallLife, open_page: Open) -> None:
    open_page(life, ready="No coin here is called “nonsense”", search="nonsense")


@pytest.mark.slow
def test_fewer_than_thirty_outcomes_give_no_figure(tmp_path: Path, open_page: Open) -> None:
    few = life_with(tmp_path, made_life(seed=6, candles=25))
    try:
        page = open_page(few)
        assert "Not enough yet" in texts_on(page)
        assert [heading.value.split(" :")[0] for heading in page.header] == [*QUESTIONS, LAST]
        assert "days more" in texts_on(page) or "1 day more" in texts_on(page)
        assert page.button(key="show_replayed")
    finally:
        few.application.stop()


@pytest.mark.slow
def test_without_a_live_outcome_the_replayed_ones_are_offered(tmp_path: Path, open_page: Open) -> None:
    none = life_with(tmp_path, [model(), signal(0), signal(-1, origin="replayed")])
    try:
        page = open_page(none)
        assert "what became of one is known once its horizon is over" in texts_on(page)
        page.button(key="show_replayed").click().run()
        assert page.query_params["origin"] == "replayed"
    finally:
        none.application.stop()


@pytest.mark.slow
def test_a_coins_page_tells_its_past_calls_and_the_one_that_the_address_names(life: SmallLife, open_page: Open) -> None:
    address = {"symbol": "BTCUSDT", "timeframe": "15m"}
    call = "The call of 2025-09-03\u00a012:15 UTC (live, simulated prices, never traded):"
    text = texts_on(open_page(life, "coin.py", call, **address, candle="2025-09-03T12:15"))
    assert "outcomes known" in text
    assert "live · simulated prices" in text
    assert "Barriers as issued:" in text
    assert "Verdict then:" in text
    replayed = open_page(life, "coin.py", "replayed · simulated prices", **address, origin="replayed")
    assert "Nobody was shown these signals" in texts_on(replayed)
    choice = next(each for each in replayed.get("button_group") if each.key == "coin_origin")
    choice.set_value(Origin.LIVE).run()
    assert replayed.query_params["origin"] == "live"
    (line,) = unusable(open_page(life, "coin.py", "outcomes known", **address, candle="yesterday"))
    assert line["text"].startswith("The address asks for candle=yesterday. Expected the time at which a candle opened")
    never = "No call on a candle that opens at 2035-09-03\u00a012:15 UTC is in the ledger."
    open_page(life, "coin.py", never, **address, candle="2035-09-03T12:15")


@pytest.mark.slow
def test_a_models_page_sets_its_record_beside_its_test(tmp_path: Path, open_page: Open) -> None:
    metrics = SmallLife(tmp_path / "first").application.registry.status(*BTC).metrics
    assert metrics is not None
    entries = [
        replace(entry, model_version=metrics.model_version) if hasattr(entry, "model_version") else entry
        for entry in made_life(seed=6, candles=600)
    ]
    life = life_with(tmp_path, entries)
    try:
        page = open_page(life, "model_quality.py", "replayed · simulated", symbol="BTCUSDT", timeframe="15m")
        assert "That is one look at one of many models, and proves nothing by itself." in texts_on(page)
        live = live_cell_of_bitcoin(open_page, life)
        assert live["n"].startswith("n 4")
        assert "usual for these" in live["title"]
    finally:
        life.application.stop()


def live_cell_of_bitcoin(open_page: Open, life: SmallLife) -> dict[str, str]:
    """What the table of all models says of the live signals of BTC on 15m, once the ledger has been read."""
    page = open_page(life, "model_quality.py", "Accuracy against the baseline")

    def cell() -> dict[str, str]:
        rows = sent_to(page, "quality_table")["rows"]
        counts: dict[str, str] | None = next(row for row in rows if (row["symbol"], row["timeframe"]) == BTC).get(
            "live"
        )
        return counts or {"n": ""}

    until(lambda: cell()["n"].startswith("n ") or not page.run())
    return cell()


@pytest.mark.slow
def test_damage_that_is_known_is_told_before_any_figure_and_at_the_files(
    life: SmallLife, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "This ledger is damaged" not in errors(open_page(life))
    verifier = life.application.recorder._recording.verifier
    until(lambda: verifier.checked is not None)
    damage = LedgerDamage(17, LedgerFault.CHANGED)
    monkeypatch.setattr(verifier, "checked", replace(verifier.checked, head=None, damage=damage))
    page = open_page(life)
    assert errors(page).count("entry 17 was changed") == 2
    assert "This ledger is damaged" in errors(page)


def errors(page: AppTest) -> str:
    return " ".join(f"{each.proto.title} {each.value}" for each in page.error)


@pytest.mark.slow
def test_what_is_compared_part_by_part_and_which_question_is_drawn_stand_in_the_address(
    life: SmallLife, open_page: Open
) -> None:
    page = open_page(life, origin="replayed", parts="symbol", question="side")
    assert page.segmented_control(key="record_parts").value == "symbol"
    assert page.segmented_control(key="record_question").value == "side"
    page.segmented_control(key="record_parts").set_value("verdict").run()
    assert page.query_params["parts"] == "verdict"
    page.segmented_control(key="record_parts").set_value("timeframe").run()
    assert "parts" not in page.query_params
    page = open_page(life, origin="replayed", parts="colour")
    assert [each["text"].startswith("The address asks for parts=colour.") for each in unusable(page)] == [True]
    page.query_params["parts"] = "symbol"
    page.query_params["parts_order"] = "-signals"
    page.run()
    assert [each.value for each in page.segmented_control if each.label == "By"] == ["symbol"]
    assert unusable(page) == []
