"""The interpreter's process: which boot ROM it gets."""

from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.board import process


def test_an_interpreter_that_makes_machine_code_gets_the_rom_itself() -> None:
    (interpreter,) = process.find_interpreter()
    assert process.find_rom(interpreter) == process.ROM


def test_one_that_cannot_gets_a_rom_of_bytecode_which_works_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (interpreter,) = process.find_interpreter()
    poor = tmp_path / "micropython"
    poor.write_text(f'#!/bin/sh\n[ "$2" = emit=native ] && exit 1\nexec "{interpreter}" "$@"\n')
    poor.chmod(0o755)
    monkeypatch.setenv(process.SETTING, str(poor))
    assert process.NATIVE in (process.ROM / "chip.py").read_text()
    with Bench(tmp_path / "flash.img") as bench:
        assert bench.run("import time\ntime.sleep_ms(5)\nprint(6 * 7)") == "42\n"
    rom = process.find_rom(str(poor))
    assert rom != process.ROM
    assert all(process.NATIVE not in file.read_text() for file in rom.rglob("*.py"))
