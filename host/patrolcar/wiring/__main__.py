"""Writes the pictures and tables of the wiring anew: `python -m patrolcar.wiring [--check]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.wiring.document import checkout, outputs


def main(arguments: list[str] | None = None) -> int:
    """Writes what is not as it should be; with --check only says so, by exit code 1."""
    parser = argparse.ArgumentParser(prog="patrolcar.wiring", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when stale")
    parser.add_argument("--root", type=Path, help="the checkout")
    options = parser.parse_args(arguments)
    code = 0
    try:
        root = options.root or checkout()
        for path, text in outputs(root).items():
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            if options.check:
                print(f"{path.relative_to(root)} is stale: run `make wiring`", file=sys.stderr)
                code = 1
            else:
                path.write_text(text, encoding="utf-8")
                print(f"wrote {path.relative_to(root)}")
    except PatrolError as error:
        print(error, file=sys.stderr)
        return error.code
    return code


if __name__ == "__main__":
    sys.exit(main())
