"""A live table of the car's state for a terminal; plain lines now and then where there is none."""

import math
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from patrolcar.view.state import SENSORS, SEVERITIES, SILENT_S, Telemetry

REFRESH_S = 0.25
LINE_S = 5.0
LOG_LINES = 4
SLOWEST = 3


def _number(value: float, form: str, unit: str) -> str:
    return "–" if math.isnan(value) else f"{value:{form}} {unit}".rstrip()


class Monitor:
    """Shows a Telemetry in a terminal while it is entered; call `update` often."""

    def __init__(self, telemetry: Telemetry, console: Console | None = None) -> None:
        self._telemetry = telemetry
        self._console = console or Console()
        self._live: Live | None = None
        self._next = 0.0

    def __enter__(self) -> "Monitor":
        if self._console.is_terminal:
            self._live = Live(self.table(), console=self._console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.update(self.table(), refresh=True)
            self._live.stop()

    def update(self) -> None:
        """Redraws the table, or prints a line, when it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        if self._live is not None:
            self._next = now + REFRESH_S
            self._live.update(self.table(), refresh=True)
        else:
            self._next = now + LINE_S
            self._console.print(self.line(), highlight=False, soft_wrap=True, markup=False)

    def line(self) -> str:
        """The state in one plain line."""
        car = self._telemetry
        ranges = " ".join(
            "–" if math.isnan(echo.range_m) else f"{echo.range_m:.2f}" for echo in car.echo
        )
        return (
            f"{_number(car.time_s, '7.1f', 's')}  {car.mode} {self._state()}  "
            f"x {_number(car.x, '.2f', 'm')}  y {_number(car.y, '.2f', 'm')}  "
            f"driven {car.distance_m:.1f} m  ranges {ranges} m  "
            f"battery {_number(car.volts, '.2f', 'V')}  "
            f"load {_number(car.load_percent, '.0f', '%')}  "
            f"overruns {car.overruns}  frames {car.received}  lost {car.lost}"
        )

    def _state(self) -> str:
        car = self._telemetry
        return "FAULT" if car.state == "FAULT" else "armed" if car.armed else "disarmed"

    def table(self) -> Table:
        """The state as a rich table."""
        car = self._telemetry
        now = time.monotonic()
        table = Table(title="patrol car", show_header=False, min_width=64)
        table.add_column(style="bold")
        table.add_column()
        lamp = {"armed": "bold green", "FAULT": "bold red"}.get(self._state(), "dim")
        table.add_row("mode", f"{car.mode}   [{lamp}]{self._state()}[/]")
        table.add_row("time", _number(car.time_s, ".1f", "s"))
        table.add_row(
            "position",
            f"x {_number(car.x, '.2f', 'm')}   y {_number(car.y, '.2f', 'm')}   "
            f"heading {_number(math.degrees(car.yaw), '.0f', '°')}   "
            f"driven {car.distance_m:.1f} m",
        )
        table.add_row(
            "ranges",
            "   ".join(
                f"{name} {_number(echo.range_m, '.2f', 'm')}"
                for name, echo in zip(SENSORS, car.echo, strict=True)
            ),
        )
        floor = car.floor_words()
        if floor:
            table.add_row("floor", floor)
        left, right, want_left, want_right = car.wheel
        table.add_row(
            "wheels",
            f"left {_number(left, '+.2f', 'm/s')}   right {_number(right, '+.2f', 'm/s')}   "
            f"(wanted {_number(want_left, '+.2f', '')}, {_number(want_right, '+.2f', '')})",
        )
        table.add_row(
            "battery",
            f"{_number(car.volts, '.2f', 'V')}   {_number(car.amperes, '.2f', 'A')}   "
            f"{_number(car.remaining, '.0f', '%')} left",
        )
        table.add_row(
            "loop",
            f"load {_number(car.load_percent, '.0f', '%')}   "
            f"worst {_number(car.worst_ms, '.1f', 'ms')}   overruns {car.overruns}",
        )
        if car.health.tasks:
            table.add_row("tasks", f"{car.health.slowest(SLOWEST)} ms, mean (worst)")
        table.add_row("heap", car.health.heap_words())
        lost = car.silence_s(now) > SILENT_S
        words = car.link_words(now)
        table.add_row("link", f"[bold red]{words}[/]" if lost else words)
        for entry in list(car.log)[-LOG_LINES:]:
            word = SEVERITIES[entry.severity] if entry.severity < len(SEVERITIES) else "?"
            text = entry.text.replace("[", r"\[")
            table.add_row("says", f"{word}: {text}")
        return table
