"""The stand-ins offer nothing that the real port lacks: held against the port's own stubs.

Every public name, class member, parameter and keyword of a stand-in must be in the stubs as the
reviewed list mends them (tests/support/stub_errors.toml); constants have the port's values. What
is of the stand-in alone has a name that begins with an underscore. What the port takes by position
only may be named here, since MicroPython's own functions have no way to say so; the firmware's
type check finds a call that relies on it.
"""

import ast
from pathlib import Path

import pytest

import port_stubs
from offers import UNTOLD, Signature, Sources, Thing, bound, public
from patrolcar_sim.bench import Bench

ROOT = Path(__file__).resolve().parents[3]
ROM = ROOT / "sim/patrolcar_sim/board/rom"
MODULES = ROM / "modules"

# File by file what it stands in for; the others are named as they are. A built-in module's is
# called v and its name, as rom/main.py has it.
STANDS_FOR = {path.stem: path.stem[1:] for path in MODULES.glob("v*.py")}
STANDS_FOR["vasyncio"] = "_asyncio"
# The simulator's own: nothing of the port's is called so.
OWN = {"profiler"}
# The ROM's modules, which a stand-in has imported: boot removes them from what can be imported.
ROM_MODULES = {path.stem for path in ROM.glob("*.py")}
# Classes that no name leads to, but objects do.
RETURNED = {"_pyb_timer.TimerChannel": "pyb._TimerChannel", "select._Poll": "select.poll"}
# A constructor's (*args, **settings) goes on to init; a Signal's to its pin's.
PASSES_ON = {"machine.Signal": "machine.Pin"}

FILES = sorted(path.stem for path in MODULES.glob("[!_]*.py") if path.stem not in OWN)


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = port_stubs.corrected(tmp_path_factory.mktemp("stubs"))
    return Sources(folder, folder / "stdlib")


@pytest.fixture(scope="module")
def stand_ins() -> Sources:
    return Sources(MODULES, ROM)


def find(sources: Sources, name: str) -> tuple[str, Thing]:
    module, _, member = name.partition(".")
    return module, sources.module(module)[member]


def with_init(name: str, call: Signature, stand_ins: Sources) -> Signature:
    """A constructor's signature with those of the method that its ** goes on to."""
    module, thing = find(stand_ins, PASSES_ON.get(name, name))
    init = bound(stand_ins.members(module, thing)["init"].calls[0])
    return Signature(
        positional=call.positional + (init.positional if call.any_positional else []),
        named=[*call.named, *init.named],
        defaults={**init.defaults, **call.defaults},
    )


def differences(name: str, mine: Signature, theirs: list[Signature]) -> list[str]:
    """What `mine` takes and none of the port's overloads does; defaults that are others."""
    found = []
    if mine.any_positional or mine.any_named:
        found.append(f"{name}(*, **): takes whatever is given")
    keywords = {n for call in theirs for n in [*call.positional[call.unnamed :], *call.named]}
    for at, parameter in enumerate(mine.positional):
        there = [call for call in theirs if len(call.positional) > at]
        names = {call.positional[at] for call in there if at >= call.unnamed}
        if not there:
            found.append(f"{name}({parameter}): the port takes {at} by position")
        elif names and parameter not in names:
            found.append(f"{name}({parameter}): the port calls it {' or '.join(sorted(names))}")
        else:
            told = {repr(call.defaults[call.positional[at]]) for call in there}
            optional = len(there) < len(theirs)
            found += other_default(
                name, parameter, mine, told if names and not optional else set()
            )
    for parameter in mine.named:
        there = [call for call in theirs if parameter in call.defaults]
        if parameter not in keywords:
            found.append(f"{name}({parameter}=): the port has no such keyword")
        elif any(parameter in call.positional for call in there):
            found.append(f"{name}({parameter}=): the port takes it by position too")
        else:
            told = {repr(call.defaults[parameter]) for call in there}
            found += other_default(name, parameter, mine, told)
    return found


def other_default(name: str, parameter: str, mine: Signature, told: set[str]) -> list[str]:
    value = mine.defaults[parameter]
    if value == UNTOLD or not told or repr(UNTOLD) in told or repr(value) in told:
        return []
    return [f"{name}({parameter}={value!r}): the port's default is {' or '.join(sorted(told))}"]


def extra_in_class(
    name: str, mine: dict[str, Thing], theirs: dict[str, Thing], stand_ins: Sources
) -> list[str]:
    found = []
    for member, thing in mine.items():
        if not public(member) and member not in ("__init__", "__call__"):
            continue
        of_port = theirs.get(member)
        full = f"{name}.{member}"
        if of_port is None:
            if member != "__init__":  # a class that a function gives has no constructor
                found.append(f"{full}: the port has no such member")
        elif thing.calls and of_port.calls:
            call = bound(thing.calls[0])
            if member == "__init__" and (call.any_positional or call.any_named):
                call = with_init(name, call, stand_ins)
            found += differences(full, call, [bound(one) for one in of_port.calls])
        elif bool(thing.calls) != bool(of_port.calls):
            found.append(f"{full}: one is a method, the other is not")
    return found


def extra_in_module(file: str, stand_ins: Sources, stubs: Sources) -> list[str]:
    """What a stand-in offers beyond the port's module, one line each."""
    module = STANDS_FOR.get(file, file)
    try:
        theirs = stubs.module(module)
    except KeyError:
        return [f"{module}: the port has no such module"]
    found = []
    for name, thing in stand_ins.module(file).items():
        if not public(name) or thing.module in ROM_MODULES:
            continue
        full = f"{module}.{name}"
        of_port = theirs.get(name)
        if of_port is None:
            found.append(f"{full}: the port has no such name")
        elif thing.is_class:
            members = stand_ins.members(file, thing), stubs.members(module, of_port)
            found += extra_in_class(full, *members, stand_ins)
        elif thing.calls and of_port.is_class:
            if thing.calls[0].positional or thing.calls[0].named:
                found.append(f"{full}: the port has a class there")
        elif thing.calls:
            found += differences(full, thing.calls[0], of_port.calls)
    return found


@pytest.mark.parametrize("file", FILES)
def test_a_stand_in_offers_nothing_that_the_port_lacks(
    file: str, stand_ins: Sources, stubs: Sources
) -> None:
    assert extra_in_module(file, stand_ins, stubs) == []


@pytest.mark.parametrize("mine", RETURNED)
def test_an_object_has_nothing_that_the_ports_lacks(
    mine: str, stand_ins: Sources, stubs: Sources
) -> None:
    module, thing = find(stand_ins, mine)
    port, of_port = find(stubs, RETURNED[mine])
    members = stand_ins.members(module, thing), stubs.members(port, of_port)
    assert extra_in_class(mine, *members, stand_ins) == []


def constants(mine: dict[str, Thing], theirs: dict[str, Thing]) -> dict[str, int]:
    """Those of the port, with its value, that a stand-in has too."""
    return {
        name: thing.value
        for name, thing in theirs.items()
        if public(name) and name in mine and isinstance(thing.value, int)
    }


def test_constants_have_the_ports_values(bench: Bench, stand_ins: Sources, stubs: Sources) -> None:
    checked = set()
    for file in FILES:
        module = STANDS_FOR.get(file, file)
        mine, theirs = stand_ins.module(file), stubs.module(module)
        wanted = {module: constants(mine, theirs)}
        for name in mine.keys() & theirs.keys():
            if public(name) and mine[name].is_class and theirs[name].is_class:
                wanted[f"{module}.{name}"] = constants(
                    stand_ins.members(file, mine[name]), stubs.members(module, theirs[name])
                )
        for owner, values in wanted.items():
            code = f"import {module}\nfor n in '{' '.join(values)}'.split():\n "
            out = bench.run(code + f"print(n, getattr({owner}, n))")
            there = {name: int(value) for name, value in map(str.split, out.splitlines())}
            assert there == values, owner
            checked |= {f"{owner}.{name}" for name in values}
    assert {"machine.SOFT_RESET", "machine.Pin.IRQ_RISING", "pyb.Timer.ENC_AB"} <= checked


def used_of_the_port() -> set[str]:
    """'module.name' for every name of a port module that the firmware takes."""
    used = set()
    modules = {STANDS_FOR.get(file, file) for file in FILES}
    for path in (ROOT / "firmware").rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                used |= {f"{node.module}.{one.name}" for one in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(owner := node.value, ast.Name):
                used |= {f"{owner.id}.{node.attr}"} if owner.id in modules else set()
    return {name for name in used if public(name.partition(".")[2])}


def test_the_firmware_finds_every_name_that_it_uses(bench: Bench) -> None:
    used = used_of_the_port() - {"micropython.viper", "micropython.native"}  # the compiler's own
    assert {"machine.Pin", "pyb.Timer", "time.ticks_us", "gc.collect"} <= used
    code = "".join(
        f"import {module}\nif not hasattr({module}, '{name}'): print('{module}.{name}')\n"
        for module, _, name in (one.partition(".") for one in sorted(used))
    )
    assert bench.run(code) == ""


# A stand-in with one thing too many, and what must be said of it.
TOO_MUCH = {
    "def flash(): pass": "machine.flash: the port has no such name",
    "def idle(ms=0): pass": "machine.idle(ms): the port takes 0 by position",
    "def freq(*args): pass": "machine.freq(*, **): takes whatever is given",
    "class WDT:\n def stop(self): pass": "machine.WDT.stop: the port has no such member",
    "class WDT:\n def feed(self):\n  self.due = 1": "machine.WDT.due: the port has no such member",
    "class WDT:\n def __init__(self, id=0, timeout=9): pass": "the port's default is 5000",
    "class WDT:\n def __init__(self, timeout=5000, id=0): pass": "the port calls it id",
    "class Timer:\n def init(self, *, every=1): pass": "the port has no such keyword",
    "class Pin:\n def irq(self, *, hard=False): pass": "the port takes it by position too",
}


@pytest.mark.parametrize("source", TOO_MUCH)
def test_what_a_stand_in_has_too_much_is_found(
    source: str, tmp_path: Path, stubs: Sources
) -> None:
    (tmp_path / "machine.py").write_text(source + "\n")
    found = extra_in_module("machine", Sources(tmp_path), stubs)
    assert TOO_MUCH[source] in "; ".join(found)
