# vsys.py: the sys module of the stm32 port, whose streams are the REPL's line.

from sys import (
    argv,
    byteorder,
    exit,
    implementation,
    maxsize,
    modules,
    path,
    platform,
    version,
    version_info,
)

import console as _console

stdin = _console.stdin
stdout = stderr = _console.stdout
ps1 = ">>> "
ps2 = "... "


def print_exception(error, file=stdout):
    _console.trace(error, file.write)
