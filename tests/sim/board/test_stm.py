"""The stm module: flash by its registers, backup registers, and the watchdog's key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.board.lockstep import Cause

SETUP = """
import stm, time
from stm import mem8, mem16, mem32
KEYR, SR, CR = stm.FLASH + stm.FLASH_KEYR, stm.FLASH + stm.FLASH_SR, stm.FLASH + stm.FLASH_CR
def unlock():
    mem32[KEYR] = 0x45670123
    mem32[KEYR] = 0xCDEF89AB
def lock():
    mem32[CR] = 0x80000000
    mem32[SR] = 0xF2
A = 0x080C0000
def erase(sector):
    unlock()
    mem32[CR] = 0x10202 | sector << 3
    lock()
def put(at, half):
    unlock()
    mem32[CR] = 0x101
    mem16[at] = half
    sr = mem32[SR]
    lock()
    return sr
"""


@pytest.fixture
def chip(bench: Bench) -> Iterator[Bench]:
    bench.run(SETUP)
    yield bench
    bench.run("erase(10)")


def prompt(bench: Bench) -> None:
    """To the raw prompt after a reset."""
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")
    bench.run(SETUP)


def test_programming_needs_the_keys_and_only_clears_bits(chip: Bench) -> None:
    out = chip.run(
        "print(hex(mem32[CR]), put(A, 0x1234), hex(mem16[A]), put(A, 0xFF0F), hex(mem16[A]))\n"
        "print(hex(mem8[A]), hex(mem32[A]))"
    )
    assert out == "0x80000000 0 0x1234 0 0x1204\n0x4 0xffff1204\n"
    assert chip.board.image.read_bytes()[0xC0000:0xC0004] == b"\x04\x12\xff\xff"


def test_while_locked_cr_cannot_be_written_and_a_write_sets_pgserr(chip: Bench) -> None:
    out = chip.run(
        "mem32[CR] = 0x101\nprint(hex(mem32[CR]))\nmem16[A] = 0\n"
        "print(hex(mem32[SR]), hex(mem16[A]))\nmem32[SR] = 0xF2\nprint(mem32[SR])"
    )
    assert out == "0x80000000\n0x80 0xffff\n0\n"


def test_an_access_of_another_width_than_psize_sets_pgperr(chip: Bench) -> None:
    out = chip.run(
        "unlock()\nmem32[CR] = 0x101\nmem8[A] = 0\nprint(hex(mem32[SR]))\n"
        "mem32[A] = 0\nprint(hex(mem32[A]))\n"
        "mem32[SR] = 0xF2\nmem32[CR] = 0x201\nmem32[A] = 0x12345678\n"
        "print(hex(mem32[SR]), hex(mem32[A]))\nlock()"
    )
    assert out == "0x40\n0xffffffff\n0x0 0x12345678\n"


def test_a_half_word_takes_16_us_and_a_sector_of_128_kb_two_seconds(chip: Bench) -> None:
    out = chip.run(
        "t = time.ticks_us()\nfor i in range(100): put(A + 2 * i, i)\n"
        "print(time.ticks_diff(time.ticks_us(), t) // 100)\n"
        "t = time.ticks_ms()\nerase(10)\nprint(time.ticks_diff(time.ticks_ms(), t), mem16[A])"
    )
    each, erase_ms, erased = map(int, out.split())
    assert 16 <= each <= 60
    assert 2000 <= erase_ms <= 2010
    assert erased == 0xFFFF
    assert chip.board.erases[0xC0000] >= 1


def test_a_wrong_key_is_a_bus_fault_and_resets_the_chip(chip: Bench) -> None:
    resets = len(chip.board.resets)
    chip.board.type(b"mem32[KEYR] = 1\x04")
    chip.until(b"OK")
    prompt(chip)
    assert chip.board.resets[resets:] == [Cause.HARD]


def test_micropython_itself_cannot_be_overwritten(chip: Bench) -> None:
    assert "sector 5 holds MicroPython" in chip.fails("erase(5)")
    chip.run("lock()")
    assert "sector 0 holds MicroPython" in chip.fails("put(0x08000000, 0)")
    chip.run("lock()")


@pytest.mark.parametrize("code", ["mem32[0x40020000]", "mem32[stm.FLASH + 8] = 1", "stm.TIM1"])
def test_what_is_not_built_raises(chip: Bench, code: str) -> None:
    assert "not built" in chip.fails(code)


def test_addresses_are_aligned_as_the_port_asks(chip: Bench) -> None:
    assert "not aligned to 2 bytes" in chip.fails("mem16[A + 1]")


def test_a_cut_in_an_erase_leaves_a_sector_that_is_neither_old_nor_erased(chip: Bench) -> None:
    chip.run("put(A, 0)\nput(A + 0x1FFFE, 0)")
    chip.board.type(b"unlock()\nmem32[CR] = 0x10252\n\x04")
    chip.board.run(chip.board.now_us + 500_000)
    chip.board.reset()
    prompt(chip)
    assert chip.run("print(mem16[A], mem16[A + 0x1FFFE])") == "65535 0\n"


@pytest.mark.parametrize(
    ("cause", "kept"),
    [(Cause.SOFT, True), (Cause.HARD, True), (Cause.WATCHDOG, True), (Cause.POWER_ON, False)],
)
def test_backup_registers_survive_all_but_a_power_off(
    chip: Bench, cause: Cause, kept: bool
) -> None:
    chip.run("mem32[stm.RTC + stm.RTC_BKP19R] = 0xF000000D\nmem32[stm.RTC + stm.RTC_BKP0R] = 7")
    chip.board.reset(cause)
    prompt(chip)
    out = chip.run("print(hex(mem32[stm.RTC + stm.RTC_BKP19R]), mem32[stm.RTC + stm.RTC_BKP0R])")
    assert out == ("0xf000000d 7\n" if kept else "0x0 0\n")


def test_without_dbp_the_backup_domain_is_write_protected(chip: Bench) -> None:
    out = chip.run(
        "r = stm.RTC + stm.RTC_BKP1R\nmem32[r] = 5\np = stm.PWR + stm.PWR_CR\n"
        "print(hex(mem32[p]))\nmem32[p] = 0\nmem32[r] = 6\nprint(mem32[r])\nmem32[p] = 0x100"
    )
    assert out == "0x100\n5\n"


def test_a_tick_may_write_a_backup_register_and_feed_under_heap_lock(chip: Bench) -> None:
    out = chip.run(
        "import micropython\nr = stm.RTC + stm.RTC_BKP2R\nk = stm.IWDG + stm.IWDG_KR\n"
        "def f():\n    mem32[r] = 0x2A000001\n    mem16[k] = 0xAAAA\n"
        "micropython.heap_lock()\nf()\nmicropython.heap_unlock()\nprint(mem32[r])"
    )
    assert out == f"{0x2A000001}\n"


def test_a_watchdog_outlives_a_soft_reset_and_its_key_feeds_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "flash.img")
    try:
        bench.run(SETUP)
        bench.run("mem16[stm.IWDG + stm.IWDG_KR] = 0xAAAA\ntime.sleep(3)")  # none runs yet
        bench.run("import machine\nmachine.WDT(timeout=2000)")
        bench.board.reset(Cause.SOFT)
        prompt(bench)
        bench.run(
            "for i in range(5):\n    mem16[stm.IWDG + stm.IWDG_KR] = 0xAAAA\n    time.sleep(1)"
        )
        assert bench.board.resets == [Cause.POWER_ON, Cause.SOFT]
        bench.board.run(bench.board.now_us + 2_500_000)
        assert bench.board.resets[2:] == [Cause.WATCHDOG]
    finally:
        bench.board.stop()
