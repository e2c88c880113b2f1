"""A toy pyboard for CPython (machine, pyb and time with a clock of their own) and a toy car.

It is there for tests of the firmware's parts and of their sum. It is no model of the real board:
the virtual board and its world are that. The firmware is imported anew for each ToyBoard, since
its modules bind `time` and `machine` when they are imported.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import math
import sys
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flash_chip import print_trace
from patrolcar_sim.world.tof import Vl53l0x
from patrolcar_sim.world.tof_optics import COMPLETE, NO_TARGET, Shot
from toy_world import Body, Clock, Room

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"

ECHO_DELAY_US = 450
SILENT_US = 38_000
LATENCY_US = 15


def toy_stm() -> types.ModuleType:
    """The names of the stm module that the firmware uses, over memory that only remembers."""
    stm = types.ModuleType("stm")
    stm.__dict__.update(
        FLASH=0x40023C00, FLASH_ACR=0x00, FLASH_KEYR=0x04, FLASH_SR=0x0C, FLASH_CR=0x10,
        IWDG=0x40003000, IWDG_KR=0, RTC=0x40002800, RTC_BKP19R=0x9C,
        mem8=ToyMemory(1), mem16=ToyMemory(2), mem32=ToyMemory(4),
    )  # fmt: skip
    return stm


class ToyMemory:
    """stm.mem8, mem16 or mem32: registers by address, and flash that reads as erased."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.kept: dict[int, int] = {}

    def __getitem__(self, address: int) -> int:
        erased = (1 << 8 * self.width) - 1 if address >> 24 == 8 else 0
        return self.kept.get(address, erased)

    def __setitem__(self, address: int, value: int) -> None:
        self.kept[address] = value


class _BoardFile(importlib.abc.MetaPathFinder):
    """Finds a board's file under the name that it has on the board's filesystem."""

    def __init__(self, name: str) -> None:
        self._path = FIRMWARE / "boards" / f"{name}.py"

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "board":
            return None
        return importlib.util.spec_from_file_location(name, self._path)


class ToyBoard:
    """The pins of boards/pyboard_v11.py, wired to a Body.

    `uart` has what was written (`sent`) and takes what is to be received (`rx`). `imu`, `sonars`,
    `tof_wired`, `task_us` (charged after each task) and `baud` may be set before `car()`.
    `floor_mv` are the reflectance sensors' voltages by pin, `tof_mm` what both ToF sensors
    measure (0: nothing).
    """

    BOARD = "pyboard_v11"
    BRIDGE = {"Y5": (0, 0), "Y6": (0, 1), "Y7": (1, 0), "Y8": (1, 1)}  # noqa: RUF012
    PWM = {"Y3": 0, "Y4": 1}  # noqa: RUF012
    TRIGGER = {"X5": (0, 2), "X6": (1,)}  # noqa: RUF012
    ECHO = ("X3", "X4", "Y9")
    TOP = 4200

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: Room | None = None) -> None:
        self.clock = Clock()
        self.body = Body(room or Room())
        self.pins: dict[str, Any] = {}
        self.writes: list[tuple[str, int]] = []  # to output pins, in order
        self.imu = True
        self.imu_registers = {0x6B: 0x40, 0x75: 0x68}
        self.sonars = [True, True, True]
        self.tof_wired = [True, True]
        self.tof_mm = [1_000, 1_500]
        self.tofs = [
            Vl53l0x(1_200, lambda: self.clock.now, partial(self._measured, side))
            for side in (0, 1)
        ]
        for tof in self.tofs:
            tof.power_up()
        self.floor_mv = dict.fromkeys(("X21", "X22", "X11", "X12", "Y12"), 300)
        self.floor_noise = 0  # mV: a converter's readings are never all alike
        self.gyro_bias = 40
        self._noise = self._light = 0
        self.task_us = 150
        self.dead_loop_us = 0  # charged once, at the next task
        self.watchdogs: list[int] = []
        self.traces: list[BaseException] = []
        self.uart: Any = None
        self._install(monkeypatch)

    # -- modules -----------------------------------------------------------------------------

    def _install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in list(sys.modules):
            if name.split(".")[0] in ("patrol", "board") and name != "patrol.portable":
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [_BoardFile(self.BOARD), *sys.meta_path])
        monkeypatch.setitem(sys.modules, "time", self.clock.module())
        monkeypatch.setitem(sys.modules, "machine", self._machine())
        monkeypatch.setitem(sys.modules, "pyb", self._pyb())
        monkeypatch.setitem(sys.modules, "stm", toy_stm())
        profiler = types.ModuleType("profiler")
        profiler.__dict__.update(tasks=lambda names: None, task_done=self._task_done)
        monkeypatch.setitem(sys.modules, "profiler", profiler)
        monkeypatch.setattr(sys, "print_exception", self._print_exception, raising=False)

    def _print_exception(self, error: BaseException, text: Any = None) -> None:
        if text is None:
            self.traces.append(error)
        else:
            print_trace(error, text)

    def car(self) -> Any:
        """A Car on this board, imported anew."""
        from patrol.app import Car

        return Car()

    def _task_done(self, index: int) -> None:
        self.clock.advance(self.clock.now + self.task_us + self.dead_loop_us)
        self.dead_loop_us = 0

    def settle(self) -> None:
        self.body.advance(self.clock.now)

    def _machine(self) -> types.ModuleType:
        board = self

        class Pin:
            IN, OUT, OPEN_DRAIN, PULL_UP, PULL_DOWN = 0, 1, 17, 1, 2
            IRQ_RISING, IRQ_FALLING = 1, 2

            def __new__(cls, name: str, *mode: int, value: int | None = None) -> Any:
                pin = board.pins.get(name)
                if pin is None:
                    pin = board.pins[name] = object.__new__(cls)
                    pin.name = name
                    pin.level = 1 if name in ("X9", "X10", "X17", "X18") else 0
                    pin.handler = None
                if value is not None:
                    pin.value(value)
                return pin

            def irq(self, handler: Any, trigger: int, hard: bool) -> None:
                assert hard
                self.handler = handler

            def edge(self, level: int) -> None:
                self.level = level
                board.clock.now += LATENCY_US
                if self.handler is not None:
                    self.handler(self)

            def value(self, *to: int) -> int | None:
                if not to:
                    return self.level
                was, self.level = self.level, to[0]
                board.output(self.name, was, to[0])
                return None

        class ADC:
            def __init__(self, pin: Any) -> None:
                self.pin = pin

            def read_u16(self) -> int:
                name = self.pin.name
                volts = board.body.volts / 4.3 if name == "X19" else 0.4
                if name in board.floor_mv:
                    board.floor_noise ^= 1
                    volts = (board.floor_mv[name] + board.floor_noise) / 1000
                return min(65535, int(volts / 3.3 * 65535))

        class I2C:
            def __init__(self, number: int, freq: int, timeout: int) -> None:
                pass

            def readfrom_mem_into(self, address: int, register: int, buffer: bytearray) -> None:
                board.clock.sleep_us(400)
                if address != 0x68:
                    for tof in board.tofs_at(address):
                        tof.write(bytes((register,)))
                        buffer[:] = tof.read(len(buffer))
                    return
                if not board.imu:
                    raise OSError(19)
                if register == 0x3B:
                    buffer[:] = board.inertia()
                    return
                for i in range(len(buffer)):
                    buffer[i] = board.imu_registers.get(register + i, 0)

            def readfrom_mem(self, address: int, register: int, n: int) -> bytes:
                buffer = bytearray(n)
                self.readfrom_mem_into(address, register, buffer)
                return bytes(buffer)

            def writeto_mem(self, address: int, register: int, data: bytes) -> None:
                if address != 0x68:
                    for tof in board.tofs_at(address):
                        tof.write(bytes((register, *data)))
                elif not board.imu:
                    raise OSError(19)
                else:
                    board.imu_registers.update(enumerate(data, register))

        class UART:
            def __init__(self, number: int, baud: int, rxbuf: int) -> None:
                self.baud = baud
                self.rx = bytearray()
                self.sent = bytearray()
                self.longest = 0
                board.uart = self

            def any(self) -> int:
                return len(self.rx)

            def readinto(self, buffer: bytearray, n: int) -> int:
                n = min(n, len(self.rx))
                buffer[:n] = self.rx[:n]
                del self.rx[:n]
                return n

            def write(self, buffer: bytearray, off: int, n: int) -> None:
                self.sent += buffer[off : off + n]
                self.longest = max(self.longest, n)
                board.clock.sleep_us(n * 10_000_000 // self.baud)

        class WDT:
            def __init__(self, timeout: int) -> None:
                board.watchdogs.append(timeout)

        module = types.ModuleType("machine")
        module.__dict__.update(Pin=Pin, ADC=ADC, I2C=I2C, UART=UART, WDT=WDT)
        module.__dict__.update(
            PWRON_RESET=1,
            WDT_RESET=3,
            SOFT_RESET=0,
            reset_cause=lambda: 1,
            unique_id=lambda: bytes(range(12)),
        )
        return module

    def _pyb(self) -> types.ModuleType:
        board = self

        class Channel:
            def __init__(self, side: int) -> None:
                self.side = side

            def pulse_width(self, width: int) -> None:
                board.settle()
                board.body.bridge[self.side][2] = width / board.TOP

        class Timer:
            PWM, ENC_AB = 1, 2

            def __init__(self, number: int, **settings: int) -> None:
                self.number = number
                self.settings = settings

            def period(self) -> int:
                return board.TOP - 1

            def channel(self, number: int, mode: int, pin: Any, **settings: int) -> Any:
                return Channel(board.PWM[pin.name]) if mode == Timer.PWM else None

            def counter(self) -> int:
                board.settle()
                return math.floor(board.body.way[self.number - 2] / Body.COUNT_M) & 0xFFFF

            def callback(self, function: Callable[[Any], None]) -> None:
                period_us = 1_000_000 // self.settings["freq"]

                def fire() -> None:
                    function(self)
                    board.clock.at(board.clock.now + period_us, fire)

                board.clock.at(board.clock.now + period_us, fire)

        class LED:
            def __init__(self, number: int) -> None:
                self.lit = False

            def on(self) -> None:
                self.lit = True

            def off(self) -> None:
                self.lit = False

        module = types.ModuleType("pyb")
        module.__dict__.update(Timer=Timer, LED=LED)
        return module

    # -- wires -------------------------------------------------------------------------------

    def output(self, name: str, was: int, level: int) -> None:
        self.writes.append((name, level))
        if name in self.BRIDGE:
            self.settle()
            side, which = self.BRIDGE[name]
            self.body.bridge[side][which] = level
        elif name == "Y11":
            self.settle()
            self.body.powered = bool(level)
        elif name == "Y10":
            self.tofs[1].set_xshut(bool(level))
        elif name in self.TRIGGER and was and not level:
            for sensor in self.TRIGGER[name]:
                self._ping(sensor)

    def _ping(self, sensor: int) -> None:
        if not self.sonars[sensor]:
            return
        self.settle()
        echo = self.pins[self.ECHO[sensor]]
        us = self.body.echo_us(sensor)
        if us is not None:
            us += self.clock.now // 80_000 % 7  # nothing sounds twice the same
        rise = self.clock.now + ECHO_DELAY_US
        self.clock.at(rise, lambda: echo.edge(1))
        self.clock.at(rise + (SILENT_US if us is None else us), lambda: echo.edge(0))

    def tofs_at(self, address: int) -> list[Vl53l0x]:
        """The ToF sensors that answer there; OSError for none."""
        wired = zip(self.tofs, self.tof_wired, strict=True)
        found = [tof for tof, here in wired if here and tof.address == address]
        if not found:
            raise OSError(19)
        return found

    def _measured(self, side: int, budget_us: int, limit: float) -> Shot:
        return self.shot(side)

    def shot(self, side: int) -> Shot:
        mm = self.tof_mm[side]
        self._light = (self._light + 1) % 7  # no two are the same
        return (
            Shot(COMPLETE, mm, 2.0, 0.1 + self._light / 128, 40.0)
            if mm
            else Shot(NO_TARGET, 8_190, 0.1, 0.1, 40.0)
        )

    def inertia(self) -> bytes:
        """The MPU-6050's 14 bytes: upright, 1 g, turning as the body does."""
        self.settle()
        rate = (self.body.speed[0] - self.body.speed[1]) / Body.TRACK  # clockwise
        counts = round(-rate * 180 / math.pi * 65.5) + self.gyro_bias
        self._noise ^= 1  # a real one has it in every value
        values = (self._noise, 0, 8192, 0, 0, 0, max(-32768, counts))
        return b"".join(v.to_bytes(2, "big", signed=True) for v in values)
