# pinout.py: the pins, timers and buses of the board that this is: one of boards/, by `use`.
#
# A pin is port * 16 + number, port A = 0.

import sys

ENCODER_TIMERS = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 8: 5}  # place of its count in the reply
WIDE_TIMERS = (2, 5)  # 32 bits (on every F4)
_MOST = 64  # pins of ports A to D


def use(name):
    """Makes the constants of boards/NAME.py this module's own."""
    module = "boards." + name
    __import__(module)
    here = globals()
    for key, value in sys.modules[module].__dict__.items():
        if key.isupper():
            here[key] = value
    # The port divides the processor's clock by 4 for APB1 and by 2 for APB2 on every F4
    # (mpconfigboard_common.h); a timer has twice its bus's clock (RM0090 section 7.2).
    here["TIMER_HZ"] = here["CPU_HZ"] // 2
    here["FAST_TIMER_HZ"] = here["CPU_HZ"]
    del sys.modules[module], sys.modules["boards"]


def exists(pin):
    """Whether the board's build has that pin under a processor's name."""
    return 0 <= pin < _MOST and bool(CPU[pin >> 4] >> (pin & 15) & 1)


def number(name):
    """The pin of a board's or the processor's name ('X1', 'A0'), or -1; the former goes first."""
    if name in BOARD:
        return BOARD[name]
    return cpu_number(name)


def cpu_number(name):
    """The pin of the processor's name ('A0'), or -1."""
    if len(name) >= 2 and name[0] in "ABCD" and (name[1] != "0" or len(name) == 2):
        try:
            n = int(name[1:])
        except ValueError:
            return -1
        if 0 <= n < 16:
            pin = "ABCD".index(name[0]) * 16 + n
            return pin if exists(pin) else -1
    return -1


def cpu_name(pin):
    return "ABCD"[pin >> 4] + str(pin & 15)
