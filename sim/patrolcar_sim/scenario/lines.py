"""On which line of a TOML file each key stands; Python's reader does not tell.

    key_lines('a = 1\\n[b]\\nc = [{d = 2}]')  # {("a",): 1, ("b",): 2, ("b", "c"): 3, ...}

Only for a text that `tomllib` has taken: what is no TOML is not noticed here.
"""

from __future__ import annotations

import bisect
import re

KeyPath = tuple["str | int", ...]
"""A key's place: names of tables and keys, and the index in each array."""

_GAP = re.compile(r"(?:[\s]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.S),
    re.compile(r"'''.*?'{3,5}", re.S),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of each key, table and element of an array."""
    return _Scanner(text).document()


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else _ESCAPED[code]


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [i for i, c in enumerate(text) if c == "\n"]
        self._found: dict[KeyPath, int] = {}
        self._tables: dict[KeyPath, int] = {}  # arrays of tables, and how many they have

    def document(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip():
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def _skip(self) -> bool:
        """Over blanks and comments; whether anything follows."""
        gap = _GAP.match(self._text, self._at)
        assert gap is not None
        self._at = gap.end()
        return self._at < len(self._text)

    def _note(self, path: KeyPath, start: int = 1) -> None:
        """This path begins here, and so do those above it, from that depth on."""
        line = bisect.bisect_left(self._ends, self._at) + 1
        for depth in range(start, len(path) + 1):
            self._found.setdefault(path[:depth], line)

    def _header(self) -> KeyPath:
        many = self._text.startswith("[[", self._at)
        self._at += 1 + many
        self._skip()
        path: KeyPath = ()
        keys = self._key()
        for i, key in enumerate(keys):
            path += (key,)
            self._note(path)
            if many and i == len(keys) - 1:
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path += (self._tables[path] - 1,)
        self._note(path)
        self._skip()
        self._at += 1 + many
        return path

    def _key(self) -> list[str]:
        """A dotted key, up to the sign after it; its line is where it begins."""
        keys = []
        while True:
            bare = _BARE_KEY.match(self._text, self._at)
            if bare is not None:
                keys.append(bare[0])
                self._at = bare.end()
            else:
                quoted = self._string()[1:-1]
                literal = self._text[self._at - 1] == "'"
                keys.append(quoted if literal else _ESCAPE.sub(_unescaped, quoted))
            here = self._at
            self._skip()
            if not self._text.startswith(".", self._at):
                self._at = here
                return keys
            self._at += 1
            self._skip()

    def _string(self) -> str:
        for kind in _STRINGS:
            found = kind.match(self._text, self._at)
            if found is not None:
                self._at = found.end()
                return found[0]
        raise ValueError(f"no string at offset {self._at}")

    def _pair(self, table: KeyPath) -> None:
        begin = self._at
        path = (*table, *self._key())
        after, self._at = self._at, begin
        self._note(path, len(table) + 1)
        self._at = after
        self._skip()
        self._at += 1  # the equals sign
        self._skip()
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        first = self._text[self._at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._at += 1
            self._elements(path, "]")
        elif first == "{":
            self._at += 1
            self._elements(path, "}")
        else:
            bare = _BARE_VALUE.match(self._text, self._at)
            assert bare is not None
            self._at = bare.end()

    def _elements(self, path: KeyPath, end: str) -> None:
        number = 0
        while self._skip() and not self._text.startswith(end, self._at):
            if self._text[self._at] == ",":
                self._at += 1
            elif end == "}":
                self._pair(path)
            else:
                self._note((*path, number))
                self._value((*path, number))
                number += 1
        self._at += 1
