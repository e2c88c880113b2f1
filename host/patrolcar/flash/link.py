"""Modules that are always loaded together, made one: each module of its own costs RAM.

A module is an object, a table of what it defines and another of what it imports, its name in
three places: 0.3 KB on the board before it holds anything. So what `patrol.app` imports at its
top, and what the modules in PASSING import there, becomes part of `patrol.app`, in the order in
which it would have been loaded. What a function imports, the car lets go again, so that stays
alone; so does a module that is handed on as an object.

Of a linked module a stub stays, by which its public names can be imported from where they were:
firmware/patrol/stubs.py fills it. A module of nothing but data stays whole, for those who want it
without the rest of the car.

A traceback's line is one of the whole then: places.py tells whose it was.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from patrolcar.errors import PatrolError
from patrolcar.flash.constants import SourceFile, literal, module_name
from patrolcar.flash.edit import Edit, edited, replaced
from patrolcar.flash.names import Spare, constants, short_names
from patrolcar.flash.scopes import bound_by, global_names

ROOT = "patrol.app"
ROOT_PATH = "patrol/app.py"
STUBS_PATH = "patrol/stubs.py"
STUB = "from patrol.stubs import fill\nfill(__name__, globals())\n"
STUBS_LINE = re.compile(r"^TABLE = .*$", re.MULTILINE)
PASSING = ("patrol.hardware",)  # let go when it has made the drivers, which stay
TWO_THINGS = "means two things in what becomes one module: rename one"
Place = tuple[int, str]
Public = str | tuple[object]


@dataclass(frozen=True)
class Linked:
    """All files by path, before and after.

    `places` are (first line in the root's file, path) in order; `stubs` hold nothing themselves.
    """

    written: Mapping[str, str]
    sources: dict[str, str]
    places: tuple[Place, ...] = ()
    stubs: Set[str] = frozenset()


def together(sources: Mapping[str, str], fixed: tuple[str, ...] = ()) -> Set[str]:
    """Paths of the files that `link` makes one."""
    files = _files(sources)
    return {files[name].path for name in _order(files, fixed)}


def link(sources: Mapping[str, str], fixed: tuple[str, ...] = ()) -> Linked:
    """The files with the root's closure in one; those in `fixed` as they are."""
    files = _files(sources)
    order = _order(files, fixed)
    if not order:
        return Linked(sources, dict(sources))
    wanted = {
        (ROOT, alias.name)
        for file in files.values()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and node.module == ROOT
        for alias in node.names
    }
    names = _Names([files[name] for name in order], wanted)
    made = dict(sources)
    places: list[Place] = []
    stubs: dict[str, list[tuple[str, Public]]] = {}
    lines: list[str] = []
    for name in order:
        file = files[name]
        places.append((len(lines) + 1, file.path))
        lines += edited(file.text, names.edits(file, files)).rstrip("\n").split("\n")
        if name != ROOT and not file.is_data:
            made[file.path] = STUB
            stubs[file.path] = names.public(file)
    made[ROOT_PATH] = "\n".join(lines) + "\n"
    for file in files.values():
        if file.name not in order and file.path not in fixed:
            made[file.path] = edited(file.text, names.redirected(file, files))
    table = {module_name(path): tuple(public) for path, public in stubs.items()}
    made[STUBS_PATH] = STUBS_LINE.sub(lambda _: f"TABLE = {table!r}", sources[STUBS_PATH])
    return Linked(sources, made, tuple(places), stubs.keys())


class _File(SourceFile):
    """What a file defines at its top, and what it imports there."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text)
        self.has_global = any(isinstance(node, ast.Global) for node in ast.walk(self.tree))
        self.froms = [
            node
            for node in self.tree.body
            if isinstance(node, ast.ImportFrom) and node.module and not node.level
        ]
        self.imports = [node for node in self.tree.body if isinstance(node, ast.Import)]
        self.own = {
            name
            for node in self.tree.body
            if not isinstance(node, ast.Import | ast.ImportFrom)
            for name in bound_by(node)
        }
        self.constants = constants(self.tree)
        self.pinned = {  # bound by an import that is tried, say
            name
            for node in self.tree.body
            if not isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
            for part in ast.walk(node)
            if isinstance(part, ast.Import | ast.ImportFrom)
            for name in bound_by(part)
        } & self.own
        self.is_data = not any(
            isinstance(
                node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Try
            )
            for node in self.tree.body
        )

    def modules(self, files: Mapping[str, _File]) -> Iterator[tuple[ast.alias, str]]:
        """The tree's modules that it imports as objects, by their aliases."""
        for node in self.froms:
            for alias in node.names:
                if f"{node.module}.{alias.name}" in files:
                    yield alias, f"{node.module}.{alias.name}"


def _files(sources: Mapping[str, str]) -> dict[str, _File]:
    return {module_name(path): _File(path, text) for path, text in sources.items()}


def _order(files: Mapping[str, _File], fixed: tuple[str, ...]) -> list[str]:
    """The modules to be linked, each behind what it needs; none where root or stubs miss."""
    if ROOT not in files or module_name(STUBS_PATH) not in files:
        return []
    closed = {name for name, file in files.items() if file.path in fixed or file.has_global}
    closed |= _handed_on(files)
    order: list[str] = []
    busy: set[str] = set()

    def visit(name: str) -> None:
        if name in busy or name not in files:
            return
        busy.add(name)
        file = files[name]
        for node in file.froms:
            visit(node.module or "")
            for alias in node.names:
                visit(f"{node.module}.{alias.name}")
        if name not in closed and name not in PASSING and not file.path.endswith("__init__.py"):
            order.append(name)

    for name in (*PASSING, ROOT):
        visit(name)
    return order


def _handed_on(files: Mapping[str, _File]) -> set[str]:
    """Modules that somebody uses otherwise than by reading a name in them."""
    found = set()
    for file in files.values():
        names = {alias.asname or alias.name: module for alias, module in file.modules(files)}
        read = {id(node.value) for node in ast.walk(file.tree) if isinstance(node, ast.Attribute)}
        found |= {
            names[node.id]
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Name) and node.id in names and id(node) not in read
        }
    return found


def _mentioned(tree: ast.Module) -> set[str]:
    """Every name in a program that is no attribute's: it may be local where another one is not."""
    return {
        node.id if isinstance(node, ast.Name) else node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.arg)
    }


class _Names:
    """What each name at the top of a linked file is called in the one that they become.

    `wanted` are (module, name) that somebody asks the root for. All others are short, since stubs
    tell them; constants vanish.
    """

    def __init__(self, files: list[_File], wanted: set[tuple[str, str]]) -> None:
        self._linked = {file.name for file in files}
        self._new: dict[tuple[str, str], str] = {}  # module, name there
        self._imported: dict[tuple[str, str | None], str] = {}  # what comes from elsewhere
        self._written: set[tuple[str, str | None]] = set()
        self._used = set().union(*(_mentioned(file.tree) for file in files))
        self._taken = set(dir(builtins))
        for file in files:
            imported = {name for node in (*file.froms, *file.imports) for name in bound_by(node)}
            self._taken |= global_names(file.tree) - file.own - imported | file.pinned
        spare = Spare(file.tree for file in files)
        self._short = spare.free("_%s", self._used | self._taken)
        pinned: set[str] = set()
        for file in files:
            if file.pinned & pinned:
                raise PatrolError(f"{file.path}: {min(file.pinned & pinned)} {TWO_THINGS}")
            pinned |= file.pinned
            for name in sorted(file.own):
                if name in file.pinned or (file.name, name) in wanted:
                    self._new[file.name, name] = name
                elif name not in file.constants:
                    self._new[file.name, name] = next(self._short)
        aliases: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)
        for file in files:
            for key, alias in self._foreign(file):
                aliases[key].add(alias)
        for key, names in aliases.items():
            self._imported[key] = self._fresh(min(names), names)
        given = {*self._new.values(), *self._imported.values()}
        vanish = short_names("_%s", self._used | self._taken | given)
        for file in files:
            for name in sorted(file.constants.keys() & file.own):
                if (file.name, name) not in self._new:
                    self._new[file.name, name] = next(vanish)

    def _fresh(self, name: str, names: set[str]) -> str:
        """That name, where all call it so and nobody else does; else one of its own."""
        if len(names) == 1 and name not in self._taken:
            self._taken.add(name)
            return name
        return next(self._short)

    def _foreign(self, file: _File) -> Iterator[tuple[tuple[str, str | None], str]]:
        """Imports of what is not linked, and their names in that file."""
        for node in file.froms:
            if node.module not in self._linked:
                for alias in node.names:
                    if f"{node.module}.{alias.name}" not in self._linked:
                        yield (node.module or "", alias.name), alias.asname or alias.name
        for item in file.imports:
            for alias in item.names:
                yield (alias.name, None), alias.asname or alias.name

    def _meaning(self, file: _File) -> dict[str, str]:
        """The file's top-level names that are called otherwise now."""
        found = {name: self._new[file.name, name] for name in file.own}
        found |= {alias: self._imported[key] for key, alias in self._foreign(file)}
        for node in file.froms:
            if node.module in self._linked:
                for alias in node.names:
                    new = self._new.get((node.module or "", alias.name))
                    if new is None:
                        raise PatrolError(
                            f"{file.path}: {alias.name} is imported from {node.module}, "
                            "which has no such name: define it there",
                            2,
                        )
                    found[alias.asname or alias.name] = new
        return found

    def edits(self, file: _File, files: Mapping[str, _File]) -> list[Edit]:
        """What makes the file a part of the linked one."""
        meaning = self._meaning(file)
        modules = {
            alias.asname or alias.name: module
            for alias, module in file.modules(files)
            if module in self._linked
        }
        edits = [*self._imports(file)]
        inner: set[int] = set()
        globals_ = global_names(file.tree, nodes=True)
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Attribute) or node.value not in globals_:
                continue
            alias = node.value
            if isinstance(alias, ast.Name) and alias.id in modules:
                edits.append(replaced(node, self._new[modules[alias.id], node.attr]))
                inner.add(id(alias))
        for node in globals_:
            if isinstance(node, ast.Name) and id(node) not in inner:
                new = meaning.get(node.id, node.id)
                if new != node.id:
                    edits.append(replaced(node, new))
        local = _mentioned(file.tree) - {n.id for n in globals_ if isinstance(n, ast.Name)}
        for edit in edits:
            if edit.new in local:
                raise PatrolError(f"{file.path}, line {edit.line}: {edit.new} {TWO_THINGS}")
        for node in ast.walk(file.tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node in globals_:
                new = meaning[node.name]
                if new != node.name:
                    word = "def " if isinstance(node, ast.FunctionDef) else "class "
                    at = node.col_offset + len(word)
                    edits.append(
                        Edit(node.lineno, at, node.lineno, at + len(node.name.encode()), new)
                    )
        return edits

    def _imports(self, file: _File) -> Iterator[Edit]:
        """Its imports at the top: each of what is not linked once, under its one name."""
        kept: list[tuple[str, str | None]] = []
        for key, _ in self._foreign(file):
            if key not in self._written:
                self._written.add(key)
                kept.append(key)
        for node in file.froms:
            stay = [
                ast.alias(alias.name, self._alias((node.module or "", alias.name)))
                for alias in node.names
                if (node.module, alias.name) in kept
            ]
            text = ast.unparse(ast.ImportFrom(node.module, stay, 0)) if stay else "pass"
            yield replaced(node, text)
        for item in file.imports:
            names = [
                ast.alias(alias.name, self._alias((alias.name, None)))
                for alias in item.names
                if (alias.name, None) in kept
            ]
            yield replaced(item, ast.unparse(ast.Import(names)) if names else "pass")

    def _alias(self, key: tuple[str, str | None]) -> str | None:
        new = self._imported[key]
        return None if new == (key[1] or key[0]) else new

    def public(self, file: _File) -> list[tuple[str, Public]]:
        """Its public names, each with its name here, or the value of a constant."""
        found: list[tuple[str, Public]] = []
        for name in sorted(name for name in file.own if not name.startswith("_")):
            if name in file.constants:
                value = file.constants[name].value
                assert isinstance(value, ast.Call)
                known = literal(value.args[0])
                if known is not None:
                    found.append((name, (known,)))
            else:
                found.append((name, self._new[file.name, name]))
        return found

    def redirected(self, file: _File, files: Mapping[str, _File]) -> Iterator[Edit]:
        """A file that is not linked: it imports from the root, so that no stub is loaded, and
        says the root's names, where they mean nothing else to it."""
        own = _mentioned(file.tree) | file.own
        renamed: dict[str, str] = {}
        for node in file.froms:
            module = node.module or ""
            if module not in self._linked or module == ROOT or files[module].is_data:
                continue
            stay = []
            for alias in node.names:
                new, called = self._new[module, alias.name], alias.asname or alias.name
                if new not in own and new not in renamed.values():
                    renamed[called] = called = new
                stay.append(ast.alias(new, None if called == new else called))
            yield replaced(node, ast.unparse(ast.ImportFrom(ROOT, stay, 0)))
        for name in global_names(file.tree, nodes=True):
            if isinstance(name, ast.Name) and name.id in renamed:
                yield replaced(name, renamed[name.id])
