"""Files that commands write for a person."""

from __future__ import annotations

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


def write_whole(path: Path, text: str) -> None:
    """Writes a text file, whole or not at all; behind a link the file that it leads to."""
    path = path.resolve()
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
