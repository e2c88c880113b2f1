"""The bridge's inputs, and what the limits do."""

import pytest
from patrol.drivers.motor import Motor


class Recorder:
    """A pin or a PWM channel that remembers what it was set to."""

    def __init__(self, log, name):
        self.log = log
        self.name = name
        self.level = None

    def value(self, level):
        self.level = level
        self.log.append((self.name, level))

    pulse_width = value


@pytest.fixture
def parts():
    log = []
    return [Recorder(log, name) for name in ("pwm", "in1", "in2")] + [log]


def levels(parts):
    return tuple(part.level for part in parts[:3])


def test_it_begins_by_coasting(parts):
    Motor(*parts[:3], 4200)
    assert levels(parts) == (0, 0, 0)


def test_forward_and_backward_set_the_truth_table_of_the_bridge(parts):
    motor = Motor(*parts[:3], 4200)
    motor.drive(500)
    assert levels(parts) == (2100, 1, 0)
    motor.drive(-250)
    motor.drive(-250)
    assert levels(parts) == (1050, 0, 1)


def test_a_motor_mounted_the_other_way_round_turns_the_other_way(parts):
    motor = Motor(*parts[:3], 4200, sign=-1)
    motor.drive(500)
    assert levels(parts) == (2100, 0, 1)
    assert motor.duty == 500


def test_brake_and_coast_take_the_drive_away_at_once(parts):
    motor = Motor(*parts[:3], 4200, slew=10)
    motor.drive(10)
    motor.brake()
    assert levels(parts) == (0, 1, 1)
    motor.coast()
    assert levels(parts) == (0, 0, 0)
    assert motor.duty == 0


def test_the_duty_is_limited_and_approached_in_steps(parts):
    motor = Motor(*parts[:3], 1000, limit=900, slew=400)
    reached = []
    for _ in range(4):
        motor.drive(1000)
        reached.append(motor.duty)
    assert reached == [400, 800, 900, 900]


@pytest.mark.parametrize("stop", [None, "brake", "coast"])
def test_between_two_directions_lies_a_tick_of_the_brake(parts, stop):
    motor = Motor(*parts[:3], 1000)
    motor.drive(800)
    if stop:
        getattr(motor, stop)()
    motor.drive(-800)
    assert levels(parts) == (0, 1, 1)
    assert motor.duty == 0
    motor.drive(-800)
    assert levels(parts) == (800, 0, 1)


def test_the_same_direction_goes_on_at_once_after_a_brake(parts):
    motor = Motor(*parts[:3], 1000)
    motor.drive(800)
    motor.brake()
    motor.drive(700)
    assert levels(parts) == (700, 1, 0)


def test_the_bridge_turns_only_without_width(parts):
    motor = Motor(*parts[:3], 1000, slew=300)
    log = parts[3]
    for duty in [900] * 4 + [-900] * 8 + [900] * 8 + [0, -10, 10]:
        motor.drive(duty)
    width = 0
    for name, level in log:
        if name == "pwm":
            width = level
        else:
            assert width == 0


def test_an_unchanged_duty_writes_nothing(parts):
    motor = Motor(*parts[:3], 1000)
    for duty in (300, -300):
        motor.drive(duty)
        motor.drive(duty)
        parts[3].clear()
        motor.drive(duty)
        assert parts[3] == []
