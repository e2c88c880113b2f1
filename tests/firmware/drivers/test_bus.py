"""Nine clocks and a STOP on a bus whose slave holds SDA low."""

import importlib
import sys
import types

import pytest

from toy_world import Clock


class Line:
    """Two open-drain lines; a slave holds SDA until it has counted so many rises of SCL."""

    def __init__(self):
        self.holds = 0
        self.scl = self.sda = 1
        self.rises = 0
        self.stops = 0
        self.peripheral = True  # the pins are its own
        self.made = []


def machine(line):
    class Pin:
        OPEN_DRAIN = 0x11

        def __init__(self, name):
            self.name = name

        def init(self, mode, value):
            assert mode == Pin.OPEN_DRAIN
            line.peripheral = False
            setattr(line, self.name, value)

        def value(self, level=None):
            if level is None:
                return line.scl if self.name == "scl" else line.sda and not line.holds
            assert not line.peripheral, "the pin is the peripheral's"
            if self.name == "scl":
                if level and not line.scl:
                    line.rises += 1
                    line.holds -= line.holds > 0
                line.scl = level
            else:
                line.stops += level and not line.sda and line.scl and not line.holds
                line.sda = level
            return None

    def i2c(number, freq, timeout):
        line.peripheral = True
        line.made.append((number, freq, timeout))
        return line

    module = types.ModuleType("machine")
    module.Pin, module.I2C = Pin, i2c
    return module


@pytest.fixture
def line(monkeypatch):
    line = Line()
    line.clock = Clock()
    monkeypatch.setitem(sys.modules, "time", line.clock.module())
    monkeypatch.setitem(sys.modules, "machine", machine(line))
    monkeypatch.delitem(sys.modules, "patrol.drivers.bus", raising=False)
    line.bus = importlib.import_module("patrol.drivers.bus").Bus(1, 400_000, "scl", "sda")
    yield line
    sys.modules.pop("patrol.drivers.bus", None)


def test_a_bus_that_is_free_is_left_alone(line):
    assert line.bus.free()
    assert (line.rises, line.made) == (0, [(1, 400_000, 3_000)])


@pytest.mark.parametrize("holds", [1, 5, 9])
def test_clocks_free_it_at_once_and_the_peripheral_has_its_pins_again(line, holds):
    line.holds = holds
    assert line.bus.free()
    assert line.rises == holds + 1  # the last one is the STOP's
    assert line.stops == 1
    assert line.peripheral
    assert line.made == [(1, 400_000, 3_000)] * 2
    assert line.bus.freed == 1


def test_it_takes_less_than_a_millisecond_and_is_tried_five_times_a_second(line):
    line.holds = 10**9
    before = line.clock.now
    assert not line.bus.free()
    assert line.clock.now - before < 1_000
    assert line.rises == 10
    assert line.peripheral
    for _ in range(99):
        assert not line.bus.free()
    assert line.rises == 50


def test_one_that_lets_go_by_itself_finds_the_peripheral_reset(line):
    line.holds = 10**9
    assert not line.bus.free()
    made = len(line.made)
    line.holds = 0
    assert line.bus.free()
    assert len(line.made) == made + 1
    assert line.bus.free()
    assert len(line.made) == made + 1
