# vmicropython.py: the micropython module of the stm32 port. The decorators need no names here: the
# compiler knows them.

from micropython import (
    const,
    heap_lock,
    heap_unlock,
    mem_info,
    opt_level,
    qstr_info,
    schedule,
    stack_use,
)

import chip


def alloc_emergency_exception_buf(size):
    pass  # the interpreter reserves one of its own


def kbd_intr(character):
    """Which character interrupts a program; -1 for none."""
    chip.set_interruptible(character >= 0)
