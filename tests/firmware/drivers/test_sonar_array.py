"""Whose turn it is."""

from patrol.drivers.sonar_array import SonarArray


class Sonar:
    def __init__(self, log, name, trigger=None):
        self.log = log
        self.name = name
        self.trigger = trigger or name
        self.dead = 0
        self.high = False

    def listen(self):
        self.log.append("look " + self.name)
        return not self.high

    def pulse(self):
        self.log.append("ping " + self.name)

    def collect(self, moving):
        self.log.append("collect " + self.name)


def test_left_and_right_are_measured_together_and_in_turn_with_the_front():
    log = []
    array = SonarArray([Sonar(log, name) for name in "lfr"])
    fresh = []
    for _ in range(13):
        array.step(False)
        fresh.append(array.fresh)
    turn = ["look l", "look r", "ping l", "ping r", "collect l", "collect r"]
    front = ["look f", "ping f", "collect f"]
    assert log == [*turn, *front, *turn, *front[:2]]
    assert fresh == [0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 5]
    assert array.untold == 7  # what nobody has told stays so


def test_a_trigger_that_two_share_is_pulsed_once_after_both_were_looked_at():
    log = []
    array = SonarArray([Sonar(log, name, "f" if name == "f" else "outer") for name in "lfr"])
    array.step(False)
    assert log == ["look l", "look r", "ping l"]


def test_a_sensor_that_is_not_ready_does_not_keep_its_neighbour_from_its_trigger():
    for deaf in (0, 2):
        log = []
        sonars = [Sonar(log, name, "f" if name == "f" else "outer") for name in "lfr"]
        sonars[deaf].high = True
        SonarArray(sonars).step(False)
        assert log == ["look l", "look r", "ping " + "r.l"[deaf]]
        sonars[2 - deaf].high = True
        log.clear()
        SonarArray(sonars).step(False)
        assert log == ["look l", "look r"]


def test_one_dead_sensor_is_enough():
    sonars = [Sonar([], name) for name in "lfr"]
    array = SonarArray(sonars)
    assert array.alive()
    sonars[2].dead = 1
    assert not array.alive()
    assert not array.lost()
    sonars[2].dead = 2
    assert array.lost()
