"""The stubs of the real port, with their known errors mended.

`micropython-stm32-pybv11-stubs` says what the port has. `stub_errors.toml` is the reviewed list of
what it says wrongly; each entry puts right one name. An entry that finds nothing to mend, or
something that is there already, is itself an error, so the list cannot outlive a newer package.
"""

from __future__ import annotations

import ast
import importlib.metadata
import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ERRORS = Path(__file__).with_name("stub_errors.toml")
PACKAGES = ("micropython-stdlib-stubs", "micropython-stm32-pybv11-stubs")  # the later one wins


class StubError(Exception):
    """What is wrong with the packages or the list, in one line."""


def reviewed() -> dict[str, Any]:
    """The list itself."""
    return tomllib.loads(ERRORS.read_text())


def _installed() -> dict[str, Path]:
    """Every stub file, by its path within the packages."""
    found = {}
    for package in PACKAGES:
        try:
            files = importlib.metadata.files(package)
        except importlib.metadata.PackageNotFoundError:
            raise StubError(f"{package} is not installed: run `make setup`") from None
        for path in files or ():
            if path.suffix == ".pyi" or path.name == "VERSIONS":
                found[path.as_posix()] = Path(str(path.locate()))
    return found


def corrected(folder: Path) -> Path:
    """Writes the mended stubs to `folder`, as mypy's --custom-typeshed-dir wants them.

    A file that would not change is left alone. StubError when an entry does not fit.
    """
    texts = {name: path.read_text() for name, path in _installed().items()}
    found = reviewed()
    for entry in found["error"]:
        for name in entry.get("names", [entry.get("name")]):
            _mend(texts, name, entry.get("correct", ""), entry.get("missing", False))
    for module, names in found.get("has", {}).items():
        path = stub_path(texts, module)
        if path is None:
            raise StubError(f"{module}: the stubs have no such module")
        texts[path] = _restricted(texts[path], set(names.split()))
    for path in folder.rglob("*.pyi"):
        if path.relative_to(folder).as_posix() not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.is_file() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return folder


def stub_path(texts: dict[str, Any], module: str) -> str | None:
    """Where a module's stub is, within the packages."""
    flat = module.replace(".", "/")
    places = (f"{flat}.pyi", f"stdlib/{flat}.pyi", f"stdlib/{flat}/__init__.pyi")
    return next((place for place in places if place in texts), None)


def _mend(texts: dict[str, str], name: str, correct: str, missing: bool) -> None:
    """Puts `correct` in the place of every definition of a name ('module.Class.member')."""
    module, *members = name.split(".")
    path = stub_path(texts, module)
    if path is None:
        raise StubError(f"{name}: the stubs have no module {module}")
    lines = texts[path].splitlines()
    scope: ast.Module | ast.ClassDef = ast.parse(texts[path])
    for part in members[:-1]:
        inner = [n for n in scope.body if isinstance(n, ast.ClassDef) and n.name == part]
        if not inner:
            raise StubError(f"{name}: the stubs have no class {part}")
        scope = inner[0]
    found = [node for node in scope.body if _defines(node, members[-1])]
    if missing == bool(found):
        there = "have it now" if found else "do not have it"
        raise StubError(f"{name}: the stubs {there}: drop or correct the entry")
    margin = " " * scope.body[0].col_offset
    new = [(margin + line).rstrip() for line in correct.strip("\n").splitlines()]
    if missing:
        end = scope.body[-1].end_lineno
        lines[end:end] = new
    for node in reversed(found):
        first = node is found[0]
        lines[_line(node) : node.end_lineno] = new if first and new else [f"{margin}..."]
    texts[path] = "\n".join(lines) + "\n"


def _restricted(text: str, names: set[str]) -> str:
    """A module's text with no public definition but of these names."""
    lines = text.splitlines()
    bodies: list[list[ast.stmt]] = [ast.parse(text).body]
    gone = []
    for body in bodies:
        for node in body:
            if isinstance(node, ast.If):
                bodies += [node.body, node.orelse]
            elif _public_names(node) - names:
                gone.append(node)
    for node in sorted(gone, key=_line, reverse=True):
        lines[_line(node) : node.end_lineno] = [" " * node.col_offset + "..."]
    return "\n".join(lines) + "\n"


def _public_names(node: ast.stmt) -> set[str]:
    """The public names that a definition may bind."""
    names = {getattr(node, "name", "_")}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    names |= {one.id for one in targets if isinstance(one, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def _line(node: ast.stmt) -> int:
    """The line (from 0) where a definition begins, its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)]) - 1


def _defines(node: ast.stmt, name: str) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name == name
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == name
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    if isinstance(node, ast.ImportFrom):
        return any((one.asname or one.name) == name for one in node.names)
    return False
