"""How a mission lies in flash. An item: parameters 1 to 4 (float), x, y (int32), z (float),
command (uint16), frame and autocontinue, all as MISSION_ITEM_INT has them."""

from patrol.portable import const

ITEM = const(32)  # bytes
EACH = const(15)  # items of a record
MOST = const(64)  # items
COMMAND = const(28)
FRAME = const(30)
CONTINUE = const(31)
