"""A traceback of the built firmware in the words of its sources: files, lines and functions.

`PLACES` is written by the build (host/patrolcar/flash/places.py has the format). Empty in a tree
that was not built.
"""

import io
import sys

from patrol.portable import const

PLACES = b""
_WINDOW_BITS = const(12)


def _written(known, file, line, name):
    """Where a line of the built firmware was written, and what its function was called there.

    The format of `known` is host/patrolcar/flash/places.py's.
    """
    if not known:
        return file, line, name
    from deflate import RAW, DeflateIO

    stream = DeflateIO(io.BytesIO(known), RAW, _WINDOW_BITS)
    whole = file
    short = name
    first = 1
    inside = False
    while True:
        words = stream.readline().decode().split()
        if not words:
            return file, line - first + 1, name
        if words[0][0] == "@":
            inside = words[0][1:] == whole
        elif inside and int(words[0]) <= line:
            if len(words) == 2:
                first = int(words[0])
                file = words[1]
            elif words[1] == short:
                name = words[2]


def told(error):
    """The lines of a traceback, as sys.print_exception has them and as they were written."""
    text = io.StringIO()
    sys.print_exception(error, text)
    lines = []
    for line in text.getvalue().split("\n"):
        words = line.split('"')
        if len(words) == 3 and words[2].startswith(", line "):
            number, _, name = words[2][7:].partition(", in ")
            place = _written(PLACES, words[1], int(number), name)
            line = '  File "%s", line %d' % place[:2] + (", in %s" % place[2] if name else "")
        if line:
            lines.append(line)
    return lines
