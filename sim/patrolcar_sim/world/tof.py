"""VL53L0X as an I2C slave: registers, reset, and when a measurement is done.

ST documents the registers by its API alone (STSW-IMG005; names here without VL53L0X_REG_), the
reset values in part by DocID029104, section 3.2. What is modelled is what the API's and Pololu's
sequences touch: pages, the stop variable, reference SPADs, calibration, timing budget, single,
continuous and timed ranging, results. All else keeps what is written. Not modelled: thresholds,
the histogram mode, the interrupt pin, the soft reset.
"""

from __future__ import annotations

from collections.abc import Callable

from patrolcar_sim.world.tof_optics import Shot

ADDRESS = 0x29
"""Where it answers after a reset."""

SYSRANGE_START = 0x00
SEQUENCE_CONFIG = 0x01
INTERMEASUREMENT_PERIOD = 0x04
INTERRUPT_CLEAR = 0x0B
RESULT_INTERRUPT_STATUS = 0x13
RESULT_RANGE_STATUS = 0x14
FINAL_RANGE_MIN_RATE = 0x44
MSRC_TIMEOUT = 0x46
PRE_RANGE_VCSEL_PERIOD = 0x50
PRE_RANGE_TIMEOUT = 0x51
FINAL_RANGE_VCSEL_PERIOD = 0x70
FINAL_RANGE_TIMEOUT = 0x71
DEVICE_ADDRESS = 0x8A
REF_SPADS = 0xB0
PEAK_SIGNAL_REF = 0xB6  # page 1
IDENTIFICATION = 0xC0
OSC_CALIBRATE = 0xF8
PAGE = 0xFF
STOP_VARIABLE = 0x91  # page 1
NVM_SELECT, NVM_STROBE, NVM_DATA = 0x94, 0x83, 0x90  # page 7

_PAGES = 8
_START_STOP, _BACK_TO_BACK, _TIMED, _CALIBRATE_VHV = 0x01, 0x02, 0x04, 0x40
_NEW_SAMPLE = 0x04
_RESET_VALUES = {
    (0, FINAL_RANGE_MIN_RATE): b"\x00\x20",
    (0, MSRC_TIMEOUT): b"\x25",
    (0, PRE_RANGE_VCSEL_PERIOD): b"\x06\x00\x99",  # data sheet: 0x51 holds 0x0099
    (0, FINAL_RANGE_VCSEL_PERIOD): b"\x04\x01\xfe",
    (0, SEQUENCE_CONFIG): b"\xff",
    (0, DEVICE_ADDRESS): bytes([ADDRESS]),
    (0, REF_SPADS): b"\xff\xff\xff\xff\xff\x0f",
    (0, IDENTIFICATION): b"\xee\xaa\x10",  # data sheet: reference registers
    (0, OSC_CALIBRATE): b"\x03\xe8",  # ticks of the period's clock in a millisecond (estimated)
    (1, STOP_VARIABLE): b"\x3c",
}
_READ_ONLY = {*range(RESULT_INTERRUPT_STATUS, RESULT_RANGE_STATUS + 12), *range(0xC0, 0xC3)}
# Its own memory by address: 0x6B has the number and the kind of the reference SPADs in bits 8 to
# 15 (five, behind apertures), 0x24 and 0x25 which of them are good.
_NVM = {0x6B: b"\x00\x00\x85\x00", 0x24: b"\xff\xff\xff\xff", 0x25: b"\xff\x0f\x00\x00"}

# Timing budget (API: set_measurement_timing_budget_micro_seconds): us of each step beside its
# time-out, which counts macro periods of 2304 VCSEL periods of 1.655 ns each.
_START_END_US = 1320 + 960
_TCC_US, _DSS_US, _MSRC_US, _PRE_RANGE_US, _FINAL_RANGE_US = 590, 690, 660, 660, 550
_MACRO_US = 2304 * 1655e-6
_CALIBRATION_US = {True: 2000, False: 600}  # VHV or phase (estimated)
_REF_SPAD_MCPS = 3.5  # a reference SPAD's signal (estimated)


class Vl53l0x:
    """One sensor. `clock` gives the time in us; `shot` measures: (budget in us, least signal).

    A measurement is taken when it is done: at the first access or `advance` from then on.
    """

    def __init__(
        self, boot_us: int, clock: Callable[[], int], shot: Callable[[int, float], Shot]
    ) -> None:
        self._boot_us = boot_us
        self._clock = clock
        self._shot = shot
        self._shut = False
        self._ready_us = 0
        self._reset()

    # -- power -----------------------------------------------------------------------------

    def set_xshut(self, high: bool) -> None:
        """The level of XSHUT: low is reset; it answers a boot time after the rise."""
        if high == self._shut:
            self._shut = not high
            self._reset()
            self._ready_us = self._clock() + self._boot_us

    def power_up(self) -> None:
        """Power comes, or comes back."""
        self._reset()
        self._ready_us = self._clock() + self._boot_us

    @property
    def address(self) -> int | None:
        """Where it answers; None while it is in reset or boots."""
        if self._shut or self._clock() < self._ready_us:
            return None
        return self._pages[0][DEVICE_ADDRESS]

    def _reset(self) -> None:
        self._pages = [bytearray(256) for _ in range(_PAGES)]
        for (page, register), values in _RESET_VALUES.items():
            self._pages[page][register : register + len(values)] = values
        self._page = 0
        self._pointer = 0
        self._calibrates = False
        self._period_us = 0  # 0: once
        self._budget_us = 0
        self._due_us: int | None = None

    # -- the bus ---------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """A bus write: the register's address, then values for it and the following ones."""
        if not data:
            return
        self.advance(self._clock())
        self._pointer = data[0]
        for value in data[1:]:
            self._put(self._pointer, value)
            self._pointer = (self._pointer + 1) & 0xFF

    def read(self, n: int) -> bytes:
        """A bus read of `n` registers from the address pointer on."""
        self.advance(self._clock())
        page, start = self._pages[self._page], self._pointer
        self._pointer = (start + n) & 0xFF
        if start + n <= 256:
            return bytes(page[start : start + n])
        return bytes(page[i & 0xFF] for i in range(start, start + n))

    def _put(self, register: int, value: int) -> None:
        if register == PAGE:
            self._page = value % _PAGES
            return
        page = self._pages[self._page]
        if self._page == 0:
            if register in _READ_ONLY:
                return
            if register == SYSRANGE_START:
                self._start(value)
                return
            if register == INTERRUPT_CLEAR:
                page[RESULT_INTERRUPT_STATUS] = 0
            elif register == DEVICE_ADDRESS:
                value &= 0x7F
        elif self._page == 7 and register == NVM_STROBE and value == 0:
            page[NVM_DATA : NVM_DATA + 4] = _NVM.get(page[NVM_SELECT], bytes(4))
            value = 1
        page[register] = value

    # -- ranging ---------------------------------------------------------------------------

    def _start(self, value: int) -> None:
        registers, now = self._pages[0], self._clock()
        running = self._due_us is not None and self._period_us
        self._due_us = None
        registers[SYSRANGE_START] = value & ~_START_STOP
        sequence = registers[SEQUENCE_CONFIG]
        self._calibrates = sequence in (0x01, 0x02)
        self._budget_us = self.budget_us()
        if value & _BACK_TO_BACK:
            self._period_us = self._budget_us
        elif value & _TIMED:
            ticks = self._number(INTERMEASUREMENT_PERIOD, 4)
            ms = ticks // (self._number(OSC_CALIBRATE, 2) or 1)
            self._period_us = max(ms * 1000, self._budget_us)
        elif value & _START_STOP and not running:
            self._period_us = 0
        else:
            return
        if self._calibrates:
            self._due_us = now + _CALIBRATION_US[bool(value & _CALIBRATE_VHV)]
        else:
            self._due_us = now + self._budget_us

    def advance(self, now_us: int) -> None:
        """Finish what is done by then; of several measurements only the last one is left."""
        due = self._due_us
        if due is None or now_us < due:
            return
        if self._period_us:
            self._due_us = now_us - (now_us - due) % self._period_us + self._period_us
        else:
            self._due_us = None
        registers = self._pages[0]
        registers[RESULT_INTERRUPT_STATUS] = _NEW_SAMPLE
        if self._calibrates:
            return
        limit = self._number(FINAL_RANGE_MIN_RATE, 2) / 128
        shot = self._shot(self._budget_us, limit)
        at = RESULT_RANGE_STATUS
        registers[at] = shot.status << 3
        registers[at + 2 : at + 4] = _fixed(shot.spads, 8)
        registers[at + 6 : at + 8] = _fixed(shot.signal, 7)
        registers[at + 8 : at + 10] = _fixed(shot.ambient, 7)
        registers[at + 10 : at + 12] = _fixed(shot.range_mm, 0)
        good = sum(byte.bit_count() for byte in registers[REF_SPADS : REF_SPADS + 6])
        self._pages[1][PEAK_SIGNAL_REF : PEAK_SIGNAL_REF + 2] = _fixed(good * _REF_SPAD_MCPS, 7)

    def budget_us(self) -> int:
        """How long a measurement takes with the steps and time-outs that are set."""
        registers = self._pages[0]
        sequence = registers[SEQUENCE_CONFIG]
        pre_macro = _MACRO_US * 2 * (registers[PRE_RANGE_VCSEL_PERIOD] + 1)
        msrc_us = (registers[MSRC_TIMEOUT] + 1) * pre_macro
        pre = self._timeout(PRE_RANGE_TIMEOUT)
        total = float(_START_END_US)
        if sequence & 0x10:
            total += msrc_us + _TCC_US
        if sequence & 0x08:
            total += 2 * (msrc_us + _DSS_US)
        elif sequence & 0x04:
            total += msrc_us + _MSRC_US
        if sequence & 0x40:
            total += pre * pre_macro + _PRE_RANGE_US
        if sequence & 0x80:
            # Its time-out contains that of the pre-range.
            final = self._timeout(FINAL_RANGE_TIMEOUT) - (pre if sequence & 0x40 else 0)
            final_macro = _MACRO_US * 2 * (registers[FINAL_RANGE_VCSEL_PERIOD] + 1)
            total += max(final, 0) * final_macro + _FINAL_RANGE_US
        return round(total)

    def _timeout(self, register: int) -> int:
        """Macro periods: low byte * 2 ** high byte + 1."""
        high, low = self._pages[0][register : register + 2]
        return (low << min(high, 16)) + 1

    def _number(self, register: int, n: int) -> int:
        return int.from_bytes(self._pages[0][register : register + n], "big")


def _fixed(value: float, bits: int) -> bytes:
    """An unsigned 16-bit number with so many bits behind the point."""
    return min(0xFFFF, round(value * (1 << bits))).to_bytes(2, "big")
