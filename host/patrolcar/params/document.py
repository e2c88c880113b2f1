"""Writes firmware/PARAMETERS.md anew: `python -m patrolcar.params.document [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

from patrolcar.made import bring_up_to_date
from patrolcar.params.table import Parameter, grouped, parameters

DOCUMENT = Path("firmware/PARAMETERS.md")

HEAD = """# The car's parameters

Made by `make parameters` from `firmware/patrol/store/table.py`. They are MAVLink's parameters, so
any ground station shows and sets them; from a terminal:

```sh
patrol params /dev/ttyUSB0 list               # what they are, changed ones marked
patrol params /dev/ttyUSB0 set LOG_LEVEL 7
patrol params --metadata apm.pdef.xml         # for MAVProxy: param set_xml_filepath apm.pdef.xml
```

All are whole numbers. A change acts in RAM at once, and is stored 2 s after the last one as soon
as the car is disarmed; where *from* says *boot*, the car reads it at its next start.
"""


def document(rows: tuple[Parameter, ...]) -> str:
    """The whole text: a table for each group."""
    parts = [HEAD]
    for title, members in grouped(rows).items():
        lines = [f"## {title}", "", "| Name | Unit | Range | Default | What it is | From |"]
        lines.append("|---|---|---|---|---|---|")
        lines += [_row(one) for one in members]
        parts.append("\n".join((*lines, "")))
    return "\n".join(parts)


def _row(one: Parameter) -> str:
    cells = (
        f"`{one.id}`",
        one.shown_unit,
        one.range,
        str(one.default),
        one.sentence,
        "boot" if one.reboot else "at once",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def outputs(root: Path) -> dict[Path, str]:
    """The document, in the checkout at `root`."""
    return {root / DOCUMENT: document(parameters(root / "firmware"))}


def main(arguments: list[str] | None = None) -> int:
    """See made.bring_up_to_date."""
    return bring_up_to_date(outputs, "parameters", arguments)


if __name__ == "__main__":
    sys.exit(main())
