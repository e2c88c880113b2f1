"""The firmware's modules in one compressed file, which is mounted as /pack.

As files of their own they would need more than the 64 KB that some boards have, and each would be
two erases of the flash. The file is `PACK`, four digits with the length of the index, the index
(a line `name offset` for each module) and the modules, each of these a raw deflate stream (RFC
1951).
"""

import os
import sys

from deflate import RAW, DeflateIO

_FILE = "/flash/patrol.pack"
_PLACE = "/pack"
_WINDOW_BITS = 12  # 4 KB while a module is loaded


mounted = None


class Pack:
    """What os.mount and import ask of a filesystem. OSError where the file is no pack."""

    def __init__(self, path):
        self._path = path
        self._index = None
        self._read()

    def _read(self):
        """The index, for as long as modules are looked for: it is 1 KB."""
        if self._index is None:
            with open(self._path, "rb") as file:
                head = file.read(8)
                if head[:4] != b"PACK":
                    raise OSError("%s is no pack" % self._path)
                self._start = 8 + int(head[4:])
                self._index = DeflateIO(file, RAW, _WINDOW_BITS).read()
        return self._index

    def forget(self):
        """Until it is asked again."""
        self._index = None

    def mount(self, readonly, mkfs):
        """Nothing to prepare."""

    def umount(self):
        """Nothing to end."""

    def _find(self, path, mark):
        return self._read().find(("\n" + path.strip("/") + mark).encode())

    def stat(self, path):
        """A file, or a folder that something lies in."""
        if self._find(path, " ") >= 0:
            return (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        if self._find(path, "/") >= 0:
            return (0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        raise OSError(2)

    def statvfs(self, path):
        """Full, as it is read-only: its size in bytes, none free."""
        return (1, 1, os.stat(self._path)[6], 0, 0, 0, 0, 0, 0, 64)

    def ilistdir(self, path):
        """What lies in a folder."""
        folder = path.strip("/")
        folder = folder + "/" if folder else folder
        seen = set()
        for line in self._read().decode().split("\n")[1:-1]:
            if line.startswith(folder):
                name, inner, _ = line.split(" ")[0][len(folder) :].partition("/")
                if name not in seen:
                    seen.add(name)
                    yield (name, 0x4000 if inner else 0x8000, 0)

    def open(self, path, mode):
        """A module's stream."""
        at = self._find(path, " ")
        if at < 0:
            raise OSError(2)
        index = self._read()
        words = index[at : index.find(b"\n", at + 1)].split()
        file = open(self._path, "rb")
        file.seek(self._start + int(words[1]))
        return DeflateIO(file, RAW, _WINDOW_BITS, True)


def forget():
    """Gives the heap back that looking for modules has taken."""
    if mounted is not None:
        mounted.forget()


def mount():
    """From now on modules are found in the pack; again after another one has taken its place."""
    global mounted
    pack = Pack(_FILE)
    try:
        os.umount(_PLACE)
    except OSError:
        pass
    os.mount(pack, _PLACE)
    mounted = pack
    if _PLACE not in sys.path:
        sys.path.append(_PLACE)
