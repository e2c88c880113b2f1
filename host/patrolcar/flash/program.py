"""A program of the tree as text and as a syntax tree, or one line that says where it is none."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path

from patrolcar.errors import PatrolError


def read(path: Path) -> bytes:
    """A file's bytes. PatrolError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PatrolError(f"{path} cannot be read: {error.strerror}") from None


def decoded(data: bytes, name: str) -> str:
    """A program's text. PatrolError, with the line, for what is no UTF-8 or has a NUL in it.

    MicroPython reads UTF-8 whatever the file says of its coding. Lines end in \\n.
    """
    try:
        text = data.decode()
        at = data.find(b"\0")
        what = "a NUL byte"
    except UnicodeDecodeError as error:
        at = error.start
        what = f"byte 0x{data[at]:02x}, which is no UTF-8"
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise PatrolError(f"{name}, line {line}: {what}: save the file as UTF-8 text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


@contextlib.contextmanager
def of(name: str) -> Iterator[None]:
    """What no program of this name can be, is one line that names it."""
    try:
        yield
    except SyntaxError as error:
        where = f", line {error.lineno}" if error.lineno else ""
        raise PatrolError(f"{name}{where}: {type(error).__name__}: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise PatrolError(f"{name}: an expression is nested too deeply: make it simpler") from None


def parsed(text: str, name: str) -> ast.Module:
    """A program's syntax tree. PatrolError, with the line, for what is no Python."""
    with of(name):
        return ast.parse(text, name)
