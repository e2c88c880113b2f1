"""What the parameters are: firmware/patrol/store/table.py with its comments, the one source.

    known()["TRACK"].sentence

The comment lines above a row are its sentence; a row without any shares that of the row before.
What several rows have in common stands in the module's docstring as `(begin...end): 0 this, 1
that.` and is added to the sentence of each row whose name begins and ends so.
A car may run other firmware than this package's, so a name that a car tells may be missing here.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir

TABLE = Path("patrol/store/table.py")
MOST = 1 << 24  # integers up to here are exact in the REAL32 that carries them

LATER = "From the next boot."

# Units that parameters may have, with their names in words.
UNITS = {
    "1": "",
    "1/1000": "thousandths",
    "%": "percent",
    "counts": "counts",
    "severity": "MAV_SEVERITY",
    "us": "microseconds",
    "ms": "milliseconds",
    "s": "seconds",
    "min": "minutes",
    "Hz": "hertz",
    "mm": "millimetres",
    "mm/100": "hundredths of a millimetre",
    "nm/count": "nanometres for a count",
    "cm": "centimetres",
    "m": "metres",
    "mm/s": "millimetres per second",
    "mm/s/s": "millimetres per second squared",
    "mrad": "milliradians",
    "mrad/s": "milliradians per second",
    "deg": "degrees",
    "deg/s": "degrees per second",
    "mg": "thousandths of standard gravity",
    "mV": "millivolts",
    "mA": "milliamperes",
    "mAh": "milliampere hours",
    "mohm": "milliohms",
    "B": "bytes",
    "KB": "kilobytes",
    "B/s": "bytes per second",
}

# Titles of groups, by how their parameters' names begin; else that itself is the title.
TITLES = {
    "GYRO": "Gyro",
    "WHEEL": "Wheels",
    "TRACK": "Wheels",
    "BATTERY": "Battery",
    "LINE": "Line sensors",
    "CLIFF": "Cliff sensors",
    "LOG": "Texts",
    "FS": "Failsafes",
    "AUTO": "AUTO",
    "SYSID": "Link",
}

_MOST_CHOICES = 16
_SHARED = re.compile(r"\((\w+)\.\.\.(\w+)\): ([^.]+)\.")


@dataclass(frozen=True)
class Parameter:
    """A row of the table.

    Attributes:
        name: the firmware's, in lower case; `id` is MAVLink's, in capitals.
        unit: one of UNITS; "1" for a plain number.
        low, high, default: whole numbers.
        layout: the layout of stored settings that it came with.
        sentence: what it is, for persons.
        reboot: a change acts only from the next boot.
    """

    name: str
    unit: str
    low: int
    high: int
    default: int
    layout: int
    sentence: str
    reboot: bool

    @property
    def id(self) -> str:
        """Its name on the link."""
        return self.name.upper()

    @property
    def shown_unit(self) -> str:
        """The unit as it stands behind a number; empty for a plain one."""
        return "" if self.unit == "1" else self.unit

    @property
    def range(self) -> str:
        """Lowest and highest, in words."""
        return f"{self.low} to {self.high}"

    @property
    def group(self) -> str:
        """The title of the group that it belongs to."""
        prefix = self.id.partition("_")[0]
        return TITLES.get(prefix, prefix)

    @property
    def title(self) -> str:
        """Its name as words."""
        return self.name.replace("_", " ").capitalize()

    @property
    def choices(self) -> dict[int, str]:
        """Names of its values where the sentence has one for each, as `1 this, 2 that`."""
        if self.high - self.low >= _MOST_CHOICES:
            return {}
        values = range(self.low, self.high + 1)
        pattern = ", ".join(rf"{value}:? ([^\W\d][^,;.:()]*)" for value in values)
        match = re.search(rf"(?<![\w-]){pattern}", self.sentence)
        return {} if match is None else dict(zip(values, match.groups(), strict=True))


def _rows(text: str) -> list[tuple[str, str]]:
    """The source of each row of TABLE, and the comment lines above it as one text."""
    rows: list[tuple[str, str]] = []
    above: list[str] = []
    row: list[str] = []
    depth = 0
    inside = False
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if inside and depth == 1 and token.line.lstrip().startswith("#"):
                above.append(token.string.lstrip("# "))
            continue
        if token.type in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            continue
        if token.string == "TABLE" and depth == 0:
            inside = True
        if token.string == "(":
            depth += 1
        if inside and depth == 2:
            row.append(token.string)
        if token.string == ")":
            depth -= 1
            if inside and depth == 1:
                before = " ".join(above) or before
                rows.append(("".join(row), before))
                above, row = [], []
            elif inside and depth == 0:
                break
    return rows


def _shared(text: str) -> list[tuple[str, str, str]]:
    """What the docstring says of several: how their names begin, how they end, and the words."""
    docstring = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    return _SHARED.findall(docstring)


def read_table(text: str) -> tuple[Parameter, ...]:
    """The parameters of a table's source. ValueError, SyntaxError for one that is none."""
    found = []
    shared = _shared(text)
    for source, comment in _rows(text):
        name, unit, low, high, default, layout = ast.literal_eval(source)
        reboot = LATER in comment
        sentence = " ".join(comment.replace(LATER, " ").split())
        for begin, end, words in shared:
            if name.startswith(begin) and name.endswith(end):
                sentence = f"{sentence.rstrip('.')}: {words}."
        found.append(Parameter(name, unit, low, high, default, layout, sentence, reboot))
    return tuple(found)


@functools.cache
def parameters(tree: Path | None = None) -> tuple[Parameter, ...]:
    """Every parameter of a firmware tree, or of this package's, in the order of the car's list."""
    path = (tree or firmware_dir()) / TABLE
    try:
        return read_table(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, tokenize.TokenError) as error:
        raise PatrolError(f"{path} is no table of parameters: {error}") from None


@functools.cache
def known() -> dict[str, Parameter]:
    """This package's parameters by their ids."""
    return {one.id: one for one in parameters()}


def grouped(rows: tuple[Parameter, ...]) -> dict[str, list[Parameter]]:
    """Parameters by the titles of their groups, in the order in which those come."""
    groups: dict[str, list[Parameter]] = {}
    for one in rows:
        groups.setdefault(one.group, []).append(one)
    return groups
