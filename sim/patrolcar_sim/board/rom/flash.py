# flash.py: the chip's flash as the stm32 port uses it for a filesystem (flashbdev.c, storage.c).
#
# Blocks of 512 bytes over whole sectors. A write goes to a cache of one sector, in RAM. An
# interrupt every 512 ms erases the sector of a cache that was written to, and programs it again
# once nothing has been written for 5 s; `sync`, or a write into another sector, does both at once.
# Between the two the sector's contents are in RAM alone: a cut then loses all of its blocks, also
# those that nobody wrote. Erasing and programming stall the chip. The cache is a file of its own
# beside the image, so that a process that is killed leaves just what the chip would have.

import chip

BLOCK = 512
ERASE_US = {16: 500_000, 64: 1_100_000, 128: 2_000_000}  # by KB (facts; RM0090 section 3)
_PIECE = 4096  # of a sector: it is moved, and a cut can fall, between two of them
PROGRAM_US = 16 * _PIECE // 4  # a piece: 16 us a word
LOOK_US = 512_000
IDLE_US = 5_000_000
PROGRAM, ERASE, DONE, WORD = 0, 1, 2, 3  # what a FLASH output tells
FIRST = 0x100  # where Flash()'s partition begins
_EIO = 5
_ERASED = b"\xff" * _PIECE


class Storage:
    """The filesystem's part of the image.

    `parts` are (start, size, start and size of the sector that it lies in), offsets in the image.
    """

    def __init__(self, image, cache, parts, extended):
        self.blocks = sum(part[1] for part in parts) // BLOCK
        self.extended = extended
        self._due = chip.NEVER
        self._image = image
        self._cache = cache
        self._parts = parts
        self._cached = -1
        self._dirty = False
        self._erased = False
        self._written = 0
        self._buffer = bytearray(_PIECE)

    def _place(self, block):
        """(part, offset in it) of a block."""
        offset = block * BLOCK
        for i in range(len(self._parts)):
            size = self._parts[i][1]
            if offset < size:
                return i, offset
            offset -= size
        raise OSError(_EIO)

    def read(self, block, offset, buf):
        """Reads len(buf) bytes from `offset` in a block on."""
        if offset + len(buf) > BLOCK:
            self._each(self.read, block, offset, buf)
            return
        i, at = self._place(block)
        if i == self._cached:
            self._cache.seek(at + offset)
            self._cache.readinto(buf)
        else:
            self._image.seek(self._parts[i][0] + at + offset)
            self._image.readinto(buf)

    def write(self, block, offset, buf):
        """Writes to the cache, which it fills from another sector if need be."""
        if offset + len(buf) > BLOCK:
            self._each(self.write, block, offset, buf)
            return
        i, at = self._place(block)
        self._load(i)
        self._cache.seek(at + offset)
        self._cache.write(buf)
        self._written = chip.now
        if not self._dirty:
            self._dirty = True
            self._due = chip.now + LOOK_US - chip.now % LOOK_US
            chip.add_timer(self)
            chip.soon(LOOK_US)

    def _each(self, function, block, offset, buf):
        view = memoryview(buf)
        at = 0
        while at < len(buf):
            n = min(BLOCK - offset, len(buf) - at)
            function(block, offset, view[at : at + n])
            at += n
            block += 1
            offset = 0

    def _load(self, i):
        if i == self._cached:
            return
        self.sync()
        start, size, _, _ = self._parts[i]
        self._image.seek(start)
        self._cache.seek(0)
        for _ in range(size // _PIECE):
            self._image.readinto(self._buffer)
            self._cache.write(self._buffer)
        self._cached = i

    def _fire(self):
        """The interrupt that looks after the cache."""
        self._due += LOOK_US
        if not self._erased:
            self._erase()
        elif chip.now - self._written >= IDLE_US:
            self._program()

    def sync(self):
        """What the cache holds is in the flash when this returns."""
        if self._dirty:
            if not self._erased:
                self._erase()
            self._program()

    def _erase(self):
        # The whole sector, also what the filesystem does not use of it.
        _, _, start, size = self._parts[self._cached]
        self._image.seek(start)
        for _ in range(size // _PIECE):
            self._image.write(_ERASED)
        self._erased = True
        chip.output(chip.FLASH, self._cached, ERASE, start)
        chip.stall(ERASE_US[size // 1024])

    def _program(self):
        start, size, _, _ = self._parts[self._cached]
        for at in range(0, size, _PIECE):
            self._cache.seek(at)
            self._cache.readinto(self._buffer)
            self._image.seek(start + at)
            self._image.write(self._buffer)
            chip.output(chip.FLASH, self._cached, PROGRAM, start + at)
            chip.stall(PROGRAM_US)
        self._dirty = self._erased = False
        self._due = chip.NEVER
        chip.remove_timer(self)
        # A Ctrl-C that came meanwhile is for the program: no filesystem is to be left half-way.
        chip.output(chip.FLASH, self._cached, DONE, start)
        chip.stall(0)


storage = None


def open_storage(image, cache, parts, extended):
    """Makes the one Storage; `extended` where the build has a filesystem that asks for parts of
    blocks."""
    global storage
    storage = Storage(image, cache, parts, extended)


class Flash:
    """pyb.Flash: as Flash() the whole behind a partition table that is not in the flash itself;
    with `start` or `len`, in bytes, a part of it as it is."""

    _whole = None

    def __new__(cls, *, start=-1, len=-1):
        if start == -1 and len == -1:
            if cls._whole is None:
                cls._whole = object.__new__(cls)
                cls._whole._start = -FIRST
                cls._whole._blocks = FIRST + storage.blocks
            return cls._whole
        total = storage.blocks * BLOCK
        if start == -1:
            start = 0
        elif not 0 <= start < total or start % BLOCK:
            raise ValueError
        if len == -1:
            len = total - start
        elif not 0 < len <= total - start or len % BLOCK:
            raise ValueError
        part = object.__new__(cls)
        part._start = start // BLOCK
        part._blocks = len // BLOCK
        return part

    def __init__(self, *, start=-1, len=-1):
        pass

    def __repr__(self):
        if self is Flash._whole:
            return "Flash()"
        return "Flash(start=%d, len=%d)" % (self._start * BLOCK, self._blocks * BLOCK)

    def readblocks(self, block_num, buf, offset=None):
        if offset is None:
            if self is Flash._whole and block_num == 0:
                _partition_table(buf)
                return 0
        elif self is Flash._whole or not storage.extended:
            return -_EIO
        if not 0 <= block_num + self._start < storage.blocks:
            return -_EIO
        storage.read(block_num + self._start, offset or 0, buf)
        return 0

    def writeblocks(self, block_num, buf, offset=None):
        if offset is None:
            if self is Flash._whole and block_num == 0:
                return 0
        elif self is Flash._whole or not storage.extended:
            return -_EIO
        if not 0 <= block_num + self._start < storage.blocks:
            return -_EIO
        storage.write(block_num + self._start, offset or 0, buf)
        return 0

    def ioctl(self, op, arg):
        if op == 1:
            return -1 if arg == 1 and self is Flash._whole else 0
        if op == 2 or op == 3:
            storage.sync()
            return 0
        if op == 4:
            return self._blocks
        if op == 5:
            return BLOCK
        if op == 6:
            return 0  # an erase of a block is implied by its write


def _partition_table(buf):
    """A boot record with one FAT12 partition, from FIRST on."""
    for i in range(len(buf)):
        buf[i] = 0
    buf[447:451] = b"\xff\xff\xff\x01"
    buf[451:454] = b"\xff\xff\xff"
    buf[454:458] = FIRST.to_bytes(4, "little")
    buf[458:462] = storage.blocks.to_bytes(4, "little")
    buf[510:512] = b"\x55\xaa"
