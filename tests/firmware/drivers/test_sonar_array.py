"""Whose turn it is, and whose trigger is pulled."""

import pytest
from patrol.drivers.sonar_array import SonarArray


class Sonar:
    def __init__(self, log, name):
        self.log = log
        self.name = name
        self.alive = True

    def listen(self):
        self.log.append("listen " + self.name)

    def fire(self):
        self.log.append("fire " + self.name)

    def collect(self):
        self.log.append("collect " + self.name)


@pytest.mark.parametrize("shared", [False, True])
def test_left_and_right_are_measured_together_and_in_turn_with_the_front(shared):
    log = []
    array = SonarArray([Sonar(log, name) for name in "lfr"], shared)
    fresh = []
    for _ in range(13):
        array.step()
        fresh.append(array.fresh)
    outer = ["listen l", "listen r", "fire l"] + ([] if shared else ["fire r"])
    assert log == [
        *outer,
        *("collect l", "collect r"),
        *("listen f", "fire f"),
        "collect f",
        *outer,
        *("collect l", "collect r"),
        *("listen f", "fire f"),
    ]
    assert fresh == [0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 5]


def test_one_dead_sensor_is_enough():
    sonars = [Sonar([], name) for name in "lfr"]
    array = SonarArray(sonars, shared=True)
    assert array.alive()
    sonars[2].alive = False
    assert not array.alive()
