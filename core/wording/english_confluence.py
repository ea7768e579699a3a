"""English: what a coin's timeframes say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.domain import Direction, Timeframe
from core.prediction import Confluence, MoveConfluence, SideConfluence, Veto
from core.wording.language import Words
from core.wording.style import Style


def _confluence(agreed: Confluence, style: Style) -> str:
    if not agreed.counted:
        why = f"the models of {_names(agreed.ignored)} are weak" if agreed.ignored else "no timeframe has a prediction"
        return f"Nothing to count: {why}."
    caveats = f" Doubtful: {_names(agreed.doubtful)}." if agreed.doubtful else ""
    caveats += f" Not counted, weak model: {_names(agreed.ignored)}." if agreed.ignored else ""
    if agreed.veto:
        return _veto(agreed.veto, style) + caveats
    if not agreed.sided:
        return f"No side taken on {_names(agreed.counted)}.{caveats}"
    sided, counted = len(agreed.sided), len(agreed.counted)
    on_them = f"on {_names(agreed.sided)}: {sided} of {counted} counted timeframes."
    if agreed.apart_from_side:
        return f"{agreed.leaning} by their calls {on_them} {_apart(agreed.side, style)}{caveats}"
    return f"{agreed.leaning} {on_them}{caveats}"


def _apart(side: SideConfluence, style: Style) -> str:
    return (
        f"By P({style.direction(side.leaning)} | move), which counts timeframes that call no side as well, "
        f"{style.direction(side.leaning)} is likelier: the two disagree, so neither is a direction to rely on."
    )


def _veto(veto: Veto, style: Style) -> str:
    return (
        f"{veto.timeframe} calls {style.direction(veto.direction)} at {style.share(veto.confidence, 0)}, "
        f"against the {style.direction(veto.against)} of the shorter timeframes: it vetoes them."
    )


def _move(agreed: MoveConfluence, _: Style) -> str:
    if not agreed.counted:
        return "No timeframe can say whether a move is likelier than usual."
    above = "" if agreed.likelier == agreed.expected else f" Likelier than usual at all on {_names(agreed.likelier)}."
    return (
        f"A move is expected on {_some(agreed.expected, agreed.counted)}.{above} "
        f"When is proven on {_of_them(agreed.proven, agreed.counted)}."
    )


def _side(agreed: SideConfluence, style: Style) -> str:
    if not agreed.counted:
        return "No timeframe can say which way a move would go."
    if agreed.leaning is Direction.NO_TRADE:
        leans = "If it moves, they lean to neither side"
    else:
        leans = f"If it moves, {style.direction(agreed.leaning)} is likelier on {_some(agreed.sided, agreed.counted)}"
    return f"{leans}. Which way is proven on {_of_them(agreed.proven, agreed.counted)}."


def _some(timeframes: Sequence[Timeframe], counted: Sequence[Timeframe]) -> str:
    if not timeframes:
        return f"none of {len(counted)} counted timeframe{'s' * (len(counted) != 1)}"
    return f"{_names(timeframes)}: {len(timeframes)} of {len(counted)} counted timeframes"


def _of_them(proven: Sequence[Timeframe], counted: Sequence[Timeframe]) -> str:
    if not proven:
        return "none of them"
    return "all of them" if len(proven) == len(counted) > 1 else _names(proven)


def _names(timeframes: Iterable[Timeframe]) -> str:
    return ", ".join(timeframes)


CONFLUENCE: Words = {Confluence: _confluence, MoveConfluence: _move, SideConfluence: _side, Veto: _veto}
