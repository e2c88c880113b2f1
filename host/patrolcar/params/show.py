"""How parameters are shown: as tables for persons, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from patrolcar.params.compare import Difference
from patrolcar.params.exchange import Number, Values
from patrolcar.params.table import Parameter, known

PLAIN_WIDTH = 160
CHANGED = "*"


def console() -> Console:
    """Where it is shown; wide where no terminal says how wide."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def chosen(values: Values, text: str | None) -> Values:
    """Those with a text in their name, unit or sentence, however it is written."""
    if text is None:
        return values
    wanted = text.casefold()

    def has(name: str) -> bool:
        one = known().get(name)
        words = (name,) if one is None else (name, one.unit, one.group, one.sentence)
        return any(wanted in word.casefold() for word in words)

    return {name: value for name, value in values.items() if has(name)}


def changed(name: str, value: Number) -> bool:
    """Whether it is known not to be the default."""
    one = known().get(name)
    return one is not None and value != one.default


def _meaning(one: Parameter | None, value: Number | None) -> str:
    """The value with its name, where it has one."""
    if value is None:
        return "-"
    word = one.choices.get(int(value)) if one is not None and value == int(value) else None
    return f"{value} {word}" if word else str(value)


def listing(values: Values) -> Table:
    """A row for each; those that are not as they come are marked."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("range")
    table.add_column("default", justify="right")
    table.add_column("what it is", ratio=1)
    for name, value in values.items():
        one = known().get(name)
        style = "bold" if changed(name, value) else ""
        row = [escape(name), CHANGED if style else "", _meaning(one, value)]
        if one is not None:
            later = " From the next boot." if one.reboot else ""
            row += [one.shown_unit, one.range, str(one.default), escape(one.sentence + later)]
        table.add_row(*row, style=style)
    return table


def summary(values: Values) -> str:
    """How many there are, and how many of them were changed."""
    count = sum(changed(name, value) for name, value in values.items())
    some = f"{count} not as they come ({CHANGED})" if count else "all as they come"
    return f"{len(values)} parameters, {some}"


def comparison(found: Sequence[Difference], left: str, right: str) -> Table:
    """Two columns of values."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column(escape(left), justify="right", overflow="fold")
    table.add_column(escape(right), justify="right", overflow="fold")
    table.add_column("unit")
    table.add_column("range")
    for each in found:
        one = known().get(each.name)
        known_part = () if one is None else (one.shown_unit, one.range)
        both = _meaning(one, each.left), _meaning(one, each.right)
        table.add_row(escape(each.name), *both, *known_part)
    return table


def as_records(values: Values) -> str:
    """A JSON list with an object for each; what is not known of it is null."""
    return json.dumps([_record(name, value) for name, value in values.items()], indent=1)


def _record(name: str, value: Number) -> dict[str, Any]:
    one = known().get(name)
    keys = ("unit", "low", "high", "default", "group", "sentence", "reboot")
    return {
        "name": name,
        "value": value,
        "changed": changed(name, value),
        **{key: getattr(one, key, None) for key in keys},
    }


def differences_as_records(found: Sequence[Difference]) -> str:
    """A JSON list with an object for each difference; null: not on that side."""
    return json.dumps(
        [{"name": one.name, "left": one.left, "right": one.right} for one in found], indent=1
    )
