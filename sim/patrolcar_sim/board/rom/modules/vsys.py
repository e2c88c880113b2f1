# vsys.py: the sys module of the stm32 port: the interpreter's own, but for what tells the board.
#
# `configure` is called once the board is known.

from collections import namedtuple
from sys import *  # noqa: F403
from sys import implementation as _own
from sys import path, ps1, ps2

platform = "pyboard"  # on every board of the port
maxsize = 0x7FFFFFFF
_Implementation = namedtuple("", ("name", "version", "_machine", "_mpy", "_build"))


def configure(machine, build):
    """Names the board as its build does."""
    global implementation
    # The bytecode is the host's: what is compiled for it runs here.
    implementation = _Implementation(_own.name, _own.version, machine, _own._mpy, build)
