"""What tells a traceback of the built firmware in the words of its sources.

The build makes many modules one (link.py) and names short (names.py), lines keep their order.
`places` is the text that it leaves on the board, deflated, for firmware/patrol/store/crash.py:

    @/pack/patrol/app.mpy
    1 patrol/drivers/battery.py
    24 mv _percent
    43 patrol/drivers/encoder.py
    @/pack/patrol/hardware.mpy
    1 patrol/hardware.py
    20 mv _output

For each file as a traceback names it: the lines at which a file begins that became part of it, and
those at which a function begins that was called otherwise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from patrolcar.flash import program
from patrolcar.flash.link import ROOT_PATH, Linked
from patrolcar.flash.pack import PLACE, deflated, inflated

FRAME = re.compile(r'File "([^"]*)", line (\d+)(?:, in (\w+))?')
SAID = re.compile(rf"\b{ROOT_PATH}, line (\d+)")  # as messages of the compiler have it
LITERAL = re.compile(r"^PLACES = (.*)$", re.MULTILINE)


def on_board(path: str) -> str:
    """Where a compiled file lies on a board, as its interpreter calls it."""
    compiled = path.removesuffix(".py") + ".mpy"
    return f"{PLACE}/{compiled}" if "/" in path else compiled


def places(linked: Linked, short: Mapping[str, str], fixed: tuple[str, ...] = ()) -> bytes:
    """What is to be told of files that were linked and then shortened."""
    lines: list[str] = []
    for path in sorted(short):
        if path in linked.stubs or path in fixed:
            continue
        parts = linked.places if path == ROOT_PATH else ((1, path),)
        found = [(first, 0, file) for first, file in parts]
        written = _functions(linked, path)
        for node in _defined(short[path], path):
            name = written.get(node.lineno, node.name)
            if name != node.name:
                found.append((node.lineno, 1, f"{node.name} {name}"))
        lines.append(f"@{on_board(path)}")
        lines += [f"{line} {text}" for line, _, text in sorted(found)]
    return deflated("".join(line + "\n" for line in lines).encode())


def _defined(text: str, path: str) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(program.parsed(text, path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def _functions(linked: Linked, path: str) -> dict[int, str]:
    """Names as they were written, by line of the file on the board."""
    parts = linked.places if path == ROOT_PATH else ((1, path),)
    return {
        first + node.lineno - 1: node.name
        for first, file in parts
        for node in _defined(linked.written[file], file)
    }


def read(program: str) -> bytes:
    """What the built firmware's patrol/store/places.py tells; empty where it has none."""
    found = LITERAL.search(program)
    return ast.literal_eval(found[1]) if found else b""


def told(text: str, known: bytes) -> str:
    """A text with each place in it, and each frame of a traceback, as it was written.

    `known` is from `places`.
    """

    def frame(found: re.Match[str]) -> str:
        file, line, name = _written(known, found[1], int(found[2]), found[3] or "")
        return f'File "{file}", line {line}' + (f", in {name}" if name else "")

    def place(found: re.Match[str]) -> str:
        file, line, _ = _written(known, on_board(ROOT_PATH), int(found[1]), "")
        return f"{file}, line {line}"

    return SAID.sub(place, FRAME.sub(frame, text))


def _written(known: bytes, file: str, line: int, name: str) -> tuple[str, int, str]:
    first, inside, told_name, told_file = 1, False, name, file
    for entry in (inflated(known) if known else b"").decode().splitlines():
        if entry.startswith("@"):
            inside = entry[1:] == file
        elif inside:
            begins, *words = entry.split()
            if int(begins) > line:
                break
            if len(words) == 1:
                first, told_file = int(begins), words[0]
            elif words[0] == name:
                told_name = words[1]
    return told_file, line - first + 1, told_name
