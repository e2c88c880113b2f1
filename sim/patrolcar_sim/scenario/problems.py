"""What is wrong with scenario files: each problem with its file, line and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from patrolcar_sim.scenario.lines import KeyPath


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that keeps a file from being run."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.reason}"
        # What a terminal would obey, and what would be a second line, as Python writes it.
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class BrokenScenarios(Exception):
    """Files that cannot be run; `problems` has all of them, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Problems:
    """Collects what one file has; `lines` is where its keys stand."""

    file: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        """Where a key stands, or the nearest table above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def add(self, path: KeyPath, reason: str) -> None:
        """The key at that place cannot be."""
        self.add_at(self.line(path), reason)

    def add_at(self, line: int, reason: str) -> None:
        """What stands on that line cannot be."""
        self.found.append(Problem(self.file, line, " ".join(reason.split())))
