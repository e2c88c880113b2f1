"""The three boards that the virtual board can be: each is what its build of the port is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.bench import Bench
from patrolcar_sim.board.models import MODELS, find_model
from patrolcar_sim.board.process import OBJECT_SCALE

# kHz of the processor, and of a timer on APB1 and on APB2
CLOCKS = {
    "pyboard_v11": (168_000_000, 84_000_000, 168_000_000),
    "blackpill_f411": (96_000_000, 48_000_000, 96_000_000),
    "nucleo_f446re": (168_000_000, 84_000_000, 168_000_000),
}


@pytest.fixture(scope="module", params=sorted(MODELS))
def any_board(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("board") / "flash.img", MODELS[request.param]) as bench:
        yield bench


def test_it_names_itself_as_its_build_does(any_board: Bench) -> None:
    model = any_board.board.model
    out = any_board.run("import sys; print(sys.implementation._machine, sys.platform)")
    assert out == f"{model.machine} pyboard\n"
    out = any_board.run("import os; print(os.uname().nodename, os.uname()[4])")
    assert out == f"pyboard {model.machine}\n"
    out = any_board.run("import sys; print(sys.implementation._mpy > 0, sys.implementation[0])")
    assert out == "True micropython\n"


def test_its_banner_names_it(any_board: Bench) -> None:
    any_board.board.type(b"\x02")
    assert any_board.board.model.machine.encode() in any_board.to_raw_repl()


def test_its_clocks_are_its_builds(any_board: Bench) -> None:
    cpu, slow, fast = CLOCKS[any_board.board.model.name]
    out = any_board.run(
        "import machine, pyb\n"
        "print(machine.freq()[0], pyb.Timer(4).source_freq(), pyb.Timer(9).source_freq())"
    )
    assert out == f"{cpu} {slow} {fast}\n"


def test_its_heap_after_boot_is_the_boards_in_64_bit_objects(any_board: Bench) -> None:
    wanted = any_board.board.model.heap * OBJECT_SCALE
    free = int(any_board.run("import gc; gc.collect(); print(gc.mem_free())"))
    assert wanted - 4096 < free <= wanted


def test_it_has_the_leds_timers_and_uarts_of_its_build_and_no_others(any_board: Bench) -> None:
    leds, timers, uarts = {
        "pyboard_v11": (4, range(1, 15), (1, 2, 3, 4, 6)),
        "blackpill_f411": (1, (1, 2, 3, 4, 5, 9, 10, 11), (1, 2)),
        "nucleo_f446re": (1, range(1, 15), (2, 6)),
    }[any_board.board.model.name]
    any_board.run(
        "import pyb, machine\n"
        "def there(kind):\n    found = []\n    for i in range(1, 16):\n"
        "        try:\n            kind(i)\n            found.append(i)\n"
        "        except ValueError:\n            pass\n    return found"
    )
    assert any_board.run("print(there(pyb.LED))") == f"{list(range(1, leds + 1))}\n"
    assert any_board.run("print(there(pyb.Timer))") == f"{list(timers)}\n"
    assert any_board.run("print(there(machine.UART))") == f"{list(uarts)}\n"


def test_its_pins_have_the_names_of_its_build_alone(any_board: Bench) -> None:
    there, missing = {
        "pyboard_v11": (("X1", "A0", "SW", "LED_BLUE"), ("PA0", "B16", "C14", "D5")),
        "blackpill_f411": (("A15", "B2", "LED_BLUE", "SW"), ("PA0", "B11", "X1", "C0")),
        "nucleo_f446re": (("PA0", "D7", "C13", "SW"), ("X1", "B11", "PB11", "A13")),
    }[any_board.board.model.name]
    any_board.run("from machine import Pin")
    for name in there:
        any_board.run(f"Pin('{name}')")
    for name in missing:
        assert any_board.fails(f"Pin('{name}')") == f"ValueError: Pin({name}) doesn't exist"


def test_on_the_nucleo_an_arduino_name_goes_before_the_processors(tmp_path: Path) -> None:
    with Bench(tmp_path / "flash.img", find_model("nucleo_f446re")) as bench:
        out = bench.run("from machine import Pin; print(Pin('A2').name(), Pin.cpu.A2.name())")
        assert out == "A4 A2\n"


def test_a_slower_processor_takes_longer_for_the_same_task() -> None:
    from patrolcar_sim.board.timing import at_clock

    assert at_clock(300, MODELS["pyboard_v11"].cpu_hz) == 300
    assert at_clock(300, MODELS["blackpill_f411"].cpu_hz) == 525


def test_an_unknown_board_is_one_line_with_the_names() -> None:
    with pytest.raises(PatrolError, match="board foo: pass one of blackpill_f411, nucleo") as told:
        find_model("foo")
    assert told.value.code == 2


def test_each_image_is_a_board_of_its_own(any_board: Bench, tmp_path: Path) -> None:
    model, image = any_board.board.model, any_board.board.image.resolve()
    said = any_board.run("import machine; print(machine.unique_id().hex())").strip()
    assert said == model.unique_id.hex()
    assert len(model.unique_id) == 12
    assert model.of_image(image).unique_id == model.unique_id
    others = [model.of_image(tmp_path / "other.img")]
    others += [other.of_image(image) for other in MODELS.values() if other.name != model.name]
    assert model.unique_id not in {other.unique_id for other in others}
