"""What differs between two sets of parameters."""

from __future__ import annotations

from dataclasses import dataclass

from patrolcar.params.exchange import Number, Values
from patrolcar.params.table import known


@dataclass(frozen=True)
class Difference:
    """A parameter that is not the same on both sides; None: it is not there."""

    name: str
    left: Number | None
    right: Number | None


def differences(left: Values, right: Values) -> list[Difference]:
    """What differs, in the order of the left side; then what only the right side has."""
    names = [*left, *(name for name in right if name not in left)]
    return [
        Difference(name, left.get(name), right.get(name))
        for name in names
        if left.get(name) != right.get(name)
    ]


def defaults() -> Values:
    """What a car has whose settings nobody has changed."""
    return {name: one.default for name, one in known().items()}
