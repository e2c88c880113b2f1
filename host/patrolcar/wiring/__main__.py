"""Writes the pictures and tables of the wiring anew: `python -m patrolcar.wiring [--check]`."""

from __future__ import annotations

import sys

from patrolcar.made import bring_up_to_date
from patrolcar.wiring.document import outputs


def main(arguments: list[str] | None = None) -> int:
    """See made.bring_up_to_date."""
    return bring_up_to_date(outputs, "wiring", arguments)


if __name__ == "__main__":
    sys.exit(main())
