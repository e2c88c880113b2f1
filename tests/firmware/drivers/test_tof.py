"""The VL53L0X pair: who is who on one bus, what a measurement is, and a sensor that vanishes.

The chips are the simulator's, at the level of registers; the light is the test's.
"""

import importlib
import sys
from functools import partial

import pytest
from patrol.drivers.tof import LEFT, RIGHT, Tof

from patrolcar_sim.world.tof import Vl53l0x
from patrolcar_sim.world.tof_optics import COMPLETE, NO_TARGET, PHASE_FAIL, Shot
from toy_world import Clock

BOOT_US = 1_200
WRITE_US = 75  # a register at 400 kHz


class Bus:
    """An I2C bus with both chips: `shots` is what each measures, `wired` who is there."""

    def __init__(self, clock):
        self.clock = clock
        self.shots = [Shot(COMPLETE, 400, 8.0, 0.5, 60.0), Shot(COMPLETE, 900, 2.0, 0.5, 60.0)]
        self.wired = [True, True]
        self.chips = [
            Vl53l0x(BOOT_US, lambda: clock.now, partial(self._shot, side)) for side in (0, 1)
        ]
        self.identity = None
        for chip in self.chips:
            chip.power_up()

    def _shot(self, side, budget_us, limit):
        return self.shots[side]

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
        for chip in self.at(address):
            chip.write(bytes((register,)))
            buffer[:] = chip.read(len(buffer))
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
    assert (left.signal, left.ambient, left.status) == (8 * 128, 64, 11)


def test_a_measurement_takes_33_ms_and_is_taken_once(setup, bus):
    left, _ = started(setup, bus)
    assert 32_000 < bus.chips[0].budget_us() < 33_500
    for _ in range(100):
        bus.clock.sleep_us(10_000)
        left.step()
    assert 30 <= left.count <= 33
    assert left.alive


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
    assert (left.range_mm, left.count, left.status, left.alive) == (0, 1, status, True)


def test_what_is_beyond_the_data_sheets_range_is_nothing(setup, bus):
    bus.shots[0] = Shot(COMPLETE, 2_100, 0.2, 0.1, 60.0)
    left, _ = started(setup, bus)
    left.step()
    assert (left.range_mm, left.count) == (0, 1)


def test_one_that_vanishes_is_asked_every_second_and_taken_back(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    bus.wired[0] = False
    for _ in range(100):  # 4 s
        bus.clock.sleep_us(40_000)
        left.step()
    assert (left.alive, left.range_mm) == (False, 0)
    assert left.errors == 4
    bus.wired[0] = True
    for _ in range(26):
        bus.clock.sleep_us(40_000)
        left.step()
    assert left.alive
    assert left.range_mm == 400


def test_one_that_answers_and_does_not_measure_is_not_alive(setup, bus):
    left, _ = started(setup, bus)
    left.step()
    bus.chips[0].write(b"\x00\x01")  # stopped
    for _ in range(10):
        bus.clock.sleep_us(40_000)
        left.step()
    assert not left.alive
