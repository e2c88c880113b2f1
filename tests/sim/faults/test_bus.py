"""Faults of the I2C bus, as a program sees them: errors, times, registers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.faults import parse
from patrolcar_sim.stub_car import SilentImu

Inject = Callable[..., None]
IMU, TOF = 0x68, 0x29
CLOCKS = (
    "from machine import Pin\nscl = Pin('X9', Pin.OPEN_DRAIN)\n"
    "for i in range({}): scl.value(0); time.sleep_us(5); scl.value(1); time.sleep_us(5)\n"
)


class Tof(SilentImu):
    """A ToF sensor's registers."""

    def __init__(self, address: int) -> None:
        super().__init__()
        self.address: int | None = address
        self.registers[0xC0] = 0xEE


@pytest.fixture
def tofs(bench: Bench) -> list[Tof]:
    """Two of them, left and right."""
    made = [Tof(0x30), Tof(TOF)]
    for faulty, tof in zip(bench.board.pins._car.tofs, made, strict=False):
        faulty._slave = faulty._movable = tof  # type: ignore[attr-defined]
    bench.car.tofs[:] = made
    bench.run("import time\nfrom machine import I2C\nbus = I2C(1, freq=400_000)")
    return made


def over(bench: Bench) -> None:
    """Waits until every fault of a test has ended."""
    bench.run("time.sleep(2)")


def test_a_bus_that_hangs_times_out_after_50_ms_for_everybody(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("imu.hang+1")
    for address in (IMU, TOF):
        out = bench.run(
            f"t = time.ticks_us()\ntry: bus.readfrom_mem({address}, 0x75, 1)\n"
            "except OSError as e: print(e.errno, time.ticks_diff(time.ticks_us(), t))"
        )
        errno, us = map(int, out.split())
        assert errno == 110
        assert 50_000 <= us < 50_500
    over(bench)
    assert bench.run("print(bus.readfrom_mem(0x68, 0x75, 1)[0])") == "104\n"


def test_a_shorter_timeout_is_kept_and_interrupts_come_meanwhile(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("tof.hang+1")
    out = bench.run(
        "import pyb; n = 0\ndef tick(t):\n    global n\n    n += 1\n"
        "quick = I2C(1, timeout=20_000)\n"
        "timer = pyb.Timer(7, freq=1000, callback=tick)\nt = time.ticks_us()\n"
        "try: quick.writeto(0x68, b'')\nexcept OSError as e: pass\n"
        "timer.deinit(); print(n, time.ticks_diff(time.ticks_us(), t))"
    )
    ticks, us = map(int, out.split())
    assert 19 <= ticks <= 21
    assert 20_000 <= us < 21_000
    over(bench)


@pytest.mark.parametrize(("helps", "clocks", "free"), [(0, 9, False), (1, 8, False), (1, 9, True)])
def test_nine_clocks_free_the_bus_if_the_fault_says_so(
    bench: Bench, tofs: list[Tof], inject: Inject, helps: int, clocks: int, free: bool
) -> None:
    inject(f"imu.hang+1,clocks={helps}")
    sda = "Pin('X10', Pin.IN).value()"
    out = bench.run(
        CLOCKS.format(clocks) + f"print({sda})\nbus = I2C(1)\n"
        "try: print(bus.readfrom_mem(0x68, 0x75, 1)[0])\nexcept OSError as e: print(e.errno)"
    )
    assert out == ("1\n104\n" if free else "0\n110\n")
    over(bench)


def test_a_reset_does_not_free_the_bus_and_a_power_cut_does(image: Path) -> None:
    read = (
        "from machine import I2C\n"
        "try: print(I2C(1).readfrom_mem(0x68, 0x75, 1)[0])\nexcept OSError as e: print(e.errno)"
    )
    with Bench(image, faults=[parse("imu.hang@0.2")]) as bench:
        bench.board.run(300_000)
        assert bench.run(read) == "110\n"
        bench.board.reset()
        bench.to_raw_repl()
        assert bench.run(read) == "110\n"
        bench.board.cut_power()
        bench.to_raw_repl()
        assert bench.run(read) == "104\n"


def test_a_slave_that_is_gone_is_no_device_and_the_others_answer(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("tof.nak+1:right")
    assert "ENODEV" in bench.fails(f"bus.readfrom_mem({TOF}, 0xC0, 1)")
    assert bench.run("print(bus.readfrom_mem(0x30, 0xC0, 1)[0])") == "238\n"
    inject("imu.nak+0.5")
    assert "ENODEV" in bench.fails("bus.readfrom_mem(0x68, 0x75, 1)")
    over(bench)
    assert bench.run(f"print(bus.readfrom_mem({TOF}, 0xC0, 1)[0])") == "238\n"
    assert bench.run("print(bus.readfrom_mem(0x68, 0x75, 1)[0])") == "104\n"


def test_a_frozen_imu_tells_what_it_first_told_and_still_who_it_is(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("imu.frozen+1")
    read = "print(bus.readfrom_mem(0x68, 0x3B, 14)[3], bus.readfrom_mem(0x68, 0x3A, 1)[0])"
    bench.car.imu.registers[0x3E] = 7
    assert bench.run(read) == "7 0\n"
    bench.car.imu.registers[0x3E] = 8
    bench.car.imu.registers[0x3A] = 1
    assert bench.run(read) == "7 1\n"
    over(bench)
    assert bench.run(read) == "8 1\n"


def test_a_frozen_tof_has_new_samples_with_the_old_result(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("tof.frozen+1:left")
    for value in (100, 200):
        tofs[0].registers[0x13] = 4
        tofs[0].registers[0x1F] = value
        out = bench.run("b = bus.readfrom_mem(0x30, 0x13, 13); print(b[0], b[12])")
        assert out == "4 100\n"
    over(bench)
    assert bench.run("print(bus.readfrom_mem(0x30, 0x1F, 1)[0])") == "200\n"


def test_another_chip_says_so_on_its_first_page_alone(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("tof.identity+1:left")
    inject("imu.identity+1,value=112")
    read = "print(bus.readfrom_mem(0x30, 0xC0, 1)[0], bus.readfrom_mem(0x68, 0x75, 1)[0])"
    assert bench.run(read) == "234 112\n"
    bench.run("bus.writeto_mem(0x30, 0xFF, b'\\x01')")
    assert bench.run(read) == "238 112\n"
    bench.run("bus.writeto_mem(0x30, 0xFF, b'\\x00')")
    assert bench.run(read) == "234 112\n"
    over(bench)
    assert bench.run(read) == "238 104\n"


def test_an_imu_upside_down_turns_y_and_z_alone(
    bench: Bench, tofs: list[Tof], inject: Inject
) -> None:
    inject("imu.turned+1")
    for register in range(0x3B, 0x49, 2):
        bench.car.imu.registers[register : register + 2] = (1000).to_bytes(2, "big")
    out = bench.run("import struct; print(struct.unpack('>7h', bus.readfrom_mem(0x68, 0x3B, 14)))")
    assert out == "(1000, -1000, -1000, 1000, 1000, -1000, -1000)\n"
    over(bench)
