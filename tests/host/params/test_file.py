"""Files of parameters: what others wrote is read, and every line that is wrong is told."""

from pathlib import Path

import pytest
from pymavlink.mavparm import MAVParmDict

from patrolcar.errors import PatrolError
from patrolcar.params.exchange import Identity
from patrolcar.params.file import (
    BrokenFile,
    Line,
    check_lines,
    is_file,
    read_lines,
    read_values,
    text_of,
)

VALUES = {"TRACK": 13_040, "GYRO_BIAS_Z": -77, "LOG_LEVEL": 6}
CAR = Identity(1, "0.1.0", "0b4b33db3e5c0712", "9d6b70b61c962bfb")


def lines_of(path: Path, text: str) -> list[Line]:
    path.write_text(text)
    return read_lines(path)


def saved(path: Path) -> Path:
    path.write_text(text_of(VALUES, CAR, "/dev/pts/3", "2026-01-02 03:04:05 +0000"))
    return path


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    assert read_values(saved(tmp_path / "my car.param")) == VALUES


def test_the_head_names_car_firmware_and_date(tmp_path: Path) -> None:
    first, second, *rows = saved(tmp_path / "a").read_text().splitlines()
    assert first == "# 3 parameters of patrolcar 1 at /dev/pts/3, chip 9d6b70b61c962bfb"
    assert second == "# firmware 0.1.0 build 0b4b33db3e5c0712; saved 2026-01-02 03:04:05 +0000"
    assert rows[0] == "TRACK            13040"


def test_pymavlink_reads_what_is_saved(tmp_path: Path) -> None:
    other = MAVParmDict()
    assert other.load(str(saved(tmp_path / "a.param")))
    assert dict(other) == VALUES


def test_what_pymavlink_saves_is_read(tmp_path: Path) -> None:
    other = MAVParmDict()
    other.update({name: float(value) for name, value in VALUES.items()})
    other.save(str(tmp_path / "a.parm"))
    assert read_values(tmp_path / "a.parm") == VALUES


def test_five_columns_of_qgroundcontrol_are_read(tmp_path: Path) -> None:
    text = (
        "# Onboard parameters for Vehicle 1\n#\n# Vehicle-Id Component-Id Name Value Type\n"
        "1\t1\tGYRO_BIAS_Z\t-77.000000000000000000\t9\n1\t1\tLOG_LEVEL\t6\t9\n"
    )
    assert lines_of(tmp_path / "a.params", text) == [
        Line(4, "GYRO_BIAS_Z", -77),
        Line(5, "LOG_LEVEL", 6),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "TRACK 13040",
        "track,13040\r\n",
        "TRACK\t13040.0000004 # wider\n",
        "\ufeffTRACK 1.304e4\n\n",
    ],
)
def test_ways_to_write_a_line(tmp_path: Path, text: str) -> None:
    (line,) = lines_of(tmp_path / "a", text)
    assert (line.name, line.value) == ("TRACK", 13_040)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TRACK", "'TRACK' is not NAME VALUE"),
        ("TRACK 1 2", "'TRACK 1 2' is not NAME VALUE"),
        ("TRACK wide", "'wide' is no number"),
        ("TRACK nan", "'nan' is no number"),
        ("TRACK 1_0", "'1_0' is no number"),
        ("TRACK \u0663", "is no number"),
        ("TRACK 0x10", "'0x10' is no number"),
        ("TRACK 1e999", "no whole number within"),
        ("TRACK 13040.5", "13040.5 is no whole number"),
        ("TRACK 99999999", "99999999 is no whole number within +-16777216"),
        ("LOG_LEVEL 6", "LOG_LEVEL is in line 1 already"),
        ("1 100 CAM_MODE 2 6", "CAM_MODE is of component 100, the car's is 1"),
        ("a b c 1 6", "a b c 1 6 is no line of QGroundControl's"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(BrokenFile) as caught:
        lines_of(tmp_path / "a.param", f"log_level 6\n# a comment\n{text}\n")
    (line,) = caught.value.lines
    assert line.startswith(f"{tmp_path}/a.param:3: ")
    assert reason in line
    assert caught.value.code == 2


def test_all_wrong_lines_are_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile) as caught:
        lines_of(tmp_path / "a.param", "A\nTRACK 13000\nB\nC\n")
    assert [line.split(":")[1] for line in caught.value.lines] == ["1", "3", "4"]
    assert str(caught.value).endswith("(and 2 lines more)")


def test_what_the_car_does_not_know_or_take_is_told(tmp_path: Path) -> None:
    lines = [Line(1, "TRAK", 1), Line(2, "TRACK", 1), Line(3, "NEW_ONE", 5), Line(4, "XYZ", 5)]
    with pytest.raises(BrokenFile) as caught:
        check_lines(tmp_path / "f", lines, {"TRACK": 13_000, "NEW_ONE": 4})
    reasons = [line.partition(": ")[2] for line in caught.value.lines]
    assert reasons == [
        "the car has no parameter TRAK: did you mean TRACK?",
        "TRACK is 1, not within 11000 to 15000 mm/100",
        "the car has no parameter XYZ: patrol params SOURCE list shows all",
    ]


def test_what_is_no_such_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "picture.param").write_bytes(b"\x89PNG\xff\xfe")
    (tmp_path / "large.param").write_bytes(b"#" * 1_000_001)
    for name, words in (
        ("picture.param", "is no text"),
        ("large.param", "too large"),
        ("no.param", "does not exist"),
        (".", "is a folder"),
    ):
        with pytest.raises(PatrolError, match=words) as caught:
            read_lines(tmp_path / name)
        assert caught.value.code == 2


def test_a_file_is_told_from_a_connection(tmp_path: Path) -> None:
    saved(tmp_path / "without an end")
    assert is_file(str(tmp_path / "without an end"))
    assert is_file("missing.param")
    assert not is_file("/dev/null")
    assert not is_file("tcp:127.0.0.1:5760")
    assert not is_file("COM5")
    assert not is_file("x" * 5000)
    assert not is_file("a\0b")
