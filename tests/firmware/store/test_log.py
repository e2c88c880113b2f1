"""The log in raw flash: what is written is read, and a cut at any half-word loses no more than the
record that was being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flash_chip import SECTOR_10, SECTOR_11, SECTOR_BYTES, FlashChip, PowerCut, all_of

TWO = ((SECTOR_10, SECTOR_BYTES), (SECTOR_11, SECTOR_BYTES))
ONE = ((0x08014000, 0xC000),)


@pytest.fixture
def chip(monkeypatch):
    return FlashChip().install(monkeypatch)


def log_of(areas=TWO):
    from patrol.store.log import Log

    return Log(areas)


def payloads(log, *types):
    return [record[3] for record in all_of(log, *types)]


@pytest.mark.parametrize("areas", [TWO, ONE])
def test_what_was_appended_is_there_after_the_next_boot(chip, areas):
    log = log_of(areas)
    assert log.newest(1) is None
    assert log.append(1, 1, b"first")
    assert log.append(2, 7, b"other!")
    assert log.append(1, 2, b"second")
    log = log_of(areas)
    assert log.newest(1) == (2, b"second")
    assert log.newest(2) == (7, b"other!")
    assert payloads(log, 1) == [b"first\0", b"second"]
    assert [record[2] for record in all_of(log, 1, 2)] == [0, 1, 2]


def test_flash_is_locked_between_writes(chip):
    log_of().append(1, 1, b"x")
    assert chip.registers[0x40023C10] == 0x80000000


@pytest.mark.parametrize("areas", [TWO, ONE])
@pytest.mark.parametrize("seed", range(3))
def test_a_cut_at_any_half_word_leaves_old_or_new_and_the_log_goes_on(monkeypatch, areas, seed):
    old, new = b"the old settings", b"the new settings, longer"
    before = FlashChip(seed=seed).install(monkeypatch)
    log_of(areas).append(1, 1, old)
    for cut in range(1, before.writes + len(new)):
        chip = FlashChip(seed=seed * 1000 + cut)
        chip.flash[:] = before.flash
        chip.install(monkeypatch)
        chip.cut_at = cut
        try:
            log_of(areas).append(1, 1, new)
            whole = True
        except PowerCut:
            whole = False
        chip.cut_at = None
        chip.registers[0x40023C10] = 0x80000000  # a reset
        chip._keys = []
        log = log_of(areas)
        found = log.newest(1)[1]
        assert found == new if whole else found in (old, new)
        assert log.append(1, 1, b"after it")
        assert log_of(areas).newest(1) == (1, b"after it")
        assert old in payloads(log_of(areas), 1)


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_in_the_very_first_write_leaves_a_log_that_can_be_begun(monkeypatch, seed):
    for cut in range(1, 12):
        chip = FlashChip(seed=seed * 100 + cut).install(monkeypatch)
        chip.cut_at = cut
        with pytest.raises(PowerCut):
            log_of().append(1, 1, b"0123456789")
        chip.cut_at = None
        chip.registers[0x40023C10] = 0x80000000
        chip._keys = []
        log = log_of()
        assert log.trouble is None
        assert log.append(1, 1, b"again")
        assert log_of().newest(1)[1] == b"again\0"


def test_compacting_keeps_the_newest_and_the_last_three_crashes(chip):
    log = log_of()
    for i in range(5):
        log.append(1, 1, b"settings %d" % i)
        log.append(2, 1, b"crash %d" % i)
    assert log.compact()
    assert chip.erases == [11]
    log = log_of()
    assert payloads(log, 1) == [b"settings 4"]
    assert payloads(log, 2) == [b"crash 2\0", b"crash 3\0", b"crash 4\0"]
    assert log.compact()
    assert chip.erases == [11, 10]
    assert log_of().newest(1) == (1, b"settings 4")


@pytest.mark.parametrize("seed", range(2))
def test_a_cut_while_compacting_loses_nothing(monkeypatch, seed):
    before = FlashChip().install(monkeypatch)
    log = log_of()
    for i in range(4):
        log.append(1, 1, b"settings %d" % i)
        log.append(2, 1, b"crash %d" % i)
    log.compact()  # so that the other area holds older records
    log.append(1, 1, b"settings 9")
    cut = 0
    while True:
        cut += 1
        chip = FlashChip(seed=seed * 1000 + cut)
        chip.flash[:] = before.flash
        chip.install(monkeypatch)
        chip.cut_at = cut
        try:
            log_of().compact()
            break
        except PowerCut:
            pass
        chip.cut_at = None
        chip.registers[0x40023C10] = 0x80000000
        chip._keys = []
        log = log_of()
        assert log.trouble is None
        assert log.newest(1) == (1, b"settings 9")
        assert payloads(log, 2)[-3:] == [b"crash 1\0", b"crash 2\0", b"crash 3\0"]
        assert log.compact()
        assert log_of().newest(1) == (1, b"settings 9")
    assert cut > 20


def test_a_full_area_refuses_and_keeps_what_it_has(chip):
    log = log_of(ONE)
    n = 0
    while log.append(2, 1, bytes(500)):
        n += 1
    assert n == (0xC000 - 6) // 508
    assert not log.compact()
    assert len(all_of(log_of(ONE), 2)) == n


def test_the_area_is_compacted_before_it_is_full(chip):
    log = log_of()
    log.append(1, 1, b"settings")
    while log.free() >= 8192:
        assert log.append(2, 1, bytes(500))
    log.tidy()
    assert log.free() > SECTOR_BYTES - 2048
    assert log.newest(1) == (1, b"settings")


def test_foreign_content_is_left_alone_and_said(chip):
    chip.flash[0xC0000:0xC0010] = b"\x00\x00\x02\x20 a program!"
    log = log_of()
    assert b"something else" in log.trouble
    assert not log.append(1, 1, b"x")
    assert log.newest(1) is None
    assert chip.writes == 0


def test_a_board_without_an_area_says_so(chip):
    log = log_of(())
    assert log.trouble
    assert not log.append(1, 1, b"x")
    assert log.newest(1) is None


def test_a_record_that_is_too_long_is_refused(chip):
    with pytest.raises(ValueError, match="509 bytes"):
        log_of().append(1, 1, bytes(509))


@given(st.binary(min_size=0, max_size=64), st.integers(0, 2**32))
def test_a_flipped_bit_is_never_read_as_a_record(payload, where):
    with pytest.MonkeyPatch.context() as patch:
        chip = FlashChip().install(patch)
        log = log_of()
        log.append(1, 1, b"good")
        start = log._end
        log.append(1, 1, payload)
        bit = where % ((log._end - start) * 8)
        chip.flash[start - 0x08000000 + bit // 8] ^= 1 << bit % 8
        found = payloads(log_of(), 1)
        assert found[0] == b"good"
        assert len(found) == 1


def test_the_checksum_is_mavlinks():
    from pymavlink.generator.mavcrc import x25crc

    with pytest.MonkeyPatch.context() as patch:
        FlashChip().install(patch)
        from patrol.store.log import checksum

        assert checksum(b"123456789") == x25crc(b"123456789").crc == 0x6F91
