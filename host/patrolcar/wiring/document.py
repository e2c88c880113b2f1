"""Writes what firmware/README.md shows of the wiring, and the pictures beside it.

A made block stands between `<!-- made: NAME -->` and `<!-- end -->`; everything else in the file
is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.wiring import figures
from patrolcar.wiring.headers import header
from patrolcar.wiring.picture import draw
from patrolcar.wiring.rows import wires

BLOCK = re.compile(r"(<!-- made: ([\w ]+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def picture_name(board: str) -> str:
    """The picture's path in the repository."""
    return f".github/wiring-{board}.svg"


def picture(board: str, tree: Path | None = None) -> str:
    """The picture as SVG text."""
    return draw(board, tree).svg(f"patrolcar on the {header(board).title}: wiring")


def table(board: str, tree: Path | None = None) -> list[str]:
    """The table of wires in Markdown: every wire of the board's file once."""
    lines = ["| Part | Terminal | Pin | Wire | |", "|---|---|---|---|---|"]
    before = ""
    for wire in wires(board, tree):
        part = wire.part if wire.part != before else ""
        before = wire.part
        lines.append(
            f"| {part} | {wire.terminal} | {wire.pad.in_full} | {wire.colour} | {wire.note} |"
        )
    return lines


def _board(board: str, tree: Path | None) -> list[str]:
    title = f"{header(board).title}: wiring"
    return [f"![{title}](../{picture_name(board)})", "", *table(board, tree)]


MAKERS: dict[str, Callable[[Path | None], list[str]]] = {
    "parts": figures.parts_table,
    "dividers": figures.divider_table,
    "motors": figures.motor_table,
}


def made(name: str, tree: Path | None = None) -> str:
    """A block's text. PatrolError for a name that stands for nothing."""
    kind, _, board = name.partition(" ")
    if kind == "board" and board:
        lines = _board(board, tree)
    elif name in MAKERS:
        lines = MAKERS[name](tree)
    else:
        raise PatrolError(
            f"block <!-- made: {name} --> is unknown: there are board NAME, {', '.join(MAKERS)}"
        )
    return "\n".join(["", *lines, "", ""])


def filled(text: str, tree: Path | None = None) -> str:
    """The document with every made block written anew, from that firmware tree."""
    return BLOCK.sub(lambda match: match[1] + made(match[2], tree) + match[3], text)


def outputs(root: Path) -> dict[Path, str]:
    """Every file that is made, with its text, in the checkout at `root`."""
    from patrolcar.flash.build import boards

    tree = root / "firmware"
    readme = tree / "README.md"
    files = {readme: filled(readme.read_text(encoding="utf-8"), tree)}
    for board in boards(tree):
        files[root / picture_name(board)] = picture(board, tree)
    return files
