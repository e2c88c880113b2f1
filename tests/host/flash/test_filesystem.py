"""Which of the board's errors say that its filesystem is damaged."""

from __future__ import annotations

import pytest

from patrolcar.flash.filesystem import is_damage
from patrolcar.flash.repl import BoardError


def raised(line: str) -> BoardError:
    return BoardError("port", f"Traceback (most recent call last):\r\n  File x\r\n{line}\r\n")


@pytest.mark.parametrize(
    "line",
    [
        "OSError: [Errno 5] EIO",
        "OSError: 5",
        "OSError: 84",
        "OSError: [Errno 84] EILSEQ",
        "OSError: [Errno 84]",
        "OSError: (84, 'a/b')",
        "OSError: EIO",
        "UnicodeError:",
        "UnicodeError: ",
    ],
)
def test_damage_is_known_however_it_is_written(line: str) -> None:
    assert is_damage(raised(line))


@pytest.mark.parametrize(
    "line",
    ["OSError: [Errno 28] ENOSPC", "OSError: 28", "OSError: 50", "MemoryError: 84", "OSError: "],
)
def test_another_error_is_no_damage(line: str) -> None:
    assert not is_damage(raised(line))
