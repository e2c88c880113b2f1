"""The question before something is erased."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.terminal import ask
from terminal import Terminal

ASK = "import contextlib\nfrom patrolcar.flash.terminal import ask\n"
ASK += "print('answer', ask('Erase?', contextlib.nullcontext))"


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stdin", [None, closed(), io.StringIO("y\n")])
def test_without_a_person_it_says_what_to_pass(
    stdin: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(
        PatrolError, match=r"Erase\? Nobody is there to answer: pass --yes"
    ) as told:
        ask("Erase?", contextlib.nullcontext)
    assert told.value.code == 2


@pytest.mark.parametrize(
    ("keys", "answer"), [(b"\x04", b"False"), (b"y\r", b"True"), (b"\r", b"False")]
)
def test_end_of_file_is_a_no(keys: bytes, answer: bytes) -> None:
    with Terminal([sys.executable, "-c", ASK]) as terminal:
        terminal.until(b"[y/N] ")
        terminal.type(keys)
        terminal.until(b"answer " + answer)
        assert terminal.wait() == 0
