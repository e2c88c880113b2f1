# vos.py: the os module of the stm32 port; what only a unix system has is not there.

from collections import namedtuple as _namedtuple
from os import (
    VfsFat,
    VfsLfs2,
    chdir,
    getcwd,
    ilistdir,
    listdir,
    mkdir,
    mount,
    remove,
    rename,
    rmdir,
    sep,
    stat,
    statvfs,
    umount,
    unlink,
    urandom,
)

import flash as _flash

_Uname = _namedtuple("", ("sysname", "nodename", "release", "version", "machine"))


def _configure(machine, release, littlefs):
    """Names the board as its build does; without littlefs, its class is not there."""
    global _uname, VfsLfs2
    _uname = _Uname("pyboard", "pyboard", release.split()[0][1:], release, machine)
    if not littlefs:
        del VfsLfs2


def uname():
    return _uname


def sync():
    """Writes back what FAT filesystems have in the cache; littlefs does so by itself."""
    if any(isinstance(filesystem, VfsFat) for filesystem, _ in mount()):
        _flash.storage.sync()


def dupterm(stream, index=0):
    raise NotImplementedError("os.dupterm: the REPL of this board has one line")
