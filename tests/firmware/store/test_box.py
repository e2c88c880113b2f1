"""Black boxes from the ring to the host: which ticks they have, and what a full flash or a cut of
the power does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flash_chip import SECTOR_10, SECTOR_11, SECTOR_BYTES, FlashChip, PowerCut
from ticking import Ticking, numbers, stored

TWO = ((SECTOR_10, SECTOR_BYTES), (SECTOR_11, SECTOR_BYTES))
ONE = ((0x08014000, 0xC000),)
STALL, BUMPER, ESTOP = 2048 + 3, 2048 + 6, 2048 + 10
HOLD, AUTO, FAULT = 1, 3, 4
SAID = (5, b"black box stored: patrol blackbox")


@pytest.fixture
def chip(monkeypatch):
    return FlashChip().install(monkeypatch)


def log_of(areas=TWO):
    from patrol.store.log import Log

    return Log(areas)


def write(car, log):
    from patrol.store import box

    return box.write(log, car.box)


def stopped_for_good(ticks=200, reason=ESTOP):
    car = Ticking()
    car.tick(ticks)
    at = car.stop(reason, FAULT)
    car.tick(60)
    return car, at


def test_a_stop_for_good_is_stored_with_60_ticks_before_it(chip):
    car, at = stopped_for_good()
    assert write(car, log_of()) == SAID
    (box,) = stored(log_of())
    assert (box.reason, box.missing, box.parts) == ("emergency stop", 0, 3)
    assert numbers(box) == list(range(at - 61, at + 13))
    (stop,) = [tick for tick in box.ticks if tick.at_ms == box.stop_ms]
    assert (stop.speed_left, stop.state) == (at, "FAULT")
    assert (stop.duty_left, stop.want_speed, stop.want_turn) == (-200, 100, -640)
    assert (stop.range_left, stop.range_front, stop.heading) == (992, 4_080, -3_141)
    assert (stop.battery_mv, stop.tick_us, stop.speed_right) == (7_680, 2_944, -7)


def test_a_young_car_has_as_many_ticks_as_there_were(chip):
    car, at = stopped_for_good(5)
    write(car, log_of())
    (box,) = stored(log_of())
    assert numbers(box) == list(range(1, at + 13))


def test_a_stop_that_it_goes_on_after_and_the_one_that_ends_the_drive_are_both_there(chip):
    car = Ticking()
    car.tick(100)
    bumped = car.stop(BUMPER)
    car.tick(500)
    stopped = car.stop(STALL, HOLD)
    car.tick(30)
    write(car, log_of())
    first, second = stored(log_of())
    assert (first.reason, second.reason) == ("bumper", "stall")
    assert numbers(first) == list(range(bumped - 24, bumped + 13))
    assert numbers(second) == list(range(stopped - 24, stopped + 13))


def test_of_stops_in_a_row_the_first_counts_and_later_the_last(chip):
    car = Ticking()
    at = []
    for pause in (100, 200, 200, 700):
        car.tick(pause)
        at.append(car.stop(BUMPER))
    car.tick(30)
    write(car, log_of())
    (box,) = stored(log_of())
    assert numbers(box)[24] == at[3]
    car.tick(700)
    at = [car.stop(BUMPER)]
    car.tick(200)
    car.stop(STALL)
    car.tick(30)
    write(car, log_of())
    assert numbers(stored(log_of())[-1])[24] == at[0]


@given(st.lists(st.tuples(st.integers(1, 120), st.sampled_from([None, AUTO, HOLD])), max_size=12))
def test_whatever_the_order_of_stops_a_box_is_of_ticks_in_a_row_around_one(events):
    with pytest.MonkeyPatch.context() as patch:
        FlashChip().install(patch)
        car = Ticking()
        stops = set()
        for pause, state in events:
            car.tick(pause)
            if state is None:
                car.supervisor.state = AUTO  # driven on
            else:
                stops.add(car.stop(STALL, state))
        car.tick(20)
        if car.box.left >= 0 and not car.box.aside[0]:
            assert not stops
            return
        write(car, log_of())
        found = stored(log_of())
        assert 1 <= len(found) <= 2
        for box in found:
            (stop,) = [tick.speed_left for tick in box.ticks if tick.at_ms == box.stop_ms]
            assert stop in stops
            first, last = numbers(box)[0], numbers(box)[-1]
            assert numbers(box) == list(range(first, last + 1))
            assert last == stop + 12
        car.tick(200)
        again = car.stop(ESTOP, FAULT)
        car.tick(20)
        write(car, log_of())
        assert numbers(stored(log_of())[-1]) == list(range(again - 61, again + 13))


@pytest.mark.parametrize("areas", [TWO, ONE])
def test_three_times_it_is_stored_and_then_only_after_the_next_boot(chip, areas):
    car, _ = stopped_for_good()
    for _ in range(3):
        assert car.box.left < 0
        assert write(car, log_of(areas)) == SAID
        car.supervisor.state = AUTO
        car.tick(100)
        car.stop(ESTOP, FAULT)
        car.tick(20)
    assert car.box.left == 0
    assert len(stored(log_of(areas))) == 3


@pytest.mark.parametrize("areas", [TWO, ONE])
def test_a_full_flash_is_told_once_and_settings_and_crashes_still_find_room(chip, areas):
    log = log_of(areas)
    log.append(1, 1, b"settings")
    answers = []
    while not answers or answers[-1] == SAID:
        car, _ = stopped_for_good()
        answers.append(write(car, log_of(areas)))
    assert answers[-1] == (4, b"black box not stored: no room in flash")
    assert (car.box.left, car.box.budget) == (0, 0)  # it is not tried again
    before = len(stored(log_of(areas)))
    assert before == len(answers) - 1 > 20
    for _ in range(7):
        assert log_of(areas).append(2, 1, bytes(500))
    assert log_of(areas).newest(1) == (1, b"settings")
    if areas == TWO:
        log_of().tidy()  # at the next boot
        car, _ = stopped_for_good()
        assert write(car, log_of()) == SAID
        assert len(stored(log_of())) == 3  # of the second one only a part is left
        assert log_of().newest(1) == (1, b"settings")


def test_no_flash_for_it_is_told_and_nothing_else_happens(chip):
    car, _ = stopped_for_good()
    level, text = write(car, log_of(()))
    assert (level, text) == (4, b"black box not stored: no flash for settings on this board"[:50])


def test_those_that_were_read_are_not_shown_again(chip):
    from patrol.store import box

    box.clear(log_of())
    assert chip.writes == 0
    write(stopped_for_good()[0], log_of())
    box.clear(log_of())
    assert stored(log_of()) == []
    write(stopped_for_good(300)[0], log_of())
    assert log_of().compact()
    assert [len(one.ticks) for one in stored(log_of())] == [74]


@pytest.mark.parametrize("seed", range(2))
def test_a_cut_at_any_half_word_leaves_all_else_whole(monkeypatch, seed):
    before = FlashChip(seed=seed).install(monkeypatch)
    log_of().append(1, 1, b"settings")
    log_of().append(2, 1, b"a crash!")
    write(stopped_for_good()[0], log_of())
    car, _ = stopped_for_good(300)
    chip = FlashChip()
    chip.flash[:] = before.flash
    chip.install(monkeypatch)
    write(car, log_of())
    old = numbers(stored(log_of())[0])
    shown = set()
    for cut in range(1, chip.writes + 1):
        chip = FlashChip(seed=seed * 10_000 + cut)
        chip.flash[:] = before.flash
        chip.install(monkeypatch)
        chip.cut_at = cut
        car, at = stopped_for_good(300)
        with pytest.raises(PowerCut):
            write(car, log_of())
        chip.cut_at = None
        chip.registers[0x40023C10] = 0x80000000  # a reset
        chip._keys = []
        log = log_of()
        assert log.newest(1) == (1, b"settings")
        assert log.newest(2) == (1, b"a crash!")
        whole, *torn = stored(log)
        assert numbers(whole) == old
        for box in torn:
            assert numbers(box) == list(range(at - 61, at + 13))[: len(box.ticks)]
            shown.add(box.missing)
        assert log.append(1, 1, b"and on")
        assert log_of().newest(1) == (1, b"and on")
    assert shown >= {1, 2}
