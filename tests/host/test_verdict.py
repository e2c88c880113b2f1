"""The verdict: what counts as a drive that worked."""

from dataclasses import replace

from patrolcar.verdict import Verdict, judge
from patrolcar.view.state import Telemetry

GOOD = Verdict(
    patrolled_s=60,
    distance_m=14.2,
    cells_entered=12,
    cells_reachable=29,
    contacts=0,
    sent=9312,
    lost=0,
    overruns=0,
    speed=1.0,
    speed_possible=22.0,
)


def test_a_good_drive_has_no_failure_and_one_line() -> None:
    assert GOOD.failure is None
    assert GOOD.line() == (
        "60 s of patrol: 14.2 m driven, 41 % of the floor covered (12 of 29 cells), 0 contacts; "
        "frames 9312 sent, 9312 received, 0 lost; 0 overruns; 1.0 simulated s per s (22 possible)"
    )


def test_a_contact_fails_the_drive() -> None:
    failure = replace(GOOD, contacts=2).failure
    assert failure is not None
    assert "touched something 2 times" in failure


def test_a_car_that_stands_still_fails() -> None:
    failure = replace(GOOD, distance_m=0.1).failure
    assert failure is not None
    assert "moved only 0.10 m" in failure


def test_received_is_sent_less_lost() -> None:
    assert "9312 sent, 9300 received, 12 lost" in replace(GOOD, lost=12).line()


def test_a_simulator_without_a_summary_judges_as_no_drive() -> None:
    assert judge(Telemetry(), {}, 60.0, 1.0).failure is not None
