"""The virtual board: power and resets, its interpreter, its ports, and the wall's clock.

The turns that interpreter and world take are in turns.py. `run` never goes past the time that it
is given.
"""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patrolcar.errors import PatrolError
from patrolcar_sim.board.console import Console
from patrolcar_sim.board.image import ImageLock, cache_of, erase_cache, open_image
from patrolcar_sim.board.lockstep import NEVER, Cause, read_request
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel
from patrolcar_sim.board.pace import OneCore, Pace
from patrolcar_sim.board.ports import Port
from patrolcar_sim.board.process import Interpreter, find_interpreter
from patrolcar_sim.board.telemetry_line import TelemetryLine
from patrolcar_sim.board.timing import BOOT_US, TASK_US, at_clock
from patrolcar_sim.board.turns import BACKUP_REGISTERS, REPL, Turns, World

if TYPE_CHECKING:
    from patrolcar_sim.faults.rig import Rig

HANG_S = 2.0  # no exchange for so long: the program hangs
LOOK_S = 0.05  # how often what need not be seen at once is looked at
STEP_US = 10_000  # how far a paced board goes at once
SERVE_S = 0.02  # how long a request is awaited before the next look
DEATHS_AT_BOOT = 3  # so many in a row, and it is not the program's fault


class VirtualBoard(Turns):
    """A board with its car.

    Args:
        model: which board it is.
        speed: simulated seconds per second; see Pace.
        task_us: what the firmware's tasks take on the chip at 168 MHz, by name.

    Attributes, beside those of Turns:
        resets: the cause of each time it came up, as machine.reset_cause() tells it.
        repl, uart: its ports to the outside, None without.
        quirks: what of rom/quirks.py the next run needs; None: nothing of it.
        rig: what faults have to do with it, if any has.
    """

    def __init__(
        self,
        world: World,
        image: Path,
        *,
        model: BoardModel = DEFAULT_MODEL,
        ports: bool = True,
        repl_tcp: int = 0,
        uart_tcp: int = 0,
        speed: float | None = None,
        task_us: dict[str, int] | None = None,
    ) -> None:
        self._command = find_interpreter()
        self.image = open_image(image, model.flash)
        self.model = model.of_image(image)
        self._lock = ImageLock(image)
        self._task_us = {
            name: at_clock(us, model.cpu_hz)
            for name, us in (TASK_US if task_us is None else task_us).items()
        }
        self.resets: list[Cause] = []
        self.repl: Port | None = None
        self.uart: Port | None = None
        self._ports: list[Port] = []
        try:
            if ports:
                self.repl = Port("the REPL", repl_tcp)
                self._ports.append(self.repl)
                self.uart = Port("the UART", uart_tcp)
                self._ports.append(self.uart)
        except PatrolError:
            self._release()
            raise
        super().__init__(world, model.wiring, TelemetryLine(self.uart), Console(self.repl))
        self._poll = select.poll()
        for port in self._ports:
            port.attach(self._poll)
        self._pace = Pace(speed)
        self._core = OneCore()
        self.quirks: dict[str, Any] | None = None
        self.rig: Rig | None = None
        self._looked = 0.0

    # -- life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Powers the board on."""
        self._core.__enter__()
        self._boot(Cause.POWER_ON)

    def _boot(self, cause: Cause, raw_repl: bool = False, dipped: bool = False) -> None:
        self._boots = boot = self._boots + 1
        self.resets.append(cause)
        if cause == Cause.SOFT:  # the chip itself goes on, and its watchdog with it
            self.pins.soft_reset()
        else:
            if cause == Cause.POWER_ON:
                self.pins.power_up()
            else:
                self.pins.reset()
            self._watchdog_us = NEVER
            self._watchdog_timeout_us = 0
            if cause == Cause.POWER_ON and not dipped:
                self.backup = [0] * BACKUP_REGISTERS
            self._world_to(self.now_us + BOOT_US)
            if self._boots != boot:  # it was reset meanwhile
                return
        self._reset_us = self.now_us
        self._leap_us = 0
        self._pending = None
        self._silent_s = 0.0
        self.line.close()
        self.console.reset()
        erase_cache(self.image)
        model = self.model
        settings = {
            **model.settings(),
            "reset_cause": int(cause),
            "raw_repl": raw_repl,
            "cost_us": self._task_us,
            "backup": self.backup,
            "watchdog": [self._watchdog_timeout_us, self._watchdog_us - self.now_us],
            "rtc": self._rtc.settings(self.now_us),
            "quirks": self.quirks,
            "taken_kb": self._taken_kb,
        }
        self._interpreter = Interpreter.start(
            self._command,
            self.image,
            cache_of(self.image),
            settings,
            model.heap - 1024 * self._taken_kb,
        )
        self._poll.register(self._interpreter.from_rom, select.POLLIN)
        self._poll.register(self._interpreter.stdout, select.POLLIN)

    def _halt(self) -> None:
        if self._interpreter is None:
            return
        self.console.drain(self._interpreter.stdout)
        for fd in (self._interpreter.from_rom, self._interpreter.stdout):
            with contextlib.suppress(KeyError):
                self._poll.unregister(fd)
        self._interpreter.kill()
        self._interpreter = None

    def reset(self, cause: Cause = Cause.HARD, raw_repl: bool = False) -> None:
        """Ends the program and boots again; by default as the reset button does."""
        self._halt()
        self._boot(cause, raw_repl)

    def cut_power(self, off_us: int = 0, dipped: bool = False) -> None:
        """Power fails, now, and comes back after a while: only the flash keeps what it holds.

        Where it only `dipped`, the RTC's domain did not lose it and its registers keep theirs.
        """
        self._halt()
        if off_us:
            self.pins.reset()
            boots = self._boots
            self._world_to(self.now_us + off_us)
            if self._boots != boots:
                return
        self._boot(Cause.POWER_ON, dipped=dipped)

    def kill(self) -> None:
        """The interpreter is killed from outside, now; the chip comes up again."""
        if self._interpreter is not None:
            self._interpreter.process.kill()
            self._died()

    def stop(self) -> None:
        """Power off; closes the ports."""
        self._halt()
        self._release()
        with contextlib.suppress(OSError):
            cache_of(self.image).unlink()
        self._core.__exit__()

    def _release(self) -> None:
        for port in self._ports:
            port.close()
        self._lock.release()

    def __enter__(self) -> VirtualBoard:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- time ------------------------------------------------------------------------------

    def run(self, until_us: int, stop: Callable[[], bool] | None = None) -> None:
        """Goes on to `until_us` of virtual time, or until `stop()`, asked every 20 ms, says so."""
        asked = 0.0
        self._pace.rebase(self.now_us)
        while self.now_us < until_us:
            now = time.monotonic()
            if now >= self._looked + LOOK_S:
                self._look(now)
            if stop is not None and now >= asked:
                if stop():
                    return
                asked = now + SERVE_S
            if self._pending is None:
                self._serve(SERVE_S)
            elif (limit := self._in_time(until_us)) is not None:
                self._advance(limit)

    def _in_time(self, until_us: int) -> int | None:
        """How far the pending request may go now; None: it has waited a little for the clock."""
        request = self._pending
        assert request is not None
        prompt = request.kind == REPL
        if self._pace.free and not prompt:
            return until_us
        if self.console.interrupting or (prompt and self.console.waiting):
            return until_us  # somebody typed: answer at once
        if self._stalled:  # an erase takes virtual time; nobody has to wait for it
            self._pace.rebase(self._target)
            return until_us
        connected = self.uart is not None and self.uart.connected
        if not self._pace.limited(self.now_us, prompt, connected):
            return until_us
        # In short steps, so that the world moves and bytes arrive while a program sleeps.
        goal = min(self._target, until_us, self.pins.next_event_us, self.now_us + STEP_US)
        wait_s = self._pace.ahead_s(goal)
        if wait_s:
            self._serve(min(wait_s, LOOK_S))
            return None
        return goal

    def _look(self, now: float) -> None:
        """What need not be seen at once: clients, slow readers, a hanging program."""
        elapsed = min(now - self._looked, 2 * LOOK_S)  # a machine that slept proves nothing
        self._looked = now
        for port in self._ports:
            port.look()
            port.flush()
        self._ports_in()
        if self._interpreter is not None:
            self.console.drain(self._interpreter.stdout)
        if self._interpreter is not None and self._pending is None:
            self._silent_s += elapsed
            if not self._stalled and self.console.take_signal(now):
                self._interpreter.interrupt()
            if self._silent_s > HANG_S:
                self._hang()

    def _hang(self) -> None:
        """The program makes no exchange: the watchdog comes, or the world goes on without it."""
        if self._watchdog_us < NEVER:
            boots = self._boots
            self._world_to(max(self.now_us, self._watchdog_us))
            if self._boots == boots:
                self.reset(Cause.WATCHDOG)
        elif self._silent_s - HANG_S <= 2 * LOOK_S:
            self._pace.rebase(self.now_us)
        else:
            self._world_to(max(self.now_us, self._pace.elapsed_us()))

    # -- the interpreter -----------------------------------------------------------------------

    def _serve(self, timeout_s: float) -> None:
        """Waits for a request, or anything from the ports, and takes it in."""
        interpreter = self._interpreter
        assert interpreter is not None
        if not self._ports and self._request(interpreter):  # as a rule it is there already
            return
        request = False
        for fd, event in self._wait(timeout_s):
            if fd == interpreter.from_rom:
                request = True
            elif fd == interpreter.stdout:
                self.console.drain(fd)
                if event & select.POLLHUP and not event & select.POLLIN:
                    self._poll.unregister(fd)
            else:
                self._ports_in()
        if request:
            self._request(interpreter)

    def _request(self, interpreter: Interpreter) -> bool:
        """Takes in a request, if there is one, and what was printed before it."""
        try:
            request = read_request(interpreter.from_rom)
        except BlockingIOError:
            return False
        if request is None:
            self._died()
            return True
        if request.printed:
            self.console.drain(interpreter.stdout)
        self._take(request)
        return True

    def _wait(self, timeout_s: float) -> list[tuple[int, int]]:
        """What has something to say by then; meanwhile the interpreter computes."""
        return self._poll.poll(timeout_s * 1000)

    def _await(self) -> None:
        self._serve(SERVE_S)

    def _died(self) -> None:
        """The interpreter ended without saying why: the chip comes up again."""
        assert self._interpreter is not None
        self.console.drain(self._interpreter.stdout)
        code = self._interpreter.process.wait()
        self._deaths += 1
        if self._deaths >= DEATHS_AT_BOOT:
            raise PatrolError(
                f"interpreter {self._command[0]} ended by itself at boot (exit code {code}, "
                f"last words {self.console.last_words!r}): it must be a MicroPython unix build "
                "with VfsLfs2, 1.24 or newer"
            )
        self.reset(Cause.HARD)

    # -- the ports -------------------------------------------------------------------------

    def _ports_in(self) -> None:
        if self.repl is not None:
            self.type(self.repl.read())
        if self.uart is not None:
            self.line.hear(self.uart.read(), self.now_us)

    def type(self, data: bytes) -> None:
        """Types at the REPL."""
        self.console.type(data)
        if self._interpreter is not None:
            self.console.feed(self._interpreter.stdin)
