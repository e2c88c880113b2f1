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


def test_each_is_collected_40_ms_after_its_ping_and_before_the_next_ones():
    log = []
    array = SonarArray([Sonar(log, name) for name in "lfr"])
    fresh = []
    for _ in range(17):
        array.step()
        fresh.append(array.fresh)
    assert log == [
        "ping l", "collect l", "ping f", "collect f", "ping r", "collect r", "ping l",
        "collect l", "ping f",
    ]  # fmt: skip
    assert fresh == [0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 1]


def test_one_dead_sensor_is_enough():
    sonars = [Sonar([], name) for name in "lfr"]
    array = SonarArray(sonars)
    assert array.alive()
    sonars[2].alive = False
    assert not array.alive()
