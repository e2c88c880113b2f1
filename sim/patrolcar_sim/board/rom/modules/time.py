# time.py: the stm32 port's time module, in virtual time.


import chip
from utime import gmtime, localtime, mktime

_MASK = (1 << 30) - 1
_HALF = 1 << 29
_US_AT_RESET = (1 << 30) - 5_000_000  # the clocks wrap five seconds after reset
_MS_AT_RESET = (1 << 30) - 5_000
_EPOCH_S = 1_420_070_400  # the RTC's first second: 2015-01-01, as after a power-up without battery


def ticks_us():
    now = chip.now + 1
    chip.now = now
    if now >= chip.horizon:
        chip.advance(now)
        now = chip.now
    return (now + _US_AT_RESET) & _MASK


def ticks_ms():
    now = chip.now + 1
    chip.now = now
    if now >= chip.horizon:
        chip.advance(now)
        now = chip.now
    return (now // 1000 + _MS_AT_RESET) & _MASK


def ticks_cpu():
    return (ticks_us() * 168) & _MASK


def ticks_diff(later, earlier):
    return ((later - earlier + _HALF) & _MASK) - _HALF


def ticks_add(ticks, delta):
    if not -_HALF < delta < _HALF:
        raise OverflowError("ticks interval overflow")
    return (ticks + delta) & _MASK


def sleep_us(us):
    chip.advance(chip.now + (us if us > 0 else 1))


def sleep_ms(ms):
    chip.advance(chip.now + (ms * 1000 if ms > 0 else 1))


def sleep(seconds):
    chip.advance(chip.now + max(1, int(seconds * 1_000_000)))


def time():
    chip.fresh()
    return _EPOCH_S + chip.now // 1_000_000


def time_ns():
    chip.fresh()
    return _EPOCH_S * 1_000_000_000 + chip.now * 1000
