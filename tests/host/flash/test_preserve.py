"""Settings beside a filesystem: read as the board writes them, kept over a flash and a cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastcrc.crc16 import mcrf4xx

from patrolcar.errors import PatrolError
from patrolcar.flash.preserve import HEAD, Preserved, Record, compacted, records

AREA = {"MACHINE": "TOY with F411", "SETTINGS": ((0x08014000, 0xC000),)}
FILE = "TOY_with_F411-abc.json"


def area(*found: tuple[int, int, bytes], generation: int = 1) -> bytes:
    """An area's bytes as firmware/patrol/store/log.py writes them."""
    raw = (
        b"\x4c\x50"
        + generation.to_bytes(2, "little")
        + (generation ^ 0xFFFF).to_bytes(2, "little")
    )
    for sequence, (kind, layout, payload) in enumerate(found):
        payload += b"\0" * (len(payload) % 2)
        n = len(payload) // 2
        record = bytes((n ^ 0xFF, n, kind, layout)) + sequence.to_bytes(2, "little") + payload
        raw += record + mcrf4xx(record).to_bytes(2, "little")
    return raw


def test_whole_records_are_read_in_their_order() -> None:
    raw = area((1, 1, b"old!"), (2, 1, b"crash "), (1, 1, b"new!")) + b"\xff" * 64
    assert records(raw) == [
        Record(1, 1, b"old!".hex()),
        Record(2, 1, b"crash ".hex()),
        Record(1, 1, b"new!".hex()),
    ]


def test_a_torn_record_is_skipped_and_the_next_one_found() -> None:
    raw = bytearray(area((1, 1, b"good"), (1, 1, b"torn"), (1, 1, b"last")))
    raw[HEAD + 12 + 6] ^= 1
    assert [bytes.fromhex(one.payload) for one in records(bytes(raw))] == [b"good", b"last"]


@pytest.mark.parametrize("raw", [b"", b"\xff" * 64, b"MZ" + bytes(62), area()[:4]])
def test_an_area_that_is_none_has_no_records(raw: bytes) -> None:
    assert records(raw) == []


def test_of_settings_the_newest_counts_and_of_crashes_three() -> None:
    found = records(
        area(*[(1, 1, b"s%d" % i) for i in range(4)], *[(2, 1, b"c%d" % i) for i in range(5)])
    )
    kept = [(one.kind, bytes.fromhex(one.payload)) for one in compacted(found)]
    assert kept == [(1, b"s3"), (2, b"c2"), (2, b"c3"), (2, b"c4")]


PARTS = [(5, 1, b"%02d" % i * 8) for i in range(5)]
END = (6, 1, bytes((64, 5)))


def of_missions(*found: tuple[int, int, bytes]) -> list[tuple[int, bytes]]:
    kept = [(one.kind, bytes.fromhex(one.payload)) for one in compacted(records(area(*found)))]
    return [one for one in kept if one[0] in (5, 6)]


def test_the_newest_whole_mission_is_kept_with_all_its_parts() -> None:
    old = [(5, 1, b"old!"), (6, 1, bytes((1, 1)))]
    cut_off = [(5, 1, b"later"), (5, 1, b"and later")]
    found = of_missions(*old, *PARTS, END, (1, 1, b"set!"), *cut_off)
    assert found == [(kind, payload) for kind, _, payload in [*PARTS, END]]


def test_a_mission_that_lacks_a_part_gives_way_to_the_one_before() -> None:
    old = [(5, 1, b"old!"), (6, 1, bytes((1, 1)))]
    raw = bytearray(area(*old, *PARTS, END))
    raw[raw.index(b"02" * 8)] ^= 1
    kept = [(one.kind, one.payload) for one in compacted(records(bytes(raw)))]
    assert kept == [(5, b"old!".hex()), (6, "0101")]


def test_a_mission_of_which_a_part_is_gone_is_put_back_whole(tmp_path: Path) -> None:
    board = Board(area(*PARTS, END, (1, 1, b"mine")))
    kept = preserve(board, tmp_path)
    board.raw = area(*PARTS[1:], END, (1, 1, b"mine"))
    kept.restore()
    found = [(one.kind, bytes.fromhex(one.payload)) for one in records(board.raw)]
    assert found[-6:] == [(kind, payload) for kind, _, payload in [*PARTS, END]]


class Board:
    """A REPL whose flash is `raw`; what is written to it is kept."""

    port = "port"

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.ran: list[str] = []

    def run(self, code: str, timeout_s: float = 0.0) -> str:
        self.ran.append(code)
        if "_read(" in code:
            return self.raw.hex() + "\n"
        if "Log(board.SETTINGS)" in code:
            listed = code[code.index("for _r in ") + 10 : code.index(":\n    if not")]
            written: list[Any] = eval(listed)
            have = [(one.kind, one.layout, one.payload) for one in records(self.raw)]
            new = [(kind, layout, bytes.fromhex(text)) for kind, layout, text in [*have, *written]]
            self.raw = area(*new)
        return ""


def preserve(board: Board, folder: Path, data: dict[str, Any] = AREA) -> Preserved:
    return Preserved(board, data, "abc", folder)  # type: ignore[arg-type]


def test_what_the_filesystem_erases_is_written_again(tmp_path: Path) -> None:
    board = Board(area((1, 1, b"mine"), (2, 1, b"crash!")))
    kept = preserve(board, tmp_path)
    assert (tmp_path / FILE).is_file()
    board.raw = b"\xff" * 64
    kept.restore()
    assert [bytes.fromhex(one.payload) for one in records(board.raw)] == [b"mine", b"crash!"]
    assert not (tmp_path / FILE).exists()


def test_after_a_cut_the_next_flash_writes_what_the_first_one_had_read(tmp_path: Path) -> None:
    preserve(Board(area((1, 1, b"mine"))), tmp_path)  # and then the cable is pulled
    board = Board(b"\xff" * 64)
    preserve(board, tmp_path).restore()
    assert [bytes.fromhex(one.payload) for one in records(board.raw)] == [b"mine"]


def test_what_the_board_has_is_newer_than_the_file(tmp_path: Path) -> None:
    preserve(Board(area((1, 1, b"old!"))), tmp_path)
    board = Board(area((1, 1, b"new!")))
    preserve(board, tmp_path).restore()
    assert [bytes.fromhex(one.payload) for one in records(board.raw)] == [b"new!"]


def test_sectors_of_its_own_are_left_alone(tmp_path: Path) -> None:
    board = Board(b"")
    two = {"MACHINE": "PYB", "SETTINGS": ((0x080C0000, 0x20000), (0x080E0000, 0x20000))}
    preserve(board, tmp_path, two).restore()
    assert board.ran == []


def as_kept(*found: dict[str, Any], **changes: Any) -> str:
    """A file's text as a flash of this board leaves it."""
    return json.dumps({"board": AREA["MACHINE"], "unique_id": "abc", "records": found} | changes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("null", "no list of records"),
        ("[" * 100_000, "nested too deeply"),
        (as_kept(records=5), "no list of records"),
        (as_kept({"what": 1}), "record 1 is not kind, layout and payload"),
        (as_kept({"kind": "x", "layout": 1, "payload": "00"}), "kind 'x' is not 0 to 255"),
        (as_kept({"kind": 999, "layout": 1, "payload": "00"}), "kind 999 is not 0 to 255"),
        (as_kept({"kind": 1, "layout": -1, "payload": "00"}), "layout -1 is not 0 to 255"),
        (as_kept({"kind": [1], "layout": 1, "payload": "0000"}), r"kind \[1\] is not"),
        (as_kept({"kind": 1, "layout": 1, "payload": "zz"}), "payload 'zz' is not hex"),
        (as_kept({"kind": 1, "layout": 1, "payload": 5}), "payload 5 is not hex"),
        (as_kept({"kind": 1, "layout": 1, "payload": "00" * 510}), "510 bytes"),
        (as_kept({"kind": 1, "layout": 1, "payload": "00"}), "1 bytes, not an even number"),
        (
            as_kept(*({"kind": k, "layout": 1, "payload": "00" * 400} for k in range(3, 250))),
            "247 records of .* more than the board has room for",
        ),
    ],
)
def test_a_file_that_holds_no_settings_is_named_before_anything_is_touched(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / FILE).write_text(text)
    board = Board(area(*[(1, 1, b"mine" * 100)] * 100))  # so full that it would be compacted
    with pytest.raises(PatrolError, match=rf"{FILE} holds no settings \(.*{reason}") as caught:
        preserve(board, tmp_path)
    assert len(str(caught.value)) < 300 + len(str(tmp_path))
    assert not any("_erase" in code for code in board.ran)
    assert (tmp_path / FILE).read_text() == text


def test_another_boards_settings_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(as_kept(unique_id="abd"))
    with pytest.raises(PatrolError, match="holds the settings of another board, 'TOY with F411'"):
        preserve(Board(b"\xff" * 64), tmp_path)


def test_two_boards_of_one_id_have_a_file_each(tmp_path: Path) -> None:
    preserve(Board(area((1, 1, b"mine"))), tmp_path)
    preserve(Board(area((1, 1, b"mine"))), tmp_path, AREA | {"MACHINE": "OTHER"})
    assert {path.name for path in tmp_path.iterdir()} == {FILE, "OTHER-abc.json"}


def test_a_folder_in_its_place_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(PatrolError, match=rf"{FILE} cannot be read \(Is a directory\)"):
        preserve(Board(b"\xff" * 64), tmp_path)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(PatrolError, match=r"cannot be read \(Not a directory\)"):
        preserve(Board(b"\xff" * 64), tmp_path / "home")
