# vgc.py: the gc module; a collection takes time on the chip.

from gc import collect as _collect
from gc import disable, enable, isenabled, mem_alloc, mem_free, threshold

import chip


def collect():
    n = _collect()
    # The search for a free block begins where the last single block was found, and after a
    # collection at the heap's start. This takes it past the ROM's own objects, over which each
    # call of a function with many locals would go otherwise (a quarter of the interpreter's time).
    try:
        object()
    except MemoryError:
        pass  # the heap is full or locked
    chip.charge(chip.gc_us)
    return n
