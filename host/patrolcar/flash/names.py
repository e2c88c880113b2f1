"""Names that only one place knows, written short: the board keeps every name that it has met.

Each different name takes about 20 bytes of the board's RAM for ever: a table of all names, which
doubles when it is full, and its letters. Parameters, private methods and attributes and what is
private to a module are two thirds of the names in the firmware, and nothing outside their
function, class or module needs them. They get names that the board has met anyway: those of public
attributes, which mean nothing there, and short ones beyond these. What is passed by keyword keeps
its name, and so does whatever private thing is reached from elsewhere. What a traceback calls a
function is told by places.py.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import keyword
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from patrolcar.flash import program
from patrolcar.flash.edit import Edit, edited
from patrolcar.flash.scopes import bound_by, global_names

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Spare:
    """Names of attributes that objects have by `self.name = ...` alone, so that elsewhere each of
    them is free to mean something else."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        found: set[str] = set()
        elsewhere = set(dir(builtins))
        for node in itertools.chain(*map(ast.walk, trees)):
            if isinstance(node, ast.ClassDef):
                elsewhere.update(*map(bound_by, node.body))
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                (found if _of_self(node) else elsewhere).add(node.attr)
        public = (name for name in found - elsewhere if not name.startswith("_"))
        self._names = sorted(public, key=lambda name: (len(name), name))

    def free(self, pattern: str, taken: Set[str]) -> Iterator[str]:
        """Such names that are not taken, then ones of that pattern."""
        yield from (name for name in self._names if name not in taken)
        yield from short_names(pattern, taken)


def short_names(pattern: str, taken: Set[str]) -> Iterator[str]:
    """Names that are not taken, short ones first, the same ones in the same order each time."""
    for size in itertools.count(1):
        for letters in itertools.product(_LETTERS, repeat=size):
            name = pattern % "".join(letters)
            if name not in taken and not keyword.iskeyword(name):
                yield name


def shorten(sources: Mapping[str, str], fixed: tuple[str, ...] = ()) -> dict[str, str]:
    """The files again, by path; those in `fixed` as they are, and they count as outside."""
    return _renaming(_renaming(sources, fixed, _private), fixed, _inner)


def _renaming(
    sources: Mapping[str, str],
    fixed: tuple[str, ...],
    edits_of: Callable[[ast.Module, _Taken], Iterator[Edit]],
) -> dict[str, str]:
    trees = {path: program.parsed(text, path) for path, text in sources.items()}
    taken = _Taken(trees, fixed)
    return {
        path: text if path in fixed else edited(text, edits_of(trees[path], taken))
        for path, text in sources.items()
    }


class _Taken:
    """Names of the whole tree that must stay or must not be given again."""

    def __init__(self, trees: Mapping[str, ast.Module], fixed: tuple[str, ...]) -> None:
        self.names: set[str] = set()  # of variables: a short one must not hide them
        self.members: set[str] = set()  # of whatever has attributes
        self.bases = {
            base.id
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for base in node.bases
            if isinstance(base, ast.Name)
        }
        self.spare = Spare(trees.values())
        self.keywords: set[str] = set()
        self.imported: set[str] = set()
        owners: defaultdict[str, set[int]] = defaultdict(set)  # classes that say self._name
        for path, tree in trees.items():
            inside: dict[int, int] = {}
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and path not in fixed and not node.bases:
                    for part in ast.walk(node):
                        if _of_self(part):
                            inside[id(part)] = id(node)
                    for part in node.body:
                        if isinstance(part, ast.FunctionDef):
                            inside[id(part)] = id(node)
                if isinstance(node, ast.ClassDef):
                    for name in set().union(*map(set, map(bound_by, node.body))):
                        self.members.add(name)
                if isinstance(node, ast.keyword) and node.arg:
                    self.keywords.add(node.arg)
                elif isinstance(node, ast.Name):
                    self.names.add(node.id)
                elif isinstance(node, ast.arg):
                    self.names.add(node.arg)
                elif isinstance(node, ast.ImportFrom):
                    self.imported.update(alias.name for alias in node.names)
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute):
                    self.members.add(node.attr)
                    owners[node.attr].add(inside.get(id(node), 0))
                elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                    self.names.add(node.name)
                    owners[node.name].add(inside.get(id(node), 0))
                elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    owners[node.id].add(0)  # a class's own variable, perhaps
        # Names of one class and nobody else.
        self.private = {
            name
            for name, users in owners.items()
            if name.startswith("_") and not name.startswith("__") and users.isdisjoint((0,))
        }


def _of_self(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _inner(tree: ast.Module, taken: _Taken) -> Iterator[Edit]:
    """What is a function's or a class's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _parameters(node, taken)
        elif isinstance(node, ast.ClassDef):
            yield from _members(node, taken)


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
    short = dict(
        zip(
            [a.arg for a in shared],
            taken.spare.free("%s_", taken.names | taken.keywords),
            strict=False,
        )
    )
    errors = {n.name or "" for n in ast.walk(function) if isinstance(n, ast.ExceptHandler)}
    for name in taken.keywords | errors:
        short.pop(name, None)
    for node in itertools.chain(arguments, *map(ast.walk, function.body)):
        if isinstance(node, ast.arg) and node.arg in short:
            yield _renamed(node.lineno, node.col_offset, node.arg, short[node.arg])
        elif isinstance(node, ast.Name) and node.id in short:
            yield _renamed(node.lineno, node.col_offset, node.id, short[node.id])


def _members(owner: ast.ClassDef, taken: _Taken) -> Iterator[Edit]:
    """Its private attributes and methods, the most used first."""
    nodes = [
        node
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute) and _of_self(node) and node.attr in taken.private
    ]
    methods = [
        node
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and not owner.bases and node.name in taken.private
    ]
    counts = Counter(node.attr for node in nodes) + Counter(node.name for node in methods)
    order = sorted(counts, key=lambda name: (-counts[name], name))
    body = set(_read_by_body(owner))
    own = {node.attr for node in ast.walk(owner) if _of_self(node)}  # type: ignore[attr-defined]
    free = short_names("_%s", taken.members | body)
    if owner.name not in taken.bases:
        free = itertools.chain(taken.spare.free("_%s", own | body), free)
    short = dict(zip(order, free, strict=False))
    for node in nodes:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        at = node.end_col_offset - len(node.attr)
        yield _renamed(node.end_lineno, at, node.attr, short[node.attr])
    for method in methods:
        yield _renamed(method.lineno, method.col_offset + 4, method.name, short[method.name])


def _read_by_body(owner: ast.ClassDef) -> Iterator[str]:
    """What the class's body itself reads: there a method of that name would be found."""
    for part in owner.body:
        parts: list[ast.AST] = [part]
        if isinstance(part, ast.FunctionDef):
            defaults = [*part.args.defaults, *part.args.kw_defaults]
            parts = [node for node in (*part.decorator_list, *defaults) if node]
        for node in itertools.chain(*map(ast.walk, parts)):
            if isinstance(node, ast.Name):
                yield node.id


def constants(tree: ast.Module) -> dict[str, ast.Assign]:
    """A module's own `NAME = const(...)`: of those with a _ the compiler keeps none."""
    return {
        node.targets[0].id: node
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "const"
    }


def _private(tree: ast.Module, taken: _Taken) -> Iterator[Edit]:
    """What a module calls _so at its top, and no other one asks it for."""
    places = global_names(tree, nodes=True)
    names = {
        name
        for node in tree.body
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Try | ast.If)
        for name in bound_by(node)
        if name.startswith("_") and not name.startswith("__") and len(name) > 2
    }
    names -= taken.imported | taken.members
    names -= {n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names}
    mentioned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    mentioned |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    mentioned |= {name for node in tree.body for name in bound_by(node)}
    vanish = constants(tree)
    avoid = mentioned | taken.imported
    short = dict(zip(sorted(names - vanish.keys()), taken.spare.free("_%s", avoid), strict=False))
    avoid |= set(short.values())
    short |= zip(sorted(names & vanish.keys()), short_names("_%s", avoid), strict=False)
    for node in places:
        if isinstance(node, ast.Name) and node.id in short:
            yield _renamed(node.lineno, node.col_offset, node.id, short[node.id])
        elif isinstance(node, ast.FunctionDef) and node.name in short:
            yield _renamed(node.lineno, node.col_offset + 4, node.name, short[node.name])


def _renamed(line: int, column: int, old: str, new: str) -> Edit:
    return Edit(line, column, line, column + len(old), new)
