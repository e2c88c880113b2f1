"""The MPU-6050's registers, axes and units, its bias, and what it is not trusted for."""

import math
import random

import pytest
from patrol.drivers import imu as driver
from patrol.drivers.imu import Imu

PWR_MGMT_1, WHO_AM_I = 0x6B, 0x75
SET_UP = {0x6B: 0x01, 0x19: 4, 0x1A: 3, 0x1B: 0x08, 0x1C: 0x08}


class Bus:
    """An I2C bus with one chip: (ax, ay, az) and (gx, gy, gz) in counts, with a chip's noise."""

    def __init__(self, identity=0x68, noise=1.0):
        self.accel = (0, 0, 8192)
        self.gyro = (0, 0, 0)
        self.noise = noise
        self.answers = True
        self.frozen = None
        self.random = random.Random(1)
        self.power_up(identity)

    def power_up(self, identity=0x68):
        self.registers = {WHO_AM_I: identity, PWR_MGMT_1: 0x40}

    def readfrom_mem_into(self, address, register, buffer):
        assert address == 0x68
        if not self.answers:
            raise OSError(19)
        if register != 0x3B:
            for i in range(len(buffer)):
                buffer[i] = self.registers.get(register + i & 0x7F, 0)
            return
        assert len(buffer) == 14
        if self.registers[PWR_MGMT_1] & 0x40:
            buffer[:] = bytes(14)
            return
        values = []
        for value in (*self.accel, 0, *self.gyro):
            value += round(self.random.gauss(0, 2.7 * self.noise))
            values.append(max(-32768, min(32767, value)))
        told = b"".join(v.to_bytes(2, "big", signed=True) for v in values)
        buffer[:] = told if self.frozen is None else self.frozen

    def writeto_mem(self, address, register, data):
        if not self.answers:
            raise OSError(19)
        for i, value in enumerate(data):
            self.registers[register + i] = value


def settled(bus):
    imu = Imu(bus)
    for _ in range(150):
        imu.sample(True)
    return imu


def ticks_until(imu, condition, most=200):
    for tick in range(1, most):
        imu.sample(False)
        if condition():
            return tick
    raise AssertionError("it never came")


def test_another_chip_is_not_trusted():
    imu = Imu(Bus(identity=0x71))
    assert imu.fault == driver.IDENTITY


def test_where_none_answers_from_the_start_it_is_absent_and_may_come():
    bus = Bus()
    bus.answers = False
    imu = Imu(bus)
    assert imu.fault == driver.ABSENT
    bus.answers = True
    assert ticks_until(imu, lambda: not imu.fault) < 50


def test_it_is_woken_and_set_to_500_degrees_per_second():
    bus = Bus()
    Imu(bus)
    assert SET_UP.items() <= bus.registers.items()


def test_the_bias_is_learnt_at_rest_and_taken_off():
    bus = Bus(noise=0.2)
    bus.gyro = (30, -40, 118)
    imu = settled(bus)
    imu.sample(False)
    assert abs(imu.yaw_urad_s) < 600
    assert abs(imu.roll_rate) <= 2
    assert abs(imu.pitch_rate) <= 2


def test_rates_are_the_cars_clockwise_and_nose_up_positive():
    bus = Bus(noise=0.2)
    imu = settled(bus)
    bus.gyro = (655, 655, 655)  # 10 degrees/s about each of the chip's axes
    imu.sample(False)
    ten = math.radians(10) * 1000
    assert imu.roll_rate == pytest.approx(ten, abs=1)
    assert imu.pitch_rate == pytest.approx(-ten, abs=2)
    assert imu.yaw_rate == pytest.approx(-ten, abs=1)
    assert imu.yaw_urad_s == pytest.approx(-ten * 1000, rel=5e-3)


@pytest.mark.parametrize("degrees_s", [0.1, 0.3, 1, 8, -3])
def test_a_slow_turn_by_hand_does_not_become_bias(degrees_s):
    bus = Bus()
    bus.gyro = (0, 0, 40)
    imu = settled(bus)
    before = imu._bias_z
    bus.gyro = (0, 0, 40 + round(degrees_s * 65.5))
    for _ in range(2_000):  # 20 s, as evenly as no hand can
        imu.sample(True)
    assert abs(imu._bias_z - before) < 32  # a count, 0.015 degrees/s


def test_a_bias_that_drifts_with_the_warmth_is_followed():
    bus = Bus()
    imu = settled(bus)
    for tick in range(60_000):  # ten minutes, half of them driving: 0.15 degrees/s
        bus.gyro = (0, 0, tick // 6_000)
        imu.sample(tick % 400 < 200)
    assert imu._bias_z / 32 == pytest.approx(9, abs=1)


def test_a_bias_that_has_leapt_is_learnt_anew_after_a_minute():
    bus = Bus()
    imu = settled(bus)
    bus.gyro = (0, 0, 60)
    for _ in range(5_900):
        imu.sample(True)
    assert abs(imu._bias_z) < 64
    for _ in range(300):
        imu.sample(True)
    assert imu._bias_z / 32 == pytest.approx(60, abs=1)


def test_an_unsteady_rest_teaches_nothing():
    bus = Bus(noise=6)
    bus.gyro = (0, 0, 90)
    imu = settled(bus)
    assert imu.settled == 0


def test_the_largest_readings_stay_small_integers():
    bus = Bus()
    imu = settled(bus)
    for sign in (1, -1):
        bus.gyro = (32767 * sign,) * 3
        imu.sample(False)
        assert abs(imu.yaw_urad_s) * 100 < 1 << 30
        assert abs(imu.yaw_urad_s) * 179 < 1 << 31


def freeze(bus):
    bus.frozen = bytes(range(14))


def fall_silent(bus):
    bus.answers = False


def exchange(bus):
    bus.registers[WHO_AM_I] = 0x71


def mend(bus):
    bus.frozen = None
    bus.answers = True
    bus.registers[WHO_AM_I] = 0x68


@pytest.mark.parametrize(
    ("fault", "told", "most"),
    [
        (freeze, driver.FROZEN, 5),
        (fall_silent, driver.SILENT, 4),
        (exchange, driver.IDENTITY, 11),
        (Bus.power_up, driver.FROZEN, 11),
    ],
)
def test_a_fault_is_known_within_110_ms_and_over_half_a_second_after_its_end(fault, told, most):
    bus = Bus()
    imu = settled(bus)
    fault(bus)
    assert ticks_until(imu, lambda: imu.fault) <= most
    assert imu.fault == told
    mend(bus)
    assert ticks_until(imu, lambda: not imu.fault) <= 50
    assert imu.fault == 0
    assert SET_UP.items() <= bus.registers.items()


def test_no_repeated_sample_is_taken_for_a_fresh_one():
    bus = Bus()
    imu = settled(bus)
    imu.sample(False)
    assert imu.fresh
    freeze(bus)
    imu.sample(False)
    for _ in range(100):
        imu.sample(False)
        assert not imu.fresh


def test_one_transfer_that_fails_is_no_trouble():
    bus = Bus()
    imu = settled(bus)
    bus.answers = False
    imu.sample(False)
    assert not imu.fresh
    bus.answers = True
    imu.sample(False)
    assert (imu.fresh, imu.fault) == (True, 0)


def test_the_bias_outlives_an_outage():
    bus = Bus()
    bus.gyro = (0, 0, 100)
    imu = settled(bus)
    bias = imu._bias_z
    bus.power_up()
    ticks_until(imu, lambda: imu.fault)
    ticks_until(imu, lambda: not imu.fault)
    assert imu._bias_z == bias
    assert imu.settled >= 96
