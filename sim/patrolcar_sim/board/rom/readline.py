# readline.py: the prompt's line editor, key by key as the port has it (shared/readline/readline.c):
# arrows, home, end, delete, the emacs keys, a history of eight, indentation, completion.
#
# A statement may have several lines; the keys work on its last one. Like the port it takes ASCII
# alone: bytes of other characters are dropped here, and belong into paste mode or into a file.

import sys

import loader
from console import get, put

_HISTORY = 8
_INDENT = "    "
_COMPOUND = ("if", "while", "for", "try", "with", "def", "class", "async")

# Control keys that do what an arrow or another key does, by the final letter of its sequence.
_EMACS = {1: "H", 2: "D", 4: "~3", 5: "F", 6: "C", 14: "B", 16: "A"}
_TILDE = {"1": "H", "7": "H", "4": "F", "8": "F", "3": "~3"}


def unfinished(text):
    """Whether another line is needed, as mp_repl_continue_with_input judges."""
    depth = {"(": 0, "[": 0, "{": 0}
    opened = {")": "(", "]": "[", "}": "{"}
    quote = ""
    i = 0
    while i < len(text):
        c = text[i]
        if c in "'\"":
            triple = text[i : i + 3] == c * 3
            if triple and quote in ("", c * 3):
                quote = "" if quote else c * 3
                i += 2
            elif quote in ("", c):
                quote = "" if quote else c
        elif c == "\\" and quote and text[i + 1 : i + 2] in ("'", '"', "\\"):
            i += 1
        elif not quote:
            if c in depth:
                depth[c] += 1
            elif c in opened:
                depth[opened[c]] -= 1
        i += 1
    if len(quote) == 3 or (not quote and any(n > 0 for n in depth.values())):
        return True
    if text.endswith("\\"):
        return True
    return _compound(text) and not text.endswith("\n")


def _compound(text):
    if text.startswith("@"):
        return True
    for word in _COMPOUND:
        after = text[len(word) : len(word) + 1]
        if text.startswith(word) and not (after.isalpha() or after.isdigit() or after == "_"):
            return True
    return False


def _back(n):
    """What moves the terminal's cursor to the left."""
    return "\x1b[%dD" % n if n > 4 else "\b" * n


class Editor:
    """The editor and its history; `scope` is where completion looks names up."""

    def __init__(self, scope):
        self._scope = scope
        self._history = []

    def statement(self):
        """A statement and 0, or what was typed and the control key that ended it (1 to 5)."""
        self._text = ""
        self._indenting = True
        key = self._line(sys.ps1, False)
        if key or not self._text:
            return "", key
        while unfinished(self._text):
            self._text += "\n"
            key = self._line(sys.ps2)
            if key == 3:
                return "", 3
            if key == 4:
                break
        return self._text, 0

    def input(self, prompt):
        """One line for a program: its text and 0, or the control key that ended it."""
        self._text = ""
        self._indenting = False
        key = self._line(prompt)
        return self._text, key

    def paste(self):
        """Paste mode: lines as they come, until Ctrl-D; "" for Ctrl-C."""
        put("\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ")
        source = bytearray()
        while True:
            c = get()
            if c == 3 or c == 4:
                put("\r\n")
                return bytes(source) if c == 4 else b""
            source.append(c)
            put("\r\n=== " if c == 13 else bytes([c]))

    def _line(self, prompt, show=True):
        """Edits one more line of the text; 0, or the control key that ended it."""
        self._prompt = prompt
        self._start = self._cursor = len(self._text)
        self._recalled = -1
        self._sequence = None
        if show:
            put(prompt)
        self._indented = self._indent()
        while True:
            key = self._key(get())
            if key is not None:
                return key

    def _indent(self):
        """Indents as the line above, and more after a colon; whether it did."""
        lines = self._text.split("\n")
        if not self._indenting or len(lines) < 2:
            return False
        above = lines[-2]
        if len(lines) > 3 and not above.strip() and not lines[-3].strip():
            return False
        steps = (len(above) - len(above.lstrip(" "))) // 4 + above.endswith(":")
        if steps:
            self._insert(_INDENT * steps)
        return steps > 0

    # -- keys ------------------------------------------------------------------------------

    def _key(self, c):
        indented, self._indented = self._indented, False
        if self._sequence is not None:
            self._escape(chr(c))
        elif c == 3 or (1 <= c <= 5 and len(self._text) == self._start):
            return c
        elif c in _EMACS:
            self._do(_EMACS[c])
        elif c == 11:
            self._cut(self._cursor, len(self._text))
        elif c == 21:
            self._cut(self._start, self._cursor)
        elif c == 13:
            put("\r\n")
            self._remember(self._text[self._start :])
            return 0
        elif c == 27:
            self._sequence = ""
        elif c == 8 or c == 127:
            self._backspace()
        elif indented and c in (9, 32):
            self._indenting = False
            if c == 32:
                self._cut(self._cursor - 3, self._cursor)
        elif c == 9:
            self._tab()
        elif 32 <= c < 127:
            self._insert(chr(c))
        return None

    def _escape(self, c):
        """ESC [ letter, ESC [ digit ~ and ESC O letter."""
        sequence = self._sequence + c
        if sequence in ("[", "O") or (len(sequence) == 2 and sequence[0] == "[" and c.isdigit()):
            self._sequence = sequence
            return
        self._sequence = None
        if sequence[0] == "[" and len(sequence) == 2:
            self._do(c)
        elif sequence in ("OH", "OF"):
            self._do(c)
        elif len(sequence) == 3 and c == "~":
            self._do(_TILDE.get(sequence[1]))

    def _do(self, name):
        end = len(self._text)
        if name == "A":
            self._recall(1)
        elif name == "B":
            self._recall(-1)
        elif name == "C":
            self._move(min(self._cursor + 1, end))
        elif name == "D":
            self._move(max(self._cursor - 1, self._start))
        elif name == "H":
            self._move(self._start)
        elif name == "F":
            self._move(end)
        elif name == "~3" and self._cursor < end:
            self._cut(self._cursor, self._cursor + 1)

    def _backspace(self):
        """Takes four spaces of an indentation at once."""
        before = self._text[self._start : self._cursor]
        if before:
            n = 4 if len(before) >= 4 and not before.strip(" ") else 1
            self._cut(self._cursor - n, self._cursor)

    def _tab(self):
        if self._cursor and self._text[self._cursor - 1].isspace():
            self._insert(_INDENT)
            return
        typed = self._text[self._start : self._cursor]
        more = loader.load("complete")["complete"](typed, self._scope)
        if more is None:  # several: they were printed
            put(self._prompt + self._text[self._start :] + _back(len(self._text) - self._cursor))
        else:
            self._insert(more)

    # -- text and terminal -----------------------------------------------------------------

    def _move(self, to):
        put(_back(self._cursor - to) if to < self._cursor else self._text[self._cursor : to])
        self._cursor = to

    def _insert(self, text):
        at = self._cursor
        self._change(at, self._text[:at] + text + self._text[at:], at + len(text))

    def _cut(self, start, end):
        self._change(start, self._text[:start] + self._text[end:], start)

    def _change(self, at, text, cursor):
        """The new text, which differs from `at` on, and where the cursor is to be."""
        erase = "\x1b[K" if len(text) < len(self._text) else ""
        put(_back(self._cursor - at) + erase + text[at:] + _back(len(text) - cursor))
        self._text = text
        self._cursor = cursor

    # -- history ---------------------------------------------------------------------------

    def _remember(self, line):
        if line and (not self._history or self._history[0] != line):
            self._history.insert(0, line)
            del self._history[_HISTORY:]

    def _recall(self, step):
        """An older line (1) or a younger one (-1)."""
        to = self._recalled + step
        if -1 <= to < len(self._history):
            self._recalled = to
            text = self._text[: self._start] + (self._history[to] if to >= 0 else "")
            self._change(self._start, text, len(text))
