# vvfs.py: the vfs module of the stm32 port: without the host's filesystem.

from vfs import VfsFat, VfsLfs2, mount, umount
