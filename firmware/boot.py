# boot.py: every pin that can move a motor is made safe before anything else is imported.
#
# The names stand here a second time (boards/ has them too), since nothing may come before this;
# the build writes the line anew for the board that it is for. A soft reset leaves pin modes as
# they were, so this is not only for power-up.

from machine import Pin

MOTOR_PINS = ("Y11", "Y3", "Y4", "Y5", "Y6", "Y7", "Y8")
for _name in MOTOR_PINS:
    Pin(_name, Pin.OUT, value=0)

import gc
import sys

import micropython

micropython.alloc_emergency_exception_buf(100)
# Collect often while modules load: what they leave behind would tear the heap into pieces. The
# schedule ends that when it starts.
gc.threshold(8192)

try:
    import pack

    pack.mount()
except Exception as error:  # then nothing of the car will be found, and safe mode says so
    sys.print_exception(error)

# Why main.py must not start the car; None when it may.
unsafe = "boot.py did not end"
try:
    import safe

    unsafe = safe.check()
    if unsafe:
        safe.start(unsafe)
    else:
        del safe, sys.modules["safe"]  # 4 KB that the car has better use for
except Exception as error:
    sys.print_exception(error)
