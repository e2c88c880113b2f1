"""The decoding of `sys.implementation._mpy`."""

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.arch import decode


@pytest.mark.parametrize(
    ("mpy", "march"),
    [
        (2822, "x64"),  # the embedded interpreter on Linux, x86-64
        (7942, "armv7emsp"),  # pyboard v1.1
        (6, None),
        (10 << 10 | 6, "xtensawin"),
        (0x30000 | 2822, "x64"),  # architecture flags above the number
    ],
)
def test_the_architecture_is_decoded(mpy: int, march: str | None) -> None:
    assert decode(mpy) == march


@pytest.mark.parametrize(
    ("mpy", "said"), [(0, "cannot load"), (5, "version 5"), (15 << 10 | 6, "number 15")]
)
def test_a_board_that_cannot_be_built_for_is_refused(mpy: int, said: str) -> None:
    with pytest.raises(PatrolError, match=said):
        decode(mpy)
