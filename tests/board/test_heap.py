"""What each module of the firmware takes of this board's heap, and each part of the car."""

import re
from collections.abc import Callable

import figures
from on_board import OnBoard


def _names(board: OnBoard) -> tuple[int, int]:
    """Bytes of the letters of all names that the board has met, and with their tables."""
    found = re.search(r"n_str_data_bytes=(\d+), n_total_bytes=(\d+)", board.repl.run("names()"))
    assert found
    return int(found[1]), int(found[2])


def test_the_heap_by_module_and_part(
    board: OnBoard, record_property: Callable[[str, object], None]
) -> None:
    with board.session("heap", apart=True):
        letters, whole = _names(board)
        board.repl.run(f"car = take_car({' ' + ' '.join(board.modules) + ' '!r})", 120.0)
        report = board.value("report")
        loaded = set(board.value("[name for name in sys.modules]"))
        used = board.value("used()")
        after = _names(board)
    modules, parts = report["modules"], report["parts"]
    # A table doubles when it is full; whose name that was is chance.
    table = after[1] - whole - (after[0] - letters)
    modules[max(modules, key=lambda name: modules[name])] -= table
    assert {"patrol.app", "patrol.schedule", "patrol.link.telemetry"} <= set(modules)
    assert all(modules[name] > 0 for name in ("patrol.schedule", "patrol.link.telemetry"))
    assert sum(modules.values()) < used
    wide = "64-bit" if board.wide else "32-bit"
    figures.add(
        record_property,
        f"heap by module, each compiled by itself ({wide}; {board.machine or 'no name'})",
        ("", "bytes"),
        [
            *(
                (name + ("" if name in loaded else " (let go)"), size)
                for name, size in sorted(modules.items())
            ),
            ("a table of names", table),
            *((f"made: {name}", size) for name, size in sorted(parts.items()) if name != "Car"),
            ("in use with the car made, the interpreter's own included", used),
        ],
    )
