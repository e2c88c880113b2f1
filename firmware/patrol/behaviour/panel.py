"""What the car has for people: the start button, the LEDs and the buzzer.

A press stops the car at once. To start AUTO the button has to be held: what only brushes against
it starts nothing, nor does one that was stuck from the start.
"""

from patrol.behaviour import supervisor as rules
from patrol.behaviour.failsafe import LOW
from patrol.drivers import buzzer as sounds
from patrol.drivers.leds import BLINK, FLASH, OFF, ON
from patrol.portable import const

_START_TICKS = const(80)
_LOW_STEPS = const(125)  # 15 s


class Panel:
    """`press` in each tick in which the button is pressed, `step` every 120 ms. `car` as in
    app.py."""

    def __init__(self, car):
        self._car = car
        self.arms = False  # this moment: the press is held long enough
        self._starting = False  # the press began when the car was disarmed
        self._was = rules.DISARMED
        self._wait = 0

    def press(self):
        """Looks how long it is held by now."""
        car = self._car
        state = car.supervisor.state
        if car.button.hit:
            self._starting = state == rules.DISARMED
            if not self._starting:
                car.request(rules.CLEAR if state == rules.FAULT else rules.DISARM)
        elif self._starting and car.button.held == _START_TICKS:
            self._starting = False
            self.arms = True
            car.request(rules.MODE_AUTO)
            car.request(rules.ARM)
            self.arms = False

    def step(self):
        """Shows and sounds the car's state."""
        car = self._car
        state = car.supervisor.state
        patterns = car.leds.patterns
        power = ON if car.drive.powered else FLASH
        patterns[0] = BLINK if state == rules.FAULT else (power if car.leds.single else OFF)
        patterns[1] = power
        patterns[2] = ON if car.command.heard and not car.command.silent else OFF
        patterns[3] = ON if state == rules.AUTO else (FLASH if state == rules.MANUAL else OFF)
        car.leds.step()
        buzzer = car.buzzer
        self._wait -= 1
        if state != self._was:
            if state == rules.FAULT:
                buzzer.play(sounds.FAULT)
            elif self._was == rules.DISARMED:
                buzzer.play(sounds.ARMED)
            self._was = state
        elif self._wait <= 0:
            self._wait = _LOW_STEPS
            if car.failsafe.raised & LOW:
                buzzer.play(sounds.LOW)
        buzzer.step()
        car.faults.step()
