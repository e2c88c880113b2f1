"""A fault as one word, as the command line has it: KIND[@START][+FOR][:WHERE][,NAME=VALUE...]

sonar.silent@10+5:front          from 10 s on for 5 s
uart.bits@3:from,rate=0.001      from 3 s on
flash.cut,work=7                 from power-on
"""

from __future__ import annotations

import math
import re

from patrolcar_sim.faults.catalogue import CATALOGUE, check, span_of
from patrolcar_sim.faults.fault import Fault, FaultError

SYNTAX = "KIND[@START][+FOR][:WHERE][,NAME=VALUE...]"
EXAMPLE = "motor.weak@5+10:left,factor=0.3"
_WORD = re.compile(
    r"(?P<kind>[a-z.]+)(@(?P<at>[0-9.]+))?(\+(?P<length>[0-9.]+))?(:(?P<where>[a-z-]+))?"
)


def parse(text: str) -> Fault:
    """The fault that a text tells of; times in seconds. FaultError for one that cannot be."""
    head, *rest = text.split(",")
    found = _WORD.fullmatch(head)
    if found is None:
        raise FaultError("fault", f"{text!r} is none: write {SYNTAX}, times in seconds")
    values = {}
    for one in rest:
        name, _, value = one.partition("=")
        if not name or not value:
            raise FaultError("fault", f"{one!r} is no NAME=VALUE")
        if name in values:
            raise FaultError(name, "it is given twice: pass one value")
        values[name] = _number(name, value)
    at, length = found["at"], found["length"]
    fault = Fault(
        found["kind"],
        0 if at is None else _us("at_us", at),
        None if length is None else _us("for_us", length),
        found["where"],
        values,
    )
    check(fault)
    return fault


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FaultError(key, f"{text} is no number") from None


def _us(key: str, text: str) -> int:
    us = _number(key, text) * 1e6
    if us == math.inf:
        raise FaultError(key, "a time of hundreds of digits cannot be")
    return round(us)


def listing() -> list[str]:
    """How a fault is written, then every kind: its name and places, what happens, its numbers."""
    lines = [f"{SYNTAX}, as in {EXAMPLE}", ""]
    for name, kind in CATALOGUE.items():
        where = f"[:{'|'.join(kind.where)}]" if kind.where else ""
        lasts = "[@START][+FOR]" if kind.lasts else "[@START]"
        lines.append(f"{name}{lasts}{where}")
        lines.append(f"    {kind.sentence}")
        for one in kind.parameters:
            default = "drawn by the seed" if one.default is None else f"{one.default:g}"
            lines.append(f"    {one.name}={default}: {one.sentence} ({span_of(one)})")
    return lines
