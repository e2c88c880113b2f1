"""Which cells attract."""

from patrol.behaviour.visited import Visited


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
    assert visited.cells == 1
    worth = visited.novelty(-500, 100, 0, 900)
    visited.enter(900, 100)
    visited.enter(100, 100)
    assert visited.novelty(-500, 100, 0, 900) < worth


def test_cells_left_of_and_behind_the_origin_are_cells_of_their_own():
    visited = Visited()
    for x, y in ((100, 100), (-100, 100), (100, -100), (-100, -100)):
        visited.enter(x, y)
    assert visited.cells == 4
