"""The tables of sim/scenarios/README.md, made from what the reading itself goes by.

python -m patrolcar_sim.scenario.reference sim/scenarios/README.md
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from patrolcar_sim.faults import CATALOGUE, Parameter
from patrolcar_sim.scenario.expectations import EXPECTATIONS
from patrolcar_sim.scenario.parameters import settings_table
from patrolcar_sim.scenario.steps import STEPS
from patrolcar_sim.scenario.units import in_unit
from patrolcar_sim.world.props import KINDS

Row = tuple[str, ...]
BEGIN = "<!-- tables made by patrolcar_sim.scenario.reference -->\n"
END = "<!-- end of tables -->\n"


def fault_rows() -> tuple[Row, list[Row]]:
    """The head and a row for each kind of fault."""
    rows: list[Row] = []
    for name, kind in CATALOGUE.items():
        where = ", ".join(kind.where)
        values = "; ".join(_parameter(one) for one in kind.parameters)
        rows.append((name, kind.sentence, where, "yes" if kind.lasts else "no", values))
    return ("fault", "what happens", "where", "for", "values"), rows


def _parameter(parameter: Parameter) -> str:
    unit, default = parameter.unit, parameter.default
    low, high = in_unit(parameter.lowest, unit), in_unit(parameter.highest, unit)
    usual = "drawn by the seed" if default is None else in_unit(default, unit)
    return f"{parameter.name}: {parameter.sentence} ({low} to {high}, else {usual})"


def step_rows() -> tuple[Row, list[Row]]:
    """The head and a row for each step of the ground station."""
    rows: list[Row] = []
    for name, kind in STEPS.items():
        until = "needed" if kind.must_end else "if it ends" if kind.lasts else ""
        rows.append((f"`{name}`", kind.sentence, kind.keys, until))
    return ("`do`", "what the station does", "keys", "`until`"), rows


def expectation_rows() -> tuple[Row, list[Row]]:
    """The head and a row for each expectation."""
    units = {"modes": "modes", "mode": "mode", "texts": "texts", "telemetry": "the field's"}
    rows: list[Row] = []
    for name, kind in EXPECTATIONS.items():
        unit = units.get(kind.form)
        if unit is None:
            assert kind.possible is not None
            unit = kind.possible.unit or "number"
        rows.append((f"`{name}`", kind.sentence, unit))
    return ("key", "what is measured within the window", "unit"), rows


def setting_rows() -> tuple[Row, list[Row]]:
    """The head and a row for each of the firmware's settings."""
    rows: list[Row] = [
        (f"`{name}`", unit, f"{lowest} to {highest}", str(default))
        for name, (unit, lowest, highest, default) in settings_table()[1].items()
    ]
    return ("setting", "unit", "range", "default"), rows


def prop_rows() -> tuple[Row, list[Row]]:
    """The head and a row for each kind of prop."""
    rows: list[Row] = []
    for name, kind in KINDS.items():
        usual = ", ".join(f"{number:g} m" for number in kind.size)
        rows.append((f"`{name}`", kind.means, f'"{usual}"', kind.material))
    return ("`kind`", "`size`", "else", "`material`, else"), rows


def tables() -> str:
    """All of them in Markdown."""
    parts = [
        ("Steps of the ground station", step_rows()),
        ("Expectations", expectation_rows()),
        ("Settings of the firmware", setting_rows()),
        ("Props", prop_rows()),
        ("Faults", fault_rows()),
    ]
    return "\n".join(f"### {title}\n\n{_markdown(*rows)}" for title, rows in parts)


def _markdown(head: Row, rows: list[Row]) -> str:
    cells = [head, ("---",) * len(head), *rows]
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in cells]
    return "".join(f"| {line} |\n" for line in lines)


def renewed(text: str) -> str:
    """A document with its tables as they should be. ValueError for one without their place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise ValueError(f"it has to have {BEGIN.strip()!r} and {END.strip()!r}, once each")
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Writes the README's tables again.")
    parser.add_argument("readme", type=Path)
    path: Path = parser.parse_args(arguments).readme
    try:
        if not path.is_file():
            parser.error(f"{path} is no file")
        path.write_text(renewed(path.read_text()))
    except (OSError, ValueError) as error:
        parser.error(f"{path} stays as it is: {error}")


if __name__ == "__main__":
    main()
