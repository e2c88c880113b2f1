"""Which filesystem a board comes up with: as the stm32 port decides it."""

from dataclasses import replace
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.bench import Bench
from patrolcar_sim.board.image import F405, F411, KB, open_image
from patrolcar_sim.board.models import NUCLEO_F446RE, PYBOARD_V11


def test_an_erased_board_makes_itself_a_fat_with_the_factorys_files(bench: Bench) -> None:
    out = bench.run("import os; s = os.statvfs('/flash'); print(s[0], s[2], sorted(os.listdir()))")
    assert out == "512 190 ['boot.py', 'main.py']\n"  # 95 KB, as a new pyboard has
    assert bench.run("import sys; print(sys.path)") == "['', '.frozen', '/flash', '/flash/lib']\n"
    assert bench.board.image.stat().st_size == 1024 * 1024


def test_littlefs_is_made_as_the_documentation_says_and_found_at_the_next_boot(
    tmp_path: Path,
) -> None:
    with Bench(tmp_path / "flash.img") as bench:
        bench.use_littlefs()
        bench.run("with open('a.txt', 'w') as f: f.write('kept')")
        bench.board.reset()
        bench.to_raw_repl()
        assert bench.run("print(open('/flash/a.txt').read())") == "kept\n"
        out = bench.run("import os; s = os.statvfs('/flash'); print(s[0] * s[2])")
        assert out == f"{112 * KB}\n"


def test_a_littlefs_that_cannot_be_mounted_is_left_alone(tmp_path: Path) -> None:
    image = open_image(tmp_path / "flash.img")
    with image.open("r+b") as file:
        file.seek(0x4000)
        file.write(
            b"\x01\0\0\0\xf0\x0f\xff\xf7littlefs/\xe0\0\x10\x01\0\x02\0\0\x02\0\0\xe0\0\0\0"
        )
    before = image.read_bytes()
    with Bench(image) as bench:
        assert bench.run("import sys; print(sys.path)") == "['', '.frozen']\n"
        assert bench.run("import os; print(os.listdir('/'))") == "[]\n"
        bench.board.reset()
        assert b"MPY: can't mount flash\r\n" in bench.to_raw_repl()
        assert image.read_bytes() == before
        bench.run(
            "import os, pyb\nos.VfsLfs2.mkfs(pyb.Flash(start=0))\n"
            "os.mount(pyb.Flash(start=0), '/flash')\nos.chdir('/flash')"
        )
        bench.board.reset()
        assert b"MPY" not in bench.to_raw_repl()


def test_a_build_without_littlefs_has_fat_whatever_lies_there(tmp_path: Path) -> None:
    with Bench(tmp_path / "flash.img", replace(NUCLEO_F446RE, littlefs=True)) as bench:
        bench.use_littlefs()
    with Bench(tmp_path / "flash.img", NUCLEO_F446RE) as bench:
        out = bench.run("import os; s = os.statvfs('/flash'); print(s[0], s[2], os.listdir())")
        assert out == "512 94 ['boot.py', 'main.py']\n"  # 47 KB
        out = bench.run("import vfs; print(hasattr(os, 'VfsLfs2'), hasattr(vfs, 'VfsLfs2'))")
        assert out == "False False\n"
        out = bench.run("import pyb; print(pyb.Flash(start=0).readblocks(0, bytearray(16), 0))")
        assert out == "-5\n"


def test_a_fat_with_a_small_root_directory_leaves_62_of_64_kilobytes(tmp_path: Path) -> None:
    with Bench(tmp_path / "flash.img", NUCLEO_F446RE) as bench:
        bench.run(
            "import os, pyb\nos.umount('/flash')\npart = pyb.Flash(start=0)\n"
            "os.VfsFat.mkfs(part)\nblock = bytearray(512)\npart.readblocks(0, block)\n"
            "block[17:19] = b'\\x10\\0'\npart.writeblocks(0, block)\npart.ioctl(3, 0)\n"
            "os.mount(pyb.Flash(), '/flash')\nos.chdir('/flash')\n"
            "with open('big', 'w') as f:\n for i in range(124): f.write('%0512d' % i)"
        )
        bench.board.reset()
        bench.to_raw_repl()
        out = bench.run("import os; print(os.statvfs('/flash')[2:4], os.stat('big')[6])")
        assert out == "(125, 1) 63488\n"
        assert bench.run("f = open('big'); f.seek(123 * 512); print(int(f.read(512)))") == "123\n"


def test_a_filesystem_can_be_enlarged_over_the_sectors_that_follow(tmp_path: Path) -> None:
    flash = F405.with_filesystem(300)
    assert sum(part[1] for part in flash.filesystem) == 300 * KB
    assert flash.filesystem[-1] == (0x40000, 0xF000, 0x40000, 0x20000)
    with Bench(tmp_path / "flash.img", replace(PYBOARD_V11, flash=flash)) as bench:
        bench.use_littlefs()
        out = bench.run("import os; s = os.statvfs('/flash'); print(s[0] * s[2])")
        assert out == f"{300 * KB}\n"
        bench.run("with open('big', 'w') as f:\n for i in range(200): f.write('%0512d' % i)")
        assert bench.run("print(os.stat('big')[6])") == "102400\n"
    assert F411.with_filesystem(112).filesystem[-1] == (0x10000, 64 * KB, 0x10000, 64 * KB)


@pytest.mark.parametrize(("flash", "kb"), [(F405, 753), (F411, 497), (F405, 1)])
def test_a_filesystem_that_does_not_fit_is_refused(flash, kb) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(PatrolError, match=rf"filesystem of {kb} KB .* pass 16 to \d+ KB"):
        flash.with_filesystem(kb)
