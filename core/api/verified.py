"""Whether what is told of a ledger still is what was written, for whatever answer holds something of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from core.findings import LedgerDamage, LedgerFault
from core.wording.sentences import ledger_text

if TYPE_CHECKING:
    from core.journal.verifier import Checked


class DamageAnswer(BaseModel):
    seq: int = Field(description="The first wrong entry; nothing from there on can be relied on.")
    fault: LedgerFault
    message: str


class VerificationAnswer(BaseModel):
    """What the last verification of the ledger found; when, and up to which entry, says /api/ledger/head."""

    verified: bool | None = Field(
        description="true: everything that was verified is as it was written; false: it is not, see `damage`; null: the first "
        "verification has not ended yet."
    )
    damage: DamageAnswer | None


def damage_json(damage: LedgerDamage | None) -> dict[str, Any] | None:
    if damage is None:
        return None
    return {"seq": damage.seq, "fault": damage.fault.value, "message": ledger_text(damage)}


def damage_of(checked: Checked | None) -> LedgerDamage | None:
    return None if checked is None else checked.damage


def verification_json(checked: Checked | None) -> dict[str, Any]:
    """Without a time, so that an answer that is still right keeps its ETag."""
    return {
        "verified": None if checked is None else checked.damage is None,
        "damage": damage_json(damage_of(checked)),
    }
