"""The main job, whole: an empty board is flashed, boots, and patrols while a person watches.

Everything goes the way it would with a real car: mpremote copies the firmware through the REPL,
and all that is seen and recorded came as MAVLink over the UART.
"""

import math
import shlex
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from patrolcar.errors import PatrolError
from patrolcar.flash.build import DEFAULT_BOARD, board_data
from patrolcar.flash.flash import Options as FlashOptions
from patrolcar.flash.flash import transfer
from patrolcar.flash.repl import Repl
from patrolcar.simulation import Simulation
from patrolcar.verdict import Verdict, judge
from patrolcar.view.feed import Feed
from patrolcar.view.live import LiveWindow, window_backend
from patrolcar.view.monitor import Monitor
from patrolcar.view.state import Telemetry

ANSWER_TIMEOUT_S = 30.0
COMMAND_TIMEOUT_S = 15.0  # the car may calibrate its gyro before it lets itself be armed
RESEND_S = 1.0
SILENCE_S = 10.0
WARNING = 4  # MAV_SEVERITY
DYING_S = 1.0  # a simulator whose port has gone may take a moment to end
POLL_S = 0.02
PHASES = 4
# How long an orphaned simulator goes on at most, in wall time.
SETUP_LIMIT_S = 600.0
FASTEST = 100.0


@dataclass(frozen=True)
class Options:
    """What `patrol demo` was asked for; `speed` is in simulated seconds per second.

    Without a speed the drive takes real time, because a client watches it, while the copying
    before it, which costs a real board's erase times, goes as fast as it can.
    """

    seconds: float = 60.0
    world: str = "office"
    seed: int = 1
    speed: float | None = None
    out: Path = Path("patrol-demo")
    window: bool = True
    board: str = DEFAULT_BOARD


class Demo:
    """One run; `simulator` replaces the simulator's command in tests."""

    def __init__(
        self, options: Options, console: Console, simulator: list[str] | None = None
    ) -> None:
        self._options = options
        self._console = console
        self._simulator = simulator
        self._phase = 0

    def run(self) -> Verdict:
        """Runs the demo; the verdict of a drive that got to its end, else PatrolError."""
        options = self._options
        board_data(options.board)  # refuses one that there is none of
        tlog = options.out / "run.tlog"
        picture = options.out / "report.png"
        try:
            options.out.mkdir(parents=True, exist_ok=True)
            for old in (tlog, picture):
                old.unlink(missing_ok=True)
        except OSError as error:
            raise PatrolError(
                f"{options.out} cannot be written: {error.strerror or error}: pass another --out"
            ) from error
        telemetry = Telemetry(history_s=60.0, from_boot=True)
        with tempfile.TemporaryDirectory(prefix="patrol-demo-") as scratch:
            simulation = Simulation(self._arguments(Path(scratch)), self._simulator)
            with ExitStack() as stack:
                with self._step(f"starting the virtual board in the world {options.world}"):
                    stack.enter_context(simulation)
                try:
                    self._flash(simulation)
                    patrolled_s, speed = self._drive(simulation, telemetry, tlog)
                except PatrolError as error:
                    if simulation.ended(DYING_S):
                        raise PatrolError(f"the simulator ended: {simulation.reason()}") from error
                    raise
            verdict = judge(telemetry, simulation.summary, patrolled_s, speed)
            with self._step(f"drawing {picture}"):
                self._report(tlog, picture, simulation, verdict)
        return verdict

    def _arguments(self, scratch: Path) -> list[str]:
        options = self._options
        limit = options.seconds + SETUP_LIMIT_S * min(options.speed or FASTEST, FASTEST)
        pace = [] if options.speed is None else ["--speed", _speed_word(options.speed)]
        return [
            *("--world", options.world),
            *("--seed", str(options.seed)),
            *("--board", options.board),
            *pace,
            *("--flash", str(scratch / "flash.img")),
            *("--duration", f"{limit:.0f}"),
        ]

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        """Shows one phase of the run and how long it took."""
        self._phase += 1
        started = time.monotonic()
        title = f"[{self._phase}/{PHASES}] {what}"
        if self._console.is_terminal:
            with self._console.status(title.replace("[", r"\[")):
                yield
        else:
            yield
        took = time.monotonic() - started
        self._console.print(f"{title} ({took:.1f} s)", markup=False, highlight=False)

    def _flash(self, simulation: Simulation) -> None:
        step = self._step("compiling the firmware and copying it with mpremote")
        with step, Repl(simulation.repl) as board:
            done = transfer(board, FlashOptions(board=self._options.board), lambda *_: None)
        self._console.print(f"      {done.line()}", markup=False, highlight=False)

    # -- the drive

    def _drive(
        self, simulation: Simulation, telemetry: Telemetry, tlog: Path
    ) -> tuple[float, float]:
        """Boots the firmware and patrols; simulated seconds of patrol and those per second."""
        from patrolcar.link.connection import connect
        from patrolcar.link.tlog import TlogWriter

        with ExitStack() as stack:
            link = connect(simulation.uart)
            stack.callback(link.close)
            writer = stack.enter_context(TlogWriter(tlog))
            feed = Feed(link, telemetry, writer, talk=True)
            with self._step("booting the firmware, arming, starting to patrol"):
                with Repl(simulation.repl) as board:
                    board.reset()
                self._wait(feed, lambda: telemetry.heartbeats > 0, "booted")
                self._insist(link.arm)
                link.set_mode("AUTO")
            begun_s, begun = telemetry.time_s, time.monotonic()
            self._watch(feed, begun_s + self._options.seconds, lambda: link.set_mode("AUTO"))
            patrolled_s, took = telemetry.time_s - begun_s, time.monotonic() - begun
            link.set_mode("HOLD")
            link.disarm()
            # The counts are exact at a LOOP_TIMING: let one more come, and the news of disarming.
            sent = telemetry.sent
            self._wait(feed, lambda: telemetry.sent > sent and not telemetry.armed, "disarmed")
        return patrolled_s, patrolled_s / took if took > 0 else 0.0

    def _wait(self, feed: Feed, done: Callable[[], bool], when: str) -> None:
        end = time.monotonic() + ANSWER_TIMEOUT_S
        while not done():
            feed.poll(POLL_S)
            if time.monotonic() > end:
                raise PatrolError(
                    f"the car, {when}, was silent for {ANSWER_TIMEOUT_S:.0f} s: "
                    f"{feed.telemetry.received} frames came{_last_words(feed.telemetry)}"
                )

    def _insist(self, command: Callable[[], None]) -> None:
        """Repeats a refused command for a while: the car may still be calibrating its gyro."""
        end = time.monotonic() + COMMAND_TIMEOUT_S
        while True:
            try:
                return command()
            except PatrolError:
                if time.monotonic() > end:
                    raise
                time.sleep(RESEND_S)

    def _watch(self, feed: Feed, until_s: float, go_on: Callable[[], None]) -> None:
        """Shows the car until its clock says `until_s`: in a window, else as a table."""
        telemetry = feed.telemetry

        def over() -> bool:
            if telemetry.silence_s(time.monotonic()) > SILENCE_S:
                raise PatrolError(f"no telemetry for {SILENCE_S:.0f} s: the board stands still")
            if telemetry.restarts:
                raise PatrolError(f"the board restarted during the drive{_last_words(telemetry)}")
            if telemetry.state == "FAULT":
                raise PatrolError(f"the car went into FAULT{_last_words(telemetry)}")
            return telemetry.time_s >= until_s

        if self._options.window and window_backend() is not None:
            try:
                window = LiveWindow(feed, "patrol car")
            except PatrolError as error:
                self._console.print(str(error), markup=False)
            else:
                window.run(over)
                window.close()
        if over():
            return
        with Monitor(telemetry, self._console) as monitor:
            patrolling = False
            while not over():
                if patrolling and telemetry.mode != "AUTO":
                    # Faster than real time, three silent seconds of the car's are an instant of
                    # ours: it may hold for a link that is not lost. Then it is sent on.
                    if telemetry.mode != "HOLD" or self._options.speed in (None, 1.0):
                        raise PatrolError(
                            f"the car left AUTO for {telemetry.mode} at {telemetry.time_s:.1f} s"
                            f"{_last_words(telemetry)}"
                        )
                    go_on()
                patrolling = telemetry.mode == "AUTO"
                feed.poll(POLL_S)
                monitor.update()

    def _report(self, tlog: Path, picture: Path, simulation: Simulation, verdict: Verdict) -> None:
        from patrolcar.view.report import write_report

        write_report(tlog, picture, simulation.summary.get("outline"), "\n".join(verdict.lines()))


def _speed_word(speed: float) -> str:
    return "max" if math.isinf(speed) else f"{speed:g}"


def _last_words(telemetry: Telemetry) -> str:
    """What the car said last, to end an error's line with."""
    # A warning is the reason; the news of the mode that follows from it is not.
    lines = [line for line in telemetry.log if line.severity <= WARNING] or list(telemetry.log)
    return f": it said {lines[-1].text!r}" if lines else ""


def run_demo(options: Options, console: Console) -> None:
    """Runs the demo and prints its verdict; PatrolError when the drive did not work."""
    tlog = options.out / "run.tlog"
    try:
        verdict = Demo(options, console).run()
    except KeyboardInterrupt:
        if tlog.is_file():
            said = f"stopped; what came until then: patrol report {shlex.quote(str(tlog))}"
            console.print(said, markup=False, highlight=False, soft_wrap=True)
        raise
    console.print(verdict.line(), markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"recording {tlog}, picture {options.out / 'report.png'}",
        markup=False,
        highlight=False,
    )
    if verdict.failure is not None:
        raise PatrolError(f"the drive failed: {verdict.failure}")
