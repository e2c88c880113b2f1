"""The report of a run that was not as expected: the seconds before, and how to repeat it."""

from __future__ import annotations

from typing import Any

from patrolcar.view.state import SEVERITIES
from patrolcar_sim.scenario.format import Scenario
from patrolcar_sim.scenario.recording import Recording
from patrolcar_sim.scenario.result import Result

BEFORE_S, AFTER_S = 5.0, 1.0
# Fields that only tell the time or repeat what is always so.
_LEFT_OUT = ("mavpackettype", "time_boot_ms", "time_usec")


def text(scenario: Scenario, result: Result, run: Recording) -> str:
    """The report as Markdown."""
    at_s = moment(result, run)
    lines = [
        f"# {result.title_line}: {result.verdict.value}",
        "",
        scenario.title,
        "",
        f"{result.reason}",
        "",
        "Repeat it exactly:",
        "",
        f"    {result.repeat}",
        "",
        "## What was expected",
        "",
        *_table(
            ("line", "expected", "measured", ""),
            [
                (one.line, one.expected, one.measured, "ok" if one.passed else "**not so**")
                for one in result.judged
            ],
        ),
        "",
        f"## The seconds before {at_s:.2f} s",
        "",
        *_table(("time", "what", ""), events(scenario, run, at_s - BEFORE_S, at_s + AFTER_S)),
        "",
        f"## The car at {at_s:.2f} s",
        "",
        *_table(("", "value"), _values(run, at_s)),
    ]
    return "\n".join(lines) + "\n"


def moment(result: Result, run: Recording) -> float:
    """When the first thing that was not as expected showed; else the end."""
    times = [one.at_s for one in result.judged if not one.passed and one.at_s is not None]
    return min(times, default=run.end_s)


def events(
    scenario: Scenario, run: Recording, from_s: float, until_s: float
) -> list[tuple[str, str, str]]:
    """All that happened within a time: (time, what, which), in order."""
    found: list[tuple[float, str, str]] = []
    found += [(step.at_us / 1e6, "station", step.said) for step in scenario.mission]
    for happening in scenario.faults:
        fault = happening.fault
        found.append((fault.at_us / 1e6, "fault", f"{happening.said} begins"))
        if fault.for_us is not None:
            found.append(((fault.at_us + fault.for_us) / 1e6, "fault", f"{fault.kind} ends"))
    found += [(at, "mode", mode) for at, mode in run.modes()]
    for said in run.texts():
        word = SEVERITIES[said.severity] if said.severity < len(SEVERITIES) else "?"
        found.append((said.time_s, "text", f"{word}: {said.text}"))
    found += [(at, "contact", f"touches {name}") for at, name in run.contacts]
    found += [(at, "reset", cause) for at, cause in run.resets]
    for at, printed in run.console:
        found += [(at, "console", line) for line in printed.splitlines() if line.strip()]
    found.sort(key=lambda event: event[0])
    return [(f"{at:.2f} s", what, which) for at, what, which in found if from_s <= at <= until_s]


def _values(run: Recording, at_s: float) -> list[tuple[str, str]]:
    truth = run.at(at_s)
    x, y = run.in_car_frame(truth.x, truth.y, at_s)
    yaw = run.heading(truth.yaw, at_s)
    rows = [
        (
            "true pose in the world",
            f"x {truth.x:.3f} m, y {truth.y:.3f} m, yaw {truth.yaw:.3f} rad",
        ),
        ("as telemetry counts it", f"x {x:.3f} m, y {y:.3f} m, yaw {yaw:.3f} rad"),
        ("true distance", f"{truth.distance:.2f} m"),
        ("coverage", f"{100 * truth.coverage:.0f} %"),
    ]
    last: dict[str, tuple[float, Any]] = {}
    for at, message in run.messages:
        if at <= at_s and message.get_type() != "STATUSTEXT":
            last[_part(message)] = (at, message)
    for name, (at, message) in sorted(last.items()):
        values = {k: v for k, v in message.to_dict().items() if k not in _LEFT_OUT}
        shown = ", ".join(f"{key} {_short(value)}" for key, value in values.items())
        rows.append((f"{name} at {at:.2f} s", shown))
    return rows


def _part(message: Any) -> str:
    """A message's name, with the number of the part where there are several."""
    key = getattr(type(message), "instance_field", None)
    return f"{message.get_type()}[{getattr(message, key)}]" if key else str(message.get_type())


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{value[0]} ..." if value else "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(head: tuple[str, ...], rows: Any) -> list[str]:
    """A Markdown table."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in (head, *rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return [lines[0], f"|{'---|' * len(head)}", *lines[1:]]
