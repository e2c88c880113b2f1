"""The firmware's modules with every result checked to be a small integer of a 32-bit board."""

from __future__ import annotations

import ast
import builtins
import copy
import importlib.machinery
import importlib.util
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
LIMIT = 1 << 30


class _Watch(ast.NodeTransformer):
    """Sends the result of every operation outside viper functions through `_fits`."""

    def __init__(self, module: str) -> None:
        self._module = module
        self.lines: set[int] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if any("viper" in ast.unparse(d) for d in node.decorator_list):
            return node
        return self.generic_visit(node)

    def _checked(self, node: Any, place: Any) -> ast.expr:
        self.lines.add(place.lineno)
        arguments = [node, ast.Constant(self._module), ast.Constant(place.lineno)]
        call = ast.Call(func=ast.Name("_fits", ast.Load()), args=arguments, keywords=[])
        return ast.copy_location(call, place)

    def _wrap(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        return self._checked(node, node)

    visit_BinOp = visit_UnaryOp = _wrap

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        source: Any = copy.deepcopy(node.target)
        source.ctx = ast.Load()
        result = ast.BinOp(left=source, op=node.op, right=node.value)
        assign = ast.Assign(targets=[node.target], value=self._checked(result, node))
        return ast.copy_location(assign, node)


class SmallIntegers:
    """While installed, the firmware's modules are imported so that every result is checked.

    A number past 31 bits or (once `strict`) a float raises OverflowError: it would allocate.
    `most` is the largest magnitude met, by module; `met` and `lines` are the lines of operations
    that ran and that there are.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.strict = False
        self.most: defaultdict[str, int] = defaultdict(int)
        self.met: defaultdict[str, set[int]] = defaultdict(set)
        self.lines: dict[str, set[int]] = {}
        monkeypatch.setattr(builtins, "_fits", self._fits, raising=False)
        monkeypatch.setattr(sys, "meta_path", [self, *sys.meta_path])

    def _fits(self, value: Any, module: str, line: int) -> Any:
        if isinstance(value, int):
            register = 0x40000000 <= value < 0x40080000
            if register and (not self.strict or module.startswith("patrol.store.")):
                return value  # made once at boot, or where flash is written, at rest
            if not -LIMIT <= value < LIMIT:
                raise OverflowError(f"{value} in {module}, line {line}, is no small integer")
            self.met[module].add(line)
            if abs(value) > self.most[module]:
                self.most[module] = abs(value)
        elif self.strict and isinstance(value, float):
            raise OverflowError(f"{value} in {module}, line {line}, is a float")
        return value

    def rows(self) -> list[tuple[str, int, float, str]]:
        """For each module with arithmetic: largest value, its share of the limit, lines met."""
        return [
            (name, self.most[name], 100 * self.most[name] / LIMIT, f"{len(self.met[name])} of {n}")
            for name in sorted(self.lines)
            if (n := len(self.lines[name]))
        ]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.split(".")[0] != "patrol":
            return None
        place = FIRMWARE.joinpath(*name.split("."))
        package = place.is_dir()
        file = place / "__init__.py" if package else place.with_suffix(".py")
        lines = self.lines

        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, fullname: str) -> Any:  # never from a cache
                watch = _Watch(name)
                tree = watch.visit(ast.parse(file.read_text(encoding="utf-8")))
                lines[name] = watch.lines
                return compile(ast.fix_missing_locations(tree), str(file), "exec")

        return importlib.util.spec_from_file_location(
            name,
            file,
            loader=Loader(name, str(file)),
            submodule_search_locations=[str(place)] if package else None,
        )
