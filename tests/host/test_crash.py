"""Crash records as the host reads them."""

import struct

import pytest

from patrolcar.crash import HEAD, decode, parse
from patrolcar.errors import PatrolError

TEXT = b"load 210/1000, worst tick 4321 us\na.py:1 outer\nb.py:2 inner\nValueError: bumper"


def payload(kind: int = 0, build: bytes = b"\x01\x23\x45\x67\x89\xab\xcd\xef") -> bytes:
    return HEAD.pack(75, kind, 1, 3, 0, 0, 1, 2, 0, build) + TEXT + b"\0"


def test_a_record_is_told_in_words() -> None:
    record = decode(4, 1, payload())
    assert record.lines() == [
        "crash 4: an exception in the loop, 75 s after boot (by watchdog), number 1 of that run",
        "  patrolcar 0.1.2, build 0123456789abcdef",
        "  load 210/1000, worst tick 4321 us",
        "    a.py:1 outer",
        "    b.py:2 inner",
        "    ValueError: bumper",
    ]
    assert record.record()["uptime_s"] == 75


def test_a_tree_that_was_not_built_has_no_build() -> None:
    assert decode(1, 1, payload(build=bytes(8))).build == ""


@pytest.mark.parametrize(("layout", "data"), [(2, payload()), (1, b"short")])
def test_an_unknown_layout_is_one_clear_line(layout: int, data: bytes) -> None:
    with pytest.raises(PatrolError, match=f"record 7 has layout {layout}"):
        decode(7, layout, data)


def test_the_boards_answer_is_parsed() -> None:
    answer = f"crash 3 1 {payload().hex()}\nsomething else\ncrash 4 1 {payload(2).hex()}\n"
    found = parse(answer, "COM4")
    assert [record.sequence for record in found] == [3, 4]
    assert "watchdog" in found[1].kind
    with pytest.raises(PatrolError, match="COM4 keeps no crash records: flash for settings holds"):
        parse("trouble flash for settings holds something else\n", "COM4")


def test_the_head_is_the_firmwares(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from patrolcar.flash.build import firmware_dir

    source = (Path(firmware_dir()) / "patrol/store/crash.py").read_text()
    assert f'HEAD = "{HEAD.format}"' in source
    assert struct.calcsize(HEAD.format) == 20
    assert "HEAD_BYTES = const(20)" in source
