"""Dark and light, with hysteresis, and the moment when it became dark."""

from patrol.drivers.reflectance import Reflectance

LEVEL = 32_768


class Adc:
    def __init__(self):
        self.value = 6_000

    def read_u16(self):
        return self.value


def two():
    sensors = [Adc(), Adc()]
    return sensors, Reflectance(sensors, [LEVEL, LEVEL])


def test_each_sensor_has_its_bit_and_its_reading():
    sensors, floor = two()
    sensors[1].value = 64_000
    floor.sample()
    assert (floor.dark, floor.values) == (2, [6_000, 64_000])


def test_a_hit_is_the_first_sample_over_an_edge():
    sensors, floor = two()
    hits = []
    for value in (6_000, 64_000, 64_000, 6_000, 64_000):
        sensors[0].value = value
        floor.sample()
        hits.append(floor.hit)
    assert hits == [0, 1, 0, 0, 1]


def test_noise_about_the_level_is_no_change():
    sensors, floor = two()
    seen = set()
    for value in (LEVEL + 700, LEVEL - 700) * 5:
        sensors[0].value = value
        floor.sample()
        seen.add(floor.dark)
    assert seen == {0}
    sensors[0].value = LEVEL + 900
    floor.sample()
    seen = set()
    for value in (LEVEL + 700, LEVEL - 700) * 5:
        sensors[0].value = value
        floor.sample()
        seen.add(floor.dark)
    assert seen == {1}


def test_each_has_a_level_of_its_own():
    sensors = [Adc(), Adc()]
    floor = Reflectance(sensors, [10_000, 50_000])
    for sensor in sensors:
        sensor.value = 30_000
    floor.sample()
    assert floor.dark == 1


def test_a_board_without_any_sees_no_edge():
    floor = Reflectance([], [LEVEL, LEVEL])
    floor.sample()
    assert (floor.values, floor.dark, floor.hit) == ([], 0, 0)
