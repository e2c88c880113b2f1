# vsys.py: the sys module of the stm32 port, whose streams are the REPL's line.

from collections import namedtuple as _namedtuple
from sys import argv, byteorder, exit, modules, path, version, version_info
from sys import implementation as _own

import console as _console

platform = "pyboard"  # on every board of the port
maxsize = 0x7FFFFFFF
stdin = _console.stdin
stdout = stderr = _console.stdout
ps1 = ">>> "
ps2 = "... "
_Implementation = _namedtuple("", ("name", "version", "_machine", "_mpy", "_build"))


def _configure(machine, build):
    """Names the board as its build does."""
    global implementation
    # The bytecode is the host's: what is compiled for it runs here.
    implementation = _Implementation(_own.name, _own.version, machine, _own._mpy, build)


def print_exception(error, file=stdout):
    _console.trace(error, file.write)
