"""Speed and turn to two wheels: ramps, the brake, and wheels that do not turn."""

import pytest
from patrol import car
from patrol.control.drive import Drive


class Wheel:
    def __init__(self):
        self.setpoint = 0
        self.resets = 0

    def reset(self):
        self.setpoint = 0
        self.resets += 1

    def step(self, setpoint, speed, battery_mv, applied):
        self.setpoint = setpoint
        return setpoint


class Motor:
    def __init__(self):
        self.state = None
        self.duty = 0

    def drive(self, duty):
        self.state = self.duty = duty

    def brake(self):
        self.state = "brake"

    def coast(self):
        self.state = "coast"


@pytest.fixture
def parts():
    wheels = Wheel(), Wheel()
    motors = Motor(), Motor()
    drive = Drive(wheels, motors)
    drive.powered = True
    return drive, wheels, motors


def run(drive, ticks, left=None, right=None, stall_percent=25):
    for _ in range(ticks):
        # wheels that do as they are told, unless said otherwise
        one = drive._left.setpoint if left is None else left
        other = drive._right.setpoint if right is None else right
        drive.step(one, other, 7_400, stall_percent)


def test_speed_comes_by_the_ramp(parts):
    drive, wheels, _ = parts
    drive.want(350, 0)
    run(drive, 10)
    assert wheels[0].setpoint == wheels[1].setpoint == car.ACCELERATION_MM_S2 // 10
    run(drive, 60)
    assert wheels[0].setpoint == 350


def test_a_right_turn_drives_the_left_wheel_faster(parts):
    drive, wheels, _ = parts
    drive.want(200, 1_000)
    run(drive, 100)
    assert (wheels[0].setpoint, wheels[1].setpoint) == (265, 135)


def test_wishes_are_limited(parts):
    drive, _, _ = parts
    drive.want(10_000, -10_000)
    assert drive.speed == car.MAX_SPEED_MM_S
    assert drive.turn == -car.MAX_TURN_MRAD_S


def test_it_stops_by_the_ramp_and_then_brakes(parts):
    drive, wheels, motors = parts
    drive.want(300, 0)
    run(drive, 100)
    drive.want(0, 0)
    run(drive, 10)
    assert 0 < wheels[0].setpoint < 300
    run(drive, 30)
    assert motors[0].state == motors[1].state == "brake"


def test_halt_brakes_at_once(parts):
    drive, _, motors = parts
    drive.want(300, 0)
    run(drive, 100)
    drive.halt()
    assert motors[0].state == motors[1].state == "brake"
    assert drive.speed == 0


def test_without_power_nothing_reaches_the_motors(parts):
    drive, _, motors = parts
    drive.release()
    drive.want(300, 0)
    run(drive, 10)
    assert motors[0].state == motors[1].state == "coast"


@pytest.mark.parametrize(("speed", "turn"), [(200, 0), (-200, 0), (0, 1_500)])
def test_a_wheel_that_does_not_turn_is_timed(parts, speed, turn):
    drive, _, _ = parts
    drive.want(speed, turn)
    run(drive, 100, left=0)
    assert drive.blocked_ms >= 800
    run(drive, 1)
    assert drive.blocked_ms == 0


@pytest.mark.parametrize(("percent", "blocked"), [(50, False), (70, True)])
def test_how_slow_a_wheel_may_be_is_chosen(parts, percent, blocked):
    drive, _, _ = parts
    drive.want(200, 0)
    run(drive, 100, left=120, stall_percent=percent)
    assert (drive.blocked_ms > 0) == blocked


def test_slow_wishes_are_no_stall(parts):
    drive, _, _ = parts
    drive.want(30, 0)
    run(drive, 100, left=0, right=0)
    assert drive.blocked_ms == 0
