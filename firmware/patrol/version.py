"""Which firmware this is. Data only.

`BUILD` is written by the build: the first 8 bytes of a hash of all files that went into it. Empty
in a tree that was not built.
"""

VERSION = (0, 1, 0)
BUILD = b""
