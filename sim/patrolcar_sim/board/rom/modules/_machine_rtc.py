# _machine_rtc.py: RTC of the machine and pyb modules (ports/stm32/rtc.c), and the date for time.
#
# The board keeps the clock through resets; here it is a time that grows with chip.now. Times are
# microseconds since 2000-01-01. Subseconds count down from 255 and start again when it is set, as
# the port's do, whose pyboard is built without MICROPY_HW_RTC_USE_US.

import chip
from utime import gmtime as _gmtime

_S_1970_TO_2000 = 946_684_800
_AT_INIT = (2015, 1, 1, 4, 0, 0, 0, 0)
_LEAST = (2000, 1, 1, 0, 0, 0, 0)
_MOST = (2099, 12, 31, 7, 23, 59, 59)

_at_reset_us = 0
_weekday = 0  # as it was set, on the day of that number
_weekday_day = 0


def start(at_reset_us, weekday, day):
    """How the clock stands at the reset, and its weekday on the day of that number."""
    global _at_reset_us, _weekday, _weekday_day
    _at_reset_us, _weekday, _weekday_day = at_reset_us, weekday, day


def days(year, month, day):
    """Days since 2000-01-01 (years that begin in March, so that the leap day is their last)."""
    year -= month < 3
    month = (month + 9) % 12
    return (
        365 * year
        + year // 4
        - year // 100
        + year // 400
        + (306 * month + 5) // 10
        + day
        - 730_426
    )


def now_us():
    chip.fresh()
    return _at_reset_us + chip.now


def weekday():
    """1 to 7 for Monday to Sunday, if it was set so: the chip only counts on from what it is told."""
    passed = now_us() // 86_400_000_000 - _weekday_day
    return (_weekday - 1 + passed) % 7 + 1 if passed else _weekday


class RTC:
    """rtc.datetime((year, month, day, weekday, hours, minutes, seconds, subseconds))"""

    def init(self):
        """Sets the clock to its first second, as after a power-on."""
        self.datetime(_AT_INIT)

    def datetime(self, date=None):
        if date is None:
            us = now_us()
            now = _gmtime(us // 1_000_000 + _S_1970_TO_2000)
            subseconds = 255 - us % 1_000_000 * 256 // 1_000_000
            return now[:3] + (weekday(),) + now[3:6] + (subseconds,)
        if len(date) != 8:
            raise ValueError("requested length 8 but object has length %d" % len(date))
        for value, least, most in zip(date, _LEAST, _MOST):
            if not least <= value <= most:
                raise ValueError("RTC.datetime: %d is not in %d..%d" % (value, least, most))
        day = days(date[0], date[1], date[2])
        seconds = ((day * 24 + date[4]) * 60 + date[5]) * 60 + date[6]
        start(seconds * 1_000_000 - chip.now, date[3], day)
        # An output's value has 32 bits with a sign; 2099 needs them all.
        chip.output(chip.RTC, 0, date[3], seconds - (1 << 31))
