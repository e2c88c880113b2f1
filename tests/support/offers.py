"""What a Python source offers: its public names, with the parameters of what can be called.

Read from the text alone, so that a stand-in and a stub can be held against each other without
importing either.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

REQUIRED = "(required)"
UNTOLD = "(untold)"  # a default that the text does not tell


@dataclass
class Signature:
    """One way to call a function, without `self`."""

    positional: list[str] = field(default_factory=list)  # in their order, by name or not
    unnamed: int = 0  # so many of them can be given by position alone
    named: list[str] = field(default_factory=list)  # by keyword alone
    defaults: dict[str, object] = field(default_factory=dict)
    any_positional: bool = False  # *args
    any_named: bool = False  # **kwargs

    @property
    def told(self) -> bool:
        """False for (*args, **kwargs), which says nothing."""
        return not (self.any_positional and self.any_named and not self.positional)


@dataclass
class Thing:
    """A name: a value, a module, a function (its signatures), or a class (members and bases)."""

    value: object = UNTOLD
    module: str = ""
    calls: list[Signature] = field(default_factory=list)
    members: dict[str, Thing] | None = None
    bases: list[str] = field(default_factory=list)

    @property
    def is_class(self) -> bool:
        return self.members is not None


def public(name: str) -> bool:
    return not name.startswith("_")


class Sources:
    """Modules found in some folders, read once each."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._read: dict[str, dict[str, Thing]] = {}

    def path(self, module: str) -> Path | None:
        flat = module.replace(".", "/")
        for folder in self._folders:
            for end in (".pyi", "/__init__.pyi", ".py"):
                if (folder / (flat + end)).is_file():
                    return folder / (flat + end)
        return None

    def module(self, name: str) -> dict[str, Thing]:
        """Its names, private ones too; KeyError where there is no such module."""
        if name not in self._read:
            path = self.path(name)
            if path is None:
                raise KeyError(name)
            names = self._read[name] = {}
            self._fill(names, ast.parse(path.read_text()).body, name)
        return self._read[name]

    def _fill(self, names: dict[str, Thing], body: list[ast.stmt], module: str) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                names.setdefault(node.name, Thing()).calls.append(_signature(node))
            elif isinstance(node, ast.ClassDef):
                names[node.name] = self._class(node, module)
            elif isinstance(node, ast.Import):
                for one in node.names:
                    name = one.asname or one.name.partition(".")[0]
                    names[name] = Thing(module=one.name)
            elif isinstance(node, ast.ImportFrom):
                self._import(names, node)
            elif isinstance(node, ast.If):
                self._fill(names, [*node.body, *node.orelse], module)
            else:
                for name, value in _assigned(node, names):
                    names[name] = value

    def _import(self, names: dict[str, Thing], node: ast.ImportFrom) -> None:
        source = node.module or ""
        known = self.module(source) if node.level == 0 and self.path(source) else {}
        for one in node.names:
            if one.name == "*":
                names.update({k: v for k, v in known.items() if public(k)})
            else:
                names[one.asname or one.name] = known.get(one.name, Thing())

    def _class(self, node: ast.ClassDef, module: str) -> Thing:
        made = Thing(members={}, bases=[ast.unparse(base) for base in node.bases])
        assert made.members is not None
        self._fill(made.members, node.body, module)
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                for name in _instance_names(method):
                    made.members.setdefault(name, Thing())
        return made

    def members(self, module: str, thing: Thing) -> dict[str, Thing]:
        """A class's members, those of its bases in the same module included."""
        found: dict[str, Thing] = {}
        for base in thing.bases:
            other = self.module(module).get(base)
            if other is not None and other.is_class:
                found.update(self.members(module, other))
        found.update(thing.members or {})
        return found


def _assigned(node: ast.stmt, scope: dict[str, Thing]) -> Iterator[tuple[str, Thing]]:
    """Names bound by an assignment; a function or a class under a second name stays one."""
    if isinstance(node, ast.AnnAssign):
        if isinstance(node.target, ast.Name):
            yield node.target.id, Thing(UNTOLD if node.value is None else _literal(node.value))
        return
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Name):
            if isinstance(node.value, ast.Name) and node.value.id in scope:
                yield target.id, scope[node.value.id]
            else:
                yield target.id, Thing(_literal(node.value))
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for one, value in zip(target.elts, node.value.elts, strict=True):
                if isinstance(one, ast.Name):
                    yield one.id, Thing(_literal(value))
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = scope.get(target.value.id)  # Pin.board = ..., behind the class
            if owner is not None and owner.members is not None:
                owner.members[target.attr] = Thing(_literal(node.value))


def _instance_names(method: ast.FunctionDef) -> Iterator[str]:
    """What a method assigns to its first parameter's attributes."""
    if not method.args.args:
        return
    me = method.args.args[0].arg
    for node in ast.walk(method):
        stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if stored and isinstance(node.value, ast.Name) and node.value.id == me:
            yield node.attr


def _literal(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return UNTOLD if node.value is ... else node.value
    try:
        return ast.literal_eval(node)
    except ValueError:
        pass
    try:  # arithmetic of literals, as 0x1 | 0x100
        return eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}})
    except Exception:
        return UNTOLD


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signature:
    a = node.args
    names = [one.arg for one in (*a.posonlyargs, *a.args)]
    made = Signature(
        positional=names,
        unnamed=len(a.posonlyargs),
        named=[one.arg for one in a.kwonlyargs],
        any_positional=a.vararg is not None,
        any_named=a.kwarg is not None,
    )
    for name in names + made.named:
        made.defaults[name] = REQUIRED
    for name, value in zip(reversed(names), reversed(a.defaults), strict=False):
        made.defaults[name] = _literal(value)
    for name, default in zip(made.named, a.kw_defaults, strict=True):
        if default is not None:
            made.defaults[name] = _literal(default)
    return made


def bound(signature: Signature) -> Signature:
    """The same without its first parameter, as a method is called."""
    return Signature(
        positional=signature.positional[1:],
        unnamed=max(0, signature.unnamed - 1),
        named=signature.named,
        defaults=signature.defaults,
        any_positional=signature.any_positional,
        any_named=signature.any_named,
    )
