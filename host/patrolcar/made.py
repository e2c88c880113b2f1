"""Files of a checkout that are made from others in it: written where they are stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from patrolcar.errors import PatrolError


def checkout() -> Path:
    """The checkout that this package is in; PatrolError where it is installed from a wheel."""
    for root in Path(__file__).resolve().parents:
        if (root / "firmware" / "README.md").is_file() and (root / "pyproject.toml").is_file():
            return root
    raise PatrolError("no checkout around this package: run it in one", 2)


def bring_up_to_date(
    outputs: Callable[[Path], dict[Path, str]], target: str, arguments: list[str] | None
) -> int:
    """Writes what is not as it should be; with --check only says so, by exit code 1.

    `outputs` gives all files with their texts for a checkout's root; `make TARGET` is this.
    """
    parser = argparse.ArgumentParser(prog=f"make {target}", description=__doc__)
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
                print(f"{path.relative_to(root)} is stale: run `make {target}`", file=sys.stderr)
                code = 1
            else:
                path.write_text(text, encoding="utf-8")
                print(f"wrote {path.relative_to(root)}")
    except PatrolError as error:
        print(error, file=sys.stderr)
        return error.code
    return code
