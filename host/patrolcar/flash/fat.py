"""A FAT12 with a root directory of the size that is needed, as the blocks that make it.

MicroPython's VfsFat.mkfs gives every FAT a root of 512 entries, 16 KB, and that is a quarter of a
filesystem of 64 KB. The layout is Microsoft's (FAT: General Overview of On-Disk Format, 1.03);
what a board asks of it is in its FatFs (R0.13c: MicroPython's lib/oofatfs/ff.c, check_fs and
find_volume): sectors as large as the device's blocks, one or two FATs, clusters of a power of two
sectors, and a root directory that fills whole sectors.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from patrolcar.errors import PatrolError

ENTRY = 32  # bytes of a directory's entry
LETTERS = 13  # of a long name, in one entry
ROOT_ENTRIES = 64
FIRMWARE_ENTRIES = 24  # six files as they are and half-sent, of two entries at most
MOST_CLUSTERS = 4084  # with more it would be a FAT16
RESERVED = FATS = 1
MEDIA = 0xF8  # a fixed disk
SIGNATURE = b"\x55\xaa"
SIGNATURE_AT = 510

_BOOT = struct.Struct("<3s8sHBHBHHBHHHIIBBBI11s8s")


@dataclass(frozen=True)
class Fat:
    """A FAT12 on a device.

    Attributes:
        sectors, sector: the device's blocks, and bytes in each.
        cluster: sectors in a cluster.
        table: sectors of its one FAT.
        entries: of its root directory; they fill whole sectors.
    """

    sectors: int
    sector: int
    cluster: int
    table: int
    entries: int

    @property
    def head(self) -> int:
        """Sectors before the first that a file can have."""
        return RESERVED + FATS * self.table + self.entries * ENTRY // self.sector

    @property
    def clusters(self) -> int:
        """How many there are for files and folders."""
        return (self.sectors - self.head) // self.cluster

    @property
    def block(self) -> int:
        """Bytes of a cluster."""
        return self.cluster * self.sector

    def blocks(self) -> list[bytes]:
        """The device's first blocks, which make it an empty filesystem; the others may be as
        they are."""
        found = [bytearray(self.sector) for _ in range(self.head)]
        found[0][: _BOOT.size] = self._boot()
        found[0][SIGNATURE_AT : SIGNATURE_AT + 2] = SIGNATURE
        found[RESERVED][:3] = bytes((MEDIA, 0xFF, 0xFF))  # the two clusters that there are not
        return [bytes(one) for one in found]

    def _boot(self) -> bytes:
        small = self.sectors < 0x10000
        return _BOOT.pack(
            b"\xeb\x3c\x90",  # a jump over this table, and
            b"MSDOS5.0",  # a name, which other systems look for
            self.sector,
            self.cluster,
            RESERVED,
            FATS,
            self.entries,
            self.sectors if small else 0,
            MEDIA,
            self.table,
            63,  # sectors a track and heads, for those who count in them
            255,
            0,  # sectors before it: a board's partition table is not in its flash
            0 if small else self.sectors,
            0x80,
            0,
            0x29,  # three fields follow
            0,
            b"NO NAME    ",
            b"FAT     ",
        )


def fitted(sectors: int, sector: int, entries: int = ROOT_ENTRIES) -> Fat:
    """The FAT12 with the smallest clusters for a device of so many blocks of that many bytes.

    Its root directory has `entries`, and what fills their last sector. PatrolError where the
    device is no place for one.
    """
    if sector in (512, 1024, 2048, 4096):
        whole = sector // ENTRY
        entries = -(-entries // whole) * whole
        for cluster in (1, 2, 4, 8, 16, 32, 64):
            made = _tabled(sectors, sector, cluster, entries)
            if 0 < made.clusters <= MOST_CLUSTERS:
                return made
    raise PatrolError(f"{sectors} blocks of {sector} bytes cannot be a FAT12 of {entries} entries")


def _tabled(sectors: int, sector: int, cluster: int, entries: int) -> Fat:
    """With the smallest FAT that has an entry of one and a half bytes for each cluster."""
    made = Fat(sectors, sector, cluster, 1, entries)
    while (made.clusters + 2) * 3 > made.table * sector * 2 and made.clusters > 0:
        made = Fat(sectors, sector, cluster, made.table + 1, entries)
    return made


def entries_of(names: Iterable[str]) -> int:
    """How many entries these names take in a directory, at most."""
    return sum(1 + -(-len(name.encode("utf-16-le")) // (2 * LETTERS)) for name in names)


def root_entries(names: Iterable[str]) -> int:
    """How many a root directory with the firmware has to have for these names beside it."""
    return max(ROOT_ENTRIES, FIRMWARE_ENTRIES + entries_of(names))
