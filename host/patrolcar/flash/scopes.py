"""Which names of a program are its module's own: seen from inside its functions, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, overload

Function = ast.FunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def bound_by(node: ast.AST) -> Iterator[str]:
    """What a statement binds where it stands, without what is inside functions and classes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0]
    elif isinstance(node, ast.Lambda | Comprehension) or _never(node):
        return
    for child in ast.iter_child_nodes(node):
        yield from bound_by(child)


def _never(node: ast.AST) -> bool:
    """What the compiler leaves out: `if 0:`, as imports for type checkers stand under."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and not node.test.value


@overload
def global_names(tree: ast.Module) -> set[str]: ...
@overload
def global_names(tree: ast.Module, nodes: Literal[True]) -> set[ast.AST]: ...


def global_names(tree: ast.Module, nodes: bool = False) -> set[str] | set[ast.AST]:
    """The names that the program takes from, or puts into, its module; builtins are among them.

    With `nodes`, the places: Name nodes, and definitions of functions and classes. Annotations are
    left out, as the board's compiler does.
    """
    found = _Found()
    for statement in tree.body:
        found.walk(statement, frozenset())
    return found.nodes if nodes else found.names


class _Found:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.nodes: set[ast.AST] = set()

    def _take(self, node: ast.AST, name: str, local: frozenset[str]) -> None:
        if name not in local:
            self.names.add(name)
            self.nodes.add(node)

    def walk(
        self, node: ast.AST, local: frozenset[str], outer: frozenset[str] | None = None
    ) -> None:
        """`outer` is what a function in a class sees, where that is not all of `local`."""
        if outer is None:
            outer = local
        if _never(node):
            return
        if isinstance(node, ast.Name):
            self._take(node, node.id, local)
        elif isinstance(node, ast.AnnAssign):
            self.walk(node.target, local)
            if node.value:
                self.walk(node.value, local)
        elif isinstance(node, ast.FunctionDef | ast.Lambda):
            if isinstance(node, ast.FunctionDef):
                self._take(node, node.name, local)
                for decorator in node.decorator_list:
                    self.walk(decorator, local)
            self._function(node, local, outer)
        elif isinstance(node, ast.ClassDef):
            self._take(node, node.name, local)
            for above in (*node.bases, *node.decorator_list):
                self.walk(above, local)
            inner = local | {name for part in node.body for name in bound_by(part)}
            for part in node.body:
                self.walk(part, inner, local)
        elif isinstance(node, Comprehension):
            targets = {name for part in node.generators for name in bound_by(part.target)}
            for child in ast.iter_child_nodes(node):
                self.walk(child, local | targets, outer | targets)
        else:
            for child in ast.iter_child_nodes(node):
                self.walk(child, local, outer)

    def _function(self, node: Function, local: frozenset[str], outer: frozenset[str]) -> None:
        arguments = node.args
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.walk(default, local)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one]
        body = node.body if isinstance(node.body, list) else [node.body]
        inner = outer | {one.arg for one in every}
        inner |= {name for part in body for name in bound_by(part)}
        for part in body:
            self.walk(part, inner)
