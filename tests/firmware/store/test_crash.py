"""Crash records: what they hold, when crashes count as a row, and what the next boot says."""

import sys
import types

import pytest

from flash_chip import SECTOR_10, SECTOR_11, SECTOR_BYTES, FlashChip, print_trace

TWO = ((SECTOR_10, SECTOR_BYTES), (SECTOR_11, SECTOR_BYTES))
UPTIME = 0x4000289C


class Schedule:
    ms = 12_345
    overruns = 2
    load_permille = 210
    worst_us = 4_321
    names = ("sense", "drive")
    task_worst_us = (250, 300)


@pytest.fixture
def chip(monkeypatch):
    made = FlashChip().install(monkeypatch)
    machine = types.ModuleType("machine")
    machine.PWRON_RESET, machine.WDT_RESET = 1, 3
    machine.cause = 1
    machine.reset_cause = lambda: machine.cause
    monkeypatch.setitem(sys.modules, "machine", machine)
    made.machine = machine

    monkeypatch.setattr(sys, "print_exception", print_trace, raising=False)
    return made


@pytest.fixture
def crash(chip):
    from patrol.store import crash

    return crash


def log():
    from patrol.store.log import Log

    return Log(TWO)


def an_error(text="bumper", depth=0):
    try:
        deep(text, depth)
    except ValueError as error:
        return error


def deep(text, depth):
    if depth:
        deep(text, depth - 1)
    raise ValueError(text)


def said(crash):
    words = []
    crash.tell(log(), lambda severity, text: words.append((severity, text)))
    return words


def note(crash, uptime_s, number=1):
    crash.note(log(), crash.START, an_error(), None, number, uptime_s)


def test_a_record_holds_uptime_version_times_and_trace(crash):
    assert crash.note(log(), crash.LOOP, an_error(), Schedule())
    layout, payload = log().newest(2)
    assert layout == crash.LAYOUT
    assert payload[:8] == bytes((12, 0, 0, 0, crash.LOOP, 1, 1, 0))
    text = payload[crash.HEAD_BYTES :].rstrip(b"\0").decode().split("\n")
    assert (
        text[0] == "load 210/1000, worst tick 4321 us, 2 overruns; tasks us: sense 250 drive 300"
    )
    assert text[-1] == "ValueError: bumper"
    assert any("test_crash.py:" in line and line.endswith(" deep") for line in text)


def test_a_long_trace_keeps_its_innermost_frames(crash):
    assert crash.note(log(), crash.LOOP, an_error("bottom", 40), Schedule())
    text = log().newest(2)[1][crash.HEAD_BYTES :].rstrip(b"\0").decode()
    assert len(text) <= 480
    assert text.endswith("ValueError: bottom")
    assert "deep" in text


def test_a_message_without_end_is_cut(crash):
    assert crash.note(log(), crash.LOOP, an_error("x" * 3000), Schedule())
    assert len(log().newest(2)[1]) <= 508


def test_the_next_boot_says_what_and_where_in_lines_of_50_bytes(crash):
    assert said(crash) == []
    crash.note(log(), crash.LOOP, an_error("b" * 70), Schedule())
    words = said(crash)
    assert words[0] == (2, (b"crash: ValueError: " + b"b" * 70)[:50])
    assert words[1][1].endswith(b" deep")
    assert words[2] == (3, b"12 s after boot, 1 in all: patrol crash")
    assert all(len(text) <= 50 for _, text in words)


def test_a_minute_of_life_or_a_person_ends_the_telling(crash):
    note(crash, 5)
    assert said(crash)
    crash.forgive(log())
    assert said(crash) == []
    note(crash, 5)
    assert said(crash)
    crash.clear(log())
    assert said(crash) == []


def test_a_watchdog_reset_leaves_a_record_with_the_uptime(crash, chip):
    chip.registers[UPTIME] = crash.MARK | 754
    chip.machine.cause = 3
    crash.boot(log())
    assert chip.registers[UPTIME] == 0
    payload = log().newest(2)[1]
    assert payload[:7] == bytes((754 & 255, 754 >> 8, 0, 0, crash.WATCHDOG, 1, 3))
    assert said(crash)[0] == (2, b"crash: watchdog: the loop hung")


def began(crash):
    words = []
    crash.start(lambda severity, text: words.append((severity, text)))
    return words


@pytest.mark.parametrize(
    ("cause", "severity", "text"),
    [
        (0, 6, b"started by a soft reset"),
        (1, 6, b"started by power-on"),
        (2, 6, b"started by the reset pin"),
        (3, 3, b"started by the watchdog"),
        (4, 6, b"started from deep sleep"),
    ],
)
def test_a_boot_says_what_it_came_from(crash, chip, cause, severity, text):
    chip.machine.cause = cause
    assert began(crash) == [(severity, text)]


def test_a_power_on_that_finds_an_uptime_was_a_dip_and_no_crash(crash, chip, monkeypatch):
    monkeypatch.setattr(crash, "_dip_s", -1)
    chip.machine.cause = 1
    sys.modules["stm"].mem32[UPTIME] = 0x2A000000 | 123
    crash.boot(log())
    assert began(crash) == [(3, b"brown-out: the supply dipped 123 s after boot")]
    assert began(crash) == [(6, b"started by power-on")]  # the next car in this boot
    assert said(crash) == []
    assert crash.early(log()) == 0


@pytest.mark.parametrize(("register", "cause"), [(0, 3), (0x2A000005, 2), (0x12345678, 3)])
def test_no_record_where_no_loop_was_hung(crash, chip, register, cause):
    chip.registers[UPTIME] = register
    chip.machine.cause = cause
    crash.boot(log())
    assert log().newest(2) is None


def test_early_crashes_count_in_a_row(crash):
    assert crash.early(log()) == 0
    note(crash, 3)
    note(crash, 59)
    assert crash.early(log()) == 2
    note(crash, 3, number=2)  # the same run's second one
    assert crash.early(log()) == 2
    note(crash, 60)
    assert crash.early(log()) == 0
    note(crash, 1)
    assert crash.early(log()) == 1
    crash.forgive(log())
    assert crash.early(log()) == 0


def test_crashes_of_another_build_do_not_count(crash, monkeypatch):
    for _ in range(3):
        note(crash, 3)
    assert crash.early(log()) == 3
    monkeypatch.setattr(crash, "BUILD", b"12345678")
    assert crash.early(log()) == 0


def test_what_the_host_gets(crash, capsys):
    note(crash, 3)
    crash.clear(log())
    note(crash, 7)
    crash.dump(log())
    (line,) = capsys.readouterr().out.splitlines()
    kind, sequence, layout, data = line.split()
    assert (kind, sequence, layout) == ("crash", "2", "1")
    assert bytes.fromhex(data)[0] == 7
