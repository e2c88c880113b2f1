"""The monitor: plain lines where there is no terminal, and a table that holds what matters."""

import io
import time
from typing import Any

from rich.console import Console

from patrolcar.view.monitor import Monitor
from patrolcar.view.state import Telemetry


def _text(console: Console) -> str:
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_without_a_terminal_a_line_comes_now_and_then(drive: Any) -> None:
    telemetry = Telemetry()
    drive.feed(telemetry, 5)
    console = Console(file=io.StringIO(), width=80)
    with Monitor(telemetry, console) as monitor:
        for _ in range(100):
            monitor.update()
    (line,) = _text(console).splitlines()
    assert "AUTO armed" in line
    assert "lost 0" in line
    assert "\x1b" not in line


def test_the_table_names_everything(drive: Any) -> None:
    telemetry = Telemetry()
    drive.feed(telemetry, 5)
    text = drive.dialect.MAVLink_statustext_message(6, b"armed [bold]by[/] hand")
    telemetry.take(drive.receive(text), time.monotonic())
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    console.print(Monitor(telemetry, console).table())
    text = _text(console)
    for word in ("AUTO", "armed", "position", "ranges", "wheels", "battery", "overruns", "lost"):
        assert word in text
    assert "armed [bold]by[/] hand" in text  # the car's words are not markup


def test_the_table_has_the_slowest_tasks_by_name_the_heap_and_severities(drive: Any) -> None:
    telemetry = Telemetry()
    drive.feed(telemetry, 5)
    d = drive.dialect
    for task, mean, worst in ((9, 560, 1_654), (0, 386, 386), (1, 541, 541), (12, 63, 63)):
        message = d.MAVLink_task_timing_message(6_000, 100, mean, worst, task)
        telemetry.take(drive.receive(message), time.monotonic())
    loop = d.MAVLink_loop_timing_message(
        6_100, 600, 500, 0, 0, 220, 3_100, 0, 0, 7, 41_000, 3_010, 3_400, 1, 2, 0, 1, 6
    )
    telemetry.take(drive.receive(loop), time.monotonic())
    text = d.MAVLink_statustext_message(4, b"a sonar does not answer")
    telemetry.take(drive.receive(text), time.monotonic())
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    console.print(Monitor(telemetry, console).table())
    shown = _text(console)
    assert "telemetry 0.56 (1.7)   imu 0.54 (0.5)   sense 0.39 (0.4) ms" in shown
    assert "40 KB free   7 collections, mean 3.0 ms, worst 3.4 ms" in shown
    assert "warning: a sonar does not answer" in shown
    assert list(telemetry.health.lines())[-1] == (
        "started by power-on or brown-out, 0 exceptions of the loop, 3 texts left out"
    )


def test_the_table_of_a_silent_car_can_be_drawn() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(Monitor(Telemetry(), console).table())
    assert "no frame yet" in _text(console)
