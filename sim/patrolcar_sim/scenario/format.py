"""What a scenario file says, as read and checked: plain data that travels between processes.

Times are in microseconds of virtual time since power-on, all else in SI units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from patrolcar_sim.faults import Fault, props_of
from patrolcar_sim.scenario.comparison import Comparison
from patrolcar_sim.world.props import Prop

MOST_SEEDS = 10_000
LONGEST_S = 86_400.0

Pose = tuple[float, float, float]
"""x, y, yaw in the world: m, rad."""


@dataclass(frozen=True)
class Step:
    """One thing that the scripted ground station does; `until_us` for what lasts."""

    do: str
    at_us: int
    until_us: int | None
    values: dict[str, Any]

    @property
    def said(self) -> str:
        """It, for a person."""
        words = [self.do, *(f"{key} {value}" for key, value in self.values.items())]
        if self.until_us is not None:
            words.append(f"until {self.until_us / 1e6:g} s")
        return " ".join(words)


@dataclass(frozen=True)
class Happening:
    """One fault of the file; `label` is what its times can be named by."""

    label: str
    fault: Fault

    @property
    def said(self) -> str:
        """It, for a person."""
        fault = self.fault
        place = f" {fault.where}" if fault.where else ""
        values = "".join(f" {key} {value:g}" for key, value in fault.values.items())
        span = "" if fault.for_us is None else f" for {fault.for_us / 1e6:g} s"
        return f"{fault.kind}{place}{values}{span}"


@dataclass(frozen=True)
class Window:
    """The time that an expectation is about."""

    from_us: int
    until_us: int


@dataclass(frozen=True)
class Expectation:
    """One thing that has to be so.

    `name` is its key; `what` says which part of it (a message or a field), or is empty; `target`
    is a Comparison, a mode, or a tuple of modes or texts.
    """

    name: str
    what: str
    target: Comparison | str | tuple[str, ...]
    window: Window
    line: int

    @property
    def said(self) -> str:
        """It, as the file has it."""
        name = f"{self.name} {self.what}".strip()
        if isinstance(self.target, Comparison):
            return f"{name} {self.target.text}"
        if isinstance(self.target, str):
            return f"{name} {self.target}"
        arrow = " -> " if self.name == "modes" else ", "
        return f"{name} {arrow.join(self.target)}"


@dataclass(frozen=True)
class Parameters:
    """`settings` by the firmware's names; `parts` of car.toml, ("section", "key") to SI."""

    settings: dict[str, int] = field(default_factory=dict)
    parts: dict[tuple[str, str], float] = field(default_factory=dict)
    light: float | None = None


@dataclass(frozen=True)
class Scenario:
    """One file; it is run once for each of its seeds.

    `name` is the file's without folder and ending; `start` is where the car stands instead of
    the world's own start.
    """

    file: str
    name: str
    title: str
    world: str
    seeds: tuple[int, ...]
    board: str
    duration_us: int
    start: Pose | None = None
    mission: tuple[Step, ...] = ()
    parameters: Parameters = Parameters()
    props: tuple[Prop, ...] = ()
    faults: tuple[Happening, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    not_yet: str | None = None

    @property
    def all_props(self) -> tuple[Prop, ...]:
        """The file's own, and what its faults bring into the world."""
        return (*self.props, *props_of([one.fault for one in self.faults]))
