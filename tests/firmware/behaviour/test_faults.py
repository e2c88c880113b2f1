"""What is told of a fault, and how often."""

import pytest
from patrol.behaviour import faults as names
from patrol.behaviour.faults import Faults
from patrol.drivers import battery, imu, reflectance, tof

NO_PULSE, HIGH, SAME, DISTURBED, QUIET = 1, 2, 3, 5, 6  # as drivers/test_sonar.py finds them
STEPS = 42  # of 120 ms, 5 s
LOSES = names.LOSES >> names.FAULT


class Told(list):
    def __call__(self, severity, number):
        self.append((severity, self.spelled(number)))

    def spelled(self, number):
        buf = bytearray(100)
        self.faults.spell(number, buf, 4)
        return buf[4:].rstrip(b"\0").decode()


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


def test_its_end_is_told_at_once(told):
    told.faults.set(names.IMU, imu.SILENT)
    told.faults.set(names.IMU, 0)
    assert told == [(4, "IMU does not answer: heading by wheels alone"), (6, "IMU is back")]


def test_a_part_that_comes_and_goes_begins_no_more_than_one_fault_in_five_seconds(told):
    for k in range(10 * STEPS):
        told.faults.set(names.BATTERY, battery._LEAPS if k % 2 else 0)
        told.faults.step()
    begun = [text for severity, text in told if severity == 4]
    assert 2 <= len(begun) <= 11
    assert len(told) <= 2 * len(begun)


def test_another_fault_of_a_part_is_told_when_the_first_is_five_seconds_old(told):
    told.faults.set(0, 1)
    for _ in range(STEPS):
        assert len(told) == 1
        told.faults.set(0, 2)
        told.faults.step()
    assert told[1:] == [(4, "left sonar: echo stuck high")]


def test_one_parts_chatter_does_not_silence_another(told):
    told.faults.set(0, 1)
    told.faults.set(2, 2)
    assert [text for _, text in told] == [
        "left sonar: no echo pulse",
        "right sonar: echo stuck high",
    ]


def test_what_has_stopped_the_car_again_is_told_again_but_not_within_five_seconds(told):
    for _ in range(3):
        told.faults.set(names.ENCODER, LOSES, True)
    for _ in range(STEPS):
        told.faults.set(names.ENCODER, LOSES)
        told.faults.step()
    told.faults.set(names.ENCODER, LOSES, True)
    assert told == [(3, "left encoder loses counts")] * 2


def test_everybody_may_look_at_a_fault_that_is_not_told_yet(told):
    told.faults.set(names.TOF + 1, tof.FROZEN)
    told.faults.set(names.TOF + 1, 0)
    told.faults.set(names.TOF + 1, tof.FROZEN)
    assert len(told) == 2
    assert told.faults.now[names.TOF + 1] == tof.FROZEN


# Each part with the faults that there are of it, as the texts say them.
SPELLED = {
    ("left sonar", "front sonar", "right sonar"): {
        NO_PULSE: ": no echo pulse",
        HIGH: ": echo stuck high",
        SAME: ": never changes",
        DISTURBED: ": crosstalk",
        QUIET: ": hears nothing",
    },
    (
        "left cliff sensor",
        "right cliff sensor",
        "left line sensor",
        "middle line sensor",
        "right line sensor",
    ): {reflectance._SAME: ": never changes", reflectance._ZERO: ": shorted, 0 V"},
    ("bumper", "start button"): {names.STUCK: ": stays pressed"},
    ("battery",): {
        battery.IMPLAUSIBLE: ": no such voltage",
        battery._LEAPS: ": leaps",
        battery._OVER: ": overcurrent",
    },
    ("IMU",): {
        imu.SILENT: " does not answer: heading by wheels alone",
        imu.FROZEN: " tells always the same: heading by wheels alone",
        imu.IDENTITY: " is another chip: heading by wheels alone",
        imu.ABSENT: "no IMU at 0x68: heading by wheels alone",
    },
    ("left ToF sensor", "right ToF sensor"): {
        tof._SILENT: " does not answer",
        tof.FROZEN: " tells always the same",
    },
    ("left encoder", "right encoder"): {
        names.BACKWARD >> names.FAULT: " counts backward",
        names.NOTHING >> names.FAULT: " counts nothing",
        names.LOSES >> names.FAULT: " loses counts",
        names.EXCHANGED >> names.FAULT: "left and right encoder are exchanged",
    },
    ("left motor", "right motor"): {names.REVERSED >> names.FAULT: " turns backward"},
    ("left wheel", "right wheel"): {
        names.BLOCKED >> names.FAULT: " does not turn",
        names.BY_ITSELF >> names.FAULT: " turns by itself",
    },
}


def test_a_text_that_found_no_place_is_told_again_in_five_seconds(told):
    told.faults.set(names.BATTERY, 9)
    told.faults.untold(9 << names.FAULT | names.BATTERY)
    told.clear()
    for _ in range(STEPS):
        told.faults.step()
    assert told == [(4, "battery: leaps")]


def test_an_end_that_found_no_place_is_told_again(told):
    told.faults.set(names.BATTERY, 9)
    told.faults.set(names.BATTERY, 0)
    told.faults.untold(names.BATTERY)
    told.clear()
    for _ in range(STEPS):
        told.faults.step()
    assert told == [(6, "battery is back")]


def test_a_refusal_that_found_no_place_is_no_fault(told):
    told.faults.untold(names.REFUSED | 1 << names.FAULT | 1)
    for _ in range(STEPS):
        told.faults.step()
    assert told == []


def test_what_the_car_stops_for_is_told_before_its_wait_is_over(told):
    told.faults.set(1, 1)
    told.faults.set(1, 0)
    told.faults.set(1, 1)
    assert told == [(4, "front sonar: no echo pulse"), (6, "front sonar is back")]
    told.faults.hurry()
    assert told[2:] == [(4, "front sonar: no echo pulse")]


def test_every_text_fits_a_statustext_and_says_its_part(told):
    parts = [(part, faults) for group, faults in SPELLED.items() for part in group]
    assert len(parts) == names.PARTS
    for number, (part, faults) in enumerate(parts):
        assert told.spelled(number) == f"{part} is back"
        for fault, text in faults.items():
            spelled = told.spelled(fault << names.FAULT | number)
            assert spelled == (part + text if text[0] in " :" else text)
            assert len(spelled) <= 50
            if number < names.BUMPER:
                refused = told.spelled(names.REFUSED | fault << names.FAULT | number)
                assert refused == "AUTO refused: " + spelled
                assert fault > names.USELESS or len(refused) <= 50


def test_with_the_first_faults_a_range_or_cliff_sensor_is_of_no_use():
    assert max(NO_PULSE, HIGH, SAME, reflectance._ZERO) == names.USELESS
    assert min(DISTURBED, QUIET, names.STUCK) > names.USELESS


def test_each_text_of_a_failsafe_an_event_and_a_state_is_spelled(told):
    from patrol.behaviour import supervisor as s
    from patrol.behaviour.failsafe_table import TABLE

    assert names.TEXT + len(TABLE) == names.EVENT
    assert names.EVENT + s.EVENTS - s.ESTOP == names.STATE
    spelled = [told.spelled(number) for number in range(names.TEXT, names.STATE + s.STATES)]
    assert spelled[4:6] == ["tilted", "no floor ahead: an edge"]
    assert spelled[names.EVENT + s.WHEEL - s.ESTOP - names.TEXT] == (
        "a wheel cannot be trusted: stopped"
    )
    assert spelled[-5:] == [
        "disarmed",
        "armed: HOLD",
        "MANUAL",
        "AUTO",
        "FAULT: motors off, disarm to clear",
    ]
    assert all(len("refused: " + text) <= 50 for text in spelled)
    assert told.spelled(names.NOT_NOW | names.TEXT | 2) == "refused: battery critical"


@pytest.mark.parametrize("mm", [0, 7, 84, 1_000, 9_999])
def test_a_way_is_spelled_in_millimetres(told, mm):
    assert told.spelled(names.STOPPED | mm) == f"stopped in {mm} mm"
