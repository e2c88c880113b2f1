"""A board's file, firmware/boards/NAME.py, read as data: nothing in it runs here."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.flash import program

PIN = re.compile(r"[A-Za-z0-9_]+")
_MOTOR = (int, PIN, PIN, PIN, int)
_ENCODER = (int, PIN, PIN, int)
# What each file has to say: int, str, a pin's name, a tuple of these, or any number in [brackets];
# {braces}: this, or None.
SHAPES: dict[str, Any] = {
    "MACHINE": str,
    "VERSION": int,
    "MOTOR_TIMER": int,
    "MOTOR_FREQ": int,
    "MOTOR_STANDBY": PIN,
    "MOTOR_LEFT": _MOTOR,
    "MOTOR_RIGHT": _MOTOR,
    "ENCODER_LEFT": _ENCODER,
    "ENCODER_RIGHT": _ENCODER,
    "UART": int,
    "UART_BAUD": int,
    "UART_RXBUF": int,
    "I2C": int,
    "I2C_FREQ": int,
    "I2C_SCL": PIN,
    "I2C_SDA": PIN,
    "IMU_ADDRESS": int,
    "TOF_XSHUT": {PIN},
    "SONARS": [(PIN, PIN)],
    "CLIFFS": [PIN],
    "LINES": [PIN],
    "BATTERY_VOLTAGE": PIN,
    "BATTERY_CURRENT": PIN,
    "BUMPER": PIN,
    "BUTTON": PIN,
    "BUZZER": {PIN},
    "DEADMAN_TIMER": int,
    "LEDS": [int],
    "SETTINGS": [(int, int)],
}


def read_board(path: Path) -> dict[str, Any]:
    """The file's constants. PatrolError, with the line, for what is none, or not all of them."""
    name = f"{path.parent.name}/{path.name}"
    tree = program.parsed(program.decoded(program.read(path), name), name)
    data: dict[str, Any] = {}
    for statement in tree.body:
        match statement:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name(id=constant)]):
                data[constant] = _literal(statement, constant, name)
            case _:
                raise PatrolError(
                    f"{name}, line {statement.lineno}: a board's file has lines NAME = value, "
                    "and nothing else"
                )
    missing = [constant for constant in SHAPES if constant not in data]
    if missing:
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        raise PatrolError(
            f"{name} lacks {', '.join(missing[:4])}{more}: take them from another board's file"
        )
    for constant, shape in SHAPES.items():
        if not _fits(data[constant], shape):
            raise PatrolError(
                f"{name}: {constant} is {data[constant]!r:.60}, but has to be {_said(shape)}"
            )
    return data


def _literal(statement: ast.Assign, constant: str, name: str) -> Any:
    with program.of(name):
        try:
            return ast.literal_eval(statement.value)
        except (ValueError, TypeError):
            raise PatrolError(
                f"{name}, line {statement.lineno}: {constant} is neither a number nor a text nor "
                "a tuple of them: write out its value"
            ) from None


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, re.Pattern):
        return type(value) is str and shape.fullmatch(value) is not None
    if isinstance(shape, type):
        return type(value) is shape
    if isinstance(shape, set):
        return value is None or all(_fits(value, one) for one in shape)
    if type(value) is not tuple:
        return False
    shapes = shape * len(value) if isinstance(shape, list) else shape
    return len(value) == len(shapes) and all(map(_fits, value, shapes))


def _said(shape: Any) -> str:
    if isinstance(shape, re.Pattern):
        return "a pin's name"
    if isinstance(shape, type):
        return {int: "an integer", str: "a text"}[shape]
    if isinstance(shape, set):
        return f"{' '.join(map(_said, shape))} or None"
    if isinstance(shape, list):
        return f"a tuple, of each {_said(shape[0])}"
    return f"({', '.join(map(_said, shape))})"
