"""The car: its geometry, its electrical constants and its limits. Data only.

Lengths in mm, speeds in mm/s and mrad/s, voltages in mV. A test compares the numbers with the list
of the car's parts.
"""

from patrol.portable import const

# Geometry.
CHASSIS_RADIUS_MM = const(85)
TRACK_MM = const(130)
WHEEL_DIAMETER_MM = const(60)
# Encoder: 12 counts a motor turn, gear 100.37:1, so 1204.44 counts a wheel turn of 188.496 mm.
NM_PER_COUNT = const(156_501)

# Motor: Pololu 100:1 HPCB 6 V (data sheet: 330 rpm without load at 6 V, 150 mA, 4 ohm), and a
# bridge of 0.5 ohm. Back-EMF: what the winding leaves of 6 V at 1037 mm/s.
UV_PER_MM_S = const(5_209)
FRICTION_MV = const(675)  # what it takes to keep turning: 150 mA
INERTIA_UV = const(103_500)  # for 1 mm/s more in a tick: half the car's mass and the rotor

# Limits. The tyres hold 7 m/s2, and the car noses down at 3.7.
MAX_SPEED_MM_S = const(500)
MAX_TURN_MRAD_S = const(3_500)
ACCELERATION_MM_S2 = const(1_600)
BRAKING_MM_S2 = const(1_600)
TURN_ACCELERATION_MRAD_S2 = const(14_000)
MAX_DUTY_PERMILLE = const(950)
DUTY_SLEW_PERMILLE = const(150)  # each tick; a reversal at once browns the pack out

# Two Li-ion cells in series.
BATTERY_FULL_MV = const(8_400)
BATTERY_CAPACITY_MAH = const(2_600)

# Sonars: bearing from straight ahead, clockwise, in mrad; all on the chassis' edge.
SONAR_BEARING_MRAD = (-785, 0, 785)
SONAR_ORIENTATION = (7, 0, 1)  # MAV_SENSOR_ROTATION: YAW_315, NONE, YAW_45
SONAR_MAX_MM = const(4_000)
SONAR_MIN_MM = const(20)
