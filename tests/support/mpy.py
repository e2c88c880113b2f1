"""What is in a .mpy file: how many bytes of machine code, beside bytecode and names.

Format 6: https://docs.micropython.org/en/latest/reference/mpyfiles.html, py/persistentcode.c.
"""

from __future__ import annotations

from pathlib import Path

_NATIVE, _VIPER, _ASM = 1, 2, 3
_RODATA, _BSS, _RELOC = 0x20, 0x40, 0x10  # of viper's scope flags


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0
        self.native = 0

    def byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def number(self) -> int:
        value = 0
        while True:
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def name(self) -> None:
        length = self.number()
        if not length & 1:  # else one of the interpreter's own
            self.at += (length >> 1) + 1

    def constant(self) -> None:
        kind = self.byte()
        if kind == 10:  # tuple
            for _ in range(self.number()):
                self.constant()
        elif kind >= 5:  # str, bytes, int, float, complex
            length = self.number()
            self.at += length + (kind in (5, 6))  # text and bytes end with a zero

    def code(self) -> None:
        head = self.number()
        kind, length = head & 3, head >> 3
        self.at += length
        if kind:
            self.native += length
        if kind == _NATIVE:
            self.number()
        elif kind:
            flags = self.number()
            assert not flags & (_RODATA | _BSS | _RELOC), "machine code with data of its own"
            if kind == _ASM:
                self.number()
                self.number()
        if head & 4:
            for _ in range(self.number()):
                self.code()


def native_bytes(path: Path) -> int:
    """Bytes of viper's and native functions' machine code in a .mpy file."""
    data = path.read_bytes()
    assert data[:2] == b"M\x06", f"{path} is no .mpy file of version 6"
    reader = _Reader(data)
    reader.at = 4
    names, constants = reader.number(), reader.number()
    for _ in range(names):
        reader.name()
    for _ in range(constants):
        reader.constant()
    reader.code()
    assert reader.at == len(data), f"{path}: {len(data) - reader.at} bytes are not understood"
    return reader.native
