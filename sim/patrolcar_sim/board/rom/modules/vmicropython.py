# vmicropython.py: the micropython module of the stm32 port. The decorators need no names here: the
# compiler knows them.

import chip
from micropython import const, mem_info, opt_level, qstr_info, schedule, stack_use
from micropython import heap_lock as _heap_lock
from micropython import heap_unlock as _heap_unlock

_depth = 0


def heap_lock():
    global _depth
    _heap_lock()
    _depth += 1
    return _depth


def heap_unlock():
    global _depth
    if _depth:
        _heap_unlock()
        _depth -= 1
    return _depth


def alloc_emergency_exception_buf(size):
    pass  # the interpreter reserves one of its own


def kbd_intr(character):
    """Which character interrupts a program; -1 for none."""
    chip.set_interruptible(character >= 0)
