"""Which tests run side by side, and which stay together in one worker."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

BROWSER = "tests/browser/"
SECOND_HALF = "tests/browser/test_g"
"""Where the modules of the browser's tests, in their alphabet, are parted into halves that take about as long."""


class BrowserTogether(LoadScopeScheduling):
    """Tests of one module share servers and models; those of the browser share one server and one Chromium by halves."""

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(BROWSER):
            return super()._split_scope(nodeid)
        return BROWSER if nodeid < SECOND_HALF else SECOND_HALF
