"""Make a key for somebody who reads Candor.

    python -m scripts.api_key NAME --per-minute 600

Prints the key, which is shown this once and is for NAME alone, and the entry for CANDOR_API_KEYS, which is no secret.
"""

from __future__ import annotations

import argparse
import sys

if not __package__:
    import run_by_path  # noqa: F401

from core.access import USUAL_PER_MINUTE, digest_of, made_key, parse_keys


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("api_key.py", description="Make a key for somebody who reads Candor.")
    parser.add_argument("name", metavar="NAME", help="whose it is, as the log and you will call it")
    parser.add_argument("--per-minute", type=int, default=USUAL_PER_MINUTE, help="requests (default: %(default)s)")
    options = parser.parse_args(arguments)
    key = made_key()
    entry = f"{options.name}:{digest_of(key).hex()}:{options.per_minute}"
    try:
        parse_keys(entry)
    except ValueError as error:
        parser.error(str(error))
    print(f"The key, shown this once: {key}")
    print(f"For CANDOR_API_KEYS, separated by commas from others: {entry}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
