"""Fetches black boxes through a board's REPL."""

from __future__ import annotations

from patrolcar.blackbox.box import Box, boxes, part
from patrolcar.stored import records, stored

_STORED = "box", "black boxes"


def parse(answer: str, port: str) -> list[Box]:
    """The boxes in what the board printed, oldest first."""
    return boxes([part(*record) for record in records(answer, port, *_STORED)])


def fetch(port: str, *, clear: bool = False) -> list[Box]:
    """What the board at a REPL port has kept, oldest first: see stored.stored."""
    return boxes([part(*record) for record in stored(port, *_STORED, clear=clear)])
