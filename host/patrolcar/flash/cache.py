"""What was compiled before, kept in the user's cache folder under a hash of what it is made of.

A kept file begins with the SHA-256 of the rest. What cannot be read or does not agree with it is
not there; where nothing can be kept, everything is compiled each time.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from patrolcar.files import write_whole

HASH_BYTES = 32


def cache_dir() -> Path:
    """Where compiled files are kept."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("patrolcar")) / "mpy"


def find(name: str) -> bytes | None:
    """What was kept under that name; None where there is nothing, or nothing whole."""
    try:
        kept = (cache_dir() / name).read_bytes()
    except OSError:
        return None
    data = kept[HASH_BYTES:]
    return data if hashlib.sha256(data).digest() == kept[:HASH_BYTES] else None


def keep(name: str, data: bytes) -> None:
    """Keeps it, if that can be."""
    path = cache_dir() / name
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, hashlib.sha256(data).digest() + data, durable=False)
