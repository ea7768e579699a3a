"""Lets no socket leave this machine: only loopback and Unix addresses are reached.

tests/conftest.py calls ``refuse_the_network``. Python imports a module of this name by itself, so putting this
folder on PYTHONPATH guards the processes that tests start, too.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any


class NetworkRefused(RuntimeError):
    """A test tried to leave the machine. Not an OSError, so that no code can take it for an ordinary failure."""


def refuse_the_network() -> None:
    """From now on, in this process, every address that is not local raises NetworkRefused."""
    for name in ("connect", "connect_ex", "sendto", "sendmsg"):
        method = getattr(socket.socket, name)
        if not hasattr(method, "guarded"):
            setattr(socket.socket, name, _guarded_socket_method(method))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        function = getattr(socket, name)
        if not hasattr(function, "guarded"):
            setattr(socket, name, _guarded_lookup(function))


def _guarded_socket_method(method: Callable) -> Callable:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            # The address is the last argument of sendmsg and sendto, the only one of connect.
            address = next((a for a in reversed(arguments) if isinstance(a, tuple)), None)
            if address is not None:
                _refuse_unless_local(address[0])
        return method(self, *arguments)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded


def _guarded_lookup(function: Callable) -> Callable:
    def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse_unless_local(host)
        return function(host, *arguments, **options)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded


def _refuse_unless_local(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "0.0.0.0", "::", socket.gethostname()):
        return
    try:
        local = ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        local = name.endswith(".localhost")
    if not local:
        raise NetworkRefused(f"A test tried to reach {name!r}. Tests never leave the machine; use a local server.")


if __name__ == "sitecustomize":
    refuse_the_network()
