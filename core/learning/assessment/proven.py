"""How many models would be called proven by chance alone, beside how many are: many were looked at."""

from __future__ import annotations

from core.learning.assessment.tables import table
from core.model.evaluated import PROVEN_BY_CHANCE, Evaluated, Proven


def proven_text(evaluated: Evaluated) -> str:
    """A section: the count of each timeframe and of all together, in each question."""
    found = {timeframe.value: each.proven for timeframe, each in evaluated.timeframes.items() if each.proven}
    whole = Proven(
        models=sum(each.models for each in found.values()),
        timing=sum(each.timing for each in found.values()),
        side=sum(each.side for each in found.values()),
    )
    rows = [_cells(name, each) for name, each in (found | {"together": whole}).items()]
    header = ("", "models", "proven by chance alone", "timing proven", "side proven")
    return f"""\
## How many are proven by chance

{whole.models} models were looked at. A question counts as proven for a model where the 95 % interval of its skill lies above
zero, which {PROVEN_BY_CHANCE:.1%} of models that know nothing would show: {whole.models * PROVEN_BY_CHANCE:.1f} of these, in each question. Timing is
proven for {whole.timing}, the side for {whole.side}. Coins move together, so chance proves none in most periods and many in a few: a
single proven side says little.

{table(header, rows)}"""


def _cells(name: str, each: Proven) -> list[str]:
    return [name, str(each.models), f"{each.models * PROVEN_BY_CHANCE:.1f}", str(each.timing), str(each.side)]
