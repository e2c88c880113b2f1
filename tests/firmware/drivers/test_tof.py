"""The VL53L0X pair: who is who on one bus, what a measurement is, and a sensor that vanishes.

The chips are the simulator's, at the level of registers; the light is the test's.
"""

import importlib
import sys
from functools import partial

import pytest
from patrol.drivers.tof import FROZEN, LEFT, RIGHT, Tof

from patrolcar_sim.world.tof import Vl53l0x
from patrolcar_sim.world.tof_optics import COMPLETE, NO_TARGET, PHASE_FAIL, Shot
from toy_world import Clock

BOOT_US = 1_200
WRITE_US = 75  # a register at 400 kHz


class Bus:
    """An I2C bus with both chips: `shots` is what each measures, `wired` who is there."""

    def __init__(self, clock):
        self.clock = clock
        self.nth = 0
        self.noise = True
        self.shots = [Shot(COMPLETE, 400, 8.0, 0.5, 60.0), Shot(COMPLETE, 900, 2.0, 0.5, 60.0)]
        self.wired = [True, True]
        self.chips = [
            Vl53l0x(BOOT_US, lambda: clock.now, partial(self._shot, side)) for side in (0, 1)
        ]
        self.identity = None
        for chip in self.chips:
            chip.power_up()

    def _shot(self, side, budget_us, limit):
        """With what counting photons does to a rate."""
        self.nth += 1
        shot = self.shots[side]
        return shot._replace(ambient=shot.ambient + (self.nth % 5) / 128 if self.noise else 0)

    def value(self, level):
        """The right one's XSHUT."""
        self.chips[1].set_xshut(bool(level))

    def at(self, address):
        self.clock.sleep_us(WRITE_US)
        wired = zip(self.chips, self.wired, strict=True)
        found = [chip for chip, here in wired if here and chip.address == address]
        if not found:
            raise OSError(19)
        return found

    def readfrom_mem_into(self, address, register, buffer):
        buffer[:] = bytes([255] * len(buffer))
        for chip in self.at(address):
            chip.write(bytes((register,)))
            told = chip.read(len(buffer))  # whoever pulls low wins
            buffer[:] = bytes(a & b for a, b in zip(buffer, told, strict=True))
        if register == 0xC0 and self.identity is not None:
            buffer[0] = self.identity

    def readfrom_mem(self, address, register, n):
        buffer = bytearray(n)
        self.readfrom_mem_into(address, register, buffer)
        return bytes(buffer)

    def writeto_mem(self, address, register, data):
        for chip in self.at(address):
            chip.write(bytes((register, *data)))


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    clock.advance(2_000)
    monkeypatch.setitem(sys.modules, "time", clock.module())
    monkeypatch.delitem(sys.modules, "patrol.drivers.tof_setup", raising=False)
    return clock


@pytest.fixture
def setup(clock):
    return importlib.import_module("patrol.drivers.tof_setup")


@pytest.fixture
def bus(clock):
    return Bus(clock)


def started(setup, bus):
    assert setup.start(bus, bus) == (True, True)
    bus.clock.sleep_us(40_000)
    return Tof(bus, LEFT), Tof(bus, RIGHT)


def test_the_left_one_is_moved_and_both_range(setup, bus):
    left, right = started(setup, bus)
    assert [chip.address for chip in bus.chips] == [0x30, 0x29]
    left.step()
    right.step()
    assert (left.range_mm, right.range_mm) == (400, 900)
    assert (left.signal, left.ambient // 8, left.status) == (8 * 128, 8, 11)


def test_a_measurement_takes_33_ms_and_is_taken_once(setup, bus):
    left, _ = started(setup, bus)
    assert 32_000 < bus.chips[0].budget_us() < 33_500
    for _ in range(100):
        bus.clock.sleep_us(10_000)
        left.step()
    assert 30 <= left.count <= 33
    assert not left.fault


def test_a_reset_of_the_processor_alone_finds_the_left_one_where_it_was(setup, bus):
    started(setup, bus)
    left, right = started(setup, bus)
    left.step()
    right.step()
    assert (left.range_mm, right.range_mm) == (400, 900)


@pytest.mark.parametrize("wired", [(False, True), (True, False), (False, False)])
def test_one_alone_works_and_whoever_does_not_answer_is_told(setup, bus, wired):
    bus.wired[:] = wired
    assert setup.start(bus, bus) == wired


def test_another_chip_at_its_address_is_not_taken(setup, bus):
    bus.identity = 0xEA  # a VL53L1X
    assert setup.start(bus, bus) == (False, False)


@pytest.mark.parametrize("status", [NO_TARGET, PHASE_FAIL])
def test_a_range_whose_checks_failed_does_not_count(setup, bus, status):
    bus.shots[0] = Shot(status, 350, 0.2, 4.0, 60.0)
    left, _ = started(setup, bus)
    left.step()
    assert (left.range_mm, left.count, left.status, left.fault) == (0, 1, status, 0)


def test_what_is_beyond_the_data_sheets_range_is_nothing(setup, bus):
    bus.shots[0] = Shot(COMPLETE, 2_100, 0.2, 0.1, 60.0)
    left, _ = started(setup, bus)
    left.step()
    assert (left.range_mm, left.count) == (0, 1)


def test_one_that_vanishes_is_asked_twice_a_second_and_taken_back(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    bus.wired[0] = False
    for _ in range(100):  # 4 s
        bus.clock.sleep_us(40_000)
        left.step()
    assert (bool(left.fault), left.range_mm) == (True, 0)
    assert 7 <= left.errors <= 9
    bus.wired[0] = True
    for _ in range(13):
        bus.clock.sleep_us(40_000)
        left.step()
    assert not left.fault
    assert left.range_mm == 400


def steps_until(bus, tof, condition, most=50):
    for step in range(1, most):
        bus.clock.sleep_us(40_000)
        tof.step()
        if condition():
            return step
    raise AssertionError("it never came")


def test_one_that_has_a_target_and_tells_always_the_same_is_known_in_200_ms(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    bus.noise = False
    assert steps_until(bus, left, lambda: left.fault) <= 4
    assert (left.fault, left.range_mm) == (FROZEN, 0)
    bus.noise = True
    assert steps_until(bus, left, lambda: not left.fault) == 1
    assert (left.fault, left.range_mm) == (0, 400)


@pytest.mark.parametrize(("ambient", "known"), [(1.0, True), (0.1, False)])
def test_one_that_sees_nothing_is_known_later_and_in_the_dark_never(setup, bus, ambient, known):
    bus.shots[0] = Shot(NO_TARGET, 8_190, 0.1, ambient, 60.0)
    bus._shot = lambda side, *_: bus.shots[side]
    bus.chips[0]._shot = lambda *_: bus.shots[0]
    left, _ = started(setup, bus)
    left.step()
    if known:
        assert 15 <= steps_until(bus, left, lambda: left.fault) <= 17
    else:
        with pytest.raises(AssertionError):
            steps_until(bus, left, lambda: left.fault, 200)


def test_another_chip_in_its_place_is_known_in_200_ms(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    bus.identity = 0xEA
    assert steps_until(bus, left, lambda: left.fault) <= 4
    bus.identity = None
    assert steps_until(bus, left, lambda: not left.fault) <= 13


def test_one_that_has_lost_its_power_answers_and_is_started_anew(setup, bus):
    left, right = started(setup, bus)
    left.step()
    right.step()
    bus.chips[0].power_up()  # it is where the right one is: neither is understood
    for tof in (left, right):
        assert steps_until(bus, tof, lambda: tof.fault) <= 5  # noqa: B023
    assert not left.answers()
    assert right.answers()
    left, right = started(setup, bus)
    left.step()
    right.step()
    assert (left.range_mm, right.range_mm) == (400, 900)


def test_while_the_bus_hangs_nothing_is_asked(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    now = bus.clock.now
    left.step(False)
    assert bus.clock.now == now
    assert left.fault


def test_one_that_answers_and_does_not_measure_is_not_alive(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    bus.chips[0].write(b"\x00\x01")  # stopped
    for _ in range(10):
        bus.clock.sleep_us(40_000)
        left.step()
    assert left.fault
