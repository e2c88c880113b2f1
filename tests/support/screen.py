"""What a terminal shows of the bytes that a prompt sends: enough of VT100 for the line editor."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\x1b\[(\d*)([DK])|[\b\r\n]|[^\x1b\b\r\n]+|\x1b")


class Screen:
    """Lines of text and a cursor in the last one."""

    def __init__(self) -> None:
        self.lines = [""]
        self.column = 0

    def show(self, data: bytes) -> None:
        for token in _TOKEN.finditer(data.decode()):
            text = token[0]
            line = self.lines[-1]
            if token[2] == "D":
                self.column -= int(token[1] or 1)
            elif token[2] == "K":
                self.lines[-1] = line[: self.column]
            elif text == "\b":
                self.column -= 1
            elif text == "\r":
                self.column = 0
            elif text == "\n":
                self.lines.append(" " * self.column)
            else:
                assert text != "\x1b", f"a sequence that no VT100 knows: {data!r}"
                end = self.column + len(text)
                self.lines[-1] = line[: self.column] + text + line[end:]
                self.column = end
            assert self.column >= 0, "the cursor is moved before the line's start"

    @property
    def line(self) -> str:
        """The last line, with `|` where the cursor is."""
        line = self.lines[-1]
        return line[: self.column] + "|" + line[self.column :]
