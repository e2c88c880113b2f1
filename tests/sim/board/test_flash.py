"""The flash image: sectors, their cache, erase times and wear."""

import pytest

from board_bench import Bench
from patrolcar.errors import PatrolError
from patrolcar_sim.board.image import F405, open_image


def test_closing_a_file_erases_a_sector_and_stalls_the_chip(bench: Bench) -> None:
    erases = sum(bench.board.erases.values())
    out = bench.run(
        "import time\nt = time.ticks_ms()\n"
        "with open('a.txt', 'w') as f: f.write('a')\n"
        "print(time.ticks_diff(time.ticks_ms(), t))"
    )
    assert 500 <= int(out) <= 5000
    assert sum(bench.board.erases.values()) > erases
    assert set(bench.board.erases) <= {part[0] for part in F405.filesystem}


def test_a_reset_before_the_sync_loses_what_was_in_the_cache(bench: Bench) -> None:
    bench.run("with open('b.txt', 'w') as f: f.write('old')")
    bench.run("import os\nf = open('b.txt', 'w'); f.write('new' * 200)")  # not closed
    bench.board.reset()
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")
    assert bench.run("print(open('b.txt').read())") == "old\n"


def test_the_filesystem_is_112_kilobytes_of_littlefs(bench: Bench) -> None:
    out = bench.run("import os; s = os.statvfs('/flash'); print(s[0] * s[2], s[0])")
    assert out == "114688 512\n"
    assert bench.board.image.stat().st_size == 1024 * 1024


def test_only_the_filesystems_sectors_are_written(bench: Bench) -> None:
    data = bench.board.image.read_bytes()
    assert data[:0x4000] == b"\xff" * 0x4000
    assert data[0x20000:] == b"\xff" * (len(data) - 0x20000)


def test_an_image_of_another_size_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "flash.img"
    path.write_bytes(b"x" * 10)
    with pytest.raises(PatrolError, match="10 bytes"):
        open_image(path)
    assert path.read_bytes() == b"x" * 10


def test_one_image_is_for_one_board(bench: Bench) -> None:
    with pytest.raises(PatrolError, match="in use"):
        Bench(bench.board.image)
    assert bench.run("print(1)") == "1\n"
