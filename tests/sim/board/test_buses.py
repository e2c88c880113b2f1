"""UART, I2C, watchdog and resets of the virtual board."""

from patrolcar_sim.bench import Bench


def test_a_uart_write_lasts_until_its_last_byte_has_left(bench: Bench) -> None:
    out = bench.run(
        "import machine, time\nu = machine.UART(6, 115200, rxbuf=64)\nb = bytes(64)\n"
        "t = time.ticks_us()\nu.write(b)\nprint(time.ticks_diff(time.ticks_us(), t))"
    )
    assert 5550 <= int(out) <= 5650  # facts: 64 bytes cost 5.6 ms at 115200


def test_bytes_pass_the_uart_both_ways(bench: Bench) -> None:
    heard = bytearray()
    bench.board.line.on_bytes = lambda data, at: heard.extend(data)
    bench.run("import machine, time\nu = machine.UART(6, 921600, rxbuf=64)\nu.write(b'hello')")
    bench.run("time.sleep_ms(1)")
    assert heard == b"hello"
    bench.board.line.hear(b"abc", bench.board.now_us)
    out = bench.run(
        "time.sleep_ms(1)\nbuf = bytearray(8)\nprint(u.any(), u.readinto(buf), buf[:3])"
    )
    assert out == "3 3 bytearray(b'abc')\n"


def test_what_a_full_receive_buffer_cannot_take_is_lost(bench: Bench) -> None:
    bench.run("import machine, time\nu = machine.UART(6, 921600, rxbuf=64)\nu.read()")
    bench.board.line.hear(bytes(range(200)), bench.board.now_us)
    out = bench.run("time.sleep_ms(10)\nprint(u.any(), u.read() == bytes(range(64)))")
    assert out == "64 True\n"


def test_the_i2c_bus_finds_and_reads_the_imu(bench: Bench) -> None:
    assert bench.run("import machine\ni = machine.I2C(1)\nprint(i.scan())") == "[104]\n"
    assert bench.run("print(i.readfrom_mem(0x68, 0x75, 1))") == "b'h'\n"
    bench.run("i.writeto_mem(0x68, 0x1B, b'\\x08')")
    assert bench.car.imu.registers[0x1B] == 8
    assert "ENODEV" in bench.fails("i.readfrom_mem(0x29, 0, 1)")


def test_an_i2c_transfer_costs_its_bits(bench: Bench) -> None:
    out = bench.run(
        "import machine, time\ni = machine.I2C(1, freq=400000)\nb = bytearray(14)\n"
        "t = time.ticks_us()\ni.readfrom_mem_into(0x68, 0x3B, b)\n"
        "print(time.ticks_diff(time.ticks_us(), t))"
    )
    assert 370 <= int(out) <= 420  # 17 bytes of nine bits at 400 kHz


def test_the_constructor_hands_out_the_same_bus_and_allocates_nothing(bench: Bench) -> None:
    out = bench.run(
        "import machine, micropython\na = machine.I2C(1, freq=400000)\n"
        "micropython.heap_lock()\nb = machine.I2C(1, freq=100000, timeout=3000)\n"
        "micropython.heap_unlock()\nprint(a is b)"
    )
    assert out == "True\n"


def test_while_a_program_has_its_pins_the_bus_times_out(bench: Bench) -> None:
    bench.run("import machine\ni = machine.I2C(1)\np = machine.Pin('X9', machine.Pin.OPEN_DRAIN)")
    assert "ETIMEDOUT" in bench.fails("i.readfrom_mem(0x68, 0x75, 1)")
    assert bench.run("machine.I2C(1)\nprint(i.readfrom_mem(0x68, 0x75, 1))") == "b'h'\n"


def test_reset_causes_are_true(bench: Bench) -> None:
    def up() -> str:
        bench.until(b">>> ")
        bench.board.type(b"\x01")
        bench.until(b"\r\n>")
        return bench.run("import machine; print(machine.reset_cause())").strip()

    bench.board.type(b"import machine; machine.reset()\x04")
    assert up() == "2"
    bench.board.type(b"import machine; machine.WDT(timeout=500)\nwhile True: pass\x04")
    assert up() == "3"
    bench.board.type(b"import machine, time; machine.WDT(timeout=500); time.sleep(2)\x04")
    assert up() == "3"
    bench.board.type(b"\x04")
    bench.until(b"soft reboot")
    bench.until(b"\r\n>")
    assert bench.run("import machine; print(machine.reset_cause())") == "0\n"


def test_a_fed_watchdog_lets_the_program_run(bench: Bench) -> None:
    boots = len(bench.board.resets)
    bench.run(
        "import machine, time\nw = machine.WDT(timeout=500)\n"
        "for i in range(20):\n    time.sleep_ms(300)\n    w.feed()"
    )
    assert len(bench.board.resets) == boots
    bench.board.reset()
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")


def test_ctrl_c_stops_a_program_that_waits_and_one_that_computes(bench: Bench) -> None:
    for body in (b"import time\nwhile True: time.sleep(1)", b"while True: pass"):
        bench.board.type(body + b"\x04")
        bench.until(b"OK")
        bench.board.run(bench.board.now_us + 1000)
        bench.board.type(b"\x03")
        bench.until(b"\x04")
        assert b"KeyboardInterrupt" in bench.until(b"\x04>")


def _stopped(bench: Bench, body: str) -> bytes:
    """Starts a program, types Ctrl-C 25 ms later; what it printed."""
    bench.board.type(body.encode() + b"\x04")
    bench.until(b"OK")
    bench.board.run(bench.board.now_us + 25_000)
    bench.board.type(b"\x03")
    printed = bench.until(b"\x04")
    assert b"KeyboardInterrupt" in bench.until(b"\x04>")
    return printed


def test_ctrl_c_waits_for_the_end_of_a_hard_interrupt(bench: Bench) -> None:
    bench.run(
        "import pyb, time, machine\nrun = [0, 0]\npin = machine.Pin('X4', machine.Pin.IN)\n"
        "def tick(t):\n    run[0] += 1\n    for i in range(80):\n        time.sleep_us(100)\n"
        "        pin.value()\n    run[1] += 1\n"
        "timer = pyb.Timer(7, freq=100, callback=tick)"
    )
    for _ in range(3):
        _stopped(bench, "while True: time.sleep_us(1)")
    assert bench.run("timer.deinit()\nprint(run[0] - run[1], bytearray(9)[0])") == "0 0\n"


def test_ctrl_c_waits_for_interrupts_to_be_on_again(bench: Bench) -> None:
    printed = _stopped(
        bench,
        "import machine, time\nstate = machine.disable_irq()\n"
        "for i in range(400): time.sleep_us(100)\nprint('masked')\nmachine.enable_irq(state)\n"
        "while True: time.sleep_us(1)",
    )
    assert b"masked" in printed


def test_files_survive_a_reset(bench: Bench) -> None:
    bench.run("with open('note.txt', 'w') as f: f.write('kept')")
    bench.board.reset()
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")
    assert bench.run("print(open('note.txt').read())") == "kept\n"
    bench.run("import os; os.remove('note.txt')")


def test_the_hosts_filesystem_is_out_of_reach(bench: Bench) -> None:
    assert bench.fails("open('/etc/passwd')").startswith("OSError")
    assert bench.run("import os; print(os.getcwd(), os.listdir('/'))") == "/flash ['flash']\n"
