"""Text of a program with pieces replaced, every line in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """From (line, column) up to (end_line, end_column) stands `new` instead.

    Lines count from 1, columns in bytes, as ast has them.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    new: str


def replaced(node: ast.expr | ast.stmt, new: str) -> Edit:
    """`new` in place of a whole node."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return Edit(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, new)


def inside(edit: Edit, node: ast.stmt) -> bool:
    """Whether it changes nothing but this statement."""
    whole = replaced(node, "")
    return whole[:2] <= edit[:2] and edit[2:4] <= whole[2:4]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap; a piece of several lines leaves empty ones."""
    lines = [line.encode() for line in text.split("\n")]
    for edit in sorted(edits, reverse=True):
        first, last = edit.line - 1, edit.end_line - 1
        tail = lines[last][edit.end_column :]
        lines[first] = lines[first][: edit.column] + edit.new.encode() + tail
        for number in range(first + 1, last + 1):
            lines[number] = b""
    return b"\n".join(lines).decode()
