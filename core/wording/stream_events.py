"""What programs are told of the events that are pushed to them."""

from __future__ import annotations

STREAM_NOTE = (
    "What happens, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). An event's "
    "`id` is the number of its entry in the ledger: send the last one as `Last-Event-ID` (browsers do) or `after`, and "
    "everything since comes first, in order and each once. An `after` beyond the ledger's end is another ledger's, and refused "
    "(400 `bad_cursor`); a `Last-Event-ID` is not, since a browser that is refused never comes again: it begins at the "
    "end, and `begin` says so. "
    "Only live signals and their outcomes are events; replayed ones are read at `/api/signals`. How feed and ledger "
    "stand has no number: it is told at the beginning and whenever it changes. The same comes over Socket.IO at "
    "`/socket.io`: `subscribe` with `{symbols, timeframe}`, `unsubscribe` likewise, `sync` with `{after}`."
)

EVENT_NOTES = {
    "begin": (
        "First of all: the `ledger`, whose numbers mean nothing in another one, its `market`, after which entry the "
        "stream begins (`after`), the last one now (`head`), the number that was `asked` for, and in `verification` whether "
        "the ledger is as it was written, as `/api/signals` tells it."
    ),
    "signal": (
        "A live signal, as `/api/signals` tells it, with `id`; `changed` says what is different from the live one before "
        "it: of `band` (likely, usual, quiet: P(move) beside the usual), `side` (null unless it is proven) and `verdict` "
        "those that differ, each `before` and `now`; null where all are as they were. Of a ledger that is known to be "
        "damaged every event from the first wrong entry on says so in `damage` (`seq`, `fault`, `message`), as "
        "`verification` does; null otherwise."
    ),
    "signal_changed": "The same once more under this name, where `changed` is not null.",
    "outcome": "The signal again, with what became of it in `outcome`; a correction names in `corrects` what it replaces.",
    "damaged": "The entry `id` was changed by somebody, or by a disk, and cannot be told any more; the rest goes on.",
    "verification": (
        "What is known of the ledger's damage has changed: `verified`, and in `damage` its first wrong entry (`seq`), the "
        "`fault` and a `message`; null where there is none any more."
    ),
    "market": (
        "How the feed stands: `state` is `fresh`, `stale` (some series lack their newest candle), `outage` (all do) or "
        "`starting`; how many are `behind`, by timeframe."
    ),
    "unavailable": "The ledger cannot be read or written now, with a `message`: nothing comes, and nothing is lost.",
    "available": "It can again.",
    "moved": "Another `ledger` is followed now: connect again. The stream ends.",
}
