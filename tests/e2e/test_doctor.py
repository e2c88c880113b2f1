"""`patrol doctor` names each part that the virtual board can break, and no other."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar.doctor.doctor import Options, examine
from patrolcar.doctor.result import Result, Verdict
from patrolcar.doctor.session import ACK, BOARD_SIDE, ENQ
from patrolcar.errors import PatrolError
from patrolcar.flash.repl import Repl
from patrolcar_sim.bench import Bench
from patrolcar_sim.powered import Powered
from simulated import Answers, Simulated
from terminal import Terminal

# What the doctor calls each broken part.
NAMED = {
    "sonar-left": "left sonar",
    "sonar-front": "front sonar",
    "sonar-right": "right sonar",
    "sonar-left-stuck": "left sonar",
    "sonar-front-stuck": "front sonar",
    "sonar-right-stuck": "right sonar",
    "imu": "IMU",
    "imu-identity": "IMU",
    "gyro-reversed": "IMU's mounting",
    "motor-left": "left motor",
    "motor-right": "right motor",
    "motor-left-blocked": "left motor",
    "motor-right-blocked": "right motor",
    "motor-left-reversed": "left motor",
    "motor-right-reversed": "right motor",
    "encoder-left": "left encoder",
    "encoder-right": "right encoder",
    "encoder-left-reversed": "left encoder",
    "encoder-right-reversed": "right encoder",
    "encoders-swapped": "encoders",
    "battery-divider": "battery voltage",
    "battery-divider-full": "battery voltage",
    "bumper-stuck": "bumper",
    "button-stuck": "button",
}
# One of each kind for `make test`; a boot each, so the rest is for `make acceptance`.
SAMPLE = ("sonar-front", "gyro-reversed", "motor-left-blocked", "encoders-swapped", "button-stuck")


def _examined(image: Path, *broken: str, floor: bool = True) -> list[Result]:
    with Simulated(image, broken=broken) as car:
        return examine(car.repl, Options(floor=floor), Answers(), lambda text: None)


def _broken(results: list[Result]) -> set[str]:
    return {one.part for one in results if one.verdict == Verdict.FAIL}


@pytest.mark.parametrize(
    "name",
    [
        name if name in SAMPLE else pytest.param(name, marks=pytest.mark.acceptance)
        for name in NAMED
    ],
)
def test_a_broken_part_is_named_and_no_other(image: Path, name: str) -> None:
    assert _broken(_examined(image, name)) == {NAMED[name]}


@pytest.mark.acceptance
def test_two_broken_parts_are_both_named(image: Path) -> None:
    found = _broken(_examined(image, "motor-left", "sonar-right"))
    assert found == {"left motor", "right sonar"}


def test_a_whole_car_passes_and_runs_again_afterwards(image: Path) -> None:
    with Simulated(image) as car:
        results = examine(car.repl, Options(floor=True), Answers(), lambda text: None)
        resets = len(car.car.board.resets)
        assert car.world.contacts == 0
    assert _broken(results) == set()
    skipped = {one.check for one in results if one.verdict == Verdict.SKIPPED}
    # What only a person sees, and what nothing can prove.
    assert skipped == {"LEDs", "ToF sides", "UART 6"}
    assert resets >= 4  # power, the doctor's hard and soft ones, and the car's start


def test_a_person_who_says_no_keeps_every_wheel_still(image: Path) -> None:
    with Simulated(image) as car:
        with pytest.raises(PatrolError, match="no wheel has turned"):
            examine(car.repl, Options(), Answers(consents=False), lambda text: None)
        assert car.world.distance_m < 0.001


def test_an_empty_board_is_told_to_be_flashed(tmp_path: Path) -> None:
    with (
        Powered(tmp_path / "flash.img") as board,
        pytest.raises(PatrolError, match=r"no firmware.*patrol flash"),
    ):
        examine(board.repl, Options(), Answers(), lambda text: None)


def test_firmware_that_hangs_is_told_to_be_flashed_again(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patrolcar.doctor.doctor.LOOP_S", 2.0)
    with Simulated(image) as car:
        with Repl(car.repl) as repl:
            repl.run("import os\nos.mkdir('/flash/patrol')")
            repl.write_file("/flash/patrol/__init__.py", b"")
            repl.write_file("/flash/patrol/version.py", b"BUILD, VERSION = b'', (0, 1, 0)\n")
            repl.write_file("/flash/board.py", b"MACHINE = ''\n")
            repl.write_file("/flash/patrol/app.py", b"while True: pass\n")
            repl.write_file("/flash/boot.py", b"import sys\nsys.path.insert(0, '/flash')\n")
        with pytest.raises(PatrolError, match=r"does not start: patrol flash .* again"):
            examine(car.repl, Options(), Answers(), lambda text: None)


def test_a_program_that_hangs_loses_the_motors_by_the_guard(image: Path) -> None:
    bench = Bench(image, program=True)
    try:
        for name in ("common", "wheels"):
            bench.run((BOARD_SIDE / f"{name}.py").read_text())
        bench.run("make()")
        bench.board.type(b"powered(lambda dt: sleep_ms(60_000), 100)\x04")
        bench.until(ENQ)
        bench.board.type(ACK)
        start = bench.board.now_us
        seen = False
        while bench.board.now_us < start + 2_000_000:
            bench.board.run(bench.board.now_us + 10_000)
            seen = seen or bool(bench.car.standby)
        assert seen
        assert bench.car.standby is False
    finally:
        bench.board.stop()


def _patrol(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_terminal_nobody_is_asked_and_nothing_moves(image: Path) -> None:
    with Simulated(image) as car:
        done = _patrol("doctor", car.repl)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert "--yes" in done.stderr
        assert car.world.distance_m < 0.001


@pytest.mark.parametrize("command", ["doctor", "calibrate --only wheels --measured-mm 1000"])
def test_ctrl_d_is_a_no_and_a_closed_stdin_is_nobody(image: Path, command: str) -> None:
    with Simulated(image) as car:
        patrol = [sys.executable, "-m", "patrolcar", *command.split(), car.repl]
        with Terminal(patrol) as terminal:
            terminal.until(b"[y/N]")
            terminal.type(b"\x04")
            assert terminal.wait() == 1
        assert b"Traceback" not in terminal.seen
        closed = subprocess.run(
            ["sh", "-c", f"{shlex.join(patrol)} <&-"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert closed.returncode == 2
        assert closed.stderr.count("\n") == 1
        assert "Nobody is there to answer: pass --yes" in closed.stderr
        assert car.world.distance_m < 0.001


def test_the_command_tells_programs_and_its_exit_code(image: Path) -> None:
    with Simulated(image, broken=("bumper-stuck",)) as car:
        done = _patrol("doctor", car.repl, "--yes", "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert not told["passed"]
    assert [one["part"] for one in told["checks"] if one["verdict"] == "FAIL"] == ["bumper"]


def test_an_unknown_part_to_break_is_wrong_usage() -> None:
    done = _patrol("sim", "--break", "wing")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "wing" in done.stderr
    assert "sonar-left" in done.stderr
