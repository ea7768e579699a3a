"""Which tests run side by side, and which stay together in one worker."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

BROWSER = "tests/browser"


class BrowserTogether(LoadScopeScheduling):
    """Tests of one module share servers and models; all tests of the browser share one server and one Chromium."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else super()._split_scope(nodeid)
