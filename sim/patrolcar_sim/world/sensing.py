"""The part of World that looks: sonars, ToF sensors, IMU, reflectance sensors, and where they are.

Each has a model of its own; here it gets its place on the car and the time.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from patrolcar_sim.world.imu import Mpu6050, Sample
from patrolcar_sim.world.loader import WorldInfo
from patrolcar_sim.world.optics import ambient_light
from patrolcar_sim.world.parts import Parts
from patrolcar_sim.world.reflectance import Frame, ReflectanceArray
from patrolcar_sim.world.sonar import SonarArray
from patrolcar_sim.world.tof import Vl53l0x
from patrolcar_sim.world.tof_optics import SENSORS as TOFS
from patrolcar_sim.world.tof_optics import TofOptics


class Sensing:
    """The part of World with the sensors; World has the state.

    Attributes:
        light: daylight's infrared, 0 in the dark to 1 in full sun; may be set.
        imu, tofs: I2C slaves; of the ToF sensors, 0 is the left one.
    """

    parts: Parts
    model: Any
    data: Any
    info: WorldInfo
    _step: int
    _next_tick: int
    _now_us: int
    _q: int
    _v: int
    _qpos: Any
    _qvel: Any
    _qacc: Any
    _gravity: list[float]

    @property
    def time_us(self) -> int:
        """How far the physics is done."""
        raise NotImplementedError

    def advance(self, to_us: int) -> None:
        """Do the physics up to then."""
        raise NotImplementedError

    def pose(self) -> tuple[float, float, float]:
        """The car's x, y and yaw."""
        raise NotImplementedError

    def _make_sensors(self, seed: int) -> None:
        """Mount them on the car."""
        parts, model, data, materials = self.parts, self.model, self.data, self.info.materials
        self.light = ambient_light(model)
        self._sonar = SonarArray(parts.sonar, model, data, materials, seed)
        self.imu = Mpu6050(parts.imu, seed, lambda: self._step, self._imu_sample)
        optics = TofOptics(
            parts.tof, model, data, materials, seed,
            lambda: (*self.pose(), self._height()), lambda: self.light,
        )  # fmt: skip
        boot_us = round(parts.tof.boot * 1e6)
        self.tofs = tuple(
            Vl53l0x(boot_us, lambda: self._now_us, partial(optics.shot, i)) for i in range(TOFS)
        )
        self._reflectance = ReflectanceArray(
            parts.reflectance, model, data, materials, seed,
            lambda: self._next_tick, self._frame, lambda: self.light,
        )  # fmt: skip

    def _sense(self) -> None:
        """What the sensors do by themselves, every 10 ms."""
        now = self.time_us
        for tof in self.tofs:
            tof.advance(now)

    def ping(self, sensor: int, at_us: int) -> int | None:
        """Echo pulse (us) of sonar 0 left, 1 front, 2 right; None when nothing is heard."""
        self.advance(at_us)
        return self._sonar.ping(sensor, *self.pose(), self._height())

    def overheard(self, sender: int, listener: int) -> int | None:
        """When another sonar hears that one's last ping: us after its burst, None for never."""
        return self._sonar.overheard(sender, listener)

    def set_xshut(self, high: bool) -> None:
        """The level of the right ToF sensor's XSHUT; the left one's is pulled up for good."""
        self.tofs[1].set_xshut(high)

    def floor_mv(self) -> list[float]:
        """Outputs of the reflectance sensors: cliffs left and right; line left, middle, right.

        As of the last 10 ms; the same list until the next.
        """
        return self._reflectance.mv()

    def reflectance_mv(self, sensor: int) -> float:
        """One of `floor_mv`."""
        return self.floor_mv()[sensor]

    def power_up(self) -> None:
        """The sensors' supply comes, or comes back: they forget what they were told."""
        self.imu.power_up()
        for tof in self.tofs:
            tof.power_up()

    def _imu_sample(self) -> Sample:
        """Specific force and rates at the IMU, as of the last step, in the car's axes."""
        at = self._q + 3
        w, x, y, z = self._qpos[at : at + 4].tolist()
        vx, vy, vz = self._qvel[self._v + 3 : self._v + 6].tolist()
        # A free joint's accelerations: linear in the world's axes, angular in the body's.
        fx, fy, fz, ax, ay, az = self._qacc[self._v : self._v + 6].tolist()
        gx, gy, gz = self._gravity
        fx, fy, fz = fx + gx, fy + gy, fz + gz
        # Into the body's axes: the rows of the transposed rotation matrix.
        bx = (1 - 2 * (y * y + z * z)) * fx + 2 * (x * y + w * z) * fy + 2 * (x * z - w * y) * fz
        by = 2 * (x * y - w * z) * fx + (1 - 2 * (x * x + z * z)) * fy + 2 * (y * z + w * x) * fz
        bz = 2 * (x * z + w * y) * fx + 2 * (y * z - w * x) * fy + (1 - 2 * (x * x + y * y)) * fz
        # The lever from the car's origin, (px, 0, pz): a x p + v x (v x p).
        px, pz = self.parts.imu.x, self.parts.imu.z
        along = vx * px + vz * pz
        speed2 = vx * vx + vy * vy + vz * vz
        bx += ay * pz + vx * along - px * speed2
        by += az * px - ax * pz + vy * along
        bz += -ay * px + vz * along - pz * speed2
        return bx, by, bz, vx, vy, vz

    def _frame(self) -> Frame:
        """The car's place and its rotation matrix by rows."""
        q = self._q
        px, py, pz, w, x, y, z = self._qpos[q : q + 7].tolist()
        return (
            px, py, pz,
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        )  # fmt: skip

    def _height(self) -> float:
        """The car's z: that of its floor, but for what its tyres give."""
        return float(self._qpos.item(self._q + 2))
