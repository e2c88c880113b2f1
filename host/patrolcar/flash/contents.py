"""What a board is and what lies on its filesystem, asked through its REPL."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace

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

# An entry a line, as the repr of (kind or SHA-256, path, size). "d" is a folder, "!" what cannot
# be read, such as a name that is no UTF-8, folders within themselves, or a size of 16 MB and more.
_LIST = """
import os
def _list(d):
    import hashlib, binascii
    b = bytearray(512)
    m = memoryview(b)
    try:
        entries = os.ilistdir(d)
    except OSError:
        print(('!', d, 0))
        return
    while True:
        p = d + '/?'
        try:
            e = next(entries)
            p = d + '/' + e[0]
            if e[1] & 0x4000:
                if p.count('/') > 12:
                    raise OSError
                print(('d', p, 0))
                _list(p)
                continue
            if e[3] >> 24:
                raise OSError
            h = hashlib.sha256()
            with open(p, 'rb') as f:
                while True:
                    n = f.readinto(b)
                    if not n:
                        break
                    h.update(m[:n])
            print((binascii.hexlify(h.digest()).decode(), p, e[3]))
        except StopIteration:
            break
        except UnicodeError:
            print(('!', p, 0))
        except OSError:
            print(('!', p, 0))
            if p[-1] == '?':
                break
_list('/flash')
del _list
"""


@dataclass(frozen=True)
class Space:
    """A filesystem's room, in bytes.

    `spare` are blocks that have to be free beside what files take: littlefs 2 copies before it
    writes and keeps pointers in its blocks; a FAT needs none, its root directory having its place.
    """

    block: int
    total: int
    free: int
    spare: int = 6


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


def _no_board(board: Repl, answer: object) -> PatrolError:
    return PatrolError(
        f"port {board.port} is no board with MicroPython (it answered {str(answer)[:60]!r}): pass "
        "another port"
    )


def about(board: Repl) -> About:
    """Asks the board what it is. PatrolError when it is no MicroPython."""
    board.run(_CLEAR)
    answer = board.value(_ABOUT)
    match answer:
        case (str(name), (int(), int(), int()) as version, str(machine), int(mpy), *rest):
            pass
        case _:
            raise _no_board(board, answer)
    if name != "micropython":
        raise PatrolError(
            f"port {board.port} runs {name}, not MicroPython: put MicroPython on the board first"
        )
    match rest:
        case (
            list(roots),
            (None | (int(), int(), int(), int())) as space,
            (None | bool()) as littlefs,
            bool(can),
            str(unique_id),
        ) if (space is None or space[0] > 0) and set(unique_id) <= set(string.hexdigits):
            pass
        case _:
            raise _no_board(board, answer)
    return About(
        machine=machine,
        version=".".join(map(str, version)),
        mpy=mpy,
        mounted="flash" in roots,
        space=None if space is None else _space(space, littlefs),
        littlefs=littlefs,
        can_littlefs=can,
        card="sd" in roots,
        unique_id=unique_id,
    )


def _space(told: tuple[int, int, int, int], littlefs: bool | None) -> Space:
    block, fragment, total, free = told
    found = Space(block, fragment * total, fragment * free)
    return replace(found, spare=0) if littlefs is False else found


@dataclass(frozen=True)
class Listing:
    """The files on the board by name, its folders, and what of both cannot be read any more."""

    files: dict[str, OnBoard]
    folders: list[str]
    damaged: list[str]


def contents(board: Repl) -> Listing:
    """Everything on the board's filesystem."""
    found = Listing({}, [], [])
    for entry in board.values(_LIST, HASH_TIMEOUT_S):
        match entry:
            case (str(kind), str(path), int(size)):
                name = path.removeprefix(ROOT).removeprefix("/")
            case _:
                raise _no_board(board, entry)
        if kind == "d":
            found.folders.append(name)
        elif kind == "!":
            found.damaged.append(name)
        else:
            found.files[name] = OnBoard(size, kind)
    return found
