"""Pins, interrupts, ADC and PWM of the stand-ins, seen from both sides."""

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.stub_car import SilentImu


def test_an_output_reaches_the_motor_driver(bench: Bench) -> None:
    bench.run(
        "from machine import Pin\nimport pyb\n"
        "stby = Pin('Y11', Pin.OUT, value=1)\na = Pin('Y5', Pin.OUT, value=1)\n"
        "b = Pin('Y6', Pin.OUT, value=0)\n"
        "t = pyb.Timer(4, freq=20000)\n"
        "ch = t.channel(3, pyb.Timer.PWM, pin=pyb.Pin('Y3'))\n"
        "ch.pulse_width((t.period() + 1) // 4)"
    )
    assert bench.car.standby is True
    assert bench.car.motors[0] == (True, False, 0.25)
    bench.run("stby.off()")
    assert bench.car.standby is False


def test_a_soft_reset_stops_pwm_and_leaves_the_pin_modes(bench: Bench) -> None:
    bench.run(
        "from machine import Pin\nimport pyb\nPin('Y11', Pin.OUT, value=1)\n"
        "Pin('Y5', Pin.OUT, value=1)\n"
        "pyb.Timer(4, freq=20000).channel(3, pyb.Timer.PWM, pin=pyb.Pin('Y3'), pulse_width=4200)"
    )
    assert bench.car.motors[0][2] == 1.0
    bench.board.type(b"\x04")
    bench.until(b"soft reboot")
    bench.until(b"\r\n>")
    assert bench.car.motors[0] == (True, False, 0.0)
    assert bench.car.standby is True


def test_a_hard_reset_makes_every_pin_an_input(bench: Bench) -> None:
    bench.run("from machine import Pin\nPin('Y11', Pin.OUT, value=1)")
    assert bench.car.standby is True
    bench.board.reset()
    assert bench.car.standby is False
    bench.until(b">>> ")
    bench.board.type(b"\x01")
    bench.until(b"\r\n>")


def test_echo_edges_are_interrupts_at_their_time(bench: Bench) -> None:
    bench.car.echo_us = 5800
    out = bench.run(
        "from machine import Pin\nimport time\n"
        "trig = Pin('X6', Pin.OUT, value=0)\necho = Pin('X4', Pin.IN)\n"
        "edges = [0, 0]\nseen = [0]\n"
        "def edge(pin):\n"
        "    edges[seen[0]] = time.ticks_us()\n    seen[0] += 1\n"
        "echo.irq(edge, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\ntime.sleep_ms(20)\n"
        "print(seen[0], time.ticks_diff(edges[1], edges[0]))"
    )
    seen, length = map(int, out.split())
    assert seen == 2
    assert abs(length - 5800) <= 2


def test_time_pulse_us_measures_the_echo(bench: Bench) -> None:
    bench.car.echo_us = 2900
    out = bench.run(
        "import machine, time\nfrom machine import Pin\n"
        "Pin('X4', Pin.IN).irq(None)\n"
        "trig = Pin('X6', Pin.OUT, value=0)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\n"
        "print(machine.time_pulse_us(Pin('X4'), 1, 30000))"
    )
    assert abs(int(out) - 2900) < 150
    assert bench.run("print(machine.time_pulse_us(Pin('X4'), 1, 1000))") == "-2\n"


def test_an_unanswered_ping_ends_after_38_ms(bench: Bench) -> None:
    bench.car.echo_us = None
    out = bench.run(
        "import machine, time\nfrom machine import Pin\ntrig = Pin('X5', Pin.OUT, value=0)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\n"
        "print(machine.time_pulse_us(Pin('X3'), 1, 100000))"
    )
    assert 37_800 <= int(out) <= 38_200


def test_a_short_trigger_is_ignored(bench: Bench) -> None:
    before = len(bench.car.pings)
    bench.run(
        "from machine import Pin\nimport time\ntrig = Pin('X5', Pin.OUT, value=0)\n"
        "trig.on()\ntrig.off()\ntime.sleep_ms(1)"
    )
    assert len(bench.car.pings) == before


def test_a_hard_callback_that_allocates_is_disabled(bench: Bench) -> None:
    bench.car.echo_us = 1000
    out = bench.run(
        "from machine import Pin\nimport time\ncalls = [0]\n"
        "def greedy(pin):\n    calls[0] += 1\n    return [1, 2, calls]\n"
        "echo = Pin('X4', Pin.IN)\necho.irq(greedy, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)\n"
        "trig = Pin('X6', Pin.OUT, value=0)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\ntime.sleep_ms(5)\nprint(calls[0])"
    )
    assert "MemoryError" in out
    assert out.endswith("1\n")
    bench.run("echo.irq(None)")


def test_a_timer_callback_is_a_hard_interrupt_at_its_rate(bench: Bench) -> None:
    out = bench.run(
        "import pyb, time\ncount = [0]\ndef tick(t):\n    count[0] += 1\n"
        "timer = pyb.Timer(7, freq=100, callback=tick)\ntime.sleep_ms(1005)\n"
        "timer.deinit()\nprint(count[0])"
    )
    assert out == "100\n"


def test_encoder_counts_wrap_at_16_bits(bench: Bench) -> None:
    bench.car.counts = [70_000, 0]
    bench.run(
        "import pyb\nt = pyb.Timer(2, prescaler=0, period=0xffff)\n"
        "t.channel(1, pyb.Timer.ENC_AB, pin=pyb.Pin('X1'))\n"
        "t.channel(2, pyb.Timer.ENC_AB, pin=pyb.Pin('X2'))"
    )
    assert bench.run("print(t.counter())") == "0\n"
    bench.car.counts = [69_990, 0]
    assert bench.run("print(t.counter())") == "65526\n"


def test_adc_reads_the_divided_battery(bench: Bench) -> None:
    raw = int(bench.run("import machine; print(machine.ADC('X19').read_u16())"))
    assert abs(raw * 3300 / 65535 * 4.3 - 7400) < 10


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("from machine import Pin; Pin('Z9')", "ValueError"),
        ("import machine; machine.ADC('Y3')", "ValueError"),
        ("import machine; machine.UART(5)", "ValueError"),
        ("import machine; machine.I2C(3)", "ValueError"),
        ("import machine; machine.UART(6, 115200, txbuf=64)", "TypeError"),
        ("import pyb; pyb.Timer(15)", "ValueError"),
        ("import pyb; pyb.Timer(4, freq=100).channel(1, pyb.Timer.PWM, pin=pyb.Pin('Y1'))", "V"),
        ("import pyb; pyb.Timer(9).channel(1, pyb.Timer.ENC_AB)", "ValueError"),
        ("import machine; machine.Encoder", "AttributeError"),
        ("import pyb; pyb.Servo", "AttributeError"),
        ("import machine; machine.Timer(1)", "ValueError"),
    ],
)
def test_what_the_board_does_not_have_raises(bench: Bench, code: str, error: str) -> None:
    assert bench.fails(code).startswith(error)


def test_two_pins_cannot_share_an_interrupt_line(bench: Bench) -> None:
    bench.run("from machine import Pin\nPin('X3').irq(lambda p: None)")
    assert "already taken" in bench.fails("Pin('X21').irq(lambda p: None)")
    bench.run("Pin('X3').irq(None)")


def test_input_capture_latches_the_edges_themselves(bench: Bench) -> None:
    bench.car.echo_us = 5800
    out = bench.run(
        "import pyb, time\nfrom machine import Pin\nPin('X3').irq(None)\n"
        "timer = pyb.Timer(2, prescaler=83, period=0x3fffffff)\n"
        "edges = [0, 0]\nseen = [0]\n"
        "def captured(t):\n    edges[seen[0] & 1] = ch.capture()\n    seen[0] += 1\n"
        "ch = timer.channel(3, pyb.Timer.IC, pin=pyb.Pin('X3'), polarity=pyb.Timer.BOTH)\n"
        "ch.callback(captured)\n"
        "trig = Pin('X5', Pin.OUT, value=0)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\ntime.sleep_ms(20)\n"
        "print(seen[0], edges[1] - edges[0])\nPin('X3').irq(None)\ntimer.deinit()"
    )
    seen, length = map(int, out.split())
    assert seen == 2
    assert abs(length - 5800) <= 1


def test_machine_pwm_drives_the_pin_it_is_given(bench: Bench) -> None:
    bench.run(
        "import machine\nfrom machine import Pin\n"
        "Pin('Y5', Pin.OUT, value=1)\nPin('Y6', Pin.OUT, value=0)\n"
        "p = machine.PWM(Pin('Y3'), freq=20000, duty_u16=32768)"
    )
    assert bench.car.motors[0][2] == pytest.approx(0.5, abs=0.001)
    assert bench.run("print(p.freq(), p.duty_u16())") == "20000 32768\n"
    bench.run("p.duty_u16(0)\np.deinit()")
    assert bench.car.motors[0][2] == 0


def test_all_channels_of_a_timer_share_its_frequency(bench: Bench) -> None:
    out = bench.run(
        "import machine\n"
        "a = machine.PWM('Y3', freq=20000, duty_u16=1000)\n"
        "b = machine.PWM('Y4', freq=1000, duty_u16=1000)\nprint(a.freq(), b.freq())\n"
        "a.deinit()\nb.deinit()"
    )
    assert out == "1000 1000\n"


def test_an_edge_during_a_bus_transfer_comes_at_its_time(bench: Bench) -> None:
    bench.car.echo_us = 600
    out = bench.run(
        "from machine import Pin, I2C\nimport time\n"
        "trig = Pin('X6', Pin.OUT, value=0)\necho = Pin('X4', Pin.IN)\n"
        "edges = [0, 0]\nseen = [0]\nbus = I2C(1, freq=100000)\nbuf = bytearray(60)\n"
        "def edge(pin):\n"
        "    edges[seen[0]] = time.ticks_us()\n    seen[0] += 1\n"
        "echo.irq(edge, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\n"
        "bus.readfrom_mem_into(0x68, 0, buf)\n"
        "print(seen[0], time.ticks_diff(edges[1], edges[0]))\necho.irq(None)"
    )
    seen, length = map(int, out.split())
    assert seen == 2  # the transfer takes 5.6 ms, the echo comes within
    assert abs(length - 600) <= 2


def test_a_shared_trigger_pings_the_left_and_the_right_sonar(bench: Bench) -> None:
    before = len(bench.car.pings)
    bench.run(
        "from machine import Pin\nimport time\ntrig = Pin('X5', Pin.OUT, value=0)\n"
        "trig.on()\ntime.sleep_us(12)\ntrig.off()\ntime.sleep_ms(50)"
    )
    pings = bench.car.pings[before:]
    assert [sensor for sensor, _ in pings] == [0, 2]
    assert pings[0][1] == pings[1][1]


def test_xshut_is_low_only_while_it_is_driven_so(bench: Bench) -> None:
    assert bench.car.xshut is True, "the sensor's board pulls it up"
    bench.run("from machine import Pin\nxshut = Pin('Y10', Pin.OUT, value=0)")
    assert bench.car.xshut is False
    bench.run("xshut.on()")
    assert bench.car.xshut is True
    bench.run("xshut.off()\nPin('Y10', Pin.IN)")
    assert bench.car.xshut is True


@pytest.mark.parametrize(
    ("pin", "sensor"), [("X21", 0), ("X22", 1), ("X11", 2), ("X12", 3), ("Y12", 4)]
)
def test_each_reflectance_sensor_is_on_its_converter_pin(
    bench: Bench, pin: str, sensor: int
) -> None:
    bench.car.floor = [300.0] * 5
    bench.car.floor[sensor] = 3200.0
    raw = int(bench.run(f"import machine; print(machine.ADC('{pin}').read_u16())"))
    assert abs(raw * 3300 / 65535 - 3200) < 3
    bench.car.floor = [300.0] * 5


class Movable(SilentImu):
    """A slave at an address that can change."""

    def __init__(self, address: int | None, identity: int) -> None:
        super().__init__()
        self.address = address
        self.registers[0xC0] = identity


def test_a_slave_answers_at_the_address_it_has_now(bench: Bench) -> None:
    slave = Movable(0x29, 0xEE)
    bench.car.tofs = [slave]
    read = "print(bus.readfrom_mem(0x%x, 0xC0, 1)[0])"
    bench.run("from machine import I2C\nbus = I2C(1)")
    assert bench.run(read % 0x29) == "238\n"
    slave.address = 0x30
    assert "ENODEV" in bench.fails(read % 0x29)
    assert bench.run(read % 0x30) == "238\n"
    slave.address = None
    assert "ENODEV" in bench.fails(read % 0x30)
    bench.car.tofs = []


def test_two_slaves_at_one_address_pull_low_together_and_both_hear(bench: Bench) -> None:
    slaves = [Movable(0x29, 0xEE), Movable(0x29, 0xAB)]
    bench.car.tofs = [*slaves]
    bench.run("from machine import I2C\nbus = I2C(1)\nbus.writeto_mem(0x29, 0x10, b'\\x55')")
    assert bench.run("print(bus.readfrom_mem(0x29, 0xC0, 1)[0])") == f"{0xEE & 0xAB}\n"
    assert [slave.registers[0x10] for slave in slaves] == [0x55, 0x55]
    bench.car.tofs = []


def test_a_power_cut_reaches_the_sensors_and_a_reset_does_not(bench: Bench) -> None:
    before = bench.car.power_ups
    bench.board.reset()
    bench.to_raw_repl()
    assert bench.car.power_ups == before
    bench.board.cut_power()
    bench.to_raw_repl()
    assert bench.car.power_ups == before + 1
