"""What is told of a fault, and how often."""

import pytest
from patrol.behaviour import faults as names
from patrol.behaviour.faults import Faults


class Told(list):
    def __call__(self, severity, number):
        buf = bytearray(60)
        self.faults.spell(number, buf, 4)
        self.append((severity, buf[4:].rstrip(b"\0").decode()))


@pytest.fixture
def told():
    said = Told()
    said.faults = Faults(said)
    return said


def test_a_fault_is_told_once_at_its_begin_and_once_when_it_is_over(told):
    for _ in range(100):
        told.faults.set(1, 1)
        told.faults.step()
    for _ in range(100):
        told.faults.set(1, 0)
        told.faults.step()
    assert told == [(4, "front sonar: no echo pulse"), (6, "front sonar is back")]


def test_a_part_that_comes_and_goes_speaks_at_most_once_in_five_seconds(told):
    for k in range(420):
        told.faults.set(names.BATTERY, 9 if k % 2 else 0)
        told.faults.step()
    assert 2 <= len(told) <= 11


def test_one_parts_chatter_does_not_silence_another(told):
    told.faults.set(0, 1)
    told.faults.set(2, 2)
    assert [text for _, text in told] == [
        "left sonar: no echo pulse",
        "right sonar: echo stuck high",
    ]


def test_every_text_fits_a_statustext_and_says_its_part(told):
    seen = set()
    for part in range(11):
        for fault in range(11):
            for refused in (0, names.REFUSED):
                number = refused | fault << 4 | part
                if refused and (part > 4 or fault not in (1, 2, 3, 6)):
                    continue
                told(4, number)
                text = told[-1][1]
                assert len(text) <= 50, text
                assert "|" not in text
                seen.add(text)
    assert "AUTO refused: right cliff sensor: shorted, 0 V" in seen
    assert "start button: stays pressed" in seen
    assert "battery: overcurrent" in seen
