"""Methods that only making the car takes, moved out of the module that always stays loaded.

They are a sixth of its code. firmware/patrol/births.py names them, and on a board it holds them,
each on the line that it had, so that tracebacks need nothing new; the car loads it while it is
made. Whoever else imports a class that has lost its __init__ loads it as well, and for good.

A class keeps its own where the running car may make one, and where it has a base or is one.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

from patrolcar.flash import program
from patrolcar.flash.constants import module_name
from patrolcar.flash.edit import Edit, edited, replaced
from patrolcar.flash.link import PASSING, ROOT, ROOT_PATH, Linked
from patrolcar.flash.names import constants
from patrolcar.flash.scopes import global_names

MODULE = "patrol.births"
PATH = "patrol/births.py"
HOLDER = "_"  # a name that every interpreter has built in


def moved(linked: Linked, short: Mapping[str, str], fixed: tuple[str, ...]) -> dict[str, str]:
    """The files again, by path; `short` are those of `linked` when names have become short."""
    if PATH not in short or ROOT_PATH not in short:
        return dict(short)
    root = _Root(linked.sources[ROOT_PATH], short[ROOT_PATH], _listed(linked.sources[PATH]))
    made = {
        path: text if path in fixed else edited(text, _loads(path, text, root))
        for path, text in short.items()
    }
    made[ROOT_PATH], made[PATH] = root.rest(), root.births()
    return made


def _listed(text: str) -> tuple[str, ...]:
    """The methods' names as they were written."""
    for node in program.parsed(text, PATH).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "METHODS":
            return tuple(ast.literal_eval(node.value))
    return ()


class _Root:
    """The root's text, and which methods of which classes leave it."""

    def __init__(self, written: str, text: str, listed: tuple[str, ...]) -> None:
        self._lines = text.split("\n")
        self._tree = program.parsed(text, ROOT_PATH)
        self._leaving = {  # lines
            node.lineno
            for node in ast.walk(program.parsed(written, ROOT_PATH))
            if isinstance(node, ast.FunctionDef) and node.name in listed and not _loader(node)
        }
        self.moved = {
            owner: nodes
            for owner in self._tree.body
            if isinstance(owner, ast.ClassDef) and not owner.bases and not owner.keywords
            if (nodes := self._methods(owner))
        }
        while used := self._used():
            self.moved = {owner: n for owner, n in self.moved.items() if owner.name not in used}

    def _methods(self, owner: ast.ClassDef) -> list[ast.FunctionDef]:
        """What leaves a class; nothing where no line behind it is free to say whose it is."""
        nodes = [
            node
            for node in owner.body
            if isinstance(node, ast.FunctionDef)
            and node.lineno in self._leaving
            and not node.decorator_list
        ]
        return nodes if nodes and not self._lines[_end(nodes[-1])].strip() else []

    def _used(self) -> set[str]:
        """Classes with moved methods that code which stays mentions."""
        leaving = {id(node) for nodes in self.moved.values() for node in nodes}

        def mentioned(node: ast.AST) -> Iterator[str]:
            if id(node) in leaving:
                return
            if isinstance(node, ast.Name):
                yield node.id
            for child in ast.iter_child_nodes(node):
                yield from mentioned(child)

        return {owner.name for owner in self.moved} & set(mentioned(self._tree))

    def rest(self) -> str:
        """What stays."""
        lines = list(self._lines)
        for node in (node for nodes in self.moved.values() for node in nodes):
            empty = [""] * (_end(node) - node.lineno)
            lines[node.lineno - 1 : node.end_lineno] = [" " * node.col_offset + "pass", *empty]
        return "\n".join(lines)

    def births(self) -> str:
        """What leaves, line by line where it was."""
        lines = [""] * (len(self._lines) + 1)

        def keep(node: ast.stmt) -> None:
            place = slice(node.lineno - 1, node.end_lineno)
            lines[place] = self._lines[place]

        vanish = constants(self._tree)
        for constant in vanish.values():
            keep(constant)
        pairs = ""
        for owner, nodes in self.moved.items():
            lines[owner.lineno - 1] = f"class {HOLDER}:"
            for node in nodes:
                keep(node)
                pairs += f"({owner.name}, {node.name!r}), "
            lines[_end(nodes[-1])] = "; ".join(
                f"{owner.name}.{node.name} = {HOLDER}.{node.name}" for node in nodes
            )
        parts = program.parsed("\n".join(lines), PATH)
        names = global_names(parts) - set(dir(builtins)) - vanish.keys() - {HOLDER, "const"}
        if names:
            lines[0] = f"from {ROOT} import {', '.join(sorted(names))}"
        lines += [
            "kept = False",
            f"TABLE = ({pairs})",  # a name that the settings bring along
            "def forget():",
            "    for kind, name in TABLE:",
            "        setattr(kind, name, None)",  # delattr would leave the value in its place
        ]
        return "\n".join([*lines, ""])


def _end(node: ast.FunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno


def _loader(node: ast.FunctionDef) -> bool:
    """Whether it loads the births itself."""
    return any(
        isinstance(part, ast.ImportFrom) and f"{part.module}.{part.names[0].name}" == MODULE
        for part in ast.walk(node)
    )


def _loads(path: str, text: str, root: _Root) -> Iterator[Edit]:
    """An import of the births where a file asks the root for a class that needs them."""
    if path in (ROOT_PATH, PATH) or not path.endswith(".py"):
        return
    needed = {owner.name for owner in root.moved}
    for node in program.parsed(text, path).body:
        if not isinstance(node, ast.ImportFrom) or node.module != ROOT:
            continue
        if needed & {alias.name for alias in node.names}:
            keep = "" if module_name(path) in PASSING else f"{MODULE}.kept = True; "
            yield replaced(node, f"import {MODULE}; {keep}{ast.unparse(node)}")
            return
