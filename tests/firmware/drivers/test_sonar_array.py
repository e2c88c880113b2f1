"""Whose turn it is."""

from patrol.drivers.sonar_array import SonarArray


class Sonar:
    def __init__(self, log, name):
        self.log = log
        self.name = name
        self.alive = True

    def ping(self):
        self.log.append("ping " + self.name)

    def collect(self):
        self.log.append("collect " + self.name)


def test_left_and_right_are_measured_together_and_in_turn_with_the_front():
    log = []
    array = SonarArray([Sonar(log, name) for name in "lfr"])
    fresh = []
    for _ in range(13):
        array.step()
        fresh.append(array.fresh)
    assert log == [
        "ping l", "ping r", "collect l", "collect r", "ping f", "collect f",
        "ping l", "ping r", "collect l", "collect r", "ping f",
    ]  # fmt: skip
    assert fresh == [0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 5]
    assert array.latest == 5


def test_one_dead_sensor_is_enough():
    sonars = [Sonar([], name) for name in "lfr"]
    array = SonarArray(sonars)
    assert array.alive()
    sonars[2].alive = False
    assert not array.alive()
