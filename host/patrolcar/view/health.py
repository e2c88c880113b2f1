"""The loop's health: what each task takes, heap, collections, what the board started from."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# machine.reset_cause() of MicroPython's stm32 port, as LOOP_TIMING tells it.
CAUSES = ("a soft reset", "power-on or brown-out", "the reset pin", "the watchdog", "deep sleep")
PREFIX, END = "PATROL_TASK_", "PATROL_TASK_ENUM_END"  # the latter is pymavlink's own entry


@functools.cache
def task_name(number: int) -> str:
    """A task's name, as the dialect has it; its number where that is of a newer firmware."""
    from patrolcar.link import dialect

    entry = dialect.load().enums["PATROL_TASK"].get(number)
    if entry is None or entry.name == END:
        return f"task {number}"
    return str(entry.name.removeprefix(PREFIX).lower())


@dataclass
class TaskTime:
    """One task in us: `mean` of its last runs, `worst` of all that were told, `runs` in all."""

    mean: int = 0
    worst: int = 0
    runs: int = 0


@dataclass
class Health:
    """What LOOP_TIMING and TASK_TIMING told since the board started; NaN: not told yet."""

    tasks: dict[int, TaskTime] = field(default_factory=dict)
    heap_free: float = math.nan
    collections: int = 0
    collection_ms: float = math.nan
    collection_worst_ms: float = math.nan
    exceptions: int = 0
    texts_left_out: int = 0
    started_by: str = "?"

    def take_task(self, message: Any) -> None:
        """Takes a TASK_TIMING."""
        task = self.tasks.setdefault(message.task, TaskTime())
        task.runs += message.runs
        if message.runs:
            task.mean = message.mean_us
        task.worst = max(task.worst, message.worst_us)

    def take_loop(self, message: Any) -> None:
        """Takes a LOOP_TIMING; one of an older firmware has none of this."""
        if not message.heap_free:
            return
        self.heap_free = message.heap_free
        self.collections = message.collections
        self.collection_ms = message.collection_us / 1000
        self.collection_worst_ms = message.collection_worst_us / 1000
        self.exceptions = message.exceptions
        self.texts_left_out = message.texts_dropped + message.texts_repeated
        cause = message.reset_cause
        self.started_by = CAUSES[cause] if cause < len(CAUSES) else f"cause {cause}"

    def slowest(self, count: int) -> str:
        """The tasks that take most, in one line."""
        tasks = sorted(self.tasks.items(), key=lambda item: -item[1].mean)[:count]
        return "   ".join(
            f"{task_name(number)} {task.mean / 1000:.2f} ({task.worst / 1000:.1f})"
            for number, task in tasks
        )

    def heap_words(self) -> str:
        """Heap and collections in one line."""
        if math.isnan(self.heap_free):
            return "–"
        words = f"{self.heap_free / 1024:.0f} KB free"
        if self.collections:
            words += (
                f"   {self.collections} collections, mean {self.collection_ms:.1f} ms, "
                f"worst {self.collection_worst_ms:.1f} ms"
            )
        return words

    def lines(self) -> Iterable[str]:
        """A table of the tasks in the order in which they run, and what else there is."""
        yield f"{'task':<12} {'runs':>9} {'mean us':>9} {'worst us':>9}"
        for number, task in sorted(self.tasks.items()):
            yield f"{task_name(number):<12} {task.runs:>9,} {task.mean:>9,} {task.worst:>9,}"
        yield f"heap: {self.heap_words()}"
        yield (
            f"started by {self.started_by}, {self.exceptions} exceptions of the loop, "
            f"{self.texts_left_out} texts left out"
        )
