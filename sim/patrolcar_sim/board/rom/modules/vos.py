# vos.py: the os module of the stm32 port, as far as the interpreter has it.

import sys as _sys
from collections import namedtuple
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

_Uname = namedtuple("", ("sysname", "nodename", "release", "version", "machine"))


def configure(machine, release, littlefs):
    """Names the board as its build does; without littlefs, its class is not there."""
    global _uname, VfsLfs2
    _uname = _Uname("pyboard", "pyboard", release.split()[0][1:], release, machine)
    if not littlefs:
        del VfsLfs2


def uname():
    return _uname


def sync():
    _flash.storage.sync()
