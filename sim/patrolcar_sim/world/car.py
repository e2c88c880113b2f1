"""The car's MJCF, made from the parts list.

Collision bits: 1 = rolls on the floor, 2 = bumps into obstacles. Wheels are spheres, since one
contact point each is cheap and does not chatter; they only meet the floor, the body's cylinder
only meets obstacles, and no part of the car meets another.
"""

from __future__ import annotations

from patrolcar_sim.world.parts import Parts

FLOOR_BIT = 1
OBSTACLE_BIT = 2

# Geom groups, by which the sensors' rays tell what they can hit.
OBSTACLE_GROUP = 0
PAINT_GROUP = 2
FLOOR_GROUP = 3
CAR_GROUP = 4
SCENERY_GROUP = 5

SIDES = ("left", "right")

# Stiff enough that a wheel sinks in less than 0.1 mm (its rolling radius is what odometry
# rests on), yet two steps of 2 ms long, below which MuJoCo would clamp it.
_STIFF = 'solref="0.005 1" solimp="0.95 0.99 0.0005"'


# Dry friction that holds: with MuJoCo's defaults a car below its dead band creeps 2 mm/s.
_DRY = 'solreffriction="0.004 1" solimpfriction="0.99 0.999 0.001"'


def car_mjcf(parts: Parts) -> str:
    """A complete MJCF model with the one body `car`, its motors `left` and `right`."""
    chassis, wheel, caster, motor = parts.chassis, parts.wheel, parts.caster, parts.motor
    mass = chassis.mass - 2 * wheel.mass
    spin = mass * chassis.mass_radius**2 / 2
    tilt = mass * (3 * chassis.mass_radius**2 + chassis.mass_height**2) / 12
    half = (chassis.top - chassis.bottom) / 2
    gain = motor.kt / (motor.resistance + parts.driver.resistance)
    wheel_spin = wheel.mass * wheel.radius**2 / 2
    on_floor = f'contype="{FLOOR_BIT}" conaffinity="0" group="{CAR_GROUP}"'
    # Without friction (condim 1): MuJoCo's convex friction lifts what slides, so that a caster
    # with some would hop (0.2 mm/s, speed jittering by 1 %).
    slides = f'priority="1" condim="1" {_STIFF}'

    wheels = "".join(
        f"""
      <body name="{side}" pos="0 {sign * wheel.track / 2} {wheel.radius}">
        <joint name="{side}" axis="0 1 0" armature="{motor.inertia}"
          frictionloss="{motor.friction}" {_DRY}/>
        <inertial pos="0 0 0" mass="{wheel.mass}"
          diaginertia="{wheel_spin} {wheel_spin} {wheel_spin}"/>
        <geom name="{side}" type="sphere" size="{wheel.radius}" {on_floor} condim="3" priority="1"
          friction="{wheel.friction} 0 0" {_STIFF} rgba="0.1 0.1 0.1 0"/>
        <geom name="{side} tyre" type="cylinder" size="{wheel.radius} {wheel.width / 2}"
          quat="0.7071068 0.7071068 0 0" contype="0" conaffinity="0" group="{CAR_GROUP}"
          rgba="0.1 0.1 0.1 1"/>
      </body>"""
        for side, sign in zip(SIDES, (1, -1), strict=True)
    )
    motors = "".join(
        f"""
    <general name="{side}" joint="{side}" biastype="affine"
      gainprm="{gain}" biasprm="0 0 {-gain * motor.ke}"/>"""
        for side in SIDES
    )
    return f"""
<mujoco model="car">
  <worldbody>
    <body name="car">
      <freejoint name="car"/>
      <inertial pos="{chassis.mass_x} 0 {chassis.mass_z}" mass="{mass}"
        diaginertia="{tilt} {tilt} {spin}"/>
      <geom name="body" type="cylinder" size="{chassis.radius} {half}"
        pos="0 0 {chassis.bottom + half}" contype="{OBSTACLE_BIT}" conaffinity="0"
        group="{CAR_GROUP}" friction="0.4 0 0" rgba="0.15 0.45 0.8 1"/>
      <geom name="caster" type="sphere" size="{caster.radius}" pos="{caster.x} 0 {caster.radius}"
        {on_floor} {slides}/>
      <geom name="skid" type="sphere" size="{caster.radius}"
        pos="{caster.skid_x} 0 {caster.radius + caster.skid_clearance}" {on_floor} {slides}/>
      {wheels}
    </body>
  </worldbody>
  <actuator>{motors}
  </actuator>
</mujoco>"""
