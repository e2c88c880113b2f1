"""What the parameters are is read from the firmware's table, with a sentence for each."""

import pytest

from patrolcar.errors import PatrolError
from patrolcar.params.table import MOST, UNITS, grouped, known, parameters, read_table

TABLE = '''"""Settings."""

# Nobody's sentence.
LAYOUT = 3

TABLE = (
    # How loud it is, in steps; a
    # car that is stolen is louder.
    ("horn_volume", "1", 0, 2, 1, 1),  # not of the sentence
    # What it plays: 0 nothing, 1 a long tone, 2 La Paloma. From the next boot.
    ("horn_tune", "1", 0, 2, 1, 2),
    ("horn_pitch", "Hz", -10, 4_000, 440, 3),
)
OTHER = ((1, 2),)
'''


def test_comments_above_a_row_are_its_sentence() -> None:
    volume, tune, _ = read_table(TABLE)
    assert volume.sentence == "How loud it is, in steps; a car that is stolen is louder."
    assert (volume.name, volume.id) == ("horn_volume", "HORN_VOLUME")
    assert (volume.low, volume.high, volume.default, volume.layout) == (0, 2, 1, 1)
    assert not volume.reboot
    assert tune.reboot
    assert "boot" not in tune.sentence


def test_a_row_without_a_comment_shares_that_of_the_one_before() -> None:
    _, tune, pitch = read_table(TABLE)
    assert pitch.sentence == tune.sentence
    assert pitch.range == "-10 to 4000"


def test_values_have_names_where_the_sentence_names_each() -> None:
    volume, tune, pitch = read_table(TABLE)
    assert tune.choices == {0: "nothing", 1: "a long tone", 2: "La Paloma"}
    assert volume.choices == pitch.choices == {}


@pytest.mark.parametrize(
    ("sentence", "choices"),
    [
        ("1 this, 2 that", {1: "this", 2: "that"}),
        ("Kinds (1: this, 2: the other)", {1: "this", 2: "the other"}),
        ("With 11 this, 2 that", {}),
        ("Only 1 this", {}),
        ("1 this, 3 that", {}),
    ],
)
def test_names_of_values_go_from_the_lowest_to_the_highest(sentence: str, choices: object) -> None:
    (one,) = read_table(f'TABLE = (\n    # {sentence}.\n    ("a", "1", 1, 2, 1, 1),\n)\n')
    assert one.choices == choices


def test_what_rows_have_in_common_is_added_to_each_sentence() -> None:
    common = "What it does\n(alarm_..._act): 0 nothing, 1 rings, 2 takes\nthe key. And so on."
    text = f'''"""{common}"""
TABLE = (
    # The door opens.
    ("alarm_door_act", "1", 0, 2, 1, 1),
    # How long it must have been open.
    ("alarm_door_ms", "ms", 0, 2, 1, 1),
)
'''
    door, ms = read_table(text)
    assert door.sentence == "The door opens: 0 nothing, 1 rings, 2 takes the key."
    assert door.choices == {0: "nothing", 1: "rings", 2: "takes the key"}
    assert ms.sentence == "How long it must have been open."


def test_a_tree_without_a_table_is_one_line(tmp_path) -> None:
    with pytest.raises(PatrolError, match=r"table\.py is no table of parameters"):
        parameters(tmp_path)


def test_each_parameter_has_a_sentence_of_its_own() -> None:
    rows = parameters()
    shared = [one.name for i, one in enumerate(rows) if one.sentence == rows[i - 1].sentence]
    assert shared == [], "write a comment above each of these rows of firmware/.../table.py"
    assert len({one.sentence for one in rows}) == len(rows)
    for one in rows:
        assert len(one.sentence) > 15, one.name
        assert one.sentence.endswith("."), one.name
        assert one.sentence[0].isupper(), one.name


def test_units_are_known_and_defaults_in_range() -> None:
    for one in parameters():
        assert one.unit in UNITS, one.name
        assert one.low <= one.default <= one.high, one.name
        assert one.low < one.high, one.name
        assert abs(one.low) <= MOST >= abs(one.high), one.name
        assert len(one.id) <= 16, one.name


def test_the_packages_table_is_the_firmwares() -> None:
    import runpy

    from patrolcar.flash.build import firmware_dir

    rows = runpy.run_path(str(firmware_dir() / "patrol/store/table.py"))["TABLE"]
    made = tuple((p.name, p.unit, p.low, p.high, p.default, p.layout) for p in parameters())
    assert made == rows
    assert list(known()) == [row[0].upper() for row in rows]


def test_known_values_have_their_names() -> None:
    assert known()["BATTERY_TYPE"].choices[3] == "Li-ion 2S"
    assert list(known()["LOG_LEVEL"].choices) == [3, 4, 5, 6, 7]


def test_every_parameter_is_in_one_group() -> None:
    groups = grouped(parameters())
    assert sum(map(len, groups.values())) == len(parameters())
    assert [one.id for one in groups["Wheels"]] == ["WHEEL_LEFT", "WHEEL_RIGHT", "TRACK"]
