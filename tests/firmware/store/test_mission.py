"""Missions in the log: a cut at any write leaves the old or the new one, whole."""

import random

import pytest

from flash_chip import SECTOR_10, SECTOR_11, SECTOR_BYTES, FlashChip, PowerCut, all_of

AREAS = ((SECTOR_10, SECTOR_BYTES), (SECTOR_11, SECTOR_BYTES))
ITEM = 32


@pytest.fixture
def chip(monkeypatch):
    return FlashChip().install(monkeypatch)


def log():
    from patrol.store.log import Log

    return Log(AREAS)


def items(count, seed=1):
    return random.Random(f"mission {seed}").randbytes(count * ITEM)


def save(mission, where=None):
    from patrol.store.mission import save

    return save(where or log(), mission)


def stored(chip, where=None):
    """What is in flash, by the places that are told."""
    from patrol.store.mission import find

    parts, count = find(where or log())
    data = b""
    for at in parts:
        start = at - 0x0800_0000
        data += chip.flash[start : start + 15 * ITEM]
    return data[: count * ITEM]


@pytest.mark.parametrize("count", [0, 1, 15, 16, 60, 64])
def test_a_mission_is_there_after_the_next_boot(chip, count):
    assert stored(chip) == b""
    assert save(items(3))
    assert save(items(count))
    assert stored(chip) == items(count)


@pytest.mark.parametrize("count", [2, 17])
def test_a_cut_at_any_half_word_leaves_the_old_or_the_new_one(monkeypatch, count):
    old, new = items(16, 1), items(count, 2)
    before = FlashChip().install(monkeypatch)
    save(old)
    log().append(1, 1, b"settings")
    start = before.writes
    save(new)
    writes = before.writes - start
    found = set()
    for cut in range(1, writes + 1):
        chip = FlashChip(seed=cut).install(monkeypatch)
        save(old)
        log().append(1, 1, b"settings")
        chip.cut_at = chip.writes + cut
        with pytest.raises(PowerCut):
            save(new)
        flash = bytes(chip.flash)
        chip = FlashChip(seed=cut).install(monkeypatch)
        chip.flash[:] = flash
        left = stored(chip)
        assert left in (old, new), cut
        found.add(left)
        assert log().newest(1) == (1, b"settings")
        assert save(old)
        assert stored(chip) == old
    assert old in found


def test_a_cut_upload_and_other_records_between_do_not_hide_the_mission_before(chip):
    whole = items(40)
    save(whole)
    there = log()
    there.append(1, 1, b"settings")
    there.append(5, 1, items(15, 2))
    there.append(5, 1, items(15, 3))
    there.append(1, 1, b"settings")
    assert stored(chip) == whole
    for _ in range(2):
        assert log().compact()
        assert stored(chip) == whole
        assert log().newest(1) == (1, b"settings")
    assert len(all_of(log(), 5)) == 3


def test_compacting_takes_the_newest_mission_alone(chip):
    for seed in range(5):
        save(items(64, seed))
    assert log().compact()
    assert stored(chip) == items(64, 4)
    assert len(all_of(log(), 5, 6)) == 6


def test_one_that_has_rotted_gives_way_to_the_one_before(chip):
    save(items(20, 1))
    save(items(20, 2))
    from patrol.store.mission import find

    (at, _), _ = find(log())
    chip.flash[at - 0x0800_0000 + 7] &= 0x0F & ~items(20, 2)[7]
    assert stored(chip) == items(20, 1)
    assert log().compact()
    assert stored(chip) == items(20, 1)


def test_without_room_it_is_refused_and_the_one_before_stays(chip):
    save(items(20, 1))
    there = log()
    while there.free() > 1_200:
        there.append(1, 1, bytes(500))
    assert not save(items(64, 2), there)
    assert stored(chip) == items(20, 1)


def test_a_layout_that_is_not_known_is_no_mission(chip):
    save(items(2, 1))
    log().append(6, 2, bytes((1, 0)))
    assert stored(chip) == items(2, 1)


def test_what_is_there_already_is_not_written_again(chip):
    assert save(items(20))
    writes = chip.writes
    assert save(items(20))
    assert chip.writes == writes
    assert save(b"")
    writes = chip.writes
    assert save(b"")
    assert chip.writes == writes


def test_many_missions_leave_room_for_settings_and_crashes(chip):
    there = log()
    seed = 0
    while save(items(64, seed), there):
        seed += 1
    assert 50 < seed < 62
    assert stored(chip) == items(64, seed - 1)
    for _ in range(7):
        assert there.append(2, 1, bytes(500))
    assert log().compact()
    assert stored(chip) == items(64, seed - 1)


def test_thousands_of_records_are_walked_and_not_collected(chip):
    import tracemalloc

    save(items(64))
    there = log()
    for _ in range(9_000):
        there._write(4, 1, 0, b"")
    assert stored(chip) == items(64)
    tracemalloc.start()
    for act in (stored, lambda chip: log().compact()):
        tracemalloc.clear_traces()
        act(chip)
        assert tracemalloc.get_traced_memory()[1] < 150_000, act
    tracemalloc.stop()
    assert stored(chip) == items(64)
