"""Files that commands read and write: none is torn, and each refusal is one line."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from patrolcar.errors import PatrolError


def check_target(path: Path, force: bool) -> None:
    """Raises PatrolError when `path` is no file that can be written, or one that is there."""
    folder = path.parent
    if not folder.is_dir():
        raise PatrolError(f"folder {folder} does not exist: make it, or pass another path", code=2)
    if path.is_dir():
        raise PatrolError(f"{path} is a folder: pass the name of a file", code=2)
    if path.exists() and not path.is_file():
        raise PatrolError(f"{path} is a device or a pipe: pass the name of a file", code=2)
    if path.exists() and not force:
        raise PatrolError(f"{path} exists: pass --force to overwrite it, or another name", code=2)
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise PatrolError(f"{path} cannot be written: no permission; pass another path")


def read_text(path: Path, what: str, instead: str, most: int) -> str:
    """A text file of up to `most` bytes, that is to be `what`.

    PatrolError (2) where it is none; where it does not exist it says what to pass `instead`.
    """
    if path.is_dir():
        raise PatrolError(f"{path} is a folder: pass {what}", 2)
    if not path.is_file():
        raise PatrolError(f"file {path} does not exist: pass {instead}", 2)
    try:
        if path.stat().st_size > most:
            raise PatrolError(f"{path} is too large to be {what}", 2)
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PatrolError(f"{path} is no text, so not {what}", 2) from None
    except OSError as error:
        raise PatrolError(f"{path} cannot be read: {error.strerror}", 2) from None


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Writes a file beside its place and puts it there at once. OSError as open() has it.

    Without `durable` a computer that loses power may leave a torn one.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(partial, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
