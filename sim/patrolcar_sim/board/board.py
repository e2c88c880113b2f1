"""The virtual board: interpreter, flash, ports and pins, in lockstep with a world.

The interpreter and the world advance in turns. A request (rom/chip.py) says how far the program
waits; the world goes there, or to the first interrupt before it, and the reply carries the inputs.
`run` never goes past the time it is given: a request that waits longer stays pending.
"""

from __future__ import annotations

import contextlib
import os
import select
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from patrolcar.errors import PatrolError
from patrolcar_sim.board.image import F405, cache_of, open_image
from patrolcar_sim.board.pins import ERASE, NEVER, UART_SETUP, Car, PinBus
from patrolcar_sim.board.ports import Port
from patrolcar_sim.board.process import Interpreter, find_interpreter
from patrolcar_sim.board.wiring import PYBOARD_V11, Wiring
from patrolcar_sim.uart import FakeUart

WAIT, I2C, REPL, RESET = 0, 1, 2, 3
POWER_ON, HARD, WATCHDOG, DEEPSLEEP, SOFT = 1, 2, 3, 4, 5

HEADER = struct.Struct("<BBHBBHqqq")
OUTPUT = struct.Struct("<BBHiq")
REPLY = struct.Struct("<IqqIIQ8I6I4I20x128s")
assert REPLY.size == 256
INTERRUPT = 1
PAYLOAD = 96  # bytes of a reply that carry data
ENODEV = 19
BANNER = "MicroPython v1.29.0-preview on 2026-07-12; PYBv1.1 with STM32F405RG"

HANG_S = 2.0  # no exchange for so long: the program hangs
SIGINT_S = 0.05  # a Ctrl-C that no exchange has taken by then is sent as a signal
LOOK_S = 0.05  # how often clients that come and go are noticed
AHEAD_US = (
    2_000  # a paced board may run so far ahead: sleeping for less costs more than it is worth
)
MOST_BEHIND_US = 500_000  # a machine that was busy longer is not made up for
BOOT_US = 100_000  # from reset to boot.py, on the chip
GC_US = 3_000  # a collection (facts: several ms on a full heap, about 1 if called often)

# What each of the firmware's tasks takes on a 168 MHz F405: defaults from the estimates in the
# facts (a PI step 46 us, a packed frame 166 us) until they are measured on a board.
TASK_US: dict[str, int] = {}
OTHER_TASK_US = 150


class World(Car, Protocol):
    """What drives the board's time on."""

    def advance(self, to_us: int) -> None: ...


class GroundStation(Protocol):
    """A scripted peer on the telemetry line, inside the lockstep."""

    def receive(self, data: bytes, at_us: int) -> None: ...
    def poll(self, now_us: int) -> bytes: ...


class VirtualBoard:
    """A pyboard v1.1 with its car.

    Attributes:
        now_us: virtual time since power-on.
        resets: the cause of each time it came up, as machine.reset_cause() tells it.
        erases: the flash's wear: erases of each sector, by its offset in the image.
    """

    def __init__(
        self,
        world: World,
        image: Path,
        *,
        wiring: Wiring = PYBOARD_V11,
        ports: bool = True,
        repl_tcp: int = 0,
        uart_tcp: int = 0,
        speed: float | None = None,
        task_us: dict[str, int] | None = None,
    ) -> None:
        self._command = find_interpreter()
        self.image = open_image(image)
        self.world = world
        self.pins = PinBus(wiring, world)
        self._wiring = wiring
        self._task_us = TASK_US if task_us is None else task_us
        self.now_us = 0
        self.resets: list[int] = []
        self.erases: Counter[int] = Counter()
        self.speed = speed
        self.ground_station: GroundStation | None = None
        self.on_console: Callable[[bytes], None] | None = None
        self.on_frames: Callable[[bytes, int], None] | None = None
        self.exchanges = 0
        self.idle_s = 0.0
        self.repl = Port("the REPL", repl_tcp) if ports else None
        try:
            self.uart = Port("the UART", uart_tcp) if ports else None
        except PatrolError:
            if self.repl is not None:
                self.repl.close()
            raise
        self._baud = 0
        self._tx = FakeUart(9600, fifo=1 << 20)
        self._rx = FakeUart(9600, fifo=64)
        self._poll = select.poll()
        for port in (self.repl, self.uart):
            if port is not None:
                port.attach(self._poll)
        self._interpreter: Interpreter | None = None
        self._pending: tuple[int, int, int, int] | None = None  # kind, sequence, target, room
        self._payload = b""
        self._offset_us = 0  # world time at the last reset
        self._watchdog_us = NEVER
        self._interruptible = False
        self._interrupt_at = 0.0
        self._hanging = False
        self._to_stdin = bytearray()
        self._stdin_news = False
        self._last_exchange = 0.0
        self._last_words = ""
        self._next_look = 0.0
        self._wall_base = 0.0
        self._virtual_base = 0
        self._limited = False
        self._cpu = _pick_cpu()

    # -- life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Powers the board on."""
        if self._cpu is not None:
            self._old_affinity = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {self._cpu})
        self._boot(POWER_ON, False)

    def _boot(self, cause: int, raw_repl: bool) -> None:
        self.resets.append(cause)
        if cause == SOFT:
            self.pins.soft_reset()
        else:
            self.pins.reset()
            self.now_us += BOOT_US
            self.world.advance(self.now_us)
        self._offset_us = self.now_us
        self._pending = None
        self._watchdog_us = NEVER
        self._interruptible = False
        self._interrupt_at = 0.0
        self._hanging = False
        self._rx.fifo = 0
        cache_of(self.image).write_bytes(bytes(64 * 1024))
        settings = {
            "reset_cause": cause,
            "raw_repl": raw_repl,
            "unique_id": list(b"patrolcar\x00\x00\x01"),
            "link_uart": self._wiring.uart,
            "gc_us": GC_US,
            "cost_us": self._task_us,
            "other_us": OTHER_TASK_US,
            "filesystem": F405.filesystem,
            "banner": BANNER,
        }
        self._interpreter = Interpreter.start(
            self._command, self.image, cache_of(self.image), settings
        )
        self._poll.register(self._interpreter.from_rom, select.POLLIN)
        self._poll.register(self._interpreter.stdout, select.POLLIN)
        self._last_exchange = time.monotonic()

    def _halt(self) -> None:
        if self._interpreter is None:
            return
        self._console()
        for fd in (self._interpreter.from_rom, self._interpreter.stdout):
            with contextlib.suppress(KeyError, OSError):
                self._poll.unregister(fd)
        self._interpreter.kill()
        self._interpreter = None

    def reset(self, cause: int = HARD) -> None:
        """The reset button."""
        self._halt()
        self._boot(cause, False)

    def stop(self) -> None:
        """Power off; closes the ports."""
        self._halt()
        for port in (self.repl, self.uart):
            if port is not None:
                port.close()
        with contextlib.suppress(OSError):
            cache_of(self.image).unlink()
        if self._cpu is not None:
            os.sched_setaffinity(0, self._old_affinity)

    def __enter__(self) -> VirtualBoard:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- time ------------------------------------------------------------------------------

    def run(self, until_us: int, stop: Callable[[], bool] | None = None) -> None:
        """Goes on to `until_us` of virtual time, or until `stop()`, asked every 20 ms, says so."""
        asked = 0.0
        self._rebase()
        while self.now_us < until_us:
            now = time.monotonic()
            if now >= self._next_look:
                self._look(now)
            if stop is not None and now >= asked:
                if stop():
                    return
                asked = now + 0.02
            if self._pending is None:
                self._serve(0.02)
            elif self._paced(until_us, now):
                self._advance(until_us)

    def _rebase(self) -> None:
        self._wall_base = time.monotonic()
        self._virtual_base = self.now_us

    def _paced(self, until_us: int, now: float) -> bool:
        """Whether the pending request may go on; if not, it has waited a little for the clock."""
        assert self._pending is not None
        speed = self._speed()
        if speed is None:
            return True
        allowed = self._virtual_base + int((now - self._wall_base) * speed * 1e6)
        if allowed - self.now_us > MOST_BEHIND_US:  # do not race to catch up
            self._rebase()
            allowed = self.now_us
        goal = min(self._pending[2], until_us, self.pins.next_event_us)
        if goal - allowed < AHEAD_US or self._wanted():
            return True
        self._serve(min((goal - allowed) / 1e6 / speed, LOOK_S))
        return False

    def _speed(self) -> float | None:
        """Simulated seconds per second, None for no limit.

        An outside client limits to real time unless overridden; so does an idle prompt.
        """
        assert self._pending is not None
        prompt = self._pending[0] == REPL
        if self.speed is None:
            limited = prompt or (self.uart is not None and self.uart.connected)
        else:
            limited = prompt or self.speed != float("inf")
        if limited != self._limited:
            self._limited = limited
            self._rebase()
        if not limited:
            return None
        return 1.0 if self.speed is None or self.speed == float("inf") else self.speed

    def _wanted(self) -> bool:
        """Something was typed for which the pending request must be answered at once."""
        assert self._pending is not None
        if self._pending[0] == REPL and (self._stdin_news or self._to_stdin):
            return True
        return bool(self._interrupt_at) and self._interruptible

    def _look(self, now: float) -> None:
        """What need not be seen at once: clients, slow readers, a hanging program."""
        self._next_look = now + LOOK_S
        for port in (self.repl, self.uart):
            if port is not None:
                port.look()
                if port.waiting:
                    port.flush()
        self._ports_in()
        if self._interpreter is not None and self._pending is None:
            silent = now - self._last_exchange
            if self._interrupt_at and self._interruptible and now > self._interrupt_at + SIGINT_S:
                self._interrupt_at = 0.0
                self._interpreter.interrupt()
            if silent > HANG_S:
                self._hang(silent)

    def _hang(self, silent: float) -> None:
        """The program makes no exchange: the watchdog comes, or the world goes on without it."""
        if self._watchdog_us < NEVER:
            self._world_to(self._watchdog_us)
            self._halt()
            self._boot(WATCHDOG, False)
            return
        if not self._hanging:
            self._hanging = True
            self._rebase()
        speed = self.speed if self.speed not in (None, float("inf")) else 1.0
        assert speed is not None
        elapsed = time.monotonic() - self._wall_base
        self._world_to(max(self.now_us, self._virtual_base + int(elapsed * speed * 1e6)))

    # -- requests --------------------------------------------------------------------------

    def _serve(self, timeout_s: float) -> None:
        """Waits for a request, or anything from the ports, and takes it in."""
        before = time.monotonic()
        assert self._interpreter is not None
        ready = self._poll.poll(timeout_s * 1000)
        if self._pending is not None:
            self.idle_s += time.monotonic() - before
        if not ready:
            return
        request = False
        for fd, event in ready:
            if fd == self._interpreter.from_rom:
                request = True
                gone = bool(event & select.POLLHUP) and not event & select.POLLIN
            elif fd == self._interpreter.stdout:
                self._console()
                if event & select.POLLHUP and not event & select.POLLIN:
                    with contextlib.suppress(KeyError):
                        self._poll.unregister(fd)
            else:
                self._ports_in()
        if request:
            if gone:
                self._died()
            elif self._pending is None:
                self._take_request()

    def _died(self) -> None:
        """The interpreter ended without saying why: the chip would come up again."""
        assert self._interpreter is not None
        self._console()
        code = self._interpreter.process.wait()
        if self.now_us - self._offset_us < 10_000 and len(self.resets) > 3:
            raise PatrolError(
                f"interpreter {self._command[0]} ended by itself at boot (exit code {code}, "
                f"last words {self._last_words!r}): it must be a MicroPython unix build with "
                "VfsLfs2, 1.24 or newer"
            )
        self._halt()
        self._boot(HARD, False)

    def _take_request(self) -> None:
        assert self._interpreter is not None
        fd = self._interpreter.from_rom
        data = os.read(fd, 8192)
        if not data:
            self._died()
            return
        self.exchanges += 1
        self._last_exchange = time.monotonic()
        self._hanging = False
        kind, sequence, n, n_outputs, uart, aux, now, target, watchdog = HEADER.unpack_from(data)
        size = HEADER.size + OUTPUT.size * n_outputs
        while len(data) < size + n:
            data += os.read(fd, 8192)
        offset = self._offset_us
        self._interruptible = bool(kind & 0x80)
        if not self._interruptible:
            self._interrupt_at = 0.0
        kind &= 0x7F
        self._watchdog_us = NEVER if watchdog >= NEVER else watchdog + offset
        if n_outputs:
            self._outputs(OUTPUT.iter_unpack(data[HEADER.size : size]))
        now += offset
        if now > self.now_us:
            self._world_to(now)
        payload = data[size:]
        self._payload = b""
        if kind == RESET:
            self._program_reset(aux & 0xFF, bool(aux >> 8))
            return
        if kind == I2C:
            self._i2c(uart, aux, payload)
        elif payload and uart == self._wiring.uart and self._baud:
            self._tx.send(payload, now)
        if kind != I2C:
            self._rx.fifo = aux
        self._pending = (kind, sequence, target + offset, aux)
        self._result = self._i2c_result if kind == I2C else 0

    def _outputs(self, records: Iterable[tuple[int, ...]]) -> None:
        for kind, index, small, value, at in records:
            at += self._offset_us
            if at > self.now_us:
                self._world_to(at)
            if kind == UART_SETUP:
                self._uart_setup(index, value)
            elif kind == ERASE:
                self.erases[value] += 1
            else:
                self.pins.output(kind, index, small, value, at)

    def _uart_setup(self, number: int, baud: int) -> None:
        if number == self._wiring.uart and baud != self._baud:
            self._baud = baud
            self._tx.baud = baud
            self._rx.baud = baud

    def _program_reset(self, cause: int, raw_repl: bool) -> None:
        self._halt()
        self._boot(cause, raw_repl)

    def _i2c(self, bus: int, aux: int, data: bytes) -> None:
        answer = self.pins.i2c(bus, aux & 0x7F, data, aux >> 7)
        self._i2c_result = ENODEV if answer is None else 0
        self._payload = answer or b""

    # -- the world -------------------------------------------------------------------------

    def _world_to(self, at_us: int) -> None:
        self.world.advance(at_us)
        self.now_us = at_us
        self._line()

    def _line(self) -> None:
        """Moves what has come through the UART by now, both ways."""
        now = self.now_us
        arrived = self._tx.receive(now)
        if arrived:
            if self.on_frames is not None:
                self.on_frames(arrived, now)
            if self.ground_station is not None:
                self.ground_station.receive(arrived, now)
            if self.uart is not None:
                self.uart.write(arrived)
        if self.ground_station is not None:
            answer = self.ground_station.poll(now)
            if answer and self._baud:
                self._rx.send(answer, now)

    def _advance(self, limit_us: int) -> None:
        """Takes the pending request on to its target, an interrupt or the limit."""
        assert self._pending is not None
        kind, sequence, target, room = self._pending
        stop = target if target < limit_us else limit_us
        event = None
        pins = self.pins
        if kind != I2C:
            while pins.next_event_us <= stop:
                at = pins.next_event_us
                if at > self.now_us:
                    self._world_to(at)
                event = pins.take_event(at)
                if event is not None:
                    break
        if kind == REPL and self._to_stdin:
            self._feed_stdin()
        interrupt = bool(self._interrupt_at) and self._interruptible
        typed = kind == REPL and self._stdin_news
        if event is None and stop > self.now_us and not interrupt and not typed:
            self._world_to(stop)
        if event is None and self.now_us < target and not interrupt and not typed:
            return
        self._stdin_news = False
        if interrupt:
            self._interrupt_at = 0.0
        if kind == I2C:
            payload, n = self._payload, 0
        else:
            payload = self._rx.receive(self.now_us, min(room, PAYLOAD))
            n = len(payload)
        offset = self._offset_us
        levels = pins.levels()
        left, right = pins.encoders(self.now_us)
        battery, current = pins.adc()
        counts = [0] * 6
        first, second = self._wiring.encoder_timers
        counts[_ENCODER_PLACE[first]] = left & 0xFFFFFFFF
        counts[_ENCODER_PLACE[second]] = right & 0xFFFFFFFF
        adc = [0] * 8
        adc[self._wiring.battery_adc >> 1] |= battery << (self._wiring.battery_adc & 1) * 16
        adc[self._wiring.current_adc >> 1] |= current << (self._wiring.current_adc & 1) * 16
        reply = REPLY.pack(
            sequence << 8 | (INTERRUPT if interrupt else 0),
            self.now_us - offset,
            min(NEVER, pins.next_event_us - offset),
            0 if event is None else 1,
            0 if event is None else event[1],
            levels,
            *adc,
            *counts,
            self._i2c_result if kind == I2C else 0,
            self._wiring.uart,
            n,
            0,
            payload,
        )
        self._pending = None
        assert self._interpreter is not None
        try:
            os.write(self._interpreter.to_rom, reply)
        except BrokenPipeError:
            self._died()
            return
        self._serve(0.02)

    _i2c_result = 0

    # -- the ports -------------------------------------------------------------------------

    def _ports_in(self) -> None:
        if self.repl is not None:
            self._typed(self.repl.read())
        if self.uart is not None:
            data = self.uart.read()
            if data and self._baud:
                self._rx.send(data, self.now_us)
        if self._to_stdin:
            self._feed_stdin()

    def type(self, data: bytes) -> None:
        """Types at the REPL."""
        self._typed(data)
        self._feed_stdin()

    def _typed(self, data: bytes) -> None:
        if not data:
            return
        if self._interruptible and b"\x03" in data:
            # The port takes the interrupt character out of the stream.
            self._interrupt_at = self._interrupt_at or time.monotonic()
            data = data.replace(b"\x03", b"")
        self._to_stdin += data

    def _feed_stdin(self) -> None:
        if self._interpreter is None or not self._to_stdin:
            return
        try:
            sent = os.write(self._interpreter.stdin, self._to_stdin[:4096])
        except (BlockingIOError, BrokenPipeError):
            return
        del self._to_stdin[:sent]
        self._stdin_news = True

    def _console(self) -> None:
        """What the program printed goes to the REPL port."""
        assert self._interpreter is not None
        while True:
            try:
                data = os.read(self._interpreter.stdout, 65536)
            except (BlockingIOError, ValueError):
                return
            if not data:
                return
            self._last_words = data[-200:].decode(errors="replace").strip().split("\n")[-1]
            if self.on_console is not None:
                self.on_console(data)
            if self.repl is not None:
                self.repl.write(data)


_ENCODER_PLACE = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 8: 5}


def _pick_cpu() -> int | None:
    """One core for the interpreter and the world together.

    They take turns, and handing a turn to another core costs ten times as much as staying.
    """
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2 or sys.platform != "linux":
        return None
    return allowed[os.getpid() % len(allowed)]
