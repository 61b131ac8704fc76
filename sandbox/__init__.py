"""A Lengow API server for this machine.

It speaks the order side of Lengow's v3.0 API on 127.0.0.1 and enforces its contract, so
that a client can be run and tested against real HTTP without a Lengow account.
``/_sandbox/`` is its control side: put an order, move its status, list the calls
received, set faults.

:class:`CatalogueFetcher` is the other way round: it reads the address of a catalogue
and says what Lengow would make of it.
"""

from .fetcher import CatalogueFetcher
from .server import SandboxServer

__all__ = ["CatalogueFetcher", "SandboxServer"]
