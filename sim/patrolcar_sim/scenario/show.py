"""What a person sees of the runs: a bar or lines while they go on, a table at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from patrolcar_sim.scenario.pool import Job
from patrolcar_sim.scenario.result import Result, Verdict

PLAIN_WIDTH = 160
_COLOURS = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.NOT_YET: "yellow",
    Verdict.MASTERED: "red",
}


def console() -> Console:
    """Where it is shown; wide where no terminal says how wide."""
    made = Console()
    return made if made.is_terminal else Console(width=PLAIN_WIDTH)


class Tell(Protocol):
    """Is told each result."""

    def __call__(self, result: Result) -> None: ...


@contextmanager
def progress(console: Console, total: int) -> Iterator[Tell]:
    """A bar where there is a terminal, else a line a run."""
    if not console.is_terminal:
        done = 0

        def line(result: Result) -> None:
            nonlocal done
            done += 1
            reason = f": {result.reason}" if result.reason else ""
            print(
                f"[{done}/{total}] {result.title_line}: {result.verdict.value}{reason}",
                file=console.file,
                flush=True,
            )

        yield line
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("scenarios", total=total)

        def advance(result: Result) -> None:
            if result.verdict is not Verdict.PASSED:
                colour = _COLOURS[result.verdict]
                what = escape(f"{result.verdict.value}: {result.reason}")
                bar.print(f"[{colour}]{escape(result.title_line)}[/]: {what}")
            bar.update(task, advance=1, description=escape(result.name))

        yield advance


def summary(console: Console, results: Sequence[Result], total: int, wall_s: float) -> None:
    """The table, what to repeat, and one line of counts."""
    table = Table("scenario", "seed", "", "simulated", "wall", "why", box=None, pad_edge=False)
    for column in (1, 3, 4):
        table.columns[column].justify = "right"
    ordered = sorted(results, key=lambda one: (one.name, one.seed))
    for one in ordered:
        table.add_row(
            escape(one.name),
            str(one.seed),
            f"[{_COLOURS[one.verdict]}]{one.verdict.value}[/]",
            f"{one.simulated_s:.0f} s",
            f"{one.wall_s:.1f} s",
            escape(one.reason),
        )
    console.print(table)
    for one in ordered:
        if not one.verdict.good:
            where = f"; report in {one.folder}" if one.folder else ""
            console.print(
                f"repeat: {one.repeat}{where}", markup=False, highlight=False, soft_wrap=True
            )
    console.print(counts(results, total, wall_s), markup=False, highlight=False)


def counts(results: Sequence[Result], total: int, wall_s: float) -> str:
    """How many came out how, in one line."""
    parts = []
    for verdict in Verdict:
        number = sum(one.verdict is verdict for one in results)
        if number or verdict is Verdict.PASSED:
            parts.append(f"{number} {verdict.value}")
    if len(results) < total:
        parts.append(f"{total - len(results)} not run")
    simulated_s = sum(one.simulated_s for one in results)
    return f"{', '.join(parts)}: {simulated_s:.0f} simulated s in {wall_s:.1f} s"


def list_jobs(where: Console, jobs: Sequence[Job]) -> None:
    """What would be run, a line for each scenario."""
    seeds: dict[str, list[int]] = {}
    for scenario, seed in jobs:
        seeds.setdefault(scenario.name, []).append(seed)
    rows = []
    for name, numbers in seeds.items():
        scenario = next(one for one, _ in jobs if one.name == name)
        shown = ", ".join(map(str, numbers[:5])) + (" ..." if len(numbers) > 5 else "")
        title = scenario.title
        if scenario.not_yet is not None:
            title += f" (not mastered yet: {scenario.not_yet})"
        rows.append((name, shown, scenario.world, f"{scenario.duration_us / 1e6:g} s", title))
    show_table(where, ("scenario", "seeds", "world", "time", "about"), rows)


def show_table(where: Console, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table."""
    table = Table(*head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    where.print(table)
