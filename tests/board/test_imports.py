"""Every module of the firmware loads, compiled for this board's processor as it is flashed."""

from itertools import groupby

from on_board import OnBoard

TRY = """
def _try(names):
    found = []
    for name in names:
        try:
            __import__(name)
        except BaseException as error:
            found.append((name, repr(error)))
    return found
"""


def _package(name: str) -> str:
    return ".".join(name.split(".")[:2])


def test_every_module_imports(board: OnBoard) -> None:
    assert len(board.modules) > 40
    # A package at a time: all of them at once are more than ever lie on the heap together.
    for _, names in groupby(board.modules, _package):
        with board.session():
            board.repl.run(TRY)
            assert board.value(f"_try({list(names)!r})") == []
