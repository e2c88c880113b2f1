"""Faults of the I2C bus and of what is on it: the IMU and the ToF sensors."""

from __future__ import annotations

import random
from collections.abc import Sequence

from patrolcar_sim.board.pins import SdaHold
from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import SIDES, Rig, put, together
from patrolcar_sim.faults.slaves import FaultySlave, Frozen, Identity, Turned
from patrolcar_sim.world import imu, tof

NINE = 9  # clocks end whatever byte a slave is in (I2C specification UM10204, 3.1.16)
# What an MPU-9250 says (register map RM-MPU-9250A), and a VL53L1X's first byte of 0xEACC.
OTHER_IMU, OTHER_TOF = 0x71, 0xEA
_ABOUT_Y_AND_Z = (0x3D, 0x3F, 0x45, 0x47)  # accelerations and rates, high bytes
_RESULT = (tof.RESULT_RANGE_STATUS, tof.RESULT_RANGE_STATUS + 11)


def hang(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """A slave holds SDA low, so that no transfer begins, whoever it is for.

    A reset of the chip does not help, a power cut does, and nine clocks if the fault says so.
    """
    hold = SdaHold(NINE if fault["clocks"] else -1)
    pins = rig.board.pins
    pins.holds.append(hold)

    def end() -> None:
        pins.holds[:] = [one for one in pins.holds if one is not hold]

    return end


def _slaves(rig: Rig, fault: Fault) -> Sequence[FaultySlave]:
    if fault.kind.startswith("imu."):
        return rig.car.imu_faults
    tofs = rig.car.tof_faults
    return [tofs[side] for side in SIDES[fault.place] if side < len(tofs)]


def nak(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """It does not answer to its address."""
    return together(*(put(slave.absent, fault) for slave in _slaves(rig, fault)))


def frozen(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """It answers, always with what it had measured when it was first asked."""
    first, last = (imu.ACCEL_XOUT_H, imu.GYRO_ZOUT_L) if fault.kind.startswith("imu.") else _RESULT
    return together(*(put(slave.edits, Frozen(first, last, {})) for slave in _slaves(rig, fault)))


def identity(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Its identity register tells of another chip."""
    register = imu.WHO_AM_I if fault.kind.startswith("imu.") else tof.IDENTIFICATION
    edit = Identity(register, round(fault["value"]))
    return together(*(put(slave.edits, edit) for slave in _slaves(rig, fault)))


def reset(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """Its supply dips, that of the others does not."""
    for slave in _slaves(rig, fault):
        slave.power_up()


def turned(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The IMU is mounted upside down: turned about its x axis."""
    edit = Turned(_ABOUT_Y_AND_Z)
    return together(*(put(slave.edits, edit) for slave in _slaves(rig, fault)))
