"""MPU-6050 as an I2C slave: registers, address pointer, and what it measures.

Source: InvenSense RM-MPU-6000A (register map) and PS-MPU-6000A (specification). Not modelled:
FIFO, self-test, the auxiliary bus, the motion processor; their registers keep what is written.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable

from patrolcar_sim.world.parts import GRAVITY, Imu

CONFIG = 0x1A
GYRO_CONFIG = 0x1B
ACCEL_CONFIG = 0x1C
INT_STATUS = 0x3A
ACCEL_XOUT_H = 0x3B
GYRO_ZOUT_L = 0x48
PWR_MGMT_1 = 0x6B
WHO_AM_I = 0x75

_RESET_VALUES = {PWR_MGMT_1: 0x40, WHO_AM_I: 0x68}
_READ_ONLY = {*range(INT_STATUS, 0x61), WHO_AM_I}
_DEVICE_RESET = 0x80
_SLEEP = 0x40
_DATA_READY = 0x01

# Bandwidths by DLPF_CFG, Hz (register map 4.3).
_ACCEL_HZ = (260, 184, 94, 44, 21, 10, 5, 260)
_GYRO_HZ = (256, 188, 98, 42, 20, 10, 5, 256)
# A first-order filter lets noise through as a sharp one of pi/2 its bandwidth would.
_NOISE_WIDTH = math.pi / 2
_WORDS = struct.Struct(">7h")  # three of force, temperature, three of rate

Sample = tuple[float, float, float, float, float, float]
"""Specific force in m/s^2 and rates in rad/s: ax ay az gx gy gz, in the sensor's axes."""


class Mpu6050:
    """The sensor at address 0x68. `step` counts physics steps, `sample` gives the latest one."""

    address = 0x68

    def __init__(
        self, spec: Imu, seed: object, step: Callable[[], int], sample: Callable[[], Sample]
    ) -> None:
        rng = random.Random(f"imu {seed}")
        self._random = rng
        self._spec = spec
        self._step = step
        self._sample = sample
        gauss = rng.gauss
        self._accel_bias = [gauss(0, spec.accel_bias) for _ in range(3)]
        self._gyro_bias = [gauss(0, spec.gyro_bias) for _ in range(3)]
        self._accel_gain = [1 + gauss(0, spec.accel_scale_error) for _ in range(3)]
        self._gyro_gain = [1 + gauss(0, spec.gyro_scale_error) for _ in range(3)]
        self._registers = bytearray(128)
        self._pointer = 0
        self._sampled = -1
        self._reset()

    def write(self, data: bytes) -> None:
        """A bus write: the register's address, then values for it and the following ones."""
        if not data:
            return
        self._pointer = data[0] & 0x7F
        for value in data[1:]:
            self._put(self._pointer, value)
            self._pointer = (self._pointer + 1) & 0x7F

    def read(self, n: int) -> bytes:
        """A bus read of `n` registers from the address pointer on."""
        start = self._pointer
        end = start + n
        if start <= GYRO_ZOUT_L and end > INT_STATUS:
            self._measure()
        registers = self._registers
        if end <= 128:
            data = bytes(registers[start:end])
        else:
            data = bytes(registers[i & 0x7F] for i in range(start, end))
        if start <= INT_STATUS < end:
            registers[INT_STATUS] = 0
        self._pointer = end & 0x7F
        return data

    def power_up(self) -> None:
        """Power comes, or comes back: as a device reset."""
        self._pointer = 0
        self._reset()

    def _reset(self) -> None:
        self._registers[:] = bytes(128)
        for register, value in _RESET_VALUES.items():
            self._registers[register] = value
        self._set_ranges()

    def _put(self, register: int, value: int) -> None:
        if register in _READ_ONLY:
            return
        if register == PWR_MGMT_1 and value & _DEVICE_RESET:
            self._reset()
            return
        self._registers[register] = value
        if register in (CONFIG, GYRO_CONFIG, ACCEL_CONFIG):
            self._set_ranges()

    def _set_ranges(self) -> None:
        spec, registers = self._spec, self._registers
        accel_range = registers[ACCEL_CONFIG] >> 3 & 3
        gyro_range = registers[GYRO_CONFIG] >> 3 & 3
        # 16384 LSB/g at +-2 g; 32768 LSB for 250 deg/s is the data sheet's 131 LSB per deg/s.
        self._accel_lsb = 16384 / (1 << accel_range) / GRAVITY
        self._gyro_lsb = 131 / (1 << gyro_range) / math.radians(1)
        filter_ = registers[CONFIG] & 7
        self._accel_noise = spec.accel_noise * math.sqrt(_ACCEL_HZ[filter_] * _NOISE_WIDTH)
        self._gyro_noise = spec.gyro_noise * math.sqrt(_GYRO_HZ[filter_] * _NOISE_WIDTH)

    def _measure(self) -> None:
        """Fill the data registers, once per physics step; asleep they keep what they hold."""
        registers = self._registers
        step = self._step()
        if registers[PWR_MGMT_1] & _SLEEP or step == self._sampled:
            return
        self._sampled = step
        gauss, sample = self._random.gauss, self._sample()
        words = []
        for i in range(3):
            force = sample[i] * self._accel_gain[i] + self._accel_bias[i]
            words.append(round((force + gauss(0.0, self._accel_noise)) * self._accel_lsb))
        # Register map 4.18: degC = raw / 340 + 36.53.
        words.append(round((self._spec.temperature - 36.53) * 340))
        for i in range(3):
            rate = sample[3 + i] * self._gyro_gain[i] + self._gyro_bias[i]
            words.append(round((rate + gauss(0.0, self._gyro_noise)) * self._gyro_lsb))
        if max(words) > 32767 or min(words) < -32768:  # clipped as the converter does
            words = [max(-32768, min(32767, word)) for word in words]
        _WORDS.pack_into(registers, ACCEL_XOUT_H, *words)
        registers[INT_STATUS] = _DATA_READY
