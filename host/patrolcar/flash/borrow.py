"""Public attributes and methods that nobody outside the firmware asks for, by borrowed names.

Within the firmware they keep the names that say what they are; on the board each of these costs
about 20 bytes of RAM, as names.py tells. So there they are called by names that every MicroPython
has built in and the firmware has no use for: nothing else can be meant by them.

Whoever works with the parts of a car at the prompt, in a behaviour of his own or by code that the
host sends, does so by the names in PUBLIC and by those that the host's own such code mentions.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from patrolcar.flash import program
from patrolcar.flash.edit import Edit, edited
from patrolcar.flash.scopes import bound_by

_WORD = re.compile(r"\w+")
# Sent to the board by `patrol doctor` and `patrol calibrate`.
BOARD_SIDE = Path(__file__).parents[1] / "doctor" / "board_side"
# The car and its parts; what they tell, and what can be asked of them; the link's two ends.
PUBLIC = frozenset(
    _WORD.findall("""
    battery bumper button command deadman drive encoder_left encoder_right failures floor imu
    leds manual motor_left motor_right odometry parser run schedule senses sonars supervisor
    telemetry tofs wander watchdog writer

    armed at_rest duty faults heading names note open_mv percent plan post range_mm release
    say setpoint speed start state step target task_worst_us tick ticks told turn want x y

    bad_crc begin buf component dropped end feed flush lost next payload received sent
    sequence system unknown
    """)
)
# Of what the chip's port and the interpreter have, beyond what CPython's types have as well.
PORT = frozenset(
    _WORD.findall("""
    addr any bits callback capture channel compare counter deinit duty_u16 freq high info init
    intensity ioctl irq low mem16 mem32 mem8 mode off on open period prescaler pull
    pulse_width pulse_width_percent read read_u16 readblocks readfrom readfrom_into
    readfrom_mem readfrom_mem_into readinto readline scan sendbreak source_freq stop toggle
    value write writeblocks writeto writeto_mem writevto
    """)
)
# Of math, os, io, json, re, random, binascii and the types of text and numbers: MicroPython has
# them wherever it has its "extra features". One that a board lacks would cost what others do.
BUILT_IN = _WORD.findall("""
    e pi pow exp erf tan cos sin log add pop sub acos asin atan ceil cosh erfc fabs fmod log2
    modf seed sinh sqrt stat tanh dump load keys sort join acosh asinh atan2 atanh chdir crc32
    expm1 frexp gamma isinf isnan ldexp log10 mkdir rmdir trunc dumps loads lower upper split
    strip union items match index choice getcwd gmtime lgamma mktime random remove rename
    rindex rfind rsplit lstrip rstrip unlink search center encode decode extend insert degrees
    isalpha isdigit isspace islower isupper radians statvfs randint reverse popitem discard
    uniform urandom replace listdir hexlify isclose time_ns copysign isfinite endswith
    ilistdir fromkeys getvalue calcsize localtime partition randrange unhexlify rpartition
    isdisjoint issubset issuperset splitlines startswith setdefault difference getrandbits
    from_bytes to_bytes intersection symmetric_difference a2b_base64 b2a_base64
""")


def borrow(
    sources: Mapping[str, str], owners: Set[str], fixed: tuple[str, ...] = ()
) -> dict[str, str]:
    """The files again, by path; those in `fixed` stay. What classes of files in `owners` own is
    called otherwise, in all files."""
    trees = {path: program.parsed(text, path) for path, text in sources.items()}
    kept = PUBLIC | PORT | _sent() | _of_types()
    owned: Counter[str] = Counter()
    for path, tree in trees.items():
        if path in owners:
            owned.update(_owned(tree))
        kept |= _told(tree) | (_every(tree) if path in fixed else _bound(tree, path in owners))
    used = set().union(*map(_every, trees.values()))
    free = (name for name in BUILT_IN if name not in used)
    order = sorted(owned.keys() - kept, key=lambda name: (-owned[name], name))
    new = dict(zip(order, free, strict=False))
    return {
        path: text if path in fixed else edited(text, _edits(trees[path], new))
        for path, text in sources.items()
    }


def _owned(tree: ast.Module) -> Counter[str]:
    """Methods, and attributes that something is put into, by how often they are mentioned."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.bases:
            found |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    mentioned = Counter(n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute))
    return Counter({name: mentioned[name] + 1 for name in found if not name.startswith("_")})


def _bound(tree: ast.Module, owner: bool) -> Set[str]:
    """What a file's top has, as attributes of the module; and, of a file that is no owner, what
    its classes own."""
    names = {name for node in tree.body for name in bound_by(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            parts = [p for p in node.body if not (owner and isinstance(p, ast.FunctionDef))]
            names |= {name for part in parts for name in bound_by(part)}
        elif not owner and isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return names


def _every(tree: ast.Module) -> Set[str]:
    """Every word in a program that means something to it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg | ast.keyword):
            found.add(node.arg or "")
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.update((node.asname or node.name).split("."))
    return found | _told(tree)


def _told(tree: ast.Module) -> Set[str]:
    """Names that are data: something may look an attribute up by them."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _sent() -> Set[str]:
    """Attributes that the code which the host sends to the board asks for."""
    return {
        name
        for path in sorted(BOARD_SIDE.glob("*.py"))
        for name in re.findall(r"\.(\w+)", path.read_text(encoding="utf-8"))
    }


def _of_types() -> Set[str]:
    return set().union(*(dir(kind) for kind in vars(builtins).values() if isinstance(kind, type)))


def _edits(tree: ast.Module, new: Mapping[str, str]) -> Iterator[Edit]:
    methods = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in new:
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            start = node.end_col_offset - len(node.attr)
            yield Edit(
                node.end_lineno, start, node.end_lineno, node.end_col_offset, new[node.attr]
            )
        elif isinstance(node, ast.FunctionDef) and node.name in new and id(node) in methods:
            start = node.col_offset + len("def ")
            yield Edit(node.lineno, start, node.lineno, start + len(node.name), new[node.name])
