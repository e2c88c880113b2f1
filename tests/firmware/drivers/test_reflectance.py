"""Dark and light, with hysteresis, and the moment when the floor ended."""

from patrol.drivers.reflectance import SENSORS, Reflectance

LEVEL = 32_768


class Adc:
    def __init__(self):
        self.value = 6_000

    def read_u16(self):
        return self.value


def five(levels=(LEVEL,) * SENSORS):
    sensors = [Adc() for _ in range(SENSORS)]
    return sensors, Reflectance(sensors, levels)


def test_each_sensor_has_its_bit_and_its_reading():
    sensors, floor = five()
    sensors[1].value = 64_000
    sensors[4].value = 50_000
    floor.sample()
    assert (floor.dark, floor.edge) == (2 | 16, 2)
    assert floor.values == [6_000, 64_000, 6_000, 6_000, 50_000]


def test_a_hit_is_the_first_sample_over_an_edge():
    sensors, floor = five()
    hits = []
    for value in (6_000, 64_000, 64_000, 6_000, 64_000):
        sensors[0].value = value
        floor.sample()
        hits.append(floor.hit)
    assert hits == [0, 1, 0, 0, 1]


def test_a_line_is_no_edge():
    sensors, floor = five()
    sensors[3].value = 64_000
    floor.sample()
    assert (floor.dark, floor.edge, floor.hit) == (8, 0, 0)


def test_noise_about_the_level_is_no_change():
    sensors, floor = five()
    for before, dark in ((6_000, 0), (LEVEL + 900, 1)):
        sensors[0].value = before
        floor.sample()
        seen = set()
        for value in (LEVEL + 700, LEVEL - 700) * 5:
            sensors[0].value = value
            floor.sample()
            seen.add(floor.dark)
        assert seen == {dark}


def test_each_has_a_level_of_its_own():
    sensors, floor = five((10_000, 50_000, LEVEL, LEVEL, LEVEL))
    for sensor in sensors:
        sensor.value = 30_000
    floor.sample()
    assert floor.dark == 1


def test_a_board_without_any_sees_no_edge_and_no_line():
    floor = Reflectance([None] * SENSORS, [LEVEL] * SENSORS)
    floor.sample()
    assert (floor.present, floor.values, floor.dark, floor.hit) == (0, [0] * SENSORS, 0, 0)
