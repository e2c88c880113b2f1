"""time as the stm32 port has it: virtual, wrapping at 2**30."""

from patrolcar_sim.bench import Bench


def test_clocks_start_five_seconds_before_they_wrap(bench: Bench) -> None:
    bench.board.reset()
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")
    us, ms = map(int, bench.run("import time; print(time.ticks_us(), time.ticks_ms())").split())
    assert 2**30 - 5_000_000 < us < 2**30 - 1_000_000
    assert 2**30 - 5_000 < ms < 2**30 - 1_000
    wrapped = bench.run("time.sleep(5); print(time.ticks_us())")
    assert int(wrapped) < 2_000_000


def test_ticks_diff_spans_the_wrap(bench: Bench) -> None:
    out = bench.run("import time; print(time.ticks_diff(5, 2**30 - 5), time.ticks_diff(0, 10))")
    assert out == "10 -10\n"
    assert bench.run("print(time.ticks_add(2**30 - 1, 2))") == "1\n"
    assert bench.fails("time.ticks_add(0, 1 << 29)").startswith("OverflowError")


def test_sleeping_costs_exactly_its_virtual_time(bench: Bench) -> None:
    out = bench.run(
        "import time\nt = time.ticks_us()\ntime.sleep_us(1234)\n"
        "print(time.ticks_diff(time.ticks_us(), t))"
    )
    assert 1234 <= int(out) <= 1240


def test_a_polling_loop_gets_on(bench: Bench) -> None:
    out = bench.run(
        "import time\nt = time.ticks_ms()\nn = 0\n"
        "while time.ticks_diff(time.ticks_ms(), t) < 50:\n    n += 1\nprint(n > 1000)"
    )
    assert out == "True\n"


def test_asyncio_sleeps_in_virtual_time(bench: Bench) -> None:
    out = bench.run(
        "import asyncio, time\n"
        "async def nap():\n    await asyncio.sleep_ms(3000)\n"
        "t = time.ticks_ms()\nasyncio.run(nap())\nprint(time.ticks_diff(time.ticks_ms(), t))"
    )
    assert 3000 <= int(out) <= 3010


def test_a_collection_takes_time(bench: Bench) -> None:
    out = bench.run(
        "import gc, time\nt = time.ticks_us()\ngc.collect()\n"
        "print(time.ticks_diff(time.ticks_us(), t))"
    )
    assert int(out) >= 3000


def test_asyncio_and_utime_are_the_stand_ins(bench: Bench) -> None:
    assert bench.run("import utime, time; print(utime is time)") == "True\n"
