# vos.py: the os module of the stm32 port; what only a unix system has is not there.

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

import pyb as _pyb


def sync():
    """Writes back what FAT filesystems have in the cache; littlefs does so by itself."""
    if any(isinstance(filesystem, VfsFat) for filesystem, _ in mount()):
        _pyb.Flash().ioctl(3, 0)


def dupterm(stream, index=0):
    raise NotImplementedError("os.dupterm: the REPL of this board has one line")
