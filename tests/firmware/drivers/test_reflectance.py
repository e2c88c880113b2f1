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


def test_what_stands_at_nothing_is_shorted_and_told_within_50_ms():
    sensors, floor = five()
    floor.sample()
    sensors[0].value = 300
    told = [floor.sample() for _ in range(6)]
    assert told == [False] * 4 + [True, False]
    assert (floor.faults[0], floor.blind) == (4, 1)
    sensors[0].value = 6_100
    assert floor.sample()
    assert (floor.faults[0], floor.blind) == (0, 0)


def test_what_never_changes_in_motion_is_stuck():
    sensors, floor = five()
    for k in range(40):
        for i in (0, 2, 3, 4):
            sensors[i].value = 6_000 + 16 * (k % 3)
        floor.sample(moving=False)
    assert not any(floor.faults)
    for k in range(18):
        assert not any(floor.faults)
        for i in (0, 2, 3, 4):
            sensors[i].value = 6_000 + 16 * (k % 3)
        floor.sample(moving=True)
    assert list(floor.faults) == [0, 3, 0, 0, 0]
    assert floor.blind == 2


def test_the_supplys_end_over_no_floor_is_no_fault():
    sensors, floor = five()
    for sensor in sensors:
        sensor.value = 65_535
    for _ in range(50):
        floor.sample(moving=True)
    assert not any(floor.faults)


def test_a_board_without_any_sees_no_edge_and_no_line():
    floor = Reflectance([None] * SENSORS, [LEVEL] * SENSORS)
    floor.sample()
    assert (floor.present, floor.values, floor.dark, floor.hit) == (0, [0] * SENSORS, 0, 0)
