"""MPU-6050: the register file as the data sheet has it, and what it measures."""

from __future__ import annotations

import math
import statistics
import struct
from collections.abc import Callable

import pytest

from patrolcar_sim.world.imu import Mpu6050
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]

G = 9.80665


class Still:
    """A sensor on a bench: what it feels is set by hand."""

    def __init__(self) -> None:
        self.step = 0
        self.force = (0.0, 0.0, G)
        self.rate = (0.0, 0.0, 0.0)
        self.imu = Mpu6050(
            load_parts().imu, 1, lambda: self.step, lambda: (*self.force, *self.rate)
        )

    def words(self) -> tuple[int, ...]:
        """ax ay az, temperature, gx gy gz of a new step."""
        self.step += 1
        self.imu.write(b"\x3b")
        return struct.unpack(">7h", self.imu.read(14))


def read(imu: Mpu6050, register: int, n: int = 1) -> bytes:
    imu.write(bytes([register]))
    return imu.read(n)


def test_identity_and_reset_values() -> None:
    imu = Still().imu
    assert read(imu, 0x75) == b"\x68"
    assert read(imu, 0x6B) == b"\x40"


def test_asleep_after_power_on_the_data_registers_read_0() -> None:
    assert Still().words() == (0,) * 7


def test_address_pointer_counts_up_over_writes_and_reads() -> None:
    imu = Still().imu
    imu.write(b"\x19\x07\x03\x08\x10")
    assert read(imu, 0x19, 4) == b"\x07\x03\x08\x10"
    imu.write(b"\x1a")
    assert imu.read(1) + imu.read(1) == b"\x03\x08"


def test_read_only_registers_keep_their_values() -> None:
    imu = Still().imu
    imu.write(b"\x75\x00")
    imu.write(b"\x3b\x12\x34")
    assert read(imu, 0x75) == b"\x68"
    assert read(imu, 0x3B, 2) == b"\0\0"


def test_device_reset_puts_everything_back() -> None:
    imu = Still().imu
    imu.write(b"\x6b\x00")
    imu.write(b"\x1b\x18")
    imu.write(b"\x6b\x80")
    assert read(imu, 0x6B) == b"\x40"
    assert read(imu, 0x1B) == b"\x00"


@pytest.mark.parametrize(("code", "lsb"), [(0, 131.0), (1, 65.5), (2, 32.8), (3, 16.4)])
def test_gyro_scale_by_range(code: int, lsb: float) -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    still.imu.write(bytes([0x1B, code << 3]))
    zero = still.words()[6]
    still.rate = (0.0, 0.0, math.radians(100))
    assert (still.words()[6] - zero) / 100 == pytest.approx(lsb, rel=0.04)


@pytest.mark.parametrize(("code", "lsb"), [(0, 16384), (1, 8192), (2, 4096), (3, 2048)])
def test_accelerometer_scale_by_range(code: int, lsb: int) -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    still.imu.write(bytes([0x1C, code << 3]))
    assert still.words()[2] == pytest.approx(lsb, rel=0.12)


def test_values_clip_at_the_range() -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    still.rate = (-10.0, 0.0, 10.0)
    assert still.words()[4] == -32768
    assert still.words()[6] == 32767


def test_temperature_is_that_of_the_data_sheets_formula() -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    assert still.words()[3] / 340 + 36.53 == pytest.approx(26.0, abs=0.01)


def test_two_reads_of_one_step_agree_and_a_new_step_has_new_noise() -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    first = still.words()
    assert struct.unpack(">7h", read(still.imu, 0x3B, 14)) == first
    assert any(still.words() != first for _ in range(5))


def test_low_pass_filter_lowers_the_noise() -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")

    def spread() -> float:
        values = [still.words()[6] for _ in range(400)]
        mean = sum(values) / len(values)
        return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))

    open_ = spread()
    still.imu.write(b"\x1a\x06")
    assert spread() < 0.5 * open_


# Data sheet PS-MPU-6000A: 0.005 deg/s/rtHz (6.1), 400 ug/rtHz (6.2); read every 2 ms.
def test_noise_density_is_the_data_sheets() -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    words = [still.words() for _ in range(4000)]
    for place, lsb, density in ((6, 131, 0.005), (0, 16384, 400e-6)):
        values = [word[place] / lsb for word in words]
        means = [sum(values[i : i + 50]) / 50 for i in range(0, 4000, 50)]
        # Of averages over 0.1 s: the density by the root of twice the time.
        spread = statistics.stdev(means)
        assert spread == pytest.approx(density / math.sqrt(2 * 0.1), rel=0.5)


# Data sheet 6.1 and 6.2: zero rate within 20 deg/s, zero g within 50 mg (x, y), scales within 3 %.
def test_nearly_all_parts_are_within_the_data_sheets_tolerances() -> None:
    parts = [Mpu6050(load_parts().imu, seed, lambda: 0, lambda: (0.0,) * 6) for seed in range(300)]
    within = [
        max(map(abs, imu._gyro_bias)) < math.radians(20)
        and max(map(abs, imu._accel_bias[:2])) < 0.05 * G
        and all(abs(gain - 1) < 0.03 for gain in imu._gyro_gain + imu._accel_gain)
        for imu in parts
    ]
    assert sum(within) > 0.85 * len(parts)


def test_data_ready_is_cleared_by_reading_it() -> None:
    still = Still()
    still.imu.write(b"\x6b\x00")
    still.step += 1
    assert read(still.imu, 0x3A) == b"\x01"
    assert read(still.imu, 0x3A) == b"\x00"


def rates(world: World) -> tuple[float, ...]:
    """m/s^2 and deg/s, averaged over 50 steps."""
    sums = [0.0] * 7
    for _ in range(50):
        world.advance(world.time_us + 2000)
        for i, word in enumerate(struct.unpack(">7h", read(world.imu, 0x3B, 14))):
            sums[i] += word / 50
    return tuple(s / 16384 * G for s in sums[:3]) + tuple(s / 131 for s in sums[4:])


@pytest.mark.parametrize("sign", [1, -1])
def test_left_turn_is_a_positive_rate_about_z(sign: int, drive: Drive) -> None:
    world = World("empty", 1)
    world.imu.write(b"\x6b\x00")
    at_rest = rates(world)
    drive(world, -0.2 * sign, 0.2 * sign, 1000)
    measured = math.radians(rates(world)[5] - at_rest[5])
    assert measured * sign > 0
    assert measured == pytest.approx(float(world.data.qvel[5]), rel=0.04)


def test_at_rest_it_feels_1_g_upward(drive: Drive) -> None:
    world = World("empty", 1)
    world.imu.write(b"\x6b\x00")
    ax, ay, az, *_ = rates(world)
    assert az == pytest.approx(G, rel=0.1)
    assert abs(ax) < 1.0
    assert abs(ay) < 1.0


def test_speeding_up_is_felt_forward(drive: Drive) -> None:
    world = World("empty", 1)
    world.imu.write(b"\x6b\x00")
    at_rest = rates(world)[0]
    drive(world, 0.4, 0.4, 20)
    assert rates(world)[0] - at_rest > 0.5
