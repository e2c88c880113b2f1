# help.py: help(), help(object) and help("modules") at the prompt (py/builtinhelp.c).

import sys

from console import cooked

_TEXT = """Welcome to MicroPython!

For online docs please visit http://docs.micropython.org/

Quick overview of commands for the board:
  pyb.delay(n)  -- wait for n milliseconds
  pyb.millis()  -- get number of milliseconds since hard reset
  pyb.Switch()  -- create a switch object
                   Switch methods: (), callback(f)
  pyb.LED(n)    -- create an LED object for LED n (n=1,2,3,4)
                   LED methods: on(), off(), toggle(), intensity(<n>)
  pyb.Pin(pin, m, [p]) -- get a pin and configure it for IO mode m, pull mode p
                   Pin methods: init(..), value([v]), high(), low()
  pyb.RTC()     -- make an RTC object; methods: datetime([val])

Control commands:
  CTRL-A        -- on a blank line, enter raw REPL mode
  CTRL-B        -- on a blank line, enter normal REPL mode
  CTRL-C        -- interrupt a running program
  CTRL-D        -- on a blank line, do a soft reset of the board
  CTRL-E        -- on a blank line, enter paste mode

For further help on a specific object, type help(obj)
For a list of available modules, type help('modules')
"""
# Built into the port, beside the stand-ins that are in sys.modules.
_MODULES = (
    "array asyncio binascii cmath collections errno hashlib heapq io json math random re struct "
    "uctypes"
)
_COLUMNS = 4
_WIDTH = 18


def _modules():
    names = set(_MODULES.split())
    for name in sys.modules:  # without the old names, utime and the like
        if name[0] not in "_/" and not (name[0] == "u" and name[1:] in sys.modules):
            names.add(name)
    names = sorted(names)
    rows = -(-len(names) // _COLUMNS)
    for row in range(rows):
        line = "".join("%-*s" % (_WIDTH, name) for name in names[row::rows])
        cooked(line.rstrip() + "\n")
    cooked("Plus any modules on the filesystem\n")


def help(*what):
    if not what:
        cooked(_TEXT)
    elif what[0] == "modules":
        _modules()
    else:
        _object(what[0])


def _object(what):
    cooked("object %s is of type %s\n" % (what, type(what).__name__))
    for name in dir(what):
        if not name.startswith("_"):
            cooked("  %s -- %s\n" % (name, getattr(what, name)))
