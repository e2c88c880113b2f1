"""Scenario files, read and checked: everything that is wrong with them is told at once."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar_sim.board.models import DEFAULT_MODEL, MODELS
from patrolcar_sim.scenario.expectations import read_expectations
from patrolcar_sim.scenario.format import LONGEST_S, MOST_SEEDS, Pose, Scenario
from patrolcar_sim.scenario.lines import key_lines
from patrolcar_sim.scenario.parameters import changed_parts, read_parameters
from patrolcar_sim.scenario.problems import BrokenScenarios, Problem, Problems
from patrolcar_sim.scenario.steps import read_mission
from patrolcar_sim.scenario.surroundings import POSE, read_faults, read_props
from patrolcar_sim.scenario.table import Table
from patrolcar_sim.scenario.units import said
from patrolcar_sim.words import nearest
from patrolcar_sim.world.loader import world_names
from patrolcar_sim.world.parts import Parts, _tomllib, load_parts
from patrolcar_sim.world.props import Prop
from patrolcar_sim.world.world import World

_SEEDS = re.compile(r"\s*(\d{1,9})\s*(?:\.\.\s*(\d{1,9})\s*)?")
_SYNTAX_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
HIGHEST_SEED = 999_999_999
MOST_LEVELS = 20
"""Tables and lists in one another; no scenario needs half of it."""


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and every `.toml` below a folder. PatrolError (2) where none is."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*.toml") if not one.is_dir())
            if not inside:
                raise PatrolError(f"folder {path} holds no scenario (.toml): pass another", 2)
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise PatrolError(f"scenario {path} does not exist: pass a .toml file or a folder", 2)
    return list(dict.fromkeys(found))


def load_files(paths: Sequence[Path]) -> list[Scenario]:
    """All scenarios of these files and folders.

    Raises:
        PatrolError: (code 2) a path is not there.
        BrokenScenarios: any file is broken; it has the problems of all.
    """
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    names: dict[str, str] = {}
    for path in files_of(paths):
        try:
            scenario = load_scenario(path)
        except BrokenScenarios as error:
            problems += error.problems
            continue
        other = names.setdefault(scenario.name, scenario.file)
        if other != scenario.file:
            reason = f"named like {other}, and their artifacts would mix: rename one"
            problems.append(Problem(scenario.file, 1, reason))
        scenarios.append(scenario)
    if problems:
        raise BrokenScenarios(problems)
    return scenarios


def load_scenario(path: Path) -> Scenario:
    """One file. Raises BrokenScenarios with all that is wrong with it."""
    problems = Problems(str(path))
    data: dict[str, Any] = {}
    try:
        if path.exists() and not path.is_file():  # a pipe, that nobody writes into
            raise OSError(0, "it is no file")
        if not str(path).isprintable():  # reports and artifacts are named by it
            raise OSError(0, "its name or folder is no plain text: rename it")
        text = path.read_bytes().decode("utf-8-sig")  # Windows' editors begin it with a mark
        data = _tomllib.loads(text)
        if _is_deep(data):
            raise RecursionError
        problems.lines = key_lines(text.replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.add_at(line, "not UTF-8")
    except OSError as error:
        problems.add_at(1, f"cannot be read: {error.strerror}")
    except _tomllib.TOMLDecodeError as error:
        at = _SYNTAX_LINE.search(str(error))
        last = text.count("\n") + (not text.endswith("\n"))
        line = int(at[1]) if at is not None and at[1] else max(1, last)
        problems.add_at(line, f"not TOML: {_SYNTAX_LINE.sub('', str(error))}")
    except ValueError:  # Python reads no number of more than 4300 digits
        problems.add_at(1, "a number in it has thousands of digits: write one that means anything")
    except RecursionError:
        problems.add_at(1, f"nested too deeply: {MOST_LEVELS} levels are the most")
    if problems.found:
        raise BrokenScenarios(problems.found)
    scenario = _read(path, Table(problems, data))
    if not problems.found:
        _try_world(scenario, problems)
    if problems.found:
        raise BrokenScenarios(problems.found)
    return scenario


def _is_deep(value: Any, levels: int = MOST_LEVELS) -> bool:
    """Whether tables and lists are in one another beyond so many levels."""
    inside = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return False
    return levels == 0 or any(_is_deep(one, levels - 1) for one in inside)


def _read(path: Path, table: Table) -> Scenario:
    title = table.text("title", required=True) or ""
    world = _world(table, path)
    seeds = _seeds(table)
    board = table.choice("board", sorted(MODELS)) or DEFAULT_MODEL.name
    seconds = table.quantity("duration", "s", 0.1, LONGEST_S, required=True)
    duration_us = None if seconds is None else round(seconds * 1e6)
    pose = table.quantities("start", POSE)
    mission = read_mission(table.tables("mission"), duration_us)
    parameters = read_parameters(table.table("parameters"))
    props = read_props(table.tables("prop"))
    faults = read_faults(table.tables("fault"), duration_us)
    labels = {one.label: one.fault.at_us for one in faults if one.label}
    expected = table.raw("expect")
    if isinstance(expected, dict):
        inner = table.table("expect")
        tables = [] if inner is None else [inner]
    else:
        tables = table.tables("expect")
        if not expected:
            table.refuse("", "nothing is expected: add [expect]")
    expectations = read_expectations(tables, duration_us, labels)
    not_yet = table.text("not_yet")
    table.done()
    return Scenario(
        str(path),
        path.stem,
        title,
        world,
        seeds,
        board,
        duration_us or 0,
        None if pose is None else (pose[0], pose[1], pose[2]),
        mission,
        parameters,
        props,
        faults,
        expectations,
        not_yet,
    )


def _world(table: Table, path: Path) -> str:
    """A world's name, or the path of its file, which the scenario has relative to itself."""
    name = table.text("world", required=True)
    if name is None or name in world_names() or name.startswith("room:"):
        return name or ""  # a room that cannot be is refused as it is made
    file = path.parent / name
    try:
        if file.is_file():
            return str(file)
    except OSError as error:
        table.refuse("world", f"world file {said(name)} cannot be read: {error.strerror}")
        return ""
    if "/" in name or file.suffix in (".xml", ".yaml"):
        table.refuse("world", f"world file {file} does not exist")
    else:
        hint = nearest(name, [*world_names(), "room:SEED"])
        table.refuse("world", f"world {said(name)} is not known: {hint}, or the path of a file")
    return ""


def _seeds(table: Table) -> tuple[int, ...]:
    """`seed = 3`, or `seeds = "1..5"`, also `"1, 4, 7..9"`; seed 1 without either."""
    seed = table.integer("seed", 0, HIGHEST_SEED)
    text = table.text("seeds")
    if table.has("seed") and table.has("seeds"):
        table.refuse("seeds", "seed and seeds: drop one")
    if text is None:
        return (1 if seed is None else seed,)
    found: list[int] = []
    for part in text.split(","):
        match = _SEEDS.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first or last - first >= MOST_SEEDS:
            table.refuse("seeds", f'seeds = {said(text)} is no range: write "1..5" or "1, 4, 7"')
            return (1,)
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found))


def _try_world(scenario: Scenario, problems: Problems) -> None:
    """Loads the world with the car in it: what it refuses is the file's problem."""
    parts = changed_parts(scenario.parameters)
    file = Path(scenario.world)
    changed_ns = file.stat().st_mtime_ns if file.is_file() else 0
    trouble = _trouble(scenario.world, changed_ns, parts, scenario.all_props, scenario.start)
    if trouble is not None:
        problems.add((trouble[0],), trouble[1])


@functools.lru_cache(64)
def _trouble(
    name: str, changed_ns: int, parts: Parts, props: tuple[Prop, ...], start: Pose | None
) -> tuple[str, str] | None:
    """The key to blame and why; None for a world that can be driven in."""
    key = "world"
    try:
        world = World(name, 1, parts, props=props)
        if start is not None:
            key = "start"
            world.teleport(*start)
    except (PatrolError, ValueError, ArithmeticError) as error:
        if any(f"prop {prop.name!r}" in str(error) for prop in props):
            return "prop", str(error)
        if (
            parts != load_parts()
            and _trouble(name, changed_ns, load_parts(), props, start) is None
        ):
            return "parameters", f"no car can be made with these values: {error}"
        return key, str(error)
    return None
