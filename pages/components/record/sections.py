"""What the track record page draws of a record, question by question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.domain import Timeframe
from core.journal.slices import Question, Skill, Slice
from core.journal.track_record import Calibration, Dimension, TrackRecord
from core.journal.vocabulary import Origin
from core.market.market import MarketIdentity
from core.wording.language import in_a_row, phrase, say
from pages.components.record.falls import fall_sentence, reliance_sentence, worse_sentence
from pages.components.record.figures import paths_figure, points_of, with_paths
from pages.components.record.files import Row, as_csv, model_lines, move_lines, sequence_lines, slice_lines
from pages.components.record.rows import (
    model_rows,
    model_value,
    move_rows,
    sequence_rows,
    slice_rows,
    slice_value,
)
from pages.components.record.sentences import (
    QUESTION_WORDS,
    accuracy_sentence,
    calibration_sentence,
    come_sentence,
    knows_sentence,
    origin_badge,
    origin_word,
    prices_word,
    result_sentence,
    side_sentence,
    skill_sentence,
    time_sentence,
    undrawn_sentence,
    wait_sentence,
    when_sentence,
    worth_sentence,
)
from pages.components.record.table import models_table, show_moves, show_rows, show_sequences, slices_table
from pages.components.record.words import Part, show_words
from pages.components.shared.address import ask, asked, choose
from pages.components.shared.language import fragment
from pages.components.shared.model_charts import promises_figure, show_figure
from pages.components.shared.number_text import too_few_text
from pages.components.shared.parameters import OneOf
from pages.components.shared.plain_text import plain

_BANDS = phrase(
    "On the dashed line as much comes as was promised. Lines: 95\u00a0% bands. A cross: chance does not explain it."
)

_DIMENSIONS = {
    Dimension.TIMEFRAME: phrase("Timeframe"),
    Dimension.SYMBOL: phrase("Coin"),
    Dimension.BAND: phrase("Band of P(move)"),
    Dimension.DIRECTION: phrase("Call"),
    Dimension.VERDICT: phrase("Verdict"),
    Dimension.PERIOD: phrase("Month"),
}

QUESTION = OneOf[str]("question", tuple(map(str, QUESTION_WORDS)), str(next(iter(QUESTION_WORDS))))
PARTS = OneOf[str]("parts", tuple(map(str, _DIMENSIONS)), str(next(iter(_DIMENSIONS))))
"""What the curves are of, and by what the figures are told once more."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What every heading repeats: whose signals these are, and whose prices."""

    origin: Origin
    market: MarketIdentity
    damage: str | None = None
    """What is known to be wrong with the ledger: files say so, too."""

    @property
    def prices(self) -> str:
        return prices_word(self.market)

    def draw(self, question: str, anchor: str) -> None:
        st.header(f"{question} {origin_badge(self.origin, self.prices)}", anchor=anchor)

    @property
    def words(self) -> str:
        return say("{origin} signals, {prices}", origin=origin_word(self.origin), prices=self.prices)

    def offer(self, lines: Callable[[], Iterable[Row]], what: str, key: str) -> None:
        """A button that saves a table's figures as a file."""
        st.download_button(
            say("{what} (CSV)", what=what),
            lambda: as_csv(lines(), self.origin.value, self.prices, self.damage),
            f"candor-{self.origin}-{key}.csv",
            "text/csv",
            key=f"save_{key}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


_QUESTIONS = {
    "when": phrase("Does it come when it says so?"),
    "side": phrase("Does it know the side?"),
    "worse": phrase("Is it getting worse?"),
}
"""What is asked of every record, with where each answer stands."""


def not_enough_yet(record: TrackRecord, heading: Heading) -> None:
    """The questions all the same, and how long it takes until there is an answer."""
    few = too_few_text(record.whole.resolved, record.whole.independent)
    answer = in_a_row(say("Not enough yet: {few}.", few=few), wait_sentence(record))
    for anchor, question in _QUESTIONS.items():
        heading.draw(say(question), anchor)
        st.markdown(plain(answer))


def does_it_come(record: TrackRecord, heading: Heading) -> None:
    heading.draw(say(_QUESTIONS["when"]), "when")
    whole = record.whole
    says, chart = st.columns([5, 4])
    with says:
        st.markdown(f"**{plain(come_sentence(whole.moves, whole.timing_skill))}**")
        st.markdown(plain(when_sentence(whole.moves)))
        show_moves(move_rows(whole.moves), say("Moves called and come: {words}", words=heading.words))
        heading.offer(lambda: move_lines(whole.moves), say("Moves"), "moves")
        timing = skill_sentence(
            say("Timing skill"),
            whole.timing_skill,
            say("always saying the usual P(move)"),
            say("all with a known outcome"),
        )
        st.markdown(plain(timing))
        _sequences(record, Question.TIMING, heading)
        st.caption(plain(in_a_row(time_sentence(whole.time_to_target), _worth(record))))
        show_words(Part.WHEN)
    with chart, st.container(border=True):
        _calibration(record.calibration.get(Question.TIMING), say("P(move)"), heading, "when_chart")


def _worth(record: TrackRecord) -> str:
    return "" if record.whole.accuracy is None else worth_sentence(record.whole.accuracy.right)


def does_it_know_the_side(record: TrackRecord, heading: Heading) -> None:
    heading.draw(say(_QUESTIONS["side"]), "side")
    whole = record.whole
    says, chart = st.columns([5, 4])
    with says:
        st.markdown(f"**{plain(knows_sentence(whole.sides, whole.side_skill))}**")
        st.markdown(plain(side_sentence(whole.sides)))
        side = skill_sentence(
            say("Side skill"),
            whole.side_skill,
            say("the usual share of each side"),
            say("all after which one level came first, whatever was called"),
        )
        st.markdown(plain(side))
        _sequences(record, Question.SIDE, heading)
        st.markdown(plain(result_sentence(whole.result, whole.sides)))
    with chart, st.container(border=True):
        _calibration(record.calibration.get(Question.SIDE), say("P(likelier side | move)"), heading, "side_chart")
    _both_at_once(record, heading)


def _both_at_once(record: TrackRecord, heading: Heading) -> None:
    """The call of three classes, which answers both questions at once, and whether its probability is what it says."""
    whole = record.whole
    says, chart = st.columns([5, 4])
    with says:
        st.markdown(say("### Both at once: the call of three classes"))
        st.markdown(plain(accuracy_sentence(whole.accuracy)))
        together = skill_sentence(
            say("Skill"), whole.skill, say("the class frequencies"), say("all with a known outcome")
        )
        st.markdown(plain(together))
        _sequences(record, Question.WHOLE, heading)
    with chart, st.container(border=True):
        _calibration(record.calibration.get(Question.WHOLE), say("Likeliest of three"), heading, "whole_chart")


_SKILL_OF: dict[Question, Callable[[Slice], Skill | None]] = {
    Question.TIMING: lambda part: part.timing_skill,
    Question.SIDE: lambda part: part.side_skill,
    Question.WHOLE: lambda part: part.skill,
}


def _sequences(record: TrackRecord, question: Question, heading: Heading) -> None:
    parts = {Timeframe(part.name): _SKILL_OF[question](part) for part in record.slices[Dimension.TIMEFRAME]}
    rows = sequence_rows(record.sequences, question, parts)
    label = say(
        "How sure the skill is, {question}: {words}", question=say(QUESTION_WORDS[question]), words=heading.words
    )
    show_sequences(rows, label, f"_{question}")
    asked = [each for each in record.sequences if each.question is question]
    heading.offer(lambda: sequence_lines(asked), say("How sure"), f"{question}-skill")


def _calibration(calibration: Calibration | None, promised: str, heading: Heading, key: str) -> None:
    sentence = calibration_sentence(calibration)
    st.markdown(say("### {promised}: promised and come", promised=promised))
    if calibration is None or not calibration.enough or not points_of(calibration):
        st.markdown(plain(sentence))
        return
    st.caption(say(_BANDS))
    show_figure(
        promises_figure(points_of(calibration), promised),
        say("{promised}, {words}. {sentence}", promised=promised, words=heading.words, sentence=sentence),
        key,
    )
    st.markdown(plain(sentence))


def is_it_getting_worse(record: TrackRecord, heading: Heading) -> None:
    heading.draw(say(_QUESTIONS["worse"]), "worse")
    st.markdown(f"**{plain(worse_sentence(record.models, record.reliance))}**")
    st.markdown(plain(in_a_row(fall_sentence(record.models), reliance_sentence(record.reliance))))
    show_words(Part.WORSE)
    _paths(record, heading)
    order = models_table.order()
    models = order.sort(record.models, model_value)
    show_rows(
        models_table,
        "models",
        model_rows(models),
        order,
        say("Each model's record beside its test: {words}", words=heading.words),
    )
    heading.offer(lambda: model_lines(models), say("Models"), "models")


@fragment()
def _paths(record: TrackRecord, heading: Heading) -> None:
    with st.container(border=True):
        question = Question(_choice(QUESTION, say("Question"), QUESTION_WORDS))
        st.caption(
            say(
                "Each line is the mean of all days up to then, in nats a signal, so that one bad week hardly moves it: "
                "where it falls, the newer days were worse than those before. Where its band lies above 0 the skill is "
                "proven, below it is worse than knowing only how often each happens. Each chart has its own scale; a "
                "hollow point at the end is of days that are not over."
            )
        )
        if with_paths(record.sequences, question):
            summary = say(
                "Skill as the days went by, {question}: {words}.",
                question=say(QUESTION_WORDS[question]),
                words=heading.words,
            )
            show_figure(paths_figure(record.sequences, question), summary, "paths_chart")
            st.caption(plain(undrawn_sentence(record.sequences, question)))
        else:
            st.markdown(say("Not enough yet: too few days are over."))


def _choice(parameter: OneOf[str], label: str, words: Mapping[Any, str]) -> str:
    """Offer what ``parameter`` chooses among; its default needs no word in the address."""
    chosen = asked(parameter)
    choose(
        label,
        parameter.choices,
        chosen,
        f"record_{parameter.name}",
        lambda each: say(words[each]),
        lambda other: ask(parameter.name, "" if other == parameter.default else other),
    )
    return chosen


def the_same_of_parts(record: TrackRecord, heading: Heading) -> None:
    heading.draw(say("The same figures, part by part"), "parts")
    dimension = Dimension(_choice(PARTS, say("By"), _DIMENSIONS))
    order = slices_table.order()
    parts = record.slices[dimension]
    if order.column != "name":
        parts = tuple(order.sort(parts, slice_value))
    elif order.descending:
        parts = parts[::-1]
    show_rows(
        slices_table,
        "parts",
        slice_rows(parts),
        order,
        say("The record by {part}: {words}", part=say(_DIMENSIONS[dimension]), words=heading.words),
    )
    heading.offer(lambda: slice_lines(parts), say("Parts"), f"by-{dimension}")
    whole = record.whole
    if whole.brier is not None and whole.calibration_error is not None and whole.enough:
        st.caption(
            plain(
                say(
                    "All together, n = {n:,}: Brier score {brier:.3f}, P(move) off by {points:.1f} points on average.",
                    n=whole.resolved,
                    brier=whole.brier,
                    points=100 * whole.calibration_error,
                )
            )
        )
