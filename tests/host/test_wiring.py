"""The wiring that is shown is the boards' files': every pin once, at both ends, and not stale."""

import shutil
import struct
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.build import board_data, boards, build
from patrolcar.made import checkout
from patrolcar.wiring import __main__ as generator
from patrolcar.wiring import figures, values
from patrolcar.wiring.document import filled, picture, table
from patrolcar.wiring.headers import HEADERS, header
from patrolcar.wiring.layout import plan
from patrolcar.wiring.picture import draw
from patrolcar.wiring.rows import parts, wires
from patrolcar.wiring.show import lines, save
from patrolcar_sim.board.wiring import PYBOARD_V11

SVG = "{http://www.w3.org/2000/svg}"
BOARDS = boards()


def named_pins(value):
    """Every string in a board's constants: each is the name of a pin."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [name for one in value for name in named_pins(one)]
    return []


def pads_of_the_board_file(board):
    """What the file says, by way of the header's names alone."""
    data, shape = board_data(board), header(board)
    names = [n for key, value in data.items() if key != "MACHINE" for n in named_pins(value)]
    names += shape.bus("UART", data["UART"])
    assert (data["I2C_SCL"], data["I2C_SDA"]) == tuple(shape.bus("I2C", data["I2C"]))
    return Counter(shape.pad(name).in_full for name in names)


def shown(board):
    """The picture's wires: the title and the visible texts of each group."""
    root = ET.fromstring(picture(board))
    return [
        (group.findtext(f"{SVG}title"), [t.text for t in group.iter(f"{SVG}text")])
        for group in root.iter(f"{SVG}g")
    ]


def test_readme_and_pictures_are_not_stale(capsys):
    assert generator.main(["--check"]) == 0, capsys.readouterr().err


def test_what_is_stale_is_named_and_then_written(tmp_path, capsys):
    shutil.copytree(checkout() / "firmware", tmp_path / "firmware")
    (tmp_path / ".github").mkdir()
    board = tmp_path / "firmware" / "boards" / "pyboard_v11.py"
    board.write_text(board.read_text().replace('BUMPER = "X18"', 'BUMPER = "X22"'))
    assert generator.main(["--check", "--root", str(tmp_path)]) == 1
    assert ".github/wiring-pyboard_v11.svg is stale: run `make wiring`" in capsys.readouterr().err
    assert generator.main(["--root", str(tmp_path)]) == 0
    assert generator.main(["--check", "--root", str(tmp_path)]) == 0
    for name in (".github/wiring-pyboard_v11.svg", "firmware/README.md"):
        assert "X22 (PC3)" in (tmp_path / name).read_text(encoding="utf-8")


def test_every_board_has_a_header_and_a_section():
    assert sorted(HEADERS) == BOARDS
    text = (checkout() / "firmware" / "README.md").read_text(encoding="utf-8")
    for board in BOARDS:
        assert text.count(f"<!-- made: board {board} -->") == 1


@pytest.mark.parametrize("board", BOARDS)
def test_every_signal_is_in_the_table_once(board):
    expected = pads_of_the_board_file(board)
    left, _, right = (
        header(board).pad(trigger).in_full for trigger, _ in board_data(board)["SONARS"]
    )
    assert {pad for pad, times in expected.items() if times > 1} == ({left} & {right})
    pins = Counter(line.split(" | ")[2].strip() for line in table(board)[2:])
    assert pins == expected


@pytest.mark.parametrize("board", BOARDS)
def test_every_signal_is_in_the_picture_once_and_named_at_both_ends(board):
    expected = pads_of_the_board_file(board)
    groups = shown(board)
    assert Counter(title.rpartition(": ")[2] for title, _ in groups) == expected
    labels = Counter(
        text.text.split()[0] for text in ET.fromstring(picture(board)).iter(f"{SVG}text")
    )
    for wire in wires(board):
        title = f"{wire.part}, {wire.terminal}: {wire.pad.in_full}"
        (texts,) = [texts for name, texts in groups if name == title]
        assert wire.pad.label in texts
        assert labels[wire.pad.label] >= 2


@pytest.mark.parametrize("board", BOARDS)
def test_a_wire_ends_at_its_own_pad_and_its_own_terminal(board):
    drawn = plan(parts(board), header(board))
    where = {id(pad): (pin.x, pin.y) for pad, pin in drawn.pins}
    for route in drawn.routes:
        if route.wire.joined:
            assert len(route.pieces) == 1  # at the part alone
        else:
            assert route.pieces[0][0] == where[id(route.wire.pad)]
        (row,) = [y for wire, y in route.box.rows if wire is route.wire]
        assert route.pieces[-1][-1][1] == row


@pytest.mark.parametrize("board", BOARDS)
def test_no_part_lies_on_another_or_on_the_board(board):
    drawn = plan(parts(board), header(board))
    for side in ("left", "right"):
        column = sorted((box for box in drawn.boxes if box.side == side), key=lambda box: box.y)
        for above, below in pairwise(column):
            assert above.y + above.height < below.y
        x, _, width, _ = drawn.board
        assert all(box.edge < x if side == "left" else box.edge > x + width for box in column)


@pytest.mark.parametrize("board", BOARDS)
def test_no_two_wires_lie_along_each_other(board):
    pieces = []
    for k, route in enumerate(plan(parts(board), header(board)).routes):
        for path in route.pieces:
            pieces += [(k, a, b) for a, b in pairwise(path) if a != b]
    for k, (ax, ay), (bx, by) in pieces:
        for other, (cx, cy), (dx, dy) in pieces:
            if other <= k:
                continue
            if ay == by and cy == dy and abs(ay - cy) < 3:
                assert max(ax, bx) <= min(cx, dx) or max(cx, dx) <= min(ax, bx), (k, other)
            if ax == bx and cx == dx and abs(ax - cx) < 3:
                assert max(ay, by) <= min(cy, dy) or max(cy, dy) <= min(ay, by), (k, other)


def test_a_part_is_for_later_until_the_firmware_reads_its_pins(tmp_path):
    tree = tmp_path / "firmware"
    shutil.copytree(checkout() / "firmware", tree)
    driver = tree / "patrol" / "new.py"
    driver.write_text("")

    def later():
        return {part.title for part in parts("nucleo_f446re", tree) if part.reserved}

    before = later()
    driver.write_text("pins = board.CLIFFS, board.LINES, board.TOF_XSHUT\n")
    assert before <= {"Cliff sensors", "Line sensors", "ToF sensors VL53L0X"}
    assert later() == set()


def test_an_unknown_pin_is_named(tmp_path):
    shutil.copytree(checkout() / "firmware", tmp_path / "firmware")
    board = tmp_path / "firmware" / "boards" / "pyboard_v11.py"
    board.write_text(board.read_text().replace('BUMPER = "X18"', 'BUMPER = "X99"'))
    with pytest.raises(PatrolError, match="board pyboard_v11: pin X99 is on none of its headers"):
        wires("pyboard_v11", tmp_path / "firmware")


@pytest.mark.parametrize("board", ["pyboard_v11", "blackpill_f411"])
def test_a_trigger_that_two_sonars_share_is_drawn_from_its_pad_once_and_said_at_both(board):
    left, right = (
        wire for wire in wires(board) if wire.terminal == "TRIG" and "front" not in wire.part
    )
    assert left.pad is right.pad
    assert (left.joined, right.joined) == ("", "left")
    assert "joined to TRIG of the left sonar" in right.note
    at_board = [
        wire for wire in plan(parts(board), header(board)).routes if wire.wire.pad is left.pad
    ]
    assert sorted(len(route.pieces[0]) > 2 for route in at_board) == [False, True]
    texts = [text.text for text in ET.fromstring(picture(board)).iter(f"{SVG}text")]
    assert "left, right TRIG" in texts


def test_the_nucleos_arduino_names_come_before_the_processors():
    shape = header("nucleo_f446re")
    assert shape.pad("A2").cpu == "PA4"
    assert shape.pad("PA2").arduino == "D1"


def test_an_unknown_block_is_named():
    with pytest.raises(PatrolError, match="made: bords"):
        filled("<!-- made: bords -->\n<!-- end -->\n")


def test_the_document_stays_off_the_board(tmp_path):
    made = build(tmp_path / "out", None)
    assert not list(made.folder.rglob("*.md"))


def test_the_picture_is_a_readable_png(tmp_path):
    out = tmp_path / "wiring.png"
    save("blackpill_f411", out)
    data = out.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    sheet = draw("blackpill_f411")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (width, height) == (2 * sheet.width, 2 * sheet.height)


def test_the_picture_is_the_same_every_time(tmp_path):
    out = tmp_path / "wiring.svg"
    save("nucleo_f446re", out)
    assert out.read_text(encoding="utf-8") == picture("nucleo_f446re")


def test_the_terminals_table_has_a_line_for_each_wire():
    assert len(lines("pyboard_v11")) == len(wires("pyboard_v11")) + len(parts("pyboard_v11"))


def test_the_dividers_are_the_firmwares_and_the_simulators():
    ratio = sum(values.BATTERY) / values.BATTERY[1]
    assert ratio == pytest.approx(PYBOARD_V11.battery_divider)
    assert PYBOARD_V11.current_mv_per_a == 1000 * values.SHUNT * values.AMPLIFIER
    table = (checkout() / "firmware/patrol/store/table.py").read_text()
    assert f'"battery_full", "mV", 12_000, 16_300, {1000 * values.VDD * ratio:_.0f},' in table


def test_an_echo_reads_high_and_hurts_no_pin():
    lowest = values.divide(4.75, values.ECHO, values.STRONGEST_PULL_DOWN)
    assert lowest > values.INPUT_HIGH
    assert values.divide(5.25, values.ECHO) < values.VDD + 0.3


def test_the_figures_are_the_parts_lists():
    motor = figures.car()["motor"]
    assert any(f"no load speed {motor['no_load_speed']['value']:g} rpm" in row
               for row in figures.parts_table())  # fmt: skip
