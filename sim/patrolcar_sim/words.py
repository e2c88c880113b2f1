"""Words for a person who has written something that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LISTED = 50


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean X?` for a name that is nearly a known one, else a list of the known."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if near:
        return f"did you mean {near[0]}?"
    if len(names) > _LISTED:
        return f"there are {len(names)}, from {names[0]} to {names[-1]}"
    return f"use {', '.join(names)}" if names else "there are none"
