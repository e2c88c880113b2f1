"""`patrol calibrate` finds what the world's car really is, and the board keeps it."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from patrolcar.calibrate.calibrate import Outcome, calibrate
from patrolcar.calibrate.steps import Given
from patrolcar.doctor.session import Examined
from patrolcar.errors import PatrolError
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.sources import WORLDS_DIR
from patrolcar_sim.world.world import World
from simulated import Answers, Simulated

DIAMETER_MM, TRACK_MM = 58.2, 134.0  # not what the firmware takes for granted
COUNTS_A_TURN = 12 * 100.37
METER = 1.03  # the multimeter says so much more than the car


class Owner(Answers):
    """Who has a ruler, an eye and a multimeter: the world's truth, with METER on the voltage."""

    def __init__(self, world: World, consents: bool = True) -> None:
        super().__init__(consents=consents)
        self.there = True
        self._world = world
        self._from = world.pose()

    def confirm(self, question: str) -> bool:
        self._from = self._world.pose()
        return super().confirm(question)

    def answer(self, question: str) -> str:
        self.asked.append(question)
        if "ruler" in question:
            x, y, _ = self._world.pose()
            return f"{math.hypot(x - self._from[0], y - self._from[1]) * 1000:.0f}"
        if "degrees" in question:
            beyond = self._world.pose()[2] - self._from[2]
            return f"{3 * 360 - math.degrees(math.remainder(beyond, math.tau)):.1f}"
        if "multimeter" in question:
            return f"{self._world.battery_mv() * METER / 1000:.3f}"
        return ""


@pytest.fixture
def car(image: Path) -> Iterator[Simulated]:
    parts = load_parts()
    wheel = replace(parts.wheel, diameter=DIAMETER_MM / 1000, track=TRACK_MM / 1000)
    with Simulated(image, world=World("empty", 2, replace(parts, wheel=wheel))) as car:
        yield car


def _calibrate(car: Simulated, *names: str, given: Given = Given(), **owner: bool) -> Outcome:
    return calibrate(
        car.repl,
        names,
        given,
        Owner(car.world, **owner),
        lambda text: None,
        lambda changes: None,
    )


def _stored(car: Simulated) -> dict[str, int]:
    with Examined(car.repl) as board:
        board.load("common", "parts", "calibrate")
        values: dict[str, int] = board.call("stored")[0]
    return values


def test_wheels_track_and_battery_come_out_as_they_are(car: Simulated) -> None:
    outcome = _calibrate(car, "wheels", "track", "battery")
    assert outcome.stored
    assert outcome.skipped == {}
    stored = _stored(car)
    assert stored == {**stored, **{one.name: one.new for one in outcome.changes}}
    for side in ("wheel_left", "wheel_right"):
        diameter = stored[side] * COUNTS_A_TURN / math.pi / 1e6
        assert diameter == pytest.approx(DIAMETER_MM, rel=0.01)
    assert stored["track"] / 100 == pytest.approx(TRACK_MM, rel=0.005)
    assert stored["gyro_scale"] != 1_000
    assert stored["battery_full"] == pytest.approx(14_190 * METER, rel=0.01)
    assert car.world.contacts == 0


def test_nobody_who_says_how_far_it_turned_leaves_the_track_as_it_is(car: Simulated) -> None:
    done = _patrol(car.repl, "--only", "track", "--yes")
    assert (
        "track: skipped: nobody is there to say what was measured: pass --turned-deg"
        in " ".join(done.stdout.split())
    )
    assert _stored(car)["track"] == 13_000


def test_a_gyro_whose_scale_is_known_says_how_far_the_car_turned(car: Simulated) -> None:
    _calibrate(car, "wheels", "track")
    owner = Owner(car.world)
    outcome = calibrate(car.repl, ["track"], Given(), owner, lambda text: None, lambda all: None)
    assert not any("degrees" in question for question in owner.asked)
    (change,) = outcome.changes
    assert change.new / 100 == pytest.approx(TRACK_MM, rel=0.005)


def test_the_gyro_bias_is_found_and_the_next_boot_has_it(car: Simulated) -> None:
    outcome = _calibrate(car, "gyro")
    assert {one.name for one in outcome.changes} == {"gyro_bias_x", "gyro_bias_y", "gyro_bias_z"}
    car.world.imu.read(1)
    true = [bias * 65.5 * 180 / math.pi for bias in car.world.imu._gyro_bias]
    for change, bias in zip(outcome.changes, true, strict=True):
        assert change.new == pytest.approx(bias, abs=2)


def test_a_persons_count_of_the_turn_gives_the_gyros_scale_too(car: Simulated) -> None:
    # The car stops a little after three rounds; one that was told 1080 takes it for exact.
    outcome = _calibrate(car, "track", given=Given(turned_deg=1080.0))
    assert {one.name for one in outcome.changes} == {"track", "gyro_scale"}


class Carries(Owner):
    """Who sets the car on plain floor, or on a sheet of black tape a metre away."""

    def answer(self, question: str) -> str:
        if "Hold all" in question:
            self._world.teleport(0.0 if "beside" in question or "floor" in question else 1.0, 0, 0)
            time.sleep(0.1)  # a prompt keeps to real time
        return super().answer(question)


def test_the_levels_of_floor_sensors_lie_between_light_and_dark(
    image: Path, tmp_path: Path
) -> None:
    plain = (WORLDS_DIR / "empty.xml").read_text()
    tape = '<geom name="paint sheet" type="box" pos="1 0 0" size="0.3 0.3 0.0005"/>'
    world = tmp_path / "taped.xml"
    world.write_text(plain.replace("</worldbody>", f"{tape}</worldbody>"))
    with Simulated(image, world=World(str(world))) as car:
        person = Carries(car.world)
        outcome = calibrate(
            car.repl, ["lines", "cliffs"], Given(), person, lambda text: None, lambda new: None
        )
        stored = _stored(car)
    assert outcome.skipped == {}
    assert len(outcome.changes) == 5
    for change in outcome.changes:
        # Half way between the 0.3 V of a light floor and the 3.1 V of tape.
        assert change.new == pytest.approx(34_000, abs=2_500)
        assert stored[change.name] == change.new


def test_sensors_that_see_the_same_twice_are_skipped_and_said_so(car: Simulated) -> None:
    outcome = _calibrate(car, "lines", "cliffs")
    assert outcome.changes == []
    assert "no sensor at X11" in outcome.skipped["lines"]
    assert "no sensor at X21" in outcome.skipped["cliffs"]


def test_what_cannot_be_is_refused_and_nothing_is_stored(car: Simulated) -> None:
    before = _stored(car)
    with pytest.raises(PatrolError, match=r"wheel_left.*cannot be.*nothing was stored"):
        _calibrate(car, "wheels", "battery", given=Given(measured_mm=880.0))
    assert _stored(car) == before


def test_a_typed_measure_that_cannot_be_is_asked_for_again(car: Simulated) -> None:
    class Mistypes(Owner):
        wrong = ["", "a meter", "nan", "3", "100000"]  # noqa: RUF012

        def answer(self, question: str) -> str:
            return self.wrong.pop(0) if self.wrong else super().answer(question)

    person = Mistypes(car.world)
    outcome = calibrate(
        car.repl, ["wheels"], Given(), person, lambda text: None, lambda changes: None
    )
    assert outcome.stored
    assert person.wrong == []
    assert sum("no such measure" in text for text in person.asked) == 3
    assert sum("cannot be" in text for text in person.asked) == 2


def test_a_no_moves_nothing_and_stores_nothing(car: Simulated) -> None:
    with pytest.raises(PatrolError, match="has not moved"):
        _calibrate(car, "wheels", consents=False)
    outcome = _calibrate(car, "battery", consents=False)
    assert not outcome.stored
    assert car.world.distance_m < 0.001
    assert _stored(car)["battery_full"] == 14_190


def test_a_car_that_is_pushed_keeps_its_motors_off(car: Simulated) -> None:
    class Pushes(Owner):
        def answer(self, question: str) -> str:
            if "Push" in question:
                self._from = self._world.pose()
                self._world.set_standby(True)
                for side in (0, 1):
                    self._world.set_motor(side, True, False, 0.3)
                time.sleep(1.5)  # a prompt keeps to real time
                self._world.set_standby(False)
                time.sleep(0.5)
            return super().answer(question)

    person = Pushes(car.world)
    outcome = calibrate(
        car.repl, ["wheels"], Given(push=True), person, lambda text: None, lambda changes: None
    )
    assert not any("free" in asked for asked in person.asked)
    diameter = outcome.changes[0].new * COUNTS_A_TURN / math.pi / 1e6
    assert diameter == pytest.approx(DIAMETER_MM, rel=0.02)


def test_nothing_moves_where_nobody_will_tell_what_was_measured(car: Simulated) -> None:
    done = _patrol(car.repl, "--only", "wheels", "--yes")
    assert done.returncode == 1
    assert "--measured-mm" in done.stdout
    assert car.world.distance_m < 0.001


def test_a_bumper_that_is_pressed_ends_the_way_at_once(car: Simulated) -> None:
    car.car.board.pins.stuck_low = 1 << car.car.board.model.wiring.bumper
    with pytest.raises(PatrolError, match="bumper"):
        _calibrate(car, "wheels")
    assert car.world.distance_m < 0.05


def _drives(car: Simulated, mm: int) -> None:
    end = time.monotonic() + 30
    while car.world.distance_m * 1000 < mm:
        assert time.monotonic() < end
        time.sleep(0.001)


def _further(car: Simulated) -> float:
    """How far it still goes, in m."""
    from_m = car.world.distance_m
    time.sleep(1.5)  # it waits for the host in real time
    further = car.world.distance_m - from_m
    time.sleep(0.3)
    assert car.world.distance_m - from_m == pytest.approx(further, abs=0.001)
    return further


def test_a_host_that_is_killed_stops_the_car(car: Simulated) -> None:
    words = ("--only", "wheels", "--distance-mm", "5000", "--measured-mm", "5000", "--yes")
    with subprocess.Popen(
        [sys.executable, "-m", "patrolcar", "calibrate", car.repl, *words]
    ) as it:
        _drives(car, 300)
        it.kill()
    assert _further(car) < 0.3
    assert car.world.distance_m < 1


def test_a_port_that_closes_stops_the_car(car: Simulated) -> None:
    with Examined(car.repl) as board, ThreadPoolExecutor() as pool:
        board.load("common", "parts", "calibrate")
        board.do("make")
        drive = pool.submit(board.call, "travel", 200, 0, 40_000, 40_000, 60_000)
        _drives(car, 300)
        board._repl.close()
        assert _further(car) < 0.3
        with pytest.raises(PatrolError):
            drive.result(30)
    assert car.world.distance_m < 1


def test_a_host_that_hangs_is_told_why_the_car_stopped(
    car: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patrolcar.doctor.session.ENQ", b"\xff")
    with pytest.raises(PatrolError, match="no answer from the host"):
        _calibrate(car, "wheels")
    assert car.world.distance_m < 0.001


def _patrol(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", "calibrate", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_without_a_person_takes_its_answers_as_options(car: Simulated) -> None:
    volts = f"{car.world.battery_mv() / 1000:.3f}"
    done = _patrol(car.repl, "--only", "battery", "--battery-volts", volts, "--yes")
    assert done.returncode == 0, done.stderr
    assert "battery_full" in done.stdout
    assert _stored(car)["battery_full"] == pytest.approx(14_190, rel=0.01)


def test_a_push_without_a_person_is_skipped_and_said_so(car: Simulated) -> None:
    done = _patrol(car.repl, "--only", "gyro", "--only", "track", "--push", "--yes")
    assert done.returncode == 0, done.stderr
    assert "track: skipped: nobody is there" in done.stdout
    assert "gyro_bias_z" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("--only", "wings"), 2, "wings"),
        (("--measured-mm", "nan"), 2, "nan"),
        (("--only", "wheels", "--measured-mm", "100000", "--yes"), 2, "809 to 1236"),
        (("--only", "wheels", "--measured-mm", "1", "--yes"), 2, "--distance-mm 1000"),
        (("--only", "track", "--turned-deg", "1", "--yes"), 2, "--rounds 3"),
        (("--battery-volts", "-3"), 2, "-3"),
        (("--only", "battery", "--battery-volts", "8"), 2, "--yes"),
        (("--only", "battery", "--yes"), 1, "--battery-volts"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_usage_is_one_line_and_moves_nothing(
    car: Simulated, words: tuple[str, ...], code: int, part: str
) -> None:
    done = _patrol(car.repl, *words)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert part in done.stderr + done.stdout
    assert car.world.distance_m < 0.001
