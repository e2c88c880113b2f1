"""Names that only one place knows, written short: the board keeps every name that it has met.

Each different name takes about 20 bytes of the board's RAM for ever: a table of all names, which
doubles when it is full, and its letters. Parameters and private attributes are two thirds of the
names in the firmware, and nothing outside their function or class needs them. Functions keep their
names, which stand in tracebacks; so does whatever is passed by keyword, and whatever private thing
is reached from outside its class.
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from patrolcar.flash import program
from patrolcar.flash.edit import Edit, edited

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def shorten(sources: Mapping[str, str], fixed: tuple[str, ...] = ()) -> dict[str, str]:
    """The files again, by path; those in `fixed` as they are, and they count as outside."""
    trees = {path: program.parsed(text, path) for path, text in sources.items()}
    taken = _Taken(trees, fixed)
    made = {}
    for path, text in sources.items():
        edits: list[Edit] = []
        if path not in fixed:
            for node in ast.walk(trees[path]):
                if isinstance(node, ast.FunctionDef):
                    edits += _parameters(node, taken)
                elif isinstance(node, ast.ClassDef):
                    edits += _attributes(node, taken)
        made[path] = edited(text, edits)
    return made


class _Taken:
    """Names of the whole tree that must stay or must not be given again."""

    def __init__(self, trees: Mapping[str, ast.Module], fixed: tuple[str, ...]) -> None:
        self.names: set[str] = set()
        self.keywords: set[str] = set()
        owners: defaultdict[str, set[int]] = defaultdict(set)  # classes that say self._name
        for path, tree in trees.items():
            inside: dict[int, int] = {}
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and path not in fixed and not node.bases:
                    for part in ast.walk(node):
                        if _of_self(part):
                            inside[id(part)] = id(node)
                if isinstance(node, ast.keyword) and node.arg:
                    self.keywords.add(node.arg)
                elif isinstance(node, ast.Name):
                    self.names.add(node.id)
                elif isinstance(node, ast.arg):
                    self.names.add(node.arg)
                elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                    self.names.add(node.name)
                    owners[node.name].update((0, 1))  # a method's name is not an attribute's
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute):
                    self.names.add(node.attr)
                    owners[node.attr].add(inside.get(id(node), 0))
        # Names of one class and nobody else.
        self.private = {
            name
            for name, users in owners.items()
            if name.startswith("_") and not name.startswith("__") and users.isdisjoint((0,))
        }

    def free(self, pattern: str) -> Iterator[str]:
        """Short names that mean nothing yet, the same ones in the same order each time."""
        for size in itertools.count(1):
            for letters in itertools.product(_LETTERS, repeat=size):
                name = pattern % "".join(letters)
                if name not in self.names:
                    yield name


def _of_self(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _parameters(function: ast.FunctionDef, taken: _Taken) -> Iterator[Edit]:
    """Its parameters by position, unless somebody passes one of that name by keyword."""
    nested = [
        node
        for node in ast.walk(function)
        if node is not function and isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef)
    ]
    arguments = function.args.args
    if nested or function.args.vararg or function.args.kwonlyargs or function.args.kwarg:
        return
    shared = [a for a in arguments if a.arg != "self"]
    short = dict(zip([a.arg for a in shared], taken.free("%s_"), strict=False))
    errors = {n.name or "" for n in ast.walk(function) if isinstance(n, ast.ExceptHandler)}
    for name in taken.keywords | errors:
        short.pop(name, None)
    for node in itertools.chain(arguments, *map(ast.walk, function.body)):
        if isinstance(node, ast.arg) and node.arg in short:
            yield _renamed(node.lineno, node.col_offset, node.arg, short[node.arg])
        elif isinstance(node, ast.Name) and node.id in short:
            yield _renamed(node.lineno, node.col_offset, node.id, short[node.id])


def _attributes(owner: ast.ClassDef, taken: _Taken) -> Iterator[Edit]:
    """Its private attributes, the most used first."""
    nodes = [
        node
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute) and _of_self(node) and node.attr in taken.private
    ]
    counts = Counter(node.attr for node in nodes)
    order = sorted(counts, key=lambda name: (-counts[name], name))
    short = dict(zip(order, taken.free("_%s"), strict=False))
    for node in nodes:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        at = node.end_col_offset - len(node.attr)
        yield _renamed(node.end_lineno, at, node.attr, short[node.attr])


def _renamed(line: int, column: int, old: str, new: str) -> Edit:
    return Edit(line, column, line, column + len(old), new)
