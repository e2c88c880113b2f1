# complete.py: the prompt's completion, as py/repl.c has it: names of the program and, after a dot,
# attributes; after "import " modules.

import sys

from console import put

_SLOT = 16
_LINE = 4 * _SLOT
_IMPORT = "import "


def _is_name(c):
    return c.isalpha() or c.isdigit() or c == "_" or c == "."


def _names(line, words, scope):
    """What could stand here; None when something before the dot is unknown."""
    if line.startswith(_IMPORT):
        return list(sys.modules)
    if len(words) == 1:
        return list(scope)
    value = scope.get(words[0])
    for word in words[1:-1]:
        value = getattr(value, word, None)
    return [] if value is None else dir(value)


def complete(line, scope):
    """What to append to the line; None when there are several, which are printed."""
    at = len(line)
    while at and _is_name(line[at - 1]):
        at -= 1
    words = line[at:].split(".")
    begun = words[-1]
    found = sorted(
        set(
            n for n in _names(line, words, scope) if n.startswith(begun) and (begun or n[0] != "_")
        )
    )
    if not found:
        if at == 0 and begun and len(words) == 1 and _IMPORT.startswith(begun):
            return _IMPORT[len(begun) :]
        return ""
    common = found[0]
    for name in found:
        while not name.startswith(common):
            common = common[:-1]
    if len(found) == 1 or len(common) > len(begun):
        return common[len(begun) :]
    _show(found)
    return None


def _show(names):
    """In columns of sixteen, four to a line."""
    at = _LINE
    for name in names:
        gap = -at % _SLOT
        if gap < 2:
            gap += _SLOT
        if at + gap + len(name) <= _LINE:
            put(" " * gap + name)
            at += gap + len(name)
        else:
            put("\r\n" + name)
            at = len(name)
    put("\r\n")
