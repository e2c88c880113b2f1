# vvfs.py: the vfs module of the stm32 port.

from vfs import VfsFat, VfsLfs2, mount, umount


def configure(littlefs):
    """Without littlefs in the build, its class is not there."""
    global VfsLfs2
    if not littlefs:
        del VfsLfs2
