"""The MPU-6050's registers, axes and units."""

import math

import pytest
from patrol.drivers.imu import Imu


class Bus:
    """An I2C bus with one chip: (ax, ay, az) and (gx, gy, gz) in counts."""

    def __init__(self, identity=0x68):
        self.identity = identity
        self.accel = (0, 0, 8192)
        self.gyro = (0, 0, 0)
        self.written = {}

    def readfrom_mem_into(self, address, register, buffer):
        assert address == 0x68
        if register == 0x75:
            buffer[0] = self.identity
        else:
            assert (register, len(buffer)) == (0x3B, 14)
            values = (*self.accel, 0, *self.gyro)
            buffer[:] = b"".join(v.to_bytes(2, "big", signed=True) for v in values)

    def writeto_mem(self, address, register, data):
        self.written[register] = data[0]


def settled(bus):
    imu = Imu(bus)
    for _ in range(150):
        imu.sample(True)
    return imu


def test_another_chip_is_refused():
    with pytest.raises(OSError, match="0x71"):
        Imu(Bus(identity=0x71))


def test_it_is_woken_and_set_to_500_degrees_per_second():
    bus = Bus()
    Imu(bus)
    assert bus.written[0x6B] & 0x40 == 0
    assert bus.written[0x1B] == 0x08


def test_the_bias_is_learnt_at_rest_and_taken_off():
    bus = Bus()
    bus.gyro = (30, -40, 118)
    imu = settled(bus)
    assert abs(imu.yaw_urad_s) < 300
    assert (imu.roll_rate, imu.pitch_rate) == (0, 0)


def test_rates_are_the_cars_clockwise_and_nose_up_positive():
    bus = Bus()
    imu = settled(bus)
    bus.gyro = (655, 655, 655)  # 10 degrees/s about each of the chip's axes
    imu.sample(False)
    ten = math.radians(10) * 1000
    assert imu.roll_rate == pytest.approx(ten, abs=1)
    assert imu.pitch_rate == pytest.approx(-ten, abs=1)
    assert imu.yaw_rate == pytest.approx(-ten, abs=1)
    assert imu.yaw_urad_s == pytest.approx(-ten * 1000, rel=1e-3)


def test_a_turn_that_the_wheels_do_not_tell_does_not_become_bias():
    bus = Bus()
    imu = settled(bus)
    bus.gyro = (0, 0, 500)
    for _ in range(100):
        imu.sample(True)
    assert imu.yaw_rate == pytest.approx(-133, abs=1)


def test_a_bias_that_has_moved_is_learnt_anew_after_three_seconds():
    bus = Bus()
    imu = settled(bus)
    bus.gyro = (0, 0, 60)
    for _ in range(500):
        imu.sample(True)
    assert abs(imu.yaw_rate) <= 1


def test_the_largest_readings_stay_small_integers():
    bus = Bus()
    imu = settled(bus)
    for sign in (1, -1):
        bus.gyro = (32767 * sign,) * 3
        imu.sample(False)
        assert abs(imu.yaw_urad_s) * 179 < 1 << 31
