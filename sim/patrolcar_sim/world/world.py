"""The world: MuJoCo's physics in steps of 2 ms, the car's motors and sensors, and the truth.

Everything that is costly or has state beside MuJoCo's own happens on a fixed grid of 10 ms, so
the results do not depend on how a caller cuts up the time.

    world = World("office", seed=1)
    world.set_standby(True)
    world.set_motor(0, True, False, 0.3)
    world.advance(10_000)
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import mujoco

from patrolcar.errors import PatrolError
from patrolcar_sim.world.battery import Battery
from patrolcar_sim.world.coverage import FAR, Coverage
from patrolcar_sim.world.loader import CLEARANCE, PREFIX, STEP_US, load_world
from patrolcar_sim.world.movers import Movers
from patrolcar_sim.world.parts import Parts, load_parts
from patrolcar_sim.world.props import Prop
from patrolcar_sim.world.sensing import Sensing
from patrolcar_sim.world.staging import Staging, at_rest

LEFT, RIGHT = 0, 1
FALL = "fall off the floor"
"""What a fall is called among the contacts."""

TICK_STEPS = 5
_TICK_S = TICK_STEPS * STEP_US * 1e-6
_SETTLE_STEPS = 250
# What MuJoCo warns of when it leaves contacts out for want of room, or when its numbers have run
# away and it begins anew by itself.
_RUNAWAY = slice(mujoco.mjtWarning.mjWARN_CONTACTFULL, mujoco.mjtWarning.mjWARN_BADCTRL + 1)
# An obstacle nearer than this to the body is watched for contacts at every step: what the car
# drives in a tick at 1.5 m/s, and half the diagonal of a grid square.
_TICK_WAY = 0.015
_WATCH = _TICK_WAY + 0.036
# Far more than a motor's stall torque.
_JAMMED_NM = 10.0
# A thing touched again within this time is the same contact, s.
_SAME_CONTACT_S = 0.25
# Down faster than this, or tilted further, the car falls: no ramp is that steep. m/s; cosine.
_FALL = 0.5
_UPRIGHT = math.cos(math.radians(35))


class World(Sensing, Staging):
    """A running world. Times are in us since its start, with the car settled and at rest."""

    def __init__(
        self,
        name: str = "office",
        seed: int = 1,
        parts: Parts | None = None,
        *,
        props: Sequence[Prop] = (),
    ) -> None:
        """Raises PatrolError as load_world does."""
        self.parts = parts or load_parts()
        self.model, self.info = load_world(name, seed, self.parts, props)
        self.data = mujoco.MjData(self.model)
        self._warned = self.data.warning.number[_RUNAWAY]
        model, data, motor = self.model, self.data, self.parts.motor
        self._qpos, self._qvel, self._qacc, self._ctrl = (
            data.qpos,
            data.qvel,
            data.qacc,
            data.ctrl,
        )
        self._q = int(model.joint(PREFIX + "car").qposadr[0])
        self._v = int(model.joint(PREFIX + "car").dofadr[0])
        wheels = [model.joint(PREFIX + side) for side in ("left", "right")]
        self._wheel_q = [int(j.qposadr[0]) for j in wheels]
        self._wheel_v = [int(j.dofadr[0]) for j in wheels]
        self._motor_id = [int(model.actuator(PREFIX + side).id) for side in ("left", "right")]
        self._body_geom = int(model.geom(PREFIX + "body").id)
        self._gain = float(model.actuator_gainprm[self._motor_id[0], 0])
        self._counts_per_rad = motor.counts_per_turn / math.tau
        self._gravity = [-float(g) for g in model.opt.gravity]

        # Per side: IN1, IN2, duty; and what they come to.
        self._inputs: list[tuple[bool, bool, float]] = [(False, False, 0.0)] * 2
        self._duty = [0.0, 0.0]
        self._closed = [True, True]
        self._enabled = False
        self._strength = [1.0, 1.0]
        self._shorted: list[float | None] = [None, None]

        rng = random.Random(f"battery {seed}")
        spread = self.parts.battery.charge_spread
        self.battery = Battery(
            self.parts, self.parts.battery.charge + rng.uniform(-spread, spread)
        )
        self._step = 0
        self._now_us = 0
        self._make_sensors(seed)
        self._next_tick = TICK_STEPS
        self._bumper_step = -(10**9)
        self._bumper_cos = math.cos(self.parts.chassis.bumper_half_angle)
        self._bumper_steps = round(self.parts.chassis.bumper_release * 1e6 / STEP_US)
        self._touched: dict[str, int] = {}
        self.contact_list: list[tuple[float, str]] = []
        self.distance_m = 0.0
        self.fell_s: float | None = None
        """When the car began to fall off the floor, or over its edge."""
        self._movers = (
            Movers(model, data, self.info.props, self.info.walks) if self.info.moving else None
        )
        self._room = self.parts.chassis.radius + _TICK_WAY

        self._settle()
        self._zero = [float(self._qpos[q]) for q in self._wheel_q]
        x, y, yaw = self.pose()
        self.start_pose = (x, y, yaw)
        self._last = (x, y)
        grid = self.info.grid
        self.coverage = Coverage(grid, self.info.start[:2], self.parts.chassis.radius + CLEARANCE)
        self.coverage.visit(x, y)
        watch = min(self.parts.chassis.radius + _WATCH, FAR)
        self._near_map = (grid.values < watch).tobytes()
        self._near = self._is_near(x, y)

    # -- Time ---------------------------------------------------------------------------------

    @property
    def time_us(self) -> int:
        """How far the physics is done."""
        return self._step * STEP_US

    def advance(self, to_us: int) -> None:
        """Do the physics up to the last step that ends at or before a time.

        Raises PatrolError when there is too much in the world, or nothing that can be.
        """
        target = to_us // STEP_US
        while self._step < target:
            n = min(target, self._next_tick) - self._step
            if self._near:
                for _ in range(n):
                    if self._movers is not None:
                        self._movers.move(self._step)
                    mujoco.mj_step(self.model, self.data)
                    self._step += 1
                    self._watch_contacts()
            else:
                mujoco.mj_step(self.model, self.data, n)
                self._step += n
            if self._step == self._next_tick:
                self._next_tick += TICK_STEPS
                self._tick()
        self._now_us = to_us

    def _settle(self) -> None:
        """Let the braked car sink into its tyres before time begins."""
        self._closed = [False, False]
        self._close(LEFT, True)
        self._close(RIGHT, True)
        try:
            mujoco.mj_step(self.model, self.data, _SETTLE_STEPS)
        except mujoco.FatalError as error:
            raise PatrolError(f"world {self.info.name}: {error}") from None
        self._check_numbers()
        self.data.qvel[:] = 0
        self.data.time = 0
        self._drive(LEFT)
        self._drive(RIGHT)
        self._rest = at_rest(self.model, self.data, self._q)

    def _tick(self) -> None:
        """What is done every 10 ms: electricity, odometer, coverage, nearness."""
        self._check_numbers()
        battery = self.battery
        battery.draw(_TICK_S)
        self._electricity()
        x, y = self._qpos.item(self._q), self._qpos.item(self._q + 1)
        was_x, was_y = self._last
        self.distance_m += math.hypot(x - was_x, y - was_y)
        self._last = (x, y)
        self.coverage.visit(x, y)
        if self.fell_s is None and (
            self._qvel.item(self._v + 2) < -_FALL or self._upright() < _UPRIGHT
        ):
            self.fell_s = self._step * STEP_US * 1e-6
            self.contact_list.append((self.fell_s, FALL))
        if self._movers is not None:
            self._movers.tick(self._step, x, y, self._room)
        self._near = self._is_near(x, y)
        self._sense()

    def _check_numbers(self) -> None:
        """Raises PatrolError where the physics has run away: a world, or a car, that cannot be."""
        if self._warned.any():
            at_s = self._step * STEP_US / 1e6
            raise PatrolError(
                f"world {self.info.name}: its physics ran away at {at_s:g} s: "
                "check number, masses, sizes and joints of what moves in it"
            )

    def _upright(self) -> float:
        """Cosine of the angle between the car's axis and the vertical."""
        x: float = self._qpos.item(self._q + 4)
        y: float = self._qpos.item(self._q + 5)
        return 1 - 2 * (x * x + y * y)

    def _is_near(self, x: float, y: float) -> bool:
        at = self.info.grid.index(x, y)
        if at is None or self._near_map[at] != 0:
            return True
        return self._movers is not None and self._movers.near(x, y, self._room)

    def _moved(self, x: float, y: float) -> None:
        self._last = (x, y)
        self._near = self._is_near(x, y)

    # -- Motors (TB6612FNG) -------------------------------------------------------------------

    def set_standby(self, enabled: bool) -> None:
        """The level of STBY: high (`enabled`) lets the bridges work, low lets the motors coast."""
        if enabled != self._enabled:
            self._enabled = enabled
            self._drive(LEFT)
            self._drive(RIGHT)
            self._electricity()

    def set_motor(self, side: int, in1: bool, in2: bool, duty: float) -> None:
        """Set a bridge's inputs; `duty` is the PWM pin's high time, 0 to 1. From the next step.

        IN1 alone drives forward, IN2 alone backward, while PWM is high, and brakes while it is
        low; both brake; none coasts (data sheet, H-SW control function). 0 = left, 1 = right.
        """
        inputs = (in1, in2, duty)
        if inputs != self._inputs[side]:
            self._inputs[side] = inputs
            self._drive(side)
            self._electricity()

    def _drive(self, side: int) -> None:
        in1, in2, duty = self._inputs[side]
        shorted = self._shorted[side]
        if shorted is not None:
            self._duty[side] = shorted
            self._close(side, True)
        elif not self._enabled or not (in1 or in2):
            self._duty[side] = 0.0
            self._close(side, False)
        else:
            self._duty[side] = min(max(duty, 0.0), 1.0) * (in1 - in2)
            self._close(side, True)

    def _close(self, side: int, closed: bool) -> None:
        """Close a motor's circuit through the bridge, or open it (no current, so no torque)."""
        if closed != self._closed[side]:
            self._closed[side] = closed
            gain = self._gain * self._strength[side] if closed else 0.0
            self.model.actuator_gainprm[self._motor_id[side], 0] = gain
            self.model.actuator_biasprm[self._motor_id[side], 2] = -gain * self.parts.motor.ke

    def _electricity(self) -> None:
        left, right = self._duty
        qvel, battery = self._qvel, self.battery
        battery.load(left, right, qvel.item(self._wheel_v[0]), qvel.item(self._wheel_v[1]))
        self._ctrl[self._motor_id[0]] = left * battery.volts
        self._ctrl[self._motor_id[1]] = right * battery.volts

    def jam(self, side: int, jammed: bool = True) -> None:
        """Block a wheel, as something in its gearbox does, or let it go."""
        friction = _JAMMED_NM if jammed else self.parts.motor.friction
        self.model.dof_frictionloss[self._wheel_v[side]] = friction

    def weaken(self, side: int, factor: float) -> None:
        """Give a motor that share of its torque; the current stays what it was."""
        if factor != self._strength[side]:
            self._strength[side] = factor
            closed = self._closed[side]
            self._closed[side] = not closed
            self._close(side, closed)

    def short(self, side: int, duty: float | None) -> None:
        """Let a bridge drive with that duty (-1 to 1) whatever its inputs and STBY say; None: mend
        it."""
        if duty != self._shorted[side]:
            self._shorted[side] = duty
            self._drive(side)
            self._electricity()

    # -- Sensors ------------------------------------------------------------------------------

    def encoder_count(self, side: int, at_us: int) -> int:
        """Edges of both encoder channels since the start, forward positive, at a time.

        After the last step the wheel is taken to turn on as fast as it did.
        """
        turned: float = self._qpos.item(self._wheel_q[side]) - self._zero[side]
        ahead = (at_us - self._step * STEP_US) * 1e-6
        turned += self._qvel.item(self._wheel_v[side]) * ahead
        return math.floor(turned * self._counts_per_rad)

    def battery_mv(self) -> int:
        """Voltage at the pack's terminals, as of the last 10 ms or change of the motors."""
        return round(self.battery.volts * 1000)

    def current_ma(self) -> int:
        """Current out of the pack; negative while braking motors charge it."""
        return round(self.battery.amps * 1000)

    def bumper(self) -> bool:
        """Whether the front bumper is pressed (or just springing back)."""
        return self._step - self._bumper_step <= self._bumper_steps

    # -- Truth --------------------------------------------------------------------------------

    def pose(self) -> tuple[float, float, float]:
        """The car's true x, y (m) and yaw (rad, anticlockwise, -pi to pi) in the world's axes."""
        q = self._q
        px, py, _, w, x, y, z = self._qpos[q : q + 7].tolist()
        return px, py, math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))

    @property
    def contacts(self) -> int:
        """How often the car touched anything but the floor, or fell; see `contact_list`."""
        return len(self.contact_list)

    def outline(self) -> list[list[tuple[float, float]]]:
        """Outlines at the car's height, to draw: closed polygons of (x, y) in metres."""
        return [[(x, y) for x, y in o.polygon.tolist()] for o in self.info.obstacles]

    def _watch_contacts(self) -> None:
        contact = self.data.contact
        body = self._body_geom
        for i, (a, b) in enumerate(contact.geom.tolist()):
            if a == body:
                other = b
            elif b == body:
                other = a
            else:
                continue
            if other in self.info.floor:
                continue
            self._press_bumper(contact.pos[i].tolist())
            name = self._movers.owner.get(other) if self._movers is not None else None
            name = name or self.model.geom(other).name
            before = self._touched.get(name)
            if before is None or (self._step - before) * STEP_US > _SAME_CONTACT_S * 1e6:
                self.contact_list.append((self._step * STEP_US * 1e-6, name))
            self._touched[name] = self._step

    def _press_bumper(self, point: list[float]) -> None:
        x, y, yaw = self.pose()
        dx, dy = point[0] - x, point[1] - y
        ahead = dx * math.cos(yaw) + dy * math.sin(yaw)
        if ahead >= self._bumper_cos * math.hypot(dx, dy):
            self._bumper_step = self._step
