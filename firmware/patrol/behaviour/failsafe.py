"""Failsafes: what is looked at in every tick, and what is done when it is not well.

Each has an action by its parameter: nothing, a text, a stop, or the motors off; most a threshold
and a delay (failsafe_table.py). What lasts and says at least "stop" also keeps the car from being
armed and from leaving HOLD, until it is over.
"""

from patrol.behaviour import faults
from patrol.behaviour.supervisor import AUTO, CUT
from patrol.drivers.battery import IMPLAUSIBLE
from patrol.portable import const
from patrol.schedule import FREE
from patrol.store import keys

# Bits, in the table's order.
LINK = const(1 << 0)
LOW = const(1 << 1)
CRITICAL = const(1 << 2)
STALL = const(1 << 3)
TILT = const(1 << 4)
CLIFF = const(1 << 5)
BUMPER = const(1 << 6)
SENSOR = const(1 << 7)
LATE = const(1 << 8)
MEMORY = const(1 << 9)
FAILSAFES = const(10)
_SENSOR_BIT = const(7)

# Values of an action.
TELL = const(1)
STOP = const(2)

_HITS = const(CLIFF | BUMPER)  # true for one tick each time, not as long as it lasts
_ELSEWHERE = const(LINK | STALL)  # their delay is over when they are seen here
_LASTING = const(LOW | CRITICAL | TILT | LATE | MEMORY)
_DEAD_MV = const(5_000)  # under load: whatever the pack's resistance, the converter needs more
_RECOVERED_MV = const(150)  # so much above its threshold the pack is not low any more
_SECOND = const(100)  # ticks


class Failsafe:
    """`step` once a tick, `table` is that of failsafe_table.py, `car` as in app.py.

    `raised` has a bit for each failsafe whose condition has lasted for its delay, whatever its
    action. `stalled` is to be set when a wheel is known to be blocked.
    """

    def __init__(self, car, table):
        self.raised = 0
        self.stalled = False
        self._car = car
        self._values = car.parameters.values
        self._rows = rows = bytearray()  # of each the event, and the place of the delay
        for row in table:
            rows.append(row[1])
            rows.append(row[4])
        self._there = 0  # bits of what is not well, for however long
        self._since = [0] * FAILSAFES  # ms
        self._done = bytearray(FAILSAFES)  # the strongest action since it began
        self._overruns = 0  # when this second began
        self._was_late = False

    def step(self):
        """Looks at all of them, and acts."""
        found = self._look()
        new = found & ~self._there
        self._there = found & ~_HITS
        raised = self.raised & found
        values = self._values
        ms = self._car.schedule.ms
        i = 0
        while found >> i:
            bit = 1 << i
            if found & bit:
                if new & bit:
                    self._since[i] = ms
                    self._done[i] = 0
                delay = self._rows[2 * i + 1]
                delay = values[delay] if delay and not bit & _ELSEWHERE else 0
                if bit == TILT and self._car.imu.accel_z < 0:
                    delay //= 3  # upside down, which no bump is
                if ms - self._since[i] >= delay:
                    raised |= bit
                    act = values[keys.FS_LINK_ACT + i]
                    if act > self._done[i]:
                        self._done[i] = act
                        self._act(i, act)
            i += 1
        self.raised = raised

    def _look(self):
        """A bit for each of what is not well now."""
        car = self._car
        values = self._values
        found = LINK if car.command.silent else 0
        battery = car.battery
        mv = battery.open_mv
        if self.raised & LOW:
            mv -= _RECOVERED_MV
        if mv < self.low_mv():
            found |= LOW
        if (
            battery.open_mv < (values[keys.FS_CRIT_MV] or battery.critical_mv)
            or battery.mv < _DEAD_MV
            or battery.fault == IMPLAUSIBLE
        ):
            found |= CRITICAL
        if self.stalled or car.drive.blocked_ms >= values[keys.FS_STALL_MS]:
            self.stalled = False
            found |= STALL
        imu = car.imu
        if not imu.fault:
            # Beyond a slope whose sine is to its cosine as x or y is to z.
            most = imu.accel_z * values[keys.FS_TILT_PCT]
            x = imu.accel_x * 100
            y = imu.accel_y * 100
            if x > most or -x > most or y > most or -y > most:
                found |= TILT
        if car.floor.hit:
            found |= CLIFF
        if car.bumper.hit:
            found |= BUMPER
        if car.supervisor.state == AUTO and (
            car.sonars.lost() or car.floor.blind or car.faults.now[faults.BUMPER]
        ):
            found |= SENSOR
        schedule = car.schedule
        late = schedule.overruns - self._overruns >= values[keys.FS_LATE_TICKS]
        if late or self._was_late:
            found |= LATE
        if schedule.ticks % _SECOND == 0:
            self._was_late = late
            self._overruns = schedule.overruns
        if schedule.heap[FREE] < values[keys.FS_MEM_KB] << 10:
            found |= MEMORY
        return found

    def _act(self, i, act):
        car = self._car
        if i == _SENSOR_BIT and act >= STOP:
            car.faults.hurry()  # which one it is
        text = faults.TEXT | i
        supervisor = car.supervisor
        on = i == 0 and supervisor.state == AUTO and self._values[keys.AUTO_NO_LINK]
        if act >= STOP and not on:
            event = self._rows[2 * i] if act == STOP else CUT
            # Where there is nothing to stop, only what lasts is worth a word.
            if supervisor.post(event, text) or not _LASTING >> i & 1:
                return
        car.telemetry.say(4, text)

    def low_mv(self):
        """Below that voltage at rest the pack is low."""
        return self._values[keys.FS_LOW_MV] or self._car.battery.low_mv

    def bars(self):
        """Whether something at the car's front bars the way ahead."""
        car = self._car
        values = self._values
        return (car.bumper.pressed and values[keys.FS_BUMPER_ACT] >= STOP) or (
            car.floor.edge and values[keys.FS_CLIFF_ACT] >= STOP
        )

    def holds(self):
        """The number of the text of what keeps the car from driving now; None: nothing does."""
        lasting = self.raised & _LASTING
        i = 0
        while lasting >> i:
            if lasting >> i & 1 and self._values[keys.FS_LINK_ACT + i] >= STOP:
                return faults.NOT_NOW | faults.TEXT | i
            i += 1
        return None
