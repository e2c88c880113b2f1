"""Faults of the flash: where a cut falls, which bits turn over, what is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.board.image import BASE, F405, KB
from patrolcar_sim.board.lockstep import Cause, FlashWork
from patrolcar_sim.faults import Timeline, parse

SETTINGS = 0xC0000
WRITE = "with open('{}', 'w') as f: f.write('{}')"
# As the firmware's log does it: by half-words, through the registers.
PROGRAM = (
    "import stm\nfrom stm import mem16, mem32\n"
    "def program(at, half):\n"
    "    mem32[stm.FLASH + stm.FLASH_KEYR] = 0x45670123\n"
    "    mem32[stm.FLASH + stm.FLASH_KEYR] = 0xCDEF89AB\n"
    "    mem32[stm.FLASH + stm.FLASH_CR] = 0x101\n"
    "    mem16[at] = half\n"
    "    mem32[stm.FLASH + stm.FLASH_CR] = 0x80000000\n"
)


def littlefs(image: Path) -> Path:
    """An image with a littlefs on it, and a file."""
    with Bench(image) as bench:
        bench.use_littlefs()
        bench.run(WRITE.format("kept.txt", "k" * 2000))
    return image


def cut_while_writing(image: Path, fault: str, seed: int = 1) -> tuple[list[FlashWork], bytes]:
    """What the flash did from then on until its power failed, and what it holds then."""
    works: list[FlashWork] = []
    after = b""
    with Bench(image) as bench:
        board = bench.board
        Timeline([parse(fault)], seed).attach(board)
        bench.run("pass")
        cut = board.on_flash
        assert cut is not None

        def work(kind: FlashWork, offset: int) -> None:
            nonlocal after
            if len(board.resets) > 1:
                return
            if kind != FlashWork.DONE:
                works.append(kind)
            cut(kind, offset)
            if len(board.resets) > 1:
                after = image.read_bytes()

        board.on_flash = work
        code = "".join(WRITE.format(f"{i}.txt", "n" * 6000) + "\n" for i in range(4))
        board.type(code.encode() + b"\x04")
        bench.to_raw_repl()
        assert board.resets == [Cause.POWER_ON] * 2
        assert bench.run("print(1)") == "1\n"
    return works, after


@pytest.mark.parametrize("nth", [1, 2, 4, 6, 9])
def test_power_fails_in_the_nth_work_of_the_flash(tmp_path: Path, nth: int) -> None:
    works, _ = cut_while_writing(littlefs(tmp_path / "f.img"), f"flash.cut,work={nth}")
    assert len(works) == nth
    assert works[0] == FlashWork.ERASE


def test_a_piece_in_which_power_fails_is_programmed_in_part(tmp_path: Path) -> None:
    _, after = cut_while_writing(littlefs(tmp_path / "f.img"), "flash.cut,work=2")
    sector = after[0x4000:0x8000]  # erased, and of its first piece only the beginning is there
    assert sector[4096:] == b"\xff" * (16 * KB - 4096)
    assert sector[:4096] != b"\xff" * 4096


def test_where_a_cut_falls_is_drawn_by_the_seed(tmp_path: Path) -> None:
    image = littlefs(tmp_path / "f.img")
    whole = image.read_bytes()

    def run(seed: int) -> int:
        image.write_bytes(whole)
        return len(cut_while_writing(image, "flash.cut,within=8", seed)[0])

    first = run(1)
    assert run(1) == first
    assert {run(seed) for seed in (2, 3, 4)} != {first}


def test_a_cut_between_two_words_of_a_program_leaves_the_first_alone(image: Path) -> None:
    with Bench(image, faults=[parse("flash.cut@10,work=3")]) as bench:
        at = BASE + SETTINGS
        bench.run(PROGRAM)
        bench.run("import time; time.sleep(10)")
        code = "".join(f"program({at + 2 * i}, {0x1111 * (i + 1)})\n" for i in range(5))
        bench.board.type(code.encode() + b"\x04")
        bench.to_raw_repl()
        assert bench.board.resets == [Cause.POWER_ON] * 2
        stored = image.read_bytes()[SETTINGS : SETTINGS + 10]
        assert stored == bytes.fromhex("11112222") + b"\xff" * 6


def test_without_a_fault_the_words_are_not_told(image: Path) -> None:
    with Bench(image) as bench:
        works: list[FlashWork] = []
        bench.board.on_flash = lambda kind, offset: works.append(kind)
        bench.run(PROGRAM + f"program({BASE + SETTINGS}, 7)\n")
        assert works == []


def test_a_cut_that_has_not_come_by_its_end_does_not_come(image: Path) -> None:
    with Bench(image, faults=[parse("flash.cut+0.05,work=1000")]) as bench:
        bench.run(WRITE.format("a.txt", "a" * 3000))
        bench.run("import os; os.sync()")
        assert bench.board.resets == [Cause.POWER_ON]


def test_bits_turn_over_where_something_is_stored_by_the_seed(tmp_path: Path) -> None:
    def rotten(name: str, seed: int) -> list[int]:
        image = littlefs(tmp_path / name)
        before = image.read_bytes()
        with Bench(image) as bench:
            Timeline([parse("flash.rot,bits=5")], seed).attach(bench.board)
            bench.run("pass")
            after = image.read_bytes()
        return [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]

    first = rotten("a.img", 1)
    assert 1 <= len(first) <= 5
    assert all(0x4000 <= at < 0x20000 for at in first)
    assert rotten("b.img", 1) == first
    assert rotten("c.img", 2) != first


def test_rot_of_the_settings_and_of_the_pack_stays_there(image: Path) -> None:
    with Bench(image) as bench:
        bench.use_littlefs()
        bench.run(
            "import os\nwith open('patrol.pack', 'wb') as f: f.write(b'PACK0003' + bytes(4000))"
        )
        bench.run("os.sync()")
        bench.run(PROGRAM + f"program({BASE + SETTINGS}, 0x1234)\n")
        before = image.read_bytes()
        Timeline([parse("flash.rot:settings,bits=3")], 1).attach(bench.board)
        bench.run("pass")
        rotten = image.read_bytes()
        assert rotten[:SETTINGS] == before[:SETTINGS]
        assert rotten[SETTINGS : SETTINGS + 512] != before[SETTINGS : SETTINGS + 512]
        pack = before.index(b"PACK0003")
        Timeline([parse("flash.rot:pack,bits=20")], 1).attach(bench.board)
        bench.run("pass")
        after = image.read_bytes()
        changed = [at for at in range(F405.size) if after[at] != rotten[at]]
        assert changed
        assert min(changed) >= pack


def test_full_settings_take_no_more_and_keep_what_they_have(image: Path) -> None:
    with Bench(image) as bench:
        at = BASE + SETTINGS
        bench.run(PROGRAM + f"program({at}, 0x1234)\n")
        Timeline([parse("flash.full:settings")], 1).attach(bench.board)
        bench.run("pass")
        out = bench.run(f"program({at} + 4, 0x5678); print(mem16[{at}], mem16[{at} + 4])")
        assert out == f"{0x1234} 0\n"


def test_a_full_filesystem_has_no_room_for_a_file_until_something_is_removed(
    tmp_path: Path,
) -> None:
    image = littlefs(tmp_path / "f.img")
    with Bench(image, faults=[parse("flash.full")]) as bench:
        bench.board.reset()  # full from the next boot on
        bench.to_raw_repl()
        assert bench.run("print(len(open('kept.txt').read()))") == "2000\n"
        assert bench.fails(WRITE.format("new.txt", "n" * 3000)) == "OSError: 28"
        bench.run("import os; os.remove('filler.bin')")
        bench.run(WRITE.format("new.txt", "n" * 3000))


def test_a_fault_at_power_on_finds_the_filesystem_full_at_the_first_boot(tmp_path: Path) -> None:
    image = littlefs(tmp_path / "f.img")
    with Bench(image, faults=[parse("flash.full")]) as bench:
        assert "filler.bin" in bench.run("import os; print(os.listdir())")
        assert bench.board.now_us < 1_000_000  # in no time
