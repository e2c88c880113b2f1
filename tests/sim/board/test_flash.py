"""The chip's flash: sectors, their cache, erase times, wear, and what a cut leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.bench import Bench
from patrolcar_sim.board.image import F405, F411, KB, open_image
from patrolcar_sim.board.models import BLACKPILL_F411, PYBOARD_V11

SAVE = "with open('{}', 'w') as f: f.write('{}')"


@pytest.fixture
def littlefs(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path / "flash.img") as bench:
        bench.use_littlefs()
        yield bench


def run_to_the_next_erase(bench: Bench) -> int:
    """Goes on until a sector is being erased; its offset in the image."""
    before = bench.board.erases.copy()
    end = bench.board.now_us + 10_000_000
    while bench.board.erases == before:
        assert bench.board.now_us < end
        bench.board.run(bench.board.now_us + 10_000)
    return next(iter(bench.board.erases - before))


def test_closing_a_file_erases_a_sector_and_stalls_the_chip(bench: Bench) -> None:
    erases = sum(bench.board.erases.values())
    out = bench.run(
        "import time\nt = time.ticks_ms()\n"
        f"{SAVE.format('a.txt', 'a')}\n"
        "print(time.ticks_diff(time.ticks_ms(), t))"
    )
    assert 500 <= int(out) <= 5000
    assert sum(bench.board.erases.values()) > erases
    assert set(bench.board.erases) <= {part[2] for part in F405.filesystem}


def test_interrupts_wait_while_the_flash_is_busy(bench: Bench) -> None:
    out = bench.run(
        "import pyb, time\nn = 0\n"
        "def tick(t):\n    global n\n    n += 1\n"
        "timer = pyb.Timer(7, freq=100, callback=tick)\ntime.sleep_ms(55)\nprint(n)\n"
        f"{SAVE.format('i.txt', 'a')}\n"
        "timer.deinit()\nprint(n)"
    )
    before, after = map(int, out.split())
    assert before == 5
    assert after - before < 20  # one for each time that the flash was busy, no 50 for an erase


def test_a_reset_before_the_sync_loses_what_was_in_the_cache(littlefs: Bench) -> None:
    littlefs.run(SAVE.format("b.txt", "old"))
    littlefs.run("import os\nf = open('b.txt', 'w'); f.write('new' * 200)")  # not closed
    littlefs.board.reset()
    littlefs.to_raw_repl()
    assert littlefs.run("print(open('b.txt').read())") == "old\n"


def test_an_unsynced_sector_is_erased_soon_and_programmed_after_five_seconds(
    littlefs: Bench,
) -> None:
    image = littlefs.board.image
    littlefs.run("f = open('c.txt', 'w'); f.write('x' * 2000)")  # not closed
    start, now = run_to_the_next_erase(littlefs), littlefs.board.now_us
    size = F405.sector(start)[1]
    erased = b"\xff" * size
    assert image.read_bytes()[start : start + size] == erased
    littlefs.board.run(now + 4_500_000)
    assert image.read_bytes()[start : start + size] == erased
    littlefs.board.run(now + 6_500_000)
    assert image.read_bytes()[start : start + size] != erased


def test_a_cut_during_an_erase_loses_the_sectors_blocks_and_the_board_comes_up(
    littlefs: Bench,
) -> None:
    board = littlefs.board
    littlefs.run(SAVE.format("boot.py", "print(6 * 7)"))
    littlefs.run(SAVE.format("d.txt", "d" * 3000))
    board.type(SAVE.format("e.txt", "e").encode() + b"\x04")
    start = run_to_the_next_erase(littlefs)
    assert board.image.read_bytes()[start : start + 16 * KB] == b"\xff" * 16 * KB
    board.run(board.now_us + 100_000)
    board.cut_power()
    said = littlefs.to_raw_repl()
    assert board.resets[-1] == 1
    assert b"42" not in said  # the sector with the superblocks is gone
    assert littlefs.run("print(1)") == "1\n"


def test_a_cut_while_a_sector_is_programmed_leaves_its_first_blocks(littlefs: Bench) -> None:
    board = littlefs.board
    littlefs.run(SAVE.format("d.txt", "d" * 3000))
    before = board.image.read_bytes()
    board.type(SAVE.format("e.txt", "e").encode() + b"\x04")
    start = run_to_the_next_erase(littlefs)
    board.run(board.now_us + 500_000 + 20_000)  # 10 to 15 of 32 blocks
    board.cut_power()
    after = board.image.read_bytes()[start : start + 16 * KB]
    assert after[: 8 * 512] != b"\xff" * 8 * 512
    assert after[16 * 512 :] == b"\xff" * 16 * 512
    littlefs.to_raw_repl()
    assert before != board.image.read_bytes()


def test_a_ctrl_c_during_an_erase_ends_the_program_and_not_the_programming(
    littlefs: Bench,
) -> None:
    board = littlefs.board
    board.type(f"{SAVE.format('g.txt', 'g' * 100)}\nwhile True: pass\n".encode() + b"\x04")
    run_to_the_next_erase(littlefs)
    board.type(b"\x03")
    assert b"KeyboardInterrupt" in littlefs.until(b"\x04>")
    littlefs.run(SAVE.format("h.txt", "h"))
    assert littlefs.run("import os; print('h.txt' in os.listdir())") == "True\n"


def test_on_the_f411_the_rest_of_the_last_sector_is_erased_with_it(tmp_path: Path) -> None:
    image = open_image(tmp_path / "flash.img", F411)
    with image.open("r+b") as file:
        file.seek(0x14000)
        file.write(b"settings")
    with Bench(image, BLACKPILL_F411) as bench:
        bench.run(
            "import pyb; part = pyb.Flash(start=0, len=512)\npart.writeblocks(0, bytes(512))"
        )
        bench.run("part.ioctl(3, 0)")
        assert image.read_bytes()[0x14000:0x14008] == b"settings"
        bench.run("part = pyb.Flash(start=60 * 1024)\npart.writeblocks(0, b'a' * 512)")
        bench.run("part.ioctl(3, 0)")
        assert image.read_bytes()[0x13000:0x13200] == b"a" * 512
        assert image.read_bytes()[0x14000:0x14008] == b"\xff" * 8
        assert bench.board.erases[0x10000] >= 1


def test_flash_parts_are_those_of_the_port(bench: Bench) -> None:
    bench.run("import pyb")
    assert bench.run("print(pyb.Flash(), pyb.Flash() is pyb.Flash())") == "Flash() True\n"
    assert bench.run("print(pyb.Flash().ioctl(4, 0), pyb.Flash().ioctl(1, 1))") == "480 -1\n"
    out = bench.run("p = pyb.Flash(start=1024); print(p, p.ioctl(4, 0), p.ioctl(1, 1))")
    assert out == "Flash(start=1024, len=113664) 222 0\n"
    for wrong in ("start=100", "start=114688", "len=100", "start=512, len=114688"):
        assert bench.fails(f"pyb.Flash({wrong})").startswith("ValueError")


def test_only_the_filesystems_sectors_are_written(bench: Bench) -> None:
    data = bench.board.image.read_bytes()
    assert data[:0x4000] == b"\xff" * 0x4000
    assert data[0x20000:] == b"\xff" * (len(data) - 0x20000)


def test_an_image_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flash.img"
    path.write_bytes(b"x" * 10)
    with pytest.raises(PatrolError, match="10 bytes"):
        open_image(path)
    assert path.read_bytes() == b"x" * 10
    open_image(tmp_path / "f411.img", F411)
    with pytest.raises(PatrolError, match="not 1048576"):
        open_image(tmp_path / "f411.img", PYBOARD_V11.flash)


def test_one_image_is_for_one_board(bench: Bench) -> None:
    with pytest.raises(PatrolError, match="in use"):
        Bench(bench.board.image)
    assert bench.run("print(1)") == "1\n"
