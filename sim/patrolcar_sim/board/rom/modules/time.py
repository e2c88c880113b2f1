# time.py: the stm32 port's time module, in virtual time. Its epoch is 2000-01-01.

import _machine_rtc as _rtc
import chip
from utime import gmtime as _gmtime

_MASK = (1 << 30) - 1
_HALF = 1 << 29
_US_AT_RESET = (1 << 30) - 5_000_000  # the clocks wrap five seconds after reset
_MS_AT_RESET = (1 << 30) - 5_000
_S_1970_TO_2000 = 946_684_800


@micropython.native
def ticks_us():
    now = chip.now + 1
    chip.now = now
    if now >= chip.horizon:
        chip.advance(now)
        now = chip.now
    return (now + _US_AT_RESET) & _MASK


@micropython.native
def ticks_ms():
    now = chip.now + 1
    chip.now = now
    if now >= chip.horizon:
        chip.advance(now)
        now = chip.now
    return (now // 1000 + _MS_AT_RESET) & _MASK


def ticks_cpu():
    return (ticks_us() * 168) & _MASK


@micropython.native
def ticks_diff(later, earlier):
    return ((later - earlier + _HALF) & _MASK) - _HALF


@micropython.native
def ticks_add(ticks, delta):
    if not -_HALF < delta < _HALF:
        raise OverflowError("ticks interval overflow")
    return (ticks + delta) & _MASK


@micropython.native
def sleep_us(us):
    chip.sleep(us if us > 0 else 1)


def sleep_ms(ms):
    chip.sleep(ms * 1000 if ms > 0 else 1)


def sleep(seconds):
    chip.sleep(max(1, int(seconds * 1_000_000)))


def time():
    return _rtc.now_us() // 1_000_000


def time_ns():
    return _rtc.now_us() * 1000


def gmtime(seconds=None):
    if seconds is None:
        return localtime()
    return _gmtime(int(seconds) + _S_1970_TO_2000)[:8]


def localtime(seconds=None):
    """As the RTC is set, weekday included; the port knows no time zone."""
    if seconds is not None:
        return gmtime(seconds)
    now = gmtime(time())
    return now[:6] + (_rtc.weekday() - 1, now[7])


def mktime(date):
    if not 8 <= len(date) <= 9:
        raise TypeError("mktime needs a tuple of length 8 or 9")
    year, month, day, hours, minutes, seconds = date[:6]
    days = _rtc.days(year + (month - 1) // 12, (month - 1) % 12 + 1, day)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
