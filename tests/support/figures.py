"""The table of figures that a run ends with: tests add rows, the summary prints them.

Rows travel as a report's user properties, so that they reach the summary from any worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

KEY = "figures"
FLASH_KB, RAM_KB = 56, 68  # what the firmware may take
Row = tuple[Any, ...]


def add(
    record: Callable[[str, object], None], title: str, columns: Row, rows: Iterable[Row]
) -> None:
    """A part of the table: `record` is pytest's fixture record_property."""
    record(KEY, [title, list(columns), [list(row) for row in rows]])


def parts(reports: Iterable[Any]) -> list[tuple[str, list[str], list[list[Any]]]]:
    """All parts that the reports carry, by title."""
    found = {}
    for report in reports:
        for key, value in getattr(report, "user_properties", ()):
            if key == KEY and report.when == "call":
                found[value[0]] = tuple(value)
    return [found[title] for title in sorted(found)]  # type: ignore[misc]


def text(title: str, columns: list[str], rows: list[list[Any]]) -> list[str]:
    """Its lines: the first column to the left, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in [columns, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [title]
    for row in cells:
        first, *rest = row
        numbers = "".join(f"  {c:>{w}}" for c, w in zip(rest, widths[1:], strict=True))
        lines.append(f"  {first:<{widths[0]}}{numbers}")
    return lines


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def show(reporter: pytest.TerminalReporter) -> None:
    """Prints the table, if any test of the run has added to it."""
    found = parts(report for reports in reporter.stats.values() for report in reports)
    if not found:
        return
    reporter.write_sep("-", "figures")
    for part in found:
        for line in text(*part):
            reporter.write_line(line)
