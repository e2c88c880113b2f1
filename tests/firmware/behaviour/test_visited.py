"""Which cells attract."""

import random

import pytest
from patrol.behaviour.visited import Visited

ONCE = 3  # what a cell is worth that was visited once


def ahead(visited, x, y):
    """What the cell of (x, y) is worth, alone."""
    return visited.novelty(x - 400, y, 0, 400)


def test_cells_that_were_never_entered_are_worth_most():
    visited = Visited()
    fresh = visited.novelty(0, 0, 0, 2_000)
    for x in range(0, 2_500, 100):
        visited.enter(x, 0)
    assert 0 < visited.novelty(0, 0, 0, 2_000) < fresh
    assert visited.novelty(0, 0, 3_142, 2_000) == fresh


def test_what_cannot_be_reached_is_worth_nothing():
    assert Visited().novelty(0, 0, 0, 300) == 0


def test_staying_in_a_cell_is_one_visit():
    visited = Visited()
    for _ in range(100):
        visited.enter(100, 100)
    assert ahead(visited, 100, 100) == ONCE
    worth = visited.novelty(-500, 100, 0, 900)
    visited.enter(900, 100)
    visited.enter(100, 100)
    assert visited.novelty(-500, 100, 0, 900) < worth


@pytest.mark.parametrize(("visits", "worth"), [(0, 8), (1, ONCE), (2, 1), (3, 0), (1_000, 0)])
def test_a_cell_is_worth_less_with_each_visit(visits, worth):
    visited = Visited()
    for _ in range(visits):
        visited.spoil(100, 100)
    assert ahead(visited, 100, 100) == worth


def test_cells_left_of_and_behind_the_origin_are_cells_of_their_own():
    visited = Visited()
    places = [(100, 100), (-100, 100), (100, -100), (-100, -100)]
    for n, (x, y) in enumerate(places):
        assert [ahead(visited, *place) for place in places] == [ONCE] * n + [8] * (4 - n)
        visited.enter(x, y)


def test_every_cell_of_the_grid_is_counted_apart():
    visited = Visited()
    places = [(x, y) for x in range(250, 16_000, 500) for y in range(250, 16_000, 500)]
    rng = random.Random(1)
    rng.shuffle(places)
    visits = {place: rng.randrange(4) for place in places}
    for place, count in visits.items():
        for _ in range(count):
            visited.spoil(*place)
    assert {place: ahead(visited, *place) for place in places} == {
        place: (8, ONCE, 1, 0)[count] for place, count in visits.items()
    }
