"""PARAM_REQUEST_LIST, PARAM_REQUEST_READ and PARAM_SET, with every bad one that there is."""

from struct import pack, unpack

import pytest
from patrol.link import dialect as d
from patrol.link.frame import MORE, NOTHING
from patrol.link.parameters import Parameters

NAMES = b"GYRO_BIAS_X|TRACK|TRACK_WIDTH_OF16|A|"
RANGES = (-2_000, 2_000, 11_000, 15_000, 0, 1, 5, 9)
REAL32, INT32 = 9, 6


@pytest.fixture
def car():
    said = []
    parameters = Parameters(
        [0, 13_000, 1, 7],
        NAMES,
        RANGES,
        lambda severity, text: said.append(text),
    )
    parameters.said = said
    return parameters


def told(parameters):
    """All that is asked for, as (name, value, count, index)."""
    found = []
    more = MORE
    while more == MORE:
        buf = bytearray(40)
        more = parameters.fill(None, buf, 4)
        if more == NOTHING:
            break
        value, count, index, name, kind = unpack("<fHH16sB", buf[4:29])
        assert kind == REAL32
        found.append((name.rstrip(b"\0").decode(), value, count, index))
    return found


def asked(name=b"", index=-1):
    return pack("<hBB16s", index, 1, 1, name) + bytes(8)


def set_to(name, value, kind=REAL32):
    return pack("<fBB16sB", value, 1, 1, name, kind) + bytes(8)


def test_a_list_tells_each_once_in_its_order(car):
    car.ask_all()
    assert told(car) == [
        ("GYRO_BIAS_X", 0, 4, 0),
        ("TRACK", 13_000, 4, 1),
        ("TRACK_WIDTH_OF16", 1, 4, 2),
        ("A", 7, 4, 3),
    ]
    assert told(car) == []


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (asked(b"TRACK"), "TRACK"),
        (asked(b"TRACK_WIDTH_OF16"), "TRACK_WIDTH_OF16"),
        (asked(b"A"), "A"),
        (asked(b"A\0TRACK"), "A"),
        (asked(b"ignored", 1), "TRACK"),
    ],
)
def test_one_is_found_by_its_whole_name_or_its_index(car, payload, name):
    assert car.ask(payload)
    assert [one[0] for one in told(car)] == [name]


@pytest.mark.parametrize(
    "payload",
    [
        asked(b""),
        asked(b"TRAC"),
        asked(b"TRACKS"),
        asked(b"track"),
        asked(b"|"),
        asked(b"TRACK|A"),
        asked(b"A" * 16),
        asked(bytes(range(0xF0, 0x100))),
        asked(b"TRACK", 4),
        asked(b"TRACK", 32_767),
    ],
)
def test_what_is_none_of_them_is_not_answered(car, payload):
    assert not car.ask(payload)
    assert told(car) == []


def test_a_new_value_is_taken_and_told_and_waits_to_be_stored(car):
    assert car.set(set_to(b"TRACK", 13_040.4), 5_000)
    assert told(car) == [("TRACK", 13_040, 4, 1)]
    assert (car.changed, car.changed_ms) == (True, 5_000)


def test_the_same_value_again_is_told_and_nothing_to_store(car):
    assert car.set(set_to(b"TRACK", 13_000), 5_000)
    assert told(car) == [("TRACK", 13_000, 4, 1)]
    assert not car.changed


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (15_001, REAL32),
        (10_999, REAL32),
        (-13_000, REAL32),
        (float("nan"), REAL32),
        (float("inf"), REAL32),
        (-float("inf"), REAL32),
        (1e30, REAL32),
        (1e-42, REAL32),
        (13_040, INT32),
        (13_040, 0),
        (13_040, 255),
    ],
)
def test_a_value_that_cannot_be_changes_nothing_is_said_and_the_old_one_told(car, value, kind):
    assert car.set(set_to(b"TRACK", value, kind), 5_000)
    assert told(car) == [("TRACK", 13_000, 4, 1)]
    assert car.said == [b"parameter refused: see its range"]
    assert not car.changed


def test_a_name_that_is_none_is_not_set(car):
    assert not car.set(set_to(b"TRACKS", 13_040), 5_000)
    assert told(car) == []
    assert not car.changed


def test_the_offsets_are_those_of_the_payloads_made_here():
    assert d.PARAM_SET_PARAM_ID == 6
    assert d.PARAM_REQUEST_READ_PARAM_ID == 4
    assert d.PARAM_VALUE_PARAM_TYPE == 24
