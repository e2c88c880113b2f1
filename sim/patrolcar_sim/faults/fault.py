"""What a fault is, and what the catalogue says of a kind of fault."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patrolcar.errors import PatrolError

if TYPE_CHECKING:
    from patrolcar_sim.faults.rig import Rig

Undo = Callable[[], None]
Effect = Callable[["Rig", "Fault", random.Random], Undo | None]
"""Makes a fault happen; what it gives back ends it."""


class FaultError(PatrolError):
    """A fault that cannot be: `key` is the offending field or value, `reason` says why."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}", 2)
        self.key = key
        self.reason = reason


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: a name in CATALOGUE.
        at_us: virtual time since power-on at which it begins.
        for_us: how long it lasts; None: to the end, or it is over at once.
        where: one of its kind's places; None: the last of them.
        values: its kind's parameters by name; those that are missing have their defaults.
    """

    kind: str
    at_us: int = 0
    for_us: int | None = None
    where: str | None = None
    values: dict[str, float] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where, of a fault that is complete."""
        assert self.where is not None
        return self.where

    def __getitem__(self, name: str) -> float:
        return self.values[name]


@dataclass(frozen=True)
class Parameter:
    """A number that a kind of fault takes; without a default it is drawn by the seed.

    `whole`: it counts something.
    """

    name: str
    unit: str
    lowest: float
    highest: float
    default: float | None
    sentence: str
    whole: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        sentence: what happens, for a person.
        effect: makes it happen.
        where: its places, the last of them being the default; or none.
        lasts: whether it takes `for`.
        parameters: its numbers.
        needs_world: it acts on the physics, not only on the pins.
    """

    sentence: str
    effect: Effect
    where: tuple[str, ...] = ()
    lasts: bool = True
    parameters: tuple[Parameter, ...] = ()
    needs_world: bool = False
