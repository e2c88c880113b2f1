"""`patrol wiring`: a board's wires in the terminal, and its picture in a file."""

from __future__ import annotations

from pathlib import Path

from patrolcar.view.snapshot import check_writable
from patrolcar.wiring.document import picture
from patrolcar.wiring.picture import draw
from patrolcar.wiring.rows import wires

SUFFIXES = (".svg", ".png")


def save(board: str, out: Path) -> None:
    """Writes the picture, as PNG where the name says so, else as SVG."""
    check_writable(out, SUFFIXES)
    if out.suffix.lower() == ".png":
        draw(board).save_png(out)
    else:
        out.write_text(picture(board), encoding="utf-8")


def lines(board: str) -> list[str]:
    """The wires as aligned text, a heading for each part."""
    rows = wires(board)
    texts = [(w.terminal, w.pad.in_full, w.colour, w.note) for w in rows]
    widths = [max(len(text[k]) for text in texts) for k in range(3)]
    out: list[str] = []
    for k, (wire, text) in enumerate(zip(rows, texts, strict=True)):
        if k == 0 or rows[k - 1].part != wire.part:
            out.append(wire.part)
        columns = "  ".join(f"{text[c]:<{widths[c]}}" for c in range(3))
        out.append(f"  {columns}  {wire.note}".rstrip())
    return out
