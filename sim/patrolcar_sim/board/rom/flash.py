# flash.py: the internal flash as the stm32 port's block device has it.
#
# 512-byte blocks over whole sectors: a write goes to a cache of one sector, and `sync` (or a write
# into another sector) erases that sector and programs it again, which stalls the chip. The cache
# is a file of its own beside the image, so that a cut loses what the board would lose.

import chip

BLOCK = 512
_ERASED = b"\xff" * BLOCK
ERASE_US = {16: 500_000, 64: 1_100_000, 128: 2_000_000}  # by size in KB (facts; RM0090 section 3)


class Flash:
    """The filesystem's part of the image: `sectors` is a tuple of (start, size, start and size of
    the sector that it lies in) in the image."""

    def __init__(self, image, cache, sectors):
        self._image = image
        self._cache = cache
        self._sectors = sectors
        self._cached = -1
        self._dirty = False
        self._buffer = bytearray(BLOCK)
        self._blocks = sum(part[1] for part in sectors) // BLOCK

    def _place(self, block):
        """(sector, offset in it) of a block."""
        offset = block * BLOCK
        for i in range(len(self._sectors)):
            size = self._sectors[i][1]
            if offset < size:
                return i, offset
            offset -= size
        raise OSError(5)

    def readblocks(self, block, buf, offset=0):
        sector, at = self._place(block + offset // BLOCK)
        at += offset % BLOCK
        if sector == self._cached:
            self._cache.seek(at)
            self._cache.readinto(buf)
        else:
            self._image.seek(self._sectors[sector][0] + at)
            self._image.readinto(buf)

    def writeblocks(self, block, buf, offset=None):
        sector, at = self._place(block + (offset or 0) // BLOCK)
        at += (offset or 0) % BLOCK
        self._load(sector)
        self._cache.seek(at)
        self._cache.write(buf)
        self._dirty = True

    def ioctl(self, op, arg):
        if op == 1 or op == 2 or op == 3:
            self.sync()
            return 0
        if op == 4:
            return self._blocks
        if op == 5:
            return BLOCK
        if op == 6:
            return 0  # an erase of a block is implied by its write

    def _load(self, sector):
        if sector == self._cached:
            return
        self.sync()
        start, size, _, _ = self._sectors[sector]
        self._image.seek(start)
        self._cache.seek(0)
        for _ in range(size // BLOCK):
            self._image.readinto(self._buffer)
            self._cache.write(self._buffer)
        self._cached = sector

    def sync(self):
        if not self._dirty:
            return
        start, size, sector, sector_size = self._sectors[self._cached]
        chip.output(chip.ERASE, self._cached, 0, start)
        chip.advance(chip.now + ERASE_US[sector_size // 1024])
        self._cache.seek(0)
        self._image.seek(start)
        for _ in range(size // BLOCK):
            self._cache.readinto(self._buffer)
            self._image.write(self._buffer)
        # What else lies in that sector is gone, whosever it was.
        for _ in range((sector + sector_size - start - size) // BLOCK):
            self._image.write(_ERASED)
        self._dirty = False
