"""machine.RTC and the dates of time, as the stm32 port has them."""

import datetime

import pytest

from patrolcar_sim.bench import Bench

LEAP_NIGHT = "(2024, 2, 29, 4, 23, 59, 59, 0)"


def again(bench: Bench) -> None:
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")


def test_after_power_on_it_is_2015(bench: Bench) -> None:
    now = eval(bench.run("import machine; print(machine.RTC().datetime())"))
    assert now[:6] == (2015, 1, 1, 4, 0, 0)
    assert 0 <= now[7] <= 255


def test_it_goes_on_over_a_leap_day(bench: Bench) -> None:
    out = bench.run(
        f"import pyb, time\nr = pyb.RTC()\nr.datetime({LEAP_NIGHT})\nprint(r.datetime())\n"
        "time.sleep(0.5)\nprint(r.datetime())\ntime.sleep(1)\nprint(r.datetime())"
    ).splitlines()
    assert out[0] == "(2024, 2, 29, 4, 23, 59, 59, 255)"
    assert out[1] == "(2024, 2, 29, 4, 23, 59, 59, 127)"
    assert out[2] == "(2024, 3, 1, 5, 0, 0, 0, 127)"


@pytest.mark.parametrize("reset", [b"\x04", b"import machine; machine.reset()\x04"])
def test_it_survives_a_reset(bench: Bench, reset: bytes) -> None:
    bench.run(f"import machine; machine.RTC().datetime({LEAP_NIGHT})")
    before = bench.board.now_us
    bench.board.type(reset)
    bench.until(b"MicroPython" if b"reset" in reset else b"reboot\r\nraw")
    if b"reset" in reset:
        again(bench)
    else:
        bench.until(b"\r\n>")
    bench.run("import time; time.sleep(2)")
    told = eval(bench.run("import machine; print(machine.RTC().datetime())"))
    passed = datetime.timedelta(microseconds=bench.board.now_us - before)
    assert 2 <= passed.total_seconds() < 3
    assert told[:7] == (2024, 3, 1, 5, 0, 0, 1)


def test_time_and_localtime_follow_it(bench: Bench) -> None:
    bench.run(f"import machine, time; machine.RTC().datetime({LEAP_NIGHT})")
    assert bench.run("print(time.localtime())") == "(2024, 2, 29, 23, 59, 59, 3, 60)\n"
    passed = datetime.datetime(2024, 2, 29, 23, 59, 59) - datetime.datetime(2000, 1, 1)
    since_2000 = int(passed.total_seconds())
    assert bench.run("print(time.time())") == f"{since_2000}\n"
    assert bench.run("print(time.time_ns() // 1_000_000_000)") == f"{since_2000}\n"


def test_dates_count_from_2000(bench: Bench) -> None:
    assert bench.run("import time; print(time.gmtime(0))") == "(2000, 1, 1, 0, 0, 0, 5, 1)\n"
    for seconds in (0, 86_399, 951_782_400, -1, 3_155_673_599):
        assert bench.run(f"print(time.mktime(time.gmtime({seconds})))") == f"{seconds}\n"
    assert bench.run("print(time.mktime((2020, 14, 1, 0, 0, 0, 0, 0)))") == bench.run(
        "print(time.mktime((2021, 2, 1, 0, 0, 0, 0, 0)))"
    )
    assert bench.fails("time.mktime((2020, 1, 1))").startswith("TypeError")


def test_the_weekday_is_what_it_was_told(bench: Bench) -> None:
    bench.run("import machine; machine.RTC().datetime((2024, 5, 6, 0, 23, 59, 59, 0))")
    assert bench.run("print(machine.RTC().datetime()[3])") == "0\n"
    assert bench.run("import time; time.sleep(1); print(machine.RTC().datetime()[3])") == "1\n"


def test_init_sets_it_back(bench: Bench) -> None:
    assert bench.run("import machine\nr = machine.RTC()\nr.init()\nprint(r.datetime()[:4])") == (
        "(2015, 1, 1, 4)\n"
    )


@pytest.mark.parametrize(
    "date", ["(1999, 1, 1, 5, 0, 0, 0, 0)", "(2024, 13, 1, 1, 0, 0, 0, 0)", "(2024, 1, 1)"]
)
def test_a_date_that_is_none_is_refused(bench: Bench, date: str) -> None:
    assert bench.fails(f"import machine; machine.RTC().datetime({date})").startswith("ValueError")


def test_what_is_not_built_raises(bench: Bench) -> None:
    assert bench.fails("import machine; machine.RTC().wakeup(100)").startswith("AttributeError")
