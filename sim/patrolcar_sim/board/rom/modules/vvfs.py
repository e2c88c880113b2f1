# vvfs.py: the vfs module of the stm32 port: without the host's filesystem.

from vfs import VfsFat, VfsLfs2, mount, umount


def _configure(littlefs):
    """Without littlefs in the build, its class is not there."""
    global VfsLfs2
    if not littlefs:
        del VfsLfs2
