"""The flash image: one file with the whole of the chip's flash, and the sectors in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
BASE = 0x08000000  # where the chip has its flash
FILESYSTEM = 0x4000  # where every filesystem here begins: at sector 1
PROGRAM_END = 0x80000  # MicroPython is smaller than that on every board here
CACHE_BYTES = 128 * KB  # the largest sector


@dataclass(frozen=True)
class FlashMap:
    """How a chip's flash is divided; offsets in bytes from 0x08000000.

    Attributes:
        sectors: the size of each sector, in their order.
        filesystem_bytes: how much of it, from sector 1 on, is the filesystem's.
        end: how far a filesystem may reach.
        settings: areas in which the firmware keeps settings, as (start, size).
    """

    sectors: tuple[int, ...]
    filesystem_bytes: int
    end: int
    settings: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """The whole flash in bytes."""
        return sum(self.sectors)

    def sector(self, offset: int) -> tuple[int, int]:
        """The sector that a byte lies in: (start, size)."""
        start = 0
        for size in self.sectors:
            if offset < start + size:
                return start, size
            start += size
        raise ValueError(f"offset {offset:#x} is not in a flash of {self.size} bytes")

    @property
    def filesystem(self) -> tuple[tuple[int, int, int, int], ...]:
        """What the filesystem has of each sector: (start, size, sector's start, sector's size)."""
        parts = []
        at, end = FILESYSTEM, FILESYSTEM + self.filesystem_bytes
        while at < end:
            start, size = self.sector(at)
            parts.append((at, min(end, start + size) - at, start, size))
            at = start + size
        return tuple(parts)

    @property
    def program(self) -> tuple[int, ...]:
        """The numbers of the sectors that hold MicroPython itself."""
        found = []
        start = 0
        for number, size in enumerate(self.sectors):
            free = FILESYSTEM <= start < FILESYSTEM + self.filesystem_bytes
            if start < PROGRAM_END and not free:
                found.append(number)
            start += size
        return tuple(found)

    def with_filesystem(self, kilobytes: int) -> FlashMap:
        """The same flash with a filesystem of another size, over the sectors that follow.

        Raises:
            PatrolError: (code 2) it does not fit.
        """
        most = (self.end - FILESYSTEM) // KB
        if not 16 <= kilobytes <= most:
            raise PatrolError(
                f"a filesystem of {kilobytes} KB does not fit: pass 16 to {most} KB", 2
            )
        return replace(self, filesystem_bytes=kilobytes * KB)


# Sectors: RM0090, RM0383 and RM0390, each section 3. Filesystems: the port's flashbdev.c, in which
# a chip without core-coupled RAM caches 16 KB and so uses no more of its 64 KB sector.
F405 = FlashMap(
    sectors=(*[16 * KB] * 4, 64 * KB, *[128 * KB] * 7),
    filesystem_bytes=112 * KB,
    end=0xC0000,
    settings=((0xC0000, 128 * KB), (0xE0000, 128 * KB)),
)
F411 = FlashMap(
    sectors=(*[16 * KB] * 4, 64 * KB, *[128 * KB] * 3),
    filesystem_bytes=64 * KB,
    end=512 * KB,
    settings=((0x14000, 48 * KB),),
)
F446 = F411


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
