"""Switch, buzzer, LEDs, deadman and watchdog."""

from patrol.drivers.buzzer import FAULT, Buzzer
from patrol.drivers.leds import BLINK, OFF, ON, Leds
from patrol.drivers.switch import Switch
from patrol.drivers.watchdog import TIMEOUT_MS, Deadman, Watchdog


class Input:
    def __init__(self, level=0):
        self.level = level

    def value(self):
        return self.level

    read_u16 = value


class Output:
    def __init__(self):
        self.levels = []

    def value(self, level):
        self.levels.append(level)


class Led:
    def __init__(self):
        self.calls = []

    def on(self):
        self.calls.append(1)

    def off(self):
        self.calls.append(0)


def test_a_press_counts_at_once_and_hits_once():
    pin = Input(1)
    switch = Switch(pin, hold=3)
    pin.level = 0
    switch.sample()
    assert switch.pressed
    assert switch.hit
    switch.sample()
    assert not switch.hit


def test_a_release_that_bounces_is_no_new_hit():
    pin = Input(1)
    switch = Switch(pin, hold=3)
    hits = 0
    for level in (0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1):
        pin.level = level
        switch.sample()
        hits += switch.hit
    assert hits == 1
    assert not switch.pressed


def test_one_that_is_pressed_from_the_start_is_no_hit_until_it_was_let_go():
    pin = Input(0)
    switch = Switch(pin, hold=2)
    hits = []
    for level in (0, 0, 0, 1, 1, 1, 0):
        pin.level = level
        switch.sample()
        hits.append(switch.hit)
    assert hits == [False] * 6 + [True]


def test_it_counts_how_long_it_is_held():
    pin = Input(1)
    switch = Switch(pin, press=2, hold=2)
    held = []
    for level in (0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1):
        pin.level = level
        switch.sample()
        held.append(switch.held)
    assert held == [0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0]


def test_a_buzzer_sounds_its_pattern_once_and_is_silent_then():
    pin = Output()
    buzzer = Buzzer(pin)
    buzzer.play(FAULT)
    for _ in range(14):
        buzzer.step()
    assert pin.levels == [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0]
    Buzzer(None).step()  # a board without one


def test_leds_are_written_only_when_they_change():
    leds = [Led(), Led()]
    lights = Leds(leds)
    lights.patterns[0] = ON
    lights.patterns[1] = BLINK
    for _ in range(16):
        lights.step()
    assert leds[0].calls == [0, 1]
    assert leds[1].calls == [0, 1, 0, 1, 0][: len(leds[1].calls)]
    assert len(leds[1].calls) >= 4
    lights.patterns[0] = OFF
    lights.step()
    assert leds[0].calls == [0, 1, 0]


class Loop:
    ticks = 0


class Timer:
    def callback(self, function):
        self.fire = lambda: function(self)


def deadman():
    timer, loop, pin = Timer(), Loop(), Output()
    return timer, loop, pin, Deadman(timer, loop, pin)


def test_the_deadman_cuts_the_power_when_the_loop_stands_still():
    timer, loop, pin, guard = deadman()
    guard.watch()
    for _ in range(20):
        loop.ticks += 2
        timer.fire()
    assert pin.levels == []
    calls = 0
    while not guard.tripped:
        timer.fire()
        calls += 1
    assert pin.levels == [0]
    assert calls == 3  # at 50 Hz, the first up to 20 ms after the last tick: 40 to 60 ms


def test_the_deadman_leaves_a_car_alone_that_is_not_armed():
    timer, _, pin, guard = deadman()
    for _ in range(20):
        timer.fire()
    assert pin.levels == []
    assert not guard.tripped


def test_after_the_program_the_deadman_feeds_the_watchdog():
    timer, _, _, guard = deadman()
    fed = []
    guard.release(lambda: fed.append(1))
    timer.fire()
    timer.fire()
    assert fed == [1, 1]


def test_the_watchdog_is_started_once_with_two_seconds_and_fed_by_its_key():
    made = []

    def wdt(timeout):
        made.append(timeout)

    memory = {}
    watchdog = Watchdog(wdt, memory, 0x40003000)
    watchdog.feed()  # it may run since before a soft reset
    assert memory == {0x40003000: 0xAAAA}
    assert made == []
    watchdog.start()
    watchdog.start()
    watchdog.feed()
    assert made == [TIMEOUT_MS]
