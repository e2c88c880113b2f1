"""The flash image: one file with the whole of the chip's flash, and the sectors in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from patrolcar.errors import PatrolError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # no POSIX: two boards on one image are not noticed
    fcntl = None

KB = 1024
ERASED = b"\xff"
CACHE_BYTES = 64 * KB  # the largest sector of a filesystem


@dataclass(frozen=True)
class FlashMap:
    """Where the parts of a chip's flash lie; (start, size) in bytes from 0x08000000.

    `sectors` are all of the chip's sectors, by their sizes; `program` the numbers of those that
    hold MicroPython itself.
    """

    size: int
    sectors: tuple[int, ...]
    program: tuple[int, ...]
    filesystem: tuple[tuple[int, int], ...]


# RM0090 table 5; the filesystem as the port has it (facts: sectors 1 to 4, 112 KB).
F405 = FlashMap(
    size=1024 * KB,
    sectors=(16 * KB,) * 4 + (64 * KB,) + (128 * KB,) * 7,
    program=(0, 5, 6, 7),
    filesystem=(
        (0x4000, 16 * KB),
        (0x8000, 16 * KB),
        (0xC000, 16 * KB),
        (0x10000, 64 * KB),
    ),
)


def open_image(path: Path, flash_map: FlashMap = F405) -> Path:
    """Makes an erased image at `path` unless one is there.

    Raises:
        PatrolError: the file is no image of this chip, or cannot be written.
    """
    if path.is_dir():
        raise PatrolError(f"flash image {path} is a folder: give the name of a file", 2)
    try:
        if path.exists():
            size = path.stat().st_size
            if size != flash_map.size:
                raise PatrolError(
                    f"flash image {path} has {size} bytes, not {flash_map.size}: "
                    "give another file, or remove it to begin with an erased one"
                )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(ERASED * flash_map.size)
        erase_cache(path)
    except OSError as error:
        raise PatrolError(
            f"flash image {path} cannot be written: {error.strerror}: give another place"
        ) from error
    return path


class ImageLock:
    """Keeps an image to one board at a time, as a chip is soldered to one.

    Raises:
        PatrolError: another simulator runs from it.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                self._file.close()
                raise PatrolError(
                    f"flash image {path} is in use by another simulator: "
                    "stop that one, or give another file"
                ) from error

    def release(self) -> None:
        """Lets another board have it."""
        self._file.close()


def cache_of(image: Path) -> Path:
    """The file that stands for the sector cache in RAM; it does not survive a reset."""
    return image.with_name(image.name + ".cache")


def erase_cache(image: Path) -> None:
    """Empties the sector cache, as a reset does."""
    cache_of(image).write_bytes(bytes(CACHE_BYTES))
