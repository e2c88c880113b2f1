"""What stands in the way of arming and of AUTO, in words for the person who asked."""

from patrol.behaviour import faults
from patrol.behaviour.supervisor import AUTO, FAULT
from patrol.drivers.battery import IMPLAUSIBLE
from patrol.portable import const

_CRITICAL_SAMPLES = const(40)  # of the battery in a row, at 20 Hz: 2 s
_LOW_SAMPLES = const(100)
_RECOVERED_MV = const(150)
_DEAD_MV = const(5_000)  # under load: whatever the pack's resistance, the converter needs more


class Checks:
    """Reads the car's parts; each check returns a text or its number, or None when all is well."""

    def __init__(self, car):
        self.battery_critical = False
        self.battery_low = False
        self._car = car
        self._critical = 0
        self._low = 0

    def arming(self):
        """What keeps the car from being armed in the mode that is selected."""
        car = self._car
        if car.supervisor.state == FAULT:
            return b"refused: FAULT; disarm to clear it"
        battery = car.battery
        if battery.fault == IMPLAUSIBLE or battery.open_mv < battery.low_mv:
            return b"arming refused: charge the battery"
        if car.attitude.tilted:
            if car.imu.accel_z < 0:
                return b"arming refused: the car or its IMU is upside down"
            return b"arming refused: the car is tilted; set it upright"
        return self.auto() if car.supervisor.selected == AUTO else None

    def auto(self):
        """What keeps AUTO from starting: all three sonars and both cliff sensors have to work, the
        bumper to be free, and floor to be below."""
        car = self._car
        if car.bumper.pressed:
            return b"AUTO refused: the bumper is pressed"
        if car.floor.edge:
            return b"AUTO refused: no floor below a cliff sensor"
        for part in range(faults.FLOOR + 2):
            fault = car.faults.now[part]
            if 0 < fault <= faults.USELESS:
                return faults.REFUSED | fault << faults.FAULT | part
        return None

    def watch_battery(self):
        """With each sample of it: `battery_critical` once it has been so for 2 s, by its voltage
        at rest; `battery_low` after 5 s, until it is well above. True when it becomes low."""
        battery = self._car.battery
        mv = battery.open_mv
        critical = mv < battery.critical_mv or battery.mv < _DEAD_MV
        critical = critical or battery.fault == IMPLAUSIBLE  # it may be empty
        self._critical = self._critical + 1 if critical else 0
        self.battery_critical = self._critical >= _CRITICAL_SAMPLES
        mv -= battery.low_mv
        self._low = self._low + 1 if mv < 0 else 0
        was = self.battery_low
        if mv >= _RECOVERED_MV:
            self.battery_low = False
        elif self._low >= _LOW_SAMPLES:
            self.battery_low = True
        return self.battery_low and not was
