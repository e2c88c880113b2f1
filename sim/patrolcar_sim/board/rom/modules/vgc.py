# vgc.py: the gc module; a collection takes time on the chip.

from gc import collect as _collect
from gc import disable, enable, isenabled, mem_alloc, mem_free, threshold

import chip


def collect():
    n = _collect()
    chip.charge(chip.gc_us)
    return n
