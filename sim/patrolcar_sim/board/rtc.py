"""The real-time clock in the chip's backup domain: it runs through every reset."""

from __future__ import annotations

DAY_US = 86_400_000_000
# 2015-01-01, a Thursday, where the port begins after a power-on (ports/stm32/rtc.c), in days since
# 2000-01-01.
FIRST_DAY = 5479
FIRST_WEEKDAY = 4
SECONDS_OFFSET = 1 << 31  # an output's value is signed


class Rtc:
    """Time in microseconds since 2000-01-01, in step with the board's virtual time."""

    def __init__(self) -> None:
        self._at_zero_us = FIRST_DAY * DAY_US
        self._weekday = FIRST_WEEKDAY
        self._weekday_day = FIRST_DAY

    def set(self, value: int, weekday: int, now_us: int) -> None:
        """What the program told the clock, as its output record has it."""
        seconds = value + SECONDS_OFFSET
        self._at_zero_us = seconds * 1_000_000 - now_us
        self._weekday = weekday
        self._weekday_day = seconds * 1_000_000 // DAY_US

    def settings(self, reset_us: int) -> tuple[int, int, int]:
        """For rom/modules/_machine_rtc.py: time at the reset, weekday, and the day it was set on."""
        return self._at_zero_us + reset_us, self._weekday, self._weekday_day
