"""VL53L0X: its registers, as ST's API uses them."""

from __future__ import annotations

import pytest

from patrolcar_sim.world.tof import ADDRESS, Vl53l0x
from patrolcar_sim.world.tof_optics import COMPLETE, Shot

BOOT_US = 1200


class Lone:
    """A sensor on a bench: time and what it measures are set by hand."""

    def __init__(self) -> None:
        self.now = 0
        self.shots: list[tuple[int, float]] = []
        self.sensor = Vl53l0x(BOOT_US, lambda: self.now, self._shot)

    def _shot(self, budget_us: int, limit: float) -> Shot:
        self.shots.append((budget_us, limit))
        return Shot(COMPLETE, 500 + len(self.shots), 2.5, 0.5, 256.0)

    def put(self, register: int, *values: int) -> None:
        self.sensor.write(bytes([register, *values]))

    def get(self, register: int, n: int = 1) -> int:
        self.sensor.write(bytes([register]))
        return int.from_bytes(self.sensor.read(n), "big")

    def until_done(self, most_us: int = 50_000) -> int:
        """Polls the interrupt status as a driver does; how long it took, in us."""
        began = self.now
        while not self.get(0x13) & 7:
            self.now += 100
            assert self.now - began < most_us
        return self.now - began

    def calibrate(self, start: int, sequence: int) -> None:
        self.put(0x01, sequence)
        self.put(0x00, start)
        self.until_done()
        self.put(0x0B, 0x01)
        self.put(0x00, 0x00)

    def initialise(self) -> None:
        """What the API and Pololu's library send, as far as the device answers to it."""
        self.put(0x88, 0x00)
        for register, value in ((0x80, 1), (0xFF, 1), (0x00, 0)):
            self.put(register, value)
        self.stop_variable = self.get(0x91)
        for register, value in ((0x00, 1), (0xFF, 0), (0x80, 0)):
            self.put(register, value)
        self.put(0x44, 0x00, 0x20)
        self.put(0x01, 0xFF)
        # Reference SPADs, from its own memory.
        for register, value in ((0x80, 1), (0xFF, 1), (0x00, 0), (0xFF, 6)):
            self.put(register, value)
        self.put(0x83, self.get(0x83) | 0x04)
        for register, value in ((0xFF, 7), (0x81, 1), (0x80, 1), (0x94, 0x6B), (0x83, 0)):
            self.put(register, value)
        assert self.get(0x83) != 0
        self.put(0x83, 0x01)
        self.spads = self.get(0x92)
        self.put(0x81, 0x00)
        self.put(0xFF, 0x06)
        self.put(0x83, self.get(0x83) & ~0x04)
        for register, value in ((0xFF, 1), (0x00, 1), (0xFF, 0), (0x80, 0)):
            self.put(register, value)
        # Of the tuning settings, those that decide times.
        self.put(0x46, 0x25)
        self.put(0x50, 0x06, 0x00, 0x96)
        self.put(0x70, 0x04, 0x01, 0xFE)
        self.put(0x0A, 0x04)
        self.put(0x0B, 0x01)
        self.calibrate(0x41, 0x01)
        self.calibrate(0x01, 0x02)
        self.put(0x01, 0xE8)


@pytest.fixture
def lone() -> Lone:
    lone = Lone()
    lone.initialise()
    return lone


def test_identification_is_the_data_sheets() -> None:
    lone = Lone()
    assert [lone.get(register) for register in (0xC0, 0xC1, 0xC2)] == [0xEE, 0xAA, 0x10]
    assert lone.get(0x51, 2) == 0x0099


def test_identification_cannot_be_written() -> None:
    lone = Lone()
    lone.put(0xC0, 1, 2, 3)
    assert lone.get(0xC0, 3) == 0xEEAA10


def test_initialisation_finds_stop_variable_and_reference_spads(lone: Lone) -> None:
    assert lone.stop_variable == 0x3C
    assert (lone.spads & 0x7F, lone.spads >> 7) == (5, 1)
    assert lone.shots == [], "calibrations measure nothing"


def test_pages_have_registers_of_their_own() -> None:
    lone = Lone()
    lone.put(0xFF, 1)
    lone.put(0x44, 0xFF)
    assert lone.get(0x44) == 0xFF
    lone.put(0xFF, 0)
    assert lone.get(0x44, 2) == 0x0020


def test_single_measurement_takes_the_budget_and_clears_its_start_bit(lone: Lone) -> None:
    lone.put(0x00, 0x01)
    assert lone.get(0x00) & 1 == 0
    assert lone.until_done() == pytest.approx(30_600, abs=200)
    assert lone.get(0x1E, 2) == 501
    lone.put(0x0B, 0x01)
    lone.now += 200_000
    assert lone.get(0x13) == 0
    assert len(lone.shots) == 1


def test_result_block_has_status_rates_and_range(lone: Lone) -> None:
    lone.put(0x00, 0x01)
    lone.until_done()
    lone.sensor.write(b"\x14")
    block = lone.sensor.read(12)
    assert block[0] >> 3 & 15 == COMPLETE
    assert int.from_bytes(block[2:4], "big") == 0xFFFF, "256 SPADs in 8.8 bits, clipped"
    assert int.from_bytes(block[6:8], "big") / 128 == 2.5
    assert int.from_bytes(block[8:10], "big") / 128 == 0.5
    assert int.from_bytes(block[10:12], "big") == 501


def test_back_to_back_goes_on_until_it_is_stopped(lone: Lone) -> None:
    lone.put(0x00, 0x02)
    begin = lone.now
    for n in range(1, 4):
        lone.until_done()
        assert lone.now - begin == pytest.approx(n * lone.sensor.budget_us(), abs=200)
        assert lone.get(0x1E, 2) == 500 + n
        lone.put(0x0B, 0x01)
    lone.put(0x00, 0x01)
    lone.now += 500_000
    assert lone.get(0x13) == 0


def test_measurements_that_nobody_fetched_are_overwritten(lone: Lone) -> None:
    lone.put(0x00, 0x02)
    lone.now += 1_000_000
    assert lone.get(0x13) == 4
    assert len(lone.shots) == 1
    lone.put(0x0B, 0x01)
    assert lone.until_done() < 31_000


def test_timed_ranging_keeps_its_period(lone: Lone) -> None:
    ticks = 100 * lone.get(0xF8, 2)
    lone.put(0x04, *ticks.to_bytes(4, "big"))
    lone.put(0x00, 0x04)
    times = []
    for _ in range(3):
        lone.until_done(150_000)
        times.append(lone.now)
        lone.put(0x0B, 0x01)
    assert times[2] - times[1] == pytest.approx(100_000, abs=200)


def test_a_longer_final_time_out_is_a_longer_budget(lone: Lone) -> None:
    short = lone.sensor.budget_us()
    lone.put(0x71, 0x03, 0xFE)  # 2033 macro periods in place of 509, of 38.1 us each
    assert lone.sensor.budget_us() - short == pytest.approx(1524 * 38.13, rel=0.001)


def test_the_rate_limit_that_is_set_counts(lone: Lone) -> None:
    lone.put(0x44, 0x00, 0x0D)
    lone.put(0x00, 0x01)
    lone.until_done()
    assert lone.shots[-1][1] == pytest.approx(0.1, abs=0.002)


def test_in_reset_and_while_it_boots_it_does_not_answer(lone: Lone) -> None:
    assert lone.sensor.address == ADDRESS
    lone.put(0x8A, 0x30)
    assert lone.sensor.address == 0x30
    lone.sensor.set_xshut(False)
    assert lone.sensor.address is None
    lone.sensor.set_xshut(True)
    lone.now += BOOT_US - 1
    assert lone.sensor.address is None
    lone.now += 1
    assert lone.sensor.address == ADDRESS
    assert lone.get(0x01) == 0xFF, "every register is as after power-on"


def test_a_level_that_stays_resets_nothing(lone: Lone) -> None:
    lone.put(0x8A, 0x30)
    lone.sensor.set_xshut(True)
    assert lone.sensor.address == 0x30


def test_after_a_power_cycle_it_is_at_its_first_address(lone: Lone) -> None:
    lone.put(0x8A, 0x30)
    lone.sensor.power_up()
    lone.now += BOOT_US
    assert lone.sensor.address == ADDRESS
