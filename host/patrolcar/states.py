"""Draws what the car may do into firmware/README.md: `python -m patrolcar.states [--check]`.

States, events and actions are those of behaviour/transitions.py, failsafes those of
behaviour/failsafe_table.py with their settings from store/table.py. A block stands between
`<!-- states: NAME -->` and `<!-- end of NAME -->`; everything else in the file is a person's.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from patrolcar.errors import PatrolError
from patrolcar.made import bring_up_to_date

BLOCK = re.compile(r"(<!-- states: (\w+) -->\n).*?(<!-- end of \2 -->\n)", re.DOTALL)
CONSTANT = re.compile(r"^([A-Z_]+) = const\(\d+\)(?:  # (.*))?$", re.MULTILINE)
STATES = ("DISARMED", "HOLD", "MANUAL", "AUTO", "FAULT")
COMMANDS = ("ARM", "DISARM", "MODE_HOLD", "MODE_MANUAL", "MODE_AUTO", "CLEAR")
ACTIONS = {
    "NONE": "",
    "POWER_ON": "motors on",
    "POWER_OFF": "motors off",
    "STOP": "brake",
    "RETREAT": "brake, back off",
    "SELECT": "for arming",
    "START_MANUAL": "begin",
    "START_AUTO": "begin",
}
"""What an action is called in the table."""
DONE = ("nothing", "tell", "stop", "motors off")
"""The values of a failsafe's action."""


class Row(NamedTuple):
    """A row of the transition table, by names."""

    state: str
    event: str
    to: str
    action: str


class Setting(NamedTuple):
    """A row of the settings' table, with the sentence above it."""

    unit: str
    lowest: int
    highest: int
    default: int
    sentence: str

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.default}{unit} ({self.lowest} to {self.highest})"


def _rows(path: Path) -> list[list[str]]:
    """The elements of a module's TABLE as they are written."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TABLE":
            assert isinstance(node.value, ast.Tuple)
            return [
                [ast.unparse(one) for one in row.elts]
                for row in node.value.elts
                if isinstance(row, ast.Tuple)
            ]
    raise PatrolError(f"{path} has no TABLE")


def transitions(tree: Path) -> list[Row]:
    """The transition table of a firmware."""
    return [Row(*row) for row in _rows(tree / "patrol/behaviour/transitions.py")]


def events(tree: Path) -> dict[str, str]:
    """Each event with its sentence, in their order."""
    text = (tree / "patrol/behaviour/supervisor.py").read_text(encoding="utf-8")
    found: dict[str, str] = {name: sentence for name, sentence in CONSTANT.findall(text)}
    used = {row.event for row in transitions(tree)}
    return {name: sentence for name, sentence in found.items() if name in used}


def settings(tree: Path) -> dict[str, Setting]:
    """The settings by name, in their order."""
    found: dict[str, Setting] = {}
    comment: list[str] = []
    for line in (tree / "patrol/store/table.py").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("#"):
            comment.append(line[1:].strip())
            continue
        if line.startswith('("'):
            name, unit, lowest, highest, default, _ = ast.literal_eval(line.rstrip(","))
            found[name] = Setting(unit, lowest, highest, default, " ".join(comment))
        comment = []
    return found


def diagram(tree: Path) -> list[str]:
    """Mermaid: what leads from one state to another."""
    edges: dict[tuple[str, str], list[str]] = {}
    for row in transitions(tree):
        if row.state != row.to:
            edges.setdefault((row.state, row.to), []).append(row.event)
    return [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> DISARMED",
        *(f"    {state} --> {to}: {', '.join(names)}" for (state, to), names in edges.items()),
        "```",
    ]


def table(tree: Path) -> list[str]:
    """Markdown: a line for each event, a column for each state."""
    by_place = {(row.state, row.event): row for row in transitions(tree)}

    def cell(state: str, event: str) -> str:
        row = by_place.get((state, event))
        if row is None:
            return "refused" if event in COMMANDS else "–"
        goes = f"→ {row.to}" if row.to != state else ""
        return ", ".join(filter(None, (goes, ACTIONS[row.action]))) or "stays"

    lines = [f"| Event | {' | '.join(STATES)} |", "|---" * (len(STATES) + 1) + "|"]
    for event, sentence in events(tree).items():
        what = f"`{event}`" + (f" {sentence}" if sentence else "")
        lines.append(f"| {what} | {' | '.join(cell(state, event) for state in STATES)} |")
    return lines


def failsafes(tree: Path) -> list[str]:
    """Markdown: a line for each failsafe with its settings."""
    known = settings(tree)

    def setting(written: str) -> str:
        name = written.removeprefix("keys.").lower()
        return f"`{name}` {known[name]}" if name in known else "–"

    lines = [
        "| Failsafe | When | Threshold | Delay | Action, by default | Its stop |",
        "|---|---|---|---|---|---|",
    ]
    for name, event, act, threshold, delay in _rows(tree / "patrol/behaviour/failsafe_table.py"):
        action = act.removeprefix("keys.").lower()
        lines.append(
            f"| {ast.literal_eval(name)} | {known[action].sentence} | {setting(threshold)} "
            f"| {setting(delay)} | `{action}` {known[action].default}: "
            f"{DONE[known[action].default]} | `{event}` |"
        )
    return lines


def _states(tree: Path) -> list[str]:
    return [*diagram(tree), "", *table(tree)]


MAKERS: dict[str, Callable[[Path], list[str]]] = {"table": _states, "failsafes": failsafes}


def filled(text: str, tree: Path) -> str:
    """The document with every block written anew. PatrolError for one that stands for nothing."""

    def made(match: re.Match[str]) -> str:
        if match[2] not in MAKERS:
            raise PatrolError(
                f"block <!-- states: {match[2]} --> is unknown: there are {', '.join(MAKERS)}"
            )
        return match[1] + "\n".join(["", *MAKERS[match[2]](tree), "", ""]) + match[3]

    return BLOCK.sub(made, text)


def outputs(root: Path) -> dict[Path, str]:
    """The document whose blocks are made, in the checkout at `root`."""
    tree = root / "firmware"
    path = tree / "README.md"
    return {path: filled(path.read_text(encoding="utf-8"), tree)}


def main(arguments: list[str] | None = None) -> int:
    """See made.bring_up_to_date."""
    return bring_up_to_date(outputs, "states", arguments)


if __name__ == "__main__":
    sys.exit(main())
