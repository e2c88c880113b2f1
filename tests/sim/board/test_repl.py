"""The REPL of the virtual board beside its line editor: modes, streams, resets, what is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench


@pytest.fixture
def prompt(bench: Bench) -> Iterator[Bench]:
    """A bench at the friendly prompt."""
    bench.board.type(b"\x02")
    bench.until(b">>> ")
    yield bench
    bench.board.type(b"\x03\x03\x01")
    bench.until(b"raw REPL; CTRL-B to exit\r\n>")


def test_raw_paste_tells_its_window_and_acknowledges(bench: Bench) -> None:
    bench.board.type(b"\x05A\x01")
    bench.until(b"R\x01\x80\x00\x01")
    source = b"print('" + b"x" * 300 + b"')"
    bench.board.type(source[:128])
    assert bench.until(b"\x01") == b""
    bench.board.type(source[128:256])
    assert bench.until(b"\x01") == b""
    bench.board.type(source[256:] + b"\x04")
    assert bench.until(b"\x04") == b""
    assert bench.until(b"\x04") == b"x" * 300 + b"\r\n"
    assert bench.until(b"\x04>") == b""


def test_raw_paste_is_cancelled_by_ctrl_c(bench: Bench) -> None:
    bench.board.type(b"\x05A\x01print(1)\x03print(2)\x04")
    bench.until(b"R\x01\x80\x00\x01\x04\x04")
    assert b"KeyboardInterrupt" in bench.until(b"\x04>")
    assert bench.until(b"\x04\x04>") == b"OK2\r\n"  # what came behind it is a command of its own


def test_an_unknown_paste_mode_is_refused(bench: Bench) -> None:
    bench.board.type(b"\x05B\x01")
    assert bench.until(b"R\x00>") == b""


def test_bytes_pass_unchanged_in_both_directions(bench: Bench) -> None:
    bench.board.type(
        b"import sys, micropython; micropython.kbd_intr(-1); "
        b"sys.stdout.buffer.write(sys.stdin.buffer.read(256)); micropython.kbd_intr(3)\x04"
    )
    bench.until(b"OK")
    everything = bytes(range(256))
    bench.board.type(everything)
    assert bench.until(b"\x04\x04>", 2.0) == everything


def test_the_text_streams_translate_line_ends(bench: Bench) -> None:
    bench.board.type(b"import sys; sys.stdout.write(sys.stdin.readline() + 'more\\n')\x04")
    bench.until(b"OK")
    bench.board.type("zwölf\r".encode())
    assert bench.until(b"\x04\x04>").startswith("zwölf\r\nmore\r\n".encode())


def test_a_program_reads_characters_of_several_bytes(bench: Bench) -> None:
    bench.board.type(b"import sys; print(sys.stdin.read(3))\x04")
    bench.until(b"OK")
    bench.board.type("a€🚗".encode())
    assert bench.until(b"\x04\x04>") == "a€🚗\r\n".encode()


def test_typed_ahead_is_not_lost(prompt: Bench) -> None:
    prompt.board.type(b"x = input()\rhello\rprint(x, 'seen')\r")
    prompt.until(b"hello seen")


def test_typed_ahead_survives_a_soft_reset(prompt: Bench) -> None:
    prompt.board.type(b"\x04print('after', 'all')\r")
    prompt.until(b"MPY: soft reboot\r\n")
    prompt.until(b"after all")


@pytest.mark.parametrize("wait", ["sys.stdin.read(1)", "input()", "time.sleep(99)", "p.poll()"])
def test_ctrl_c_ends_a_program_that_waits(prompt: Bench, wait: str) -> None:
    code = f"import sys, time, select; p = select.poll(); p.register(sys.stdin, 1); {wait}\r"
    prompt.board.type(code.encode())
    prompt.until(b"\r\n")
    prompt.board.run(prompt.board.now_us + 30_000)
    prompt.board.type(b"\x03")
    assert b"KeyboardInterrupt" in prompt.until(b">>> ")


def test_poll_wakes_with_what_is_typed(bench: Bench) -> None:
    bench.run("import select, sys, time\np = select.poll()")
    bench.run("p.register(sys.stdin.buffer, select.POLLIN)")
    out = bench.run(
        "t = time.ticks_ms()\nprint(p.poll(0), list(p.ipoll(30)))\n"
        "print(time.ticks_diff(time.ticks_ms(), t))"
    )
    assert out == "[] []\n30\n"
    bench.board.type(b"print(p.poll(5000)[0][1], sys.stdin.read(1))\x04")
    bench.until(b"OK")
    bench.board.type(b"k")
    assert bench.until(b"\x04\x04>", 2.0) == b"1 k\r\n"


def test_poll_asks_objects_that_a_program_made(bench: Bench) -> None:
    bench.run("import io, select, time\nclass S(io.IOBase):\n    n = 0")
    bench.run("def asked(self, op, flags):\n    self.n += 1\n    return 1 if self.n > 3 else 0")
    bench.run("S.ioctl = asked\ns = S()\np = select.poll()\np.register(s, select.POLLIN)")
    assert bench.run("print(p.poll()[0] == (s, 1), s.n)") == "True 4\n"
    assert bench.run("print(list(p.ipoll(0, 1)) == [(s, 1)])") == "True\n"
    assert bench.fails("p.modify(object(), 1)").startswith("OSError")
    assert bench.fails("p.register(object())").startswith("OSError")


def test_exit_is_a_soft_reset_in_the_same_mode(bench: Bench) -> None:
    for leave in (b"import sys; sys.exit()", b"import machine; machine.soft_reset()"):
        bench.board.type(leave + b"\x04")
        bench.until(b"OK\x04\x04MPY: sync filesystems\r\nMPY: soft reboot\r\n")
        assert bench.until(b"raw REPL; CTRL-B to exit\r\n>") == b""


def test_a_soft_reset_lets_the_program_finish(bench: Bench) -> None:
    bench.board.type(
        b"import machine\ntry:\n    machine.soft_reset()\nfinally:\n    print('done')\x04"
    )
    assert bench.until(b"MPY: soft reboot").startswith(b"OKdone\r\n")
    bench.until(b"\r\n>")


def test_the_watchdog_outlives_a_soft_reset(bench: Bench) -> None:
    bench.run("import machine; machine.WDT(timeout=500)")
    bench.board.type(b"\x04")
    bench.until(b"soft reboot")
    bench.until(b"\r\n>")
    bench.run("import machine; machine.WDT(timeout=9999)")
    bench.until(b">>> ", 1.0)  # it was fed, but cannot be re-timed: half a second
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")
    out = bench.run("import machine; print(machine.reset_cause() == machine.WDT_RESET)")
    assert out == "True\n"


def test_a_bootloader_that_is_not_there_says_so(bench: Bench) -> None:
    bench.board.type(b"import machine; machine.bootloader()\x04")
    assert b"no USB" in bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")


def test_only_what_a_board_has_is_in_os_sys_and_vfs(bench: Bench) -> None:
    assert bench.run("import os, uos; print(os is uos, os.listdir('/'))") == "True ['flash']\n"
    for name in ("os.system", "os.getenv", "vfs.VfsPosix", "sys.executable", "os.VfsPosix"):
        module = name.split(".")[0]
        assert bench.fails(f"import {module}\n{name}").startswith("AttributeError"), name
    assert bench.fails("import os; os.dupterm(None)").startswith("NotImplementedError")
    assert bench.run("import os; os.sync()") == ""


def test_stdin_and_stdout_are_one_way(bench: Bench) -> None:
    assert "EPERM" in bench.fails("import sys; sys.stdin.write('x')")
    assert "EPERM" in bench.fails("import sys; sys.stdout.read(1)")


def test_a_trace_has_the_programs_lines_alone(bench: Bench) -> None:
    bench.run("import sys\ndef f():\n    raise ValueError(5)")
    out = bench.run("try:\n    f()\nexcept ValueError as e:\n    sys.print_exception(e)")
    assert out.splitlines()[0] == "Traceback (most recent call last):"
    assert out.splitlines()[-1] == "ValueError: 5"
    assert "rom" not in out
    bench.run("import io; t = io.StringIO(); sys.print_exception(KeyError(1), t)")
    kept = bench.run("print(t.getvalue())")
    assert kept == "KeyError: 1\n\n"


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        ("help()", "CTRL-E        -- on a blank line, enter paste mode\n"),
        ("help('modules')", "machine"),
        ("import machine; help(machine.RTC())", "  datetime -- <bound_method"),
    ],
)
def test_help_helps(bench: Bench, call: str, seen: str) -> None:
    assert seen in bench.run(call)


def test_modules_of_a_program_may_be_called_as_the_roms_are(bench: Bench) -> None:
    bench.run("with open('console.py', 'w') as f: f.write('mine = 1')")
    assert bench.run("import console; help('modules'); print(console.mine)").endswith("\n1\n")
    bench.run("import os; os.remove('console.py')")


@pytest.mark.parametrize("name", ["boot.py", "main.py"])
def test_a_file_that_is_no_text_ends_at_the_prompt(tmp_path: Path, name: str) -> None:
    bench = Bench(tmp_path / "flash.img")
    try:
        bench.run(f"f = open({name!r}, 'wb'); f.write(b'x = 1 \\xff\\n'); f.close()")
        bench.board.reset()
        assert b"SyntaxError" in bench.until(b">>> ")
    finally:
        bench.board.stop()
