"""The simulator as a child: its ports are read, it stops in good order, its end is explained."""

import sys
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.simulation import Simulation


def child(tmp_path: Path, program: str) -> list[str]:
    """A stand-in for `patrol sim`: its last argument is the summary's path."""
    path = tmp_path / "child.py"
    path.write_text("import json, sys, time\n" + program)
    return [sys.executable, str(path)]


PORTS = """
print("REPL  /dev/pts/5  socket://127.0.0.1:41231", flush=True)
print("UART  None  socket://127.0.0.1:41232", flush=True)
"""


def test_the_ports_are_read_and_the_summary_is_kept(tmp_path: Path) -> None:
    program = f"""
try:
    {PORTS.replace(chr(10), ";")[1:]}time.sleep(60)
except KeyboardInterrupt:
    json.dump({{"distance_m": 3.5}}, open(sys.argv[-1], "w"))
"""
    with Simulation([], child(tmp_path, program)) as simulation:
        assert simulation.repl == "/dev/pts/5"
        assert simulation.uart == "socket://127.0.0.1:41232"  # where there is no terminal device
        assert simulation.alive
    assert not simulation.alive
    assert simulation.summary == {"distance_m": 3.5}


def test_a_simulator_that_fails_at_its_start_says_why(tmp_path: Path) -> None:
    program = "sys.exit('patrol: world atlantis is unknown: use office')"
    with (
        pytest.raises(PatrolError, match="ended at its start: world atlantis is unknown"),
        Simulation([], child(tmp_path, program)),
    ):
        pass


def test_a_simulator_that_ends_without_a_word_is_told_by_its_code(tmp_path: Path) -> None:
    with (
        pytest.raises(PatrolError, match="exit code 3"),
        Simulation([], child(tmp_path, "sys.exit(3)")),
    ):
        pass


def test_a_simulator_that_does_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patrolcar.simulation.STOP_TIMEOUT_S", 0.3)
    program = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + PORTS
    with Simulation([], child(tmp_path, program + "time.sleep(60)\n")) as simulation:
        pass
    assert not simulation.alive
    assert simulation.summary == {}


def test_an_interrupted_body_stops_the_child(tmp_path: Path) -> None:
    simulation = Simulation([], child(tmp_path, PORTS + "time.sleep(60)\n"))
    with pytest.raises(KeyboardInterrupt), simulation:
        raise KeyboardInterrupt
    assert not simulation.alive
