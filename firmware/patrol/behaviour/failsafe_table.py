"""The failsafes as a table: name, event with action 2, and settings: action, threshold, delay.

A place of 0 is no setting. The order is that of failsafe.py's bits and of the texts in faults.py.
It is loaded to make the Failsafe, which keeps two bytes of each row, and written into
firmware/README.md (`python -m patrolcar.states`). Actions stand one behind the other.
"""

from patrol.behaviour.supervisor import BLOCKED, HALT, OBSTACLE
from patrol.store import keys

TABLE = (
    ("link lost", HALT, keys.FS_LINK_ACT, 0, keys.FS_LINK_MS),
    ("battery low", HALT, keys.FS_LOW_ACT, keys.FS_LOW_MV, keys.FS_LOW_MS),
    ("battery critical", HALT, keys.FS_CRIT_ACT, keys.FS_CRIT_MV, keys.FS_CRIT_MS),
    ("stall", BLOCKED, keys.FS_STALL_ACT, keys.FS_STALL_PCT, keys.FS_STALL_MS),
    ("tilt", HALT, keys.FS_TILT_ACT, keys.FS_TILT_PCT, keys.FS_TILT_MS),
    ("cliff", OBSTACLE, keys.FS_CLIFF_ACT, 0, 0),
    ("bumper", OBSTACLE, keys.FS_BUMPER_ACT, 0, 0),
    ("sensor stale", HALT, keys.FS_SENSOR_ACT, 0, keys.FS_SENSOR_MS),
    ("loop overrun", HALT, keys.FS_LATE_ACT, keys.FS_LATE_TICKS, 0),
    ("memory low", HALT, keys.FS_MEM_ACT, keys.FS_MEM_KB, 0),
)
