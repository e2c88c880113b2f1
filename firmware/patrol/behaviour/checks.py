"""What stands in the way of arming and of driving, in words for the person who asked."""

from patrol.behaviour import faults
from patrol.behaviour.failsafe import STOP, TILT
from patrol.behaviour.supervisor import AUTO, FAULT
from patrol.drivers.battery import IMPLAUSIBLE
from patrol.store import keys


class Checks:
    """Reads the car's parts; each check returns a text or its number, or None when all is well."""

    def __init__(self, car):
        self._car = car

    def arming(self):
        """What keeps the car from being armed in the mode that is selected."""
        car = self._car
        values = car.parameters.values
        if car.supervisor.state == FAULT:
            return b"refused: FAULT; disarm to clear it"
        if car.button.pressed and not car.panel.arms:
            return b"arming refused: the start button is pressed"
        battery = car.battery
        if values[keys.FS_LOW_ACT] and (
            battery.fault == IMPLAUSIBLE or battery.open_mv < car.failsafe.low_mv()
        ):
            return b"arming refused: charge the battery"
        if car.failsafe.raised & TILT and values[keys.FS_TILT_ACT]:
            if car.imu.accel_z < 0:
                return b"arming refused: the car or its IMU is upside down"
            return b"arming refused: the car is tilted; set it upright"
        return self.auto() if car.supervisor.selected == AUTO else car.failsafe.holds()

    def auto(self):
        """What keeps AUTO from starting: all three sonars and both cliff sensors have to work, the
        bumper to be free, and floor to be below."""
        car = self._car
        values = car.parameters.values
        if car.failsafe.bars():
            if car.bumper.pressed:
                return b"AUTO refused: the bumper is pressed"
            return b"AUTO refused: no floor below a cliff sensor"
        if values[keys.FS_SENSOR_ACT] >= STOP:
            for part in range(faults.FLOOR + 2):
                fault = car.faults.now[part]
                if 0 < fault <= faults.USELESS:
                    return faults.REFUSED | fault << faults.FAULT | part
        return car.failsafe.holds()
