"""Constants of one module written as numbers into the others, since every name costs RAM.

A public `NAME = const(3)` takes 40 bytes on the board for as long as its module is loaded, and
whoever imports it pays again; MicroPython's compiler replaces a constant within its own file only.
`inline` does the same across files: uses become literals, then imports and definitions that nobody
needs any more go. Lines stay where they are, so that a traceback points to the right one.

A constant is a name in capitals that its module binds once, at the top, to an integer or a text.
Its definition stays where any file reads an attribute of that name from an object that is not
known here, as of a module that was passed on.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from patrolcar.flash import program
from patrolcar.flash.edit import Edit, edited, inside, replaced

CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
SHIM = "patrol.portable"  # what its names stand for, the board's compiler knows by itself
MARKERS = ("const", "micropython")
Value = int | str
BITS = 64  # of the largest number that is a constant here


def module_name(path: str) -> str:
    """The name under which a file of the tree is imported: `a/b.py` is a.b."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class SourceFile:
    """One file of the firmware: its path in the tree, its module's name, its text and its tree."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.name = module_name(path)
        self.text = text
        self.tree = program.parsed(text, path)


class _File(SourceFile):
    """What a file's names are bound to, and how often."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text)
        self.bound: Counter[str] = Counter()
        self.imports: dict[str, tuple[str, str | None]] = {}  # module, name in it
        for node in ast.walk(self.tree):
            for name in _bound_by(node):
                self.bound[name] += 1
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (node.module, alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname or "." not in alias.name:
                        self.imports[alias.asname or alias.name] = (alias.name, None)
        self.definitions = {
            node.targets[0].id: node
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and len(node.targets) == 1
            and CONSTANT.fullmatch(node.targets[0].id)
            and self.bound[node.targets[0].id] == 1
        }


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name:
        yield node.name


class _Constants:
    """The values of all files' constants."""

    def __init__(self, files: Mapping[str, _File]) -> None:
        self._files = files
        self._busy: set[tuple[str, str]] = set()

    def is_module(self, name: str) -> bool:
        return name in self._files

    def value(self, module: str, name: str) -> Value | None:
        """The constant's value; None where it is none."""
        file = self._files.get(module)
        if file is None or name not in file.definitions or (module, name) in self._busy:
            return None
        self._busy.add((module, name))
        try:
            with program.of(file.path):
                return _small(self._evaluate(file.definitions[name].value, file))
        finally:
            self._busy.discard((module, name))

    def known(self, node: ast.expr, file: _File) -> Value | None:
        """What a name or an attribute in that file stands for, if that is a constant."""
        if isinstance(node, ast.Name):
            if node.id in file.definitions:
                return self.value(file.name, node.id)
            module, name = file.imports.get(node.id, ("", None))
            if name is not None and not file.bound[node.id]:
                return self.value(module, name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            alias = node.value.id
            if alias in file.imports and not file.bound[alias]:
                module, name = file.imports[alias]
                return self.value(module if name is None else f"{module}.{name}", node.attr)
        return None

    def _evaluate(self, node: ast.expr, file: _File) -> Value | None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            marked = node.func.id == "const" and len(node.args) == 1
            return self._evaluate(node.args[0], file) if marked else None
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) in (int, str) else None  # type: ignore[return-value]
        if isinstance(node, ast.UnaryOp | ast.BinOp):
            parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
            values = [self._evaluate(part, file) for part in parts]
            return _computed(node, values)
        return self.known(node, file)


def _computed(node: ast.UnaryOp | ast.BinOp, values: list[Value | None]) -> int | None:
    """The operator applied; None where that is no integer of a size that a constant may have."""
    if not all(isinstance(_small(value), int) for value in values):
        return None
    grows = isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift | ast.Pow)
    if grows and not 0 <= values[1] <= BITS:  # type: ignore[operator]
        return None
    folded = ast.Expression(_with(node, values))
    try:
        result = eval(compile(ast.fix_missing_locations(folded), "constant", "eval"))
    except (ArithmeticError, TypeError, ValueError):
        return None
    return result if type(result) is int else None


def literal(node: ast.expr) -> Value | None:
    """What an expression of nothing but literals comes to; None where it has more in it."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) in (int, str) else None  # type: ignore[return-value]
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
        return _computed(node, [literal(part) for part in parts])
    return None


def _small(value: Value | None) -> Value | None:
    return None if isinstance(value, int) and value.bit_length() > BITS else value


def _with(node: ast.UnaryOp | ast.BinOp, values: list[Value | None]) -> ast.expr:
    operands = [ast.Constant(value) for value in values]
    if isinstance(node, ast.UnaryOp):
        return ast.UnaryOp(node.op, operands[0])
    return ast.BinOp(operands[0], node.op, operands[1])


class _Uses(ast.NodeVisitor):
    """What a file reads: constants, as edits; attributes of anything else; names."""

    def __init__(self, file: _File, constants: _Constants | None) -> None:
        self._file = file
        self._constants = constants
        self.edits: list[Edit] = []
        self.attributes: set[str] = set()
        self.names: set[str] = set()
        with program.of(file.path):
            self.visit(file.tree)

    def _replaced(self, node: ast.Name | ast.Attribute) -> bool:
        if self._constants is None or not isinstance(node.ctx, ast.Load):
            return False
        value = self._constants.known(node, self._file)
        if value is None:
            return False
        text = repr(value)
        self.edits.append(replaced(node, f"({text})" if text.startswith("-") else text))
        return True

    def visit_Name(self, node: ast.Name) -> None:
        if not self._replaced(node) and isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not self._replaced(node):
            self.attributes.add(node.attr)
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for decorator in node.decorator_list:
            if not self._marker(getattr(decorator, "value", None)):
                self.visit(decorator)
        node.decorator_list, kept = [], node.decorator_list
        self.generic_visit(node)
        node.decorator_list = kept

    def visit_Call(self, node: ast.Call) -> None:
        if self._marker(node.func):
            for argument in node.args:
                self.visit(argument)
        else:
            self.generic_visit(node)

    def _marker(self, node: ast.expr | None) -> bool:
        """const, or micropython before .viper: read by the compiler, never at run time."""
        if not isinstance(node, ast.Name) or node.id not in MARKERS:
            return False
        return self._file.imports.get(node.id, ("", None))[0] == SHIM


def inline(sources: Mapping[str, str], fixed: tuple[str, ...] = ()) -> dict[str, str]:
    """The files again, by path, with constants as literals; those in `fixed` as they are.

    Constants of the fixed files stay names everywhere. PatrolError for what is no Python.
    """
    files = {path: _File(path, text) for path, text in sources.items()}
    open_files = {path: file for path, file in files.items() if path not in fixed}
    constants = _Constants({file.name: file for file in open_files.values()})
    uses = {
        path: _Uses(file, constants if path in open_files else None)
        for path, file in files.items()
    }
    kept = {name for use in uses.values() for name in use.attributes}
    edits = {path: use.edits for path, use in uses.items()}
    for path, file in files.items():
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ImportFrom):
                stay = node.names
                if path in open_files and not node.level:
                    needless = _Needless(node, file, constants, uses[path].names)
                    stay = [alias for alias in node.names if not needless(alias)]
                    edits[path] += _fewer(node, stay)
                kept.update(alias.name for alias in stay)
    for path, file in open_files.items():
        for name, definition in file.definitions.items():
            if name not in kept and constants.value(file.name, name) is not None:
                edits[path] = [e for e in edits[path] if not inside(e, definition)]
                edits[path].append(replaced(definition, "pass"))
    return {path: edited(text, edits[path]) for path, text in sources.items()}


class _Needless:
    """Whether an import's name needs no importing any more."""

    def __init__(
        self, node: ast.ImportFrom, file: _File, constants: _Constants, used: set[str]
    ) -> None:
        self._module = node.module or ""
        self._file = file
        self._constants = constants
        self._used = used

    def __call__(self, alias: ast.alias) -> bool:
        name = alias.asname or alias.name
        if name in self._used or self._file.bound[name]:
            return False
        return (
            self._constants.value(self._module, alias.name) is not None
            or self._constants.is_module(f"{self._module}.{alias.name}")
            or (self._module == SHIM and alias.name in MARKERS)
        )


def _fewer(node: ast.ImportFrom, stay: list[ast.alias]) -> list[Edit]:
    if len(stay) == len(node.names):
        return []
    if not stay:
        return [replaced(node, "pass")]
    return [replaced(node, ast.unparse(ast.ImportFrom(node.module, stay, 0)))]
