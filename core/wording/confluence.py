"""What a coin's timeframes say together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.domain import Direction, Timeframe
from core.prediction import Confluence, MoveConfluence, SideConfluence, Veto
from core.wording.facts import Words
from core.wording.language import in_a_row, listed, say, say_count
from core.wording.style import Style


def _confluence(agreed: Confluence, style: Style) -> str:
    return _sentence(agreed, style, _calls)


def confluence_in_short(agreed: Confluence, style: Style) -> str:
    """Their calls alone, for one line of a table that has the side beside it."""
    return _sentence(agreed, style, _calls_in_short)


Calls = Callable[[Confluence, Style], str]
"""How it is told what the timeframes call together."""


def _sentence(agreed: Confluence, style: Style, calls: Calls) -> str:
    if not agreed.counted:
        if not agreed.ignored:
            return say("Nothing to count: no timeframe has a prediction.")
        return say("Nothing to count: the models of {ignored} are weak.", ignored=_names(agreed.ignored))
    return in_a_row(
        calls(agreed, style),
        say("Doubtful: {doubtful}.", doubtful=_names(agreed.doubtful)) if agreed.doubtful else "",
        say("Not counted, weak model: {ignored}.", ignored=_names(agreed.ignored)) if agreed.ignored else "",
    )


def _calls(agreed: Confluence, style: Style) -> str:
    if agreed.veto:
        return _veto(agreed.veto, style)
    if not agreed.sided:
        return say("No side taken on {counted}.", counted=_names(agreed.counted))
    return in_a_row(_called(agreed, style), _apart(agreed.side, style) if agreed.apart_from_side else "")


def _called(agreed: Confluence, style: Style) -> str:
    called = say(
        "Calls {leaning} on {names}: {sided} of {counted} that count.",
        leaning=style.direction(agreed.leaning),
        names=_names(agreed.sided),
        sided=len(agreed.sided),
        counted=len(agreed.counted),
    )
    return in_a_row(called, say("Against it: {names}.", names=_names(agreed.opposed)) if agreed.opposed else "")


def _calls_in_short(agreed: Confluence, style: Style) -> str:
    if agreed.veto:
        return say(
            "{timeframe} calls {direction} at {confidence}, the shorter ones {against}.",
            timeframe=agreed.veto.timeframe,
            direction=style.direction(agreed.veto.direction),
            confidence=style.share(agreed.veto.confidence, 0),
            against=style.direction(agreed.veto.against),
        )
    if not agreed.sided:
        return say("No side called on {counted}.", counted=_names(agreed.counted))
    return _called(agreed, style)


def _apart(side: SideConfluence, style: Style) -> str:
    return say(
        "By P({side} | move), which counts timeframes that call no side as well, {side} is likelier: the two disagree, so "
        "neither is a direction to rely on.",
        side=style.direction(side.leaning),
    )


def _veto(veto: Veto, style: Style) -> str:
    return say(
        "{timeframe} calls {direction} at {confidence}, against the {against} of the shorter timeframes: it vetoes them.",
        timeframe=veto.timeframe,
        direction=style.direction(veto.direction),
        confidence=style.share(veto.confidence, 0),
        against=style.direction(veto.against),
    )


def _move(agreed: MoveConfluence, _: Style) -> str:
    if not agreed.counted:
        return say("No timeframe can say whether a move is likelier than usual.")
    hardly = [timeframe for timeframe in agreed.likelier if timeframe not in agreed.expected]
    return in_a_row(
        say("A move is expected on {some}.", some=_some(agreed.expected, agreed.counted)),
        say("Likelier than usual, but by too little to expect one, on {names}.", names=_names(hardly))
        if hardly
        else "",
        say("Timing is proven on {proven}.", proven=_of_them(agreed.proven, agreed.counted)),
    )


def _side(agreed: SideConfluence, style: Style) -> str:
    if not agreed.counted:
        return say("No timeframe can say which way a move would go.")
    if agreed.leaning is Direction.NO_TRADE:
        leans = say("If it moves, they lean to neither side.")
    else:
        leans = say(
            "If it moves, {leaning} is likelier on {some}.",
            leaning=style.direction(agreed.leaning),
            some=_some(agreed.sided, agreed.counted),
        )
    proven = say("The side is proven on {proven}.", proven=_of_them(agreed.proven, agreed.counted))
    return in_a_row(leans, proven, _lean_of_proven(agreed, style))


def _lean_of_proven(agreed: SideConfluence, style: Style) -> str:
    """Said only where it is another side than that of all that are counted."""
    if not agreed.proven or not agreed.proven_score or agreed.leans_as_proven:
        return ""
    side = Direction.LONG if agreed.proven_score > 0 else Direction.SHORT
    return say("Those alone, weighed by their skill, lean {side}.", side=style.direction(side))


def _some(timeframes: Sequence[Timeframe], counted: Sequence[Timeframe]) -> str:
    if not timeframes:
        return say_count("none of {count} that counts", "none of {count} that count", len(counted))
    return say(
        "{names}: {some} of {counted} that count",
        names=_names(timeframes),
        some=len(timeframes),
        counted=len(counted),
    )


def _of_them(proven: Sequence[Timeframe], counted: Sequence[Timeframe]) -> str:
    if not proven:
        return say("none of them")
    return say("all of them") if len(proven) == len(counted) > 1 else _names(proven)


def _names(timeframes: Iterable[Timeframe]) -> str:
    return listed(timeframes)


CONFLUENCE: Words = {Confluence: _confluence, MoveConfluence: _move, SideConfluence: _side, Veto: _veto}
