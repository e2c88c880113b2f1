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


def test_the_table_of_a_silent_car_can_be_drawn() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(Monitor(Telemetry(), console).table())
    assert "no frame yet" in _text(console)
