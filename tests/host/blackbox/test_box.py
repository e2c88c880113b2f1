"""Black boxes as the host reads, shows and saves them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from rich.console import Console

from patrolcar.blackbox import box as kept
from patrolcar.blackbox.box import FORMAT, HEAD, PART_TICKS, REASONS
from patrolcar.blackbox.fetch import parse
from patrolcar.blackbox.show import check_outputs, draw, table, ticks_shown, title, write_csv
from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir

END_MS = 70_010
BUILD = bytes.fromhex("0123456789abcdef")
BUMPER = 2048 + 6


def ticks(count: int, after: int, end_ms: int = END_MS) -> bytes:
    """Each 10 ms after the one before; from the stop on the bumper is pressed, in HOLD."""
    data = b""
    for i in range(count):
        stopped = i >= count - after
        flags = (1 << 10 | 1 << 13 | 1 << 6) if stopped else 3 << 10
        ms = end_ms - 10 * (count - 1 - i)
        speed = 0 if stopped else 200 + i
        data += FORMAT.pack(
            ms & 0xFFFF, flags, speed, -speed, 25, -25, 50, -3, 0, 100, 255, -1_500, 120, 30
        )
    return data


def lines(
    count: int = 37, after: int = 13, sequence: int = 4, reason: int = BUMPER, layout: int = 1
) -> list[str]:
    data = ticks(count, after)
    parts = -(-count // PART_TICKS)
    found = []
    for part in range(parts):
        head = HEAD.pack(END_MS, reason, part, parts, count, after, BUILD)
        size = PART_TICKS * FORMAT.size
        payload = head + data[part * size : (part + 1) * size]
        payload += b"\0" * (len(payload) % 2)
        found.append(f"box {sequence + part} {layout} {payload.hex()}")
    return found


def only(answer: list[str]) -> kept.Box:
    (box,) = parse("\n".join(answer), "COM4")
    return box


def test_a_box_is_decoded_with_units() -> None:
    box = only(["something else", *lines()])
    assert (box.sequence, box.reason, box.build) == (4, "bumper", BUILD.hex())
    assert (box.parts, box.missing, len(box.ticks)) == (2, 0, 37)
    assert [tick.at_ms for tick in box.ticks] == list(range(END_MS - 360, END_MS + 1, 10))
    assert box.stop_ms == END_MS - 120
    assert box.ticks[0] == kept.Tick(
        END_MS - 360, "AUTO", (), 200, -200, 200, -200, 200, -96, None, 1_600, 4_080, -1_500,
        7_680, 3_840,
    )  # fmt: skip
    last = box.ticks[-1]
    assert (last.state, last.conditions) == ("HOLD", ("bumper", "bumper pressed"))


def test_uptime_beyond_16_bits_of_ms_is_whole() -> None:
    box = only(lines(count=60))
    assert box.ticks[0].at_ms < 65_536 * 2
    assert box.ticks[-1].at_ms - box.ticks[0].at_ms == 590


@pytest.mark.parametrize("lost", [0, 1])
def test_what_is_there_of_an_incomplete_box_is_shown_and_said(lost: int) -> None:
    answer = lines()
    del answer[lost]
    box = only(answer)
    assert box.missing == 1
    assert len(box.ticks) == (12 if lost == 0 else 25)
    assert "incomplete: 1 of 2 parts are missing" in title(box)
    assert box.stop_ms == (None if lost == 0 else END_MS - 120)
    assert ticks_shown(box)
    Console(width=200).print(table(box))


def test_two_boxes_one_cut_short_are_two() -> None:
    found = parse("\n".join([*lines()[:1], *lines(sequence=9)]), "COM4")
    assert [(box.sequence, box.missing) for box in found] == [(4, 1), (9, 0)]


def test_the_table_shows_what_was_around_the_stop_or_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    box = only(lines())
    console = Console(width=200)
    console.print(table(box))
    short = capsys.readouterr().out
    assert len(short.splitlines()) == 2 + 12
    assert re.search(r"^ *\+0 +HOLD .* bumper, bumper pressed *$", short, re.M)
    console.print(table(box, every=True))
    assert len(capsys.readouterr().out.splitlines()) == 2 + 37
    assert title(box).startswith("black box 4: bumper, 69.89 s after boot, build 0123456789abcdef")


def test_the_table_as_csv_has_every_tick_with_units(tmp_path: Path) -> None:
    path = tmp_path / "ticks.csv"
    write_csv([only(lines()), only(lines(count=74, sequence=9))], path)
    rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))
    assert len(rows) == 37 + 74
    assert rows[24]["from_stop_ms"] == "0"
    assert rows[24]["conditions"] == "bumper; bumper pressed"
    assert rows[0]["speed_left_mm_s"] == "200"
    assert rows[0]["range_left_mm"] == ""
    assert {row["box"] for row in rows} == {"4", "9"}


def test_a_picture_is_drawn_also_of_an_incomplete_box(tmp_path: Path) -> None:
    path = tmp_path / "ticks.png"
    draw([only(lines()), only(lines()[:1])], path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lines(layout=2), "black box record 4 has layout 2 and"),
        (["box 7 1 00"], "record 7 has layout 1 and 1 bytes"),
        ([lines()[0][:-4]], "record 4 does not fit together"),
        (["trouble flash for settings holds something else"], "COM4 keeps no black boxes: flash"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(answer: list[str], said: str) -> None:
    with pytest.raises(PatrolError, match=said):
        parse("\n".join(answer), "COM4")


def test_a_reason_that_is_not_known_is_told_by_its_number() -> None:
    assert only(lines(reason=77)).reason == "reason 77"


@pytest.mark.parametrize(
    ("table", "picture", "said"),
    [
        ("ticks.xls", None, "ticks.xls is no name for a table: let it end in .csv"),
        ("no/ticks.csv", None, "folder no does not exist"),
        (None, "ticks.svg", "let it end in .png"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_the_car_is_stopped(
    table: str | None, picture: str | None, said: str
) -> None:
    with pytest.raises(PatrolError, match=said):
        check_outputs(table and Path(table), picture and Path(picture))  # type: ignore[arg-type]


def test_formats_and_words_are_the_firmwares() -> None:
    patrol = firmware_dir() / "patrol"
    stored = (patrol / "store/box.py").read_text()
    ring = (patrol / "behaviour/blackbox.py").read_text()
    words = (patrol / "behaviour/faults.py").read_text()
    assert f'HEAD = "{HEAD.format}"' in stored
    assert f"PART_TICKS = const({PART_TICKS})" in stored
    assert f'"{FORMAT.format}",' in ring
    assert f"BYTES = const({FORMAT.size})" in ring
    assert HEAD.size + PART_TICKS * FORMAT.size <= 508
    names = re.findall(
        r'^    \("([a-z ]+)", ', (patrol / "behaviour/failsafe_table.py").read_text(), re.M
    )
    assert tuple(names) == kept.FAILSAFES
    said = "".join(re.findall(r'b"([^"]*)"', words[words.index("_WORDS") :])).split("|")
    events = said[said.index("ground station silent") :][10:16]
    for number, event in enumerate(events, 2048 + 10):
        assert event.split(":")[0] == REASONS[number].split(":")[0]
