"""What a board is and what lies on its filesystem, asked through its REPL."""

from __future__ import annotations

from dataclasses import dataclass

from patrolcar.errors import PatrolError
from patrolcar.flash.repl import Repl

ROOT = "/flash"
HASH_TIMEOUT_S = 30.0

# What is left of an interrupted program goes first: the heap is small.
_CLEAR = """
import sys, gc
for _n in list(sys.modules):
    if _n.split('.')[0] in ('patrol', 'board'):
        del sys.modules[_n]
globals().pop('_n', 0)
gc.collect()
"""

_ABOUT = """
import os, sys
def _about():
    import binascii, machine
    i = sys.implementation
    roots = [e[0] for e in os.ilistdir('/')]
    space = littlefs = None
    if 'flash' in roots:
        try:
            space = os.statvfs('/flash')[:4]
        except OSError:
            pass
        try:
            import pyb
            b = bytearray(16)
            pyb.Flash(start=0).readblocks(0, b, 0)
            littlefs = b[8:] == b'littlefs'
        except Exception:
            pass
    print(repr((i.name, i.version[:3], getattr(i, '_machine', ''), getattr(i, '_mpy', 0),
        roots, space, littlefs, hasattr(os, 'VfsLfs2'),
        binascii.hexlify(machine.unique_id()).decode())))
_about()
del _about
"""

_LIST = """
import os
def _list(d):
    import hashlib, binascii
    b = bytearray(512)
    m = memoryview(b)
    p = d
    try:
        for e in os.ilistdir(d):
            p = d + '/' + e[0]
            if e[1] & 0x4000:
                print('d', p)
                _list(p)
                continue
            h = hashlib.sha256()
            try:
                with open(p, 'rb') as f:
                    while True:
                        n = f.readinto(b)
                        if not n:
                            break
                        h.update(m[:n])
                print(binascii.hexlify(h.digest()).decode(), os.stat(p)[6], p)
            except OSError:
                print('!', p)
    except OSError:
        print('!', d)
_list('/flash')
del _list
"""


@dataclass(frozen=True)
class Space:
    """A filesystem's room, in bytes."""

    block: int
    total: int
    free: int


@dataclass(frozen=True)
class About:
    """What a board says of itself.

    `machine` and `mpy` are sys.implementation's. `mounted` says whether there is a filesystem;
    `space` is None where that cannot be told, for it is damaged; `littlefs` says whether it is a
    littlefs 2 (None: not known), `can_littlefs` whether its MicroPython has that. `card` is True
    when an SD card is mounted, which MicroPython boots from.
    """

    machine: str
    version: str
    mpy: int
    mounted: bool
    space: Space | None
    littlefs: bool | None
    can_littlefs: bool
    card: bool
    unique_id: str


@dataclass(frozen=True)
class OnBoard:
    """A file on the board: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


def about(board: Repl) -> About:
    """Asks the board what it is. PatrolError when it is no MicroPython."""
    board.run(_CLEAR)
    name, version, machine, mpy, roots, space, littlefs, can, unique_id = board.value(_ABOUT)
    if name != "micropython":
        raise PatrolError(
            f"port {board.port} runs {name}, not MicroPython: put MicroPython on the board first"
        )
    return About(
        machine=machine,
        version=".".join(map(str, version)),
        mpy=mpy,
        mounted="flash" in roots,
        space=None if space is None else Space(space[0], space[1] * space[2], space[1] * space[3]),
        littlefs=littlefs,
        can_littlefs=can,
        card="sd" in roots,
        unique_id=unique_id,
    )


@dataclass(frozen=True)
class Listing:
    """The files on the board by name, its folders, and what of both cannot be read any more."""

    files: dict[str, OnBoard]
    folders: list[str]
    damaged: list[str]


def contents(board: Repl) -> Listing:
    """Everything on the board's filesystem."""
    found = Listing({}, [], [])
    for line in board.run(_LIST, HASH_TIMEOUT_S).splitlines():
        first, _, rest = line.partition(" ")
        name = rest.removeprefix(ROOT).removeprefix("/")
        if first == "d":
            found.folders.append(name)
        elif first == "!":
            found.damaged.append(name)
        else:
            size, _, path = rest.partition(" ")
            found.files[path.removeprefix(ROOT + "/")] = OnBoard(int(size), first)
    return found
