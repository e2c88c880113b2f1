"""Which direction is taken of what was heard around a place."""

from patrol.behaviour.sectors import Sectors


def made(*heard):
    """Sectors with (heading, range, worth) heard."""
    sectors = Sectors(480, 210)
    for heading, mm, worth in heard:
        sectors.worth[sectors.note(heading, mm)] = worth
    return sectors


def near(heading, target):
    return heading is not None and abs(heading - target) <= 132  # half a sector


def test_the_free_direction_that_is_worth_most_is_taken():
    sectors = made((0, 2_000, 10), (1_500, 2_000, 30), (-1_500, 400, 90))
    assert near(sectors.best(-1), 1_500)


def test_nothing_is_taken_that_is_not_worth_enough():
    assert made((0, 2_000, 10)).best(20) is None


def test_the_shortest_range_of_a_direction_counts():
    assert made((0, 2_000, 10), (0, 300, 10), (0, 2_000, 10)).best(-1) is None


def test_a_gap_between_two_near_echoes_is_no_opening():
    assert made((0, 2_000, 10), (262, 150, 0)).best(-1) is None


def test_silence_is_worth_half_of_an_echo_from_far_away():
    sectors = made((0, 4_000, 20), (1_500, 2_000, 15))
    assert near(sectors.best(-1), 1_500)


def test_a_new_place_is_unknown():
    sectors = made((0, 2_000, 10))
    sectors.forget()
    assert sectors.best(-1) is None
