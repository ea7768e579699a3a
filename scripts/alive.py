"""Ask the Candor of this machine whether it is alive: for containers' health checks.

    python -m scripts.alive

The exit code is 0 if it is. STREAMLIT_SERVER_PORT and STREAMLIT_SERVER_BASE_URL_PATH say where it stands.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException

SECONDS = 4


def main() -> int:
    """Nothing of Candor is imported, so that this takes no time of its own."""
    port = int(os.environ.get("STREAMLIT_SERVER_PORT") or 8501)
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    try:
        with closing(HTTPConnection("localhost", port, timeout=SECONDS)) as connection:
            connection.request("GET", f"{base and '/' + base}/api/health/live")
            alive = connection.getresponse().status == 200
    except (OSError, HTTPException) as error:
        print(f"Nothing answers on port {port}: {error}", file=sys.stderr)
        return 1
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main())
