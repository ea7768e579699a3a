"""The path below which everything here stands, where a proxy shares its host with others."""

from __future__ import annotations

from streamlit import config


def base_path() -> str:
    """``/candor`` of ``server.baseUrlPath``, however many slashes stand around it; empty where that is not set."""
    name = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{name}" if name else ""


def below_base(path: str) -> str:
    """A path of this server as pages say it, who stand right below the base path: without its slash."""
    return path.removeprefix(f"{base_path()}/")
