"""What stands in the way of arming and of AUTO, in words for the person who asked."""

from patrol.behaviour.supervisor import AUTO, FAULT
from patrol.portable import const

_CRITICAL_SAMPLES = const(40)  # of the battery in a row, at 20 Hz: 2 s

_FAULT_TEXT = b"refused: FAULT; disarm to clear it"
_BATTERY_TEXT = b"arming refused: battery below 6.6 V; charge it"
_TILT_TEXT = b"arming refused: the car is tilted; set it upright"
_OVER_TEXT = b"arming refused: the car or its IMU is upside down"
_BUMPER_TEXT = b"AUTO refused: the bumper is pressed"
_CLIFF_TEXT = b"AUTO refused: no floor below a cliff sensor"
_SONAR_TEXTS = (
    b"AUTO refused: left sonar does not answer",
    b"AUTO refused: front sonar does not answer",
    b"AUTO refused: right sonar does not answer",
)


class Checks:
    """Reads the car's parts; each check returns a text, or None when all is well."""

    def __init__(self, car):
        self.battery_critical = False
        self._car = car
        self._low = 0

    def arming(self):
        """What keeps the car from being armed in the mode that is selected."""
        car = self._car
        if car.supervisor.state == FAULT:
            return _FAULT_TEXT
        if car.battery.mv < car.limits.BATTERY_ARM_MV:
            return _BATTERY_TEXT
        if car.attitude.tilted:
            return _OVER_TEXT if car.imu.accel_z < 0 else _TILT_TEXT
        return self.auto() if car.supervisor.selected == AUTO else None

    def auto(self):
        """What keeps AUTO from starting: all three sonars, a free bumper, floor."""
        car = self._car
        if car.bumper.pressed:
            return _BUMPER_TEXT
        if car.floor.edge:
            return _CLIFF_TEXT
        sonars = car.sonars.sonars
        for i in range(len(sonars)):
            if not sonars[i].alive:
                return _SONAR_TEXTS[i]
        return None

    def watch_battery(self):
        """With each sample of it: `battery_critical` once it has been critically low for 2 s."""
        if self._car.battery.mv >= self._car.limits.BATTERY_CRITICAL_MV:
            self._low = 0
        elif self._low < _CRITICAL_SAMPLES:
            self._low += 1
        self.battery_critical = self._low == _CRITICAL_SAMPLES

    def battery_percent(self):
        """A rough state of charge: a pack's voltage falls nearly in a line from 8.2 to 6.4 V."""
        percent = (self._car.battery.mv - 6_400) // 18
        return 100 if percent > 100 else (0 if percent < 0 else percent)
