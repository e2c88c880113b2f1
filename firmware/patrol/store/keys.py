"""Places of settings in the running car's `parameters.values`: those of store/table.py, in its
order, as a test checks. The build makes numbers of them."""

from patrol.portable import const

GYRO_BIAS_X = const(0)
GYRO_BIAS_Y = const(1)
GYRO_BIAS_Z = const(2)
GYRO_SCALE = const(3)
WHEEL_LEFT = const(4)
WHEEL_RIGHT = const(5)
TRACK = const(6)
BATTERY_FULL = const(7)
LINE_LEFT = const(8)
LINE_MIDDLE = const(9)
LINE_RIGHT = const(10)
CLIFF_LEFT = const(11)
CLIFF_RIGHT = const(12)
LOG_LEVEL = const(13)
BATTERY_TYPE = const(14)
BATTERY_CAPACITY = const(15)
BATTERY_MOHM = const(16)
SYSID = const(17)
