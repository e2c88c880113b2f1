"""MAV_RESULT: what a command came to. The build makes numbers of them."""

from patrol.portable import const

ACCEPTED = const(0)
TEMPORARILY_REJECTED = const(1)
DENIED = const(2)
UNSUPPORTED = const(3)
FAILED = const(4)
INT_ONLY = const(8)  # coordinates only by COMMAND_INT
UNSUPPORTED_FRAME = const(9)
