# mount.py: which filesystem the board comes up with (the port's init_flash_fs and factoryreset.c).

import os

import flash
import vfs

_BOOT = """\
# boot.py -- run on boot-up\r
# can run arbitrary Python, but best to keep it minimal\r
\r
import machine\r
import pyb\r
#pyb.main('main.py') # main script to run after this one\r
"""
_MAIN = "# main.py -- put your code here!\r\n"
_ENODEV = 19


def _littlefs_length():
    """The size in bytes of the littlefs 2 that a superblock in block 0 or 1 tells of, or -1."""
    buf = bytearray(64)
    for block in (0, 1):
        flash.storage.read(block, 0, buf)
        if buf[8:16] == b"littlefs":
            size = int.from_bytes(buf[24:28], "little")
            return size * int.from_bytes(buf[28:32], "little")
    return -1


def _try(kind, device):
    """Mounts it on /flash; the error's number, 0 for none."""
    try:
        vfs.mount(kind(device), "/flash")
        os.chdir("/flash")
    except OSError as error:
        return error.errno
    return 0


def _create():
    """A fresh FAT with the factory's files."""
    vfs.VfsFat.mkfs(flash.Flash(start=0))
    error = _try(vfs.VfsFat, flash.Flash())
    if not error:
        for name, text in (("boot.py", _BOOT), ("main.py", _MAIN)):
            with open(name, "w") as file:
                file.write(text)
    return error


def mount_flash(littlefs):
    """Mounts the filesystem and makes one where there is none; whether that went well.

    A littlefs that cannot be mounted is never formatted by itself.
    """
    length = _littlefs_length() if littlefs else -1
    if length >= 0:
        try:
            return not _try(vfs.VfsLfs2, flash.Flash(len=length))
        except ValueError:
            return False  # a superblock of a larger flash
    error = _try(vfs.VfsFat, flash.Flash())
    if error == _ENODEV:
        error = _create()
    return not error
