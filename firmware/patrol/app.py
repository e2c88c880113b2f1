"""The car put together: drivers, control, behaviour and link, as tasks of one loop.

    Car().run()

`Car.run` ends only by Ctrl-C (or after `ticks`), and never without the motors being off.
"""

import sys

import stm

import patrol
from patrol.behaviour import faults as parts
from patrol.behaviour import supervisor as rules
from patrol.behaviour.blackbox import REASON, BlackBox
from patrol.behaviour.checks import Checks
from patrol.behaviour.failsafe import Failsafe
from patrol.behaviour.faults import Faults
from patrol.behaviour.manual import Manual
from patrol.behaviour.panel import Panel
from patrol.behaviour.stopping import Stopping
from patrol.behaviour.supervisor import Supervisor
from patrol.behaviour.wander import Wander
from patrol.control.attitude import Attitude
from patrol.control.drive import Drive
from patrol.control.odometry import Odometry
from patrol.control.plausible import Plausible
from patrol.control.wheel_speed import WheelSpeed
from patrol.link.command import Command
from patrol.link.frame import Parser, Writer
from patrol.link.home import Home
from patrol.link.mission import Mission
from patrol.link.parameters import Parameters
from patrol.link.results import ACCEPTED, DENIED, TEMPORARILY_REJECTED
from patrol.link.telemetry import Telemetry
from patrol.portable import const
from patrol.schedule import Schedule
from patrol.senses import Senses
from patrol.store.keys import FS_STALL_PCT

_BUTTON_SAMPLES = const(500)
_BUMPER_SAMPLES = const(250)  # backing off takes 0.9 s, and a look another
_BIAS_TICKS = const(96)  # at rest, before the gyro can be trusted
_TRACES = const(3)  # printed and stored; a fault in every tick would fill the REPL
_UPTIME_MARK = const(0x2A000000)  # see store/crash.py
_CALM_MS = const(2_000)  # from the last change of a parameter until all are stored
_LIVED_MS = const(60_000)  # what crashed in runs before one of that length is forgiven


def _let_go(package, name):
    """Takes a module that is rarely needed off the heap, those below it, and a package that has
    nothing else in it."""
    delattr(package, name)
    above = package.__name__ + "."
    kept = package is patrol
    for loaded in list(sys.modules):
        if loaded.startswith(above + name):
            del sys.modules[loaded]
        elif loaded.startswith(above):
            kept = True
    if not kept:
        _let_go(patrol, above[7:-1])
    pack = sys.modules.get("pack")
    if pack is not None:
        pack.forget()


class Car:
    """All parts as attributes, and their tasks planned on `schedule` in the order of `plan`."""

    def __init__(self):
        ours = "patrol.births" not in sys.modules
        from patrol import births

        self._make()
        if ours and not births.kept:
            births.forget()
            _let_go(patrol, "births")

    def _make(self):
        from machine import unique_id

        from patrol.version import BUILD, VERSION

        self.failures = 0
        self._traced = []
        self.schedule = schedule = Schedule(self._stopped)
        recalled = self._stored("recall")
        settings, parameters, mission, said, self._forgive, self._uptime, self.reset_cause = (
            recalled
        )
        self.parameters = Parameters(*parameters)
        uart, baud, board_version = self._wire(settings)

        self.wheel_left = WheelSpeed()
        self.wheel_right = WheelSpeed()
        self.drive = Drive(
            (self.wheel_left, self.wheel_right), (self.motor_left, self.motor_right)
        )
        self.odometry = Odometry(
            settings["wheel_left"], settings["wheel_right"], settings["track"]
        )
        self.attitude = Attitude()
        self.manual = Manual(self.drive, self.odometry)
        self.wander = Wander(self.drive, self.odometry, self.sonars, self.floor)
        self.checks = Checks(self)
        self.blackbox = BlackBox(self)
        self.panel = Panel(self)

        self.parser = Parser()
        self.writer = writer = Writer(baud, settings["sysid"])
        self.home = Home()
        self.mission = Mission(*mission)
        self.telemetry = Telemetry(uart, writer, self)
        self.command = Command(uart, self)
        self.command.identity = (VERSION, BUILD, unique_id(), board_version)
        self.telemetry.level = settings["log_level"]
        self._say = self.parameters.say = self.telemetry.say
        self.faults = Faults(self._say)
        self.plausible = Plausible(self, (settings["track"] + 50) // 100)
        self.telemetry.spell = self.faults.spell
        self._supervise_by_tables()

        self._say(6, b"patrolcar %d.%d.%d ready" % VERSION)
        print("patrolcar %d.%d.%d build" % VERSION, BUILD.hex() or "none", "ready")
        for severity, text in said:
            self._say(severity, text)
        self.senses = Senses(self)

        schedule.plan(
            (
                # name, function, every, phase: the inputs first, all read within a moment
                ("sense", self._sense, 1, 0),
                ("imu", self.senses.inertia, 1, 0),
                ("odometry", self._estimate, 1, 0),
                ("sonar", self._hear, 1, 0),
                ("tof", self.senses.beam, 2, 1),
                ("command", self.command.step, 1, 0),
                ("supervise", self._supervise, 1, 0),
                ("behave", self._behave, 4, 0),  # in step with the sonars
                ("drive", self._act, 1, 0),
                ("telemetry", self.telemetry.step, 1, 0),
                ("battery", self._power, 5, 1),
                ("lights", self.panel.step, 12, 6),
                ("alive", self._alive, 100, 50),
            )
        )

    def _stored(self, action, *arguments):
        """What store.keep does; its 10 KB of code stay on the heap no longer than that."""
        from patrol.store import keep

        result = getattr(keep, action)(*arguments)
        _let_go(patrol, "store")
        _let_go(patrol, "version")
        return result

    def _wire(self, settings):
        """Makes all drivers; the telemetry UART, its baud rate and the board's version."""
        import board

        from patrol import hardware

        self._standby = hardware.standby(board)
        self.deadman, self.watchdog = hardware.guards(board, self.schedule, self._standby)
        self.motor_left, self.motor_right = hardware.motors(board)
        self.encoder_left, self.encoder_right = hardware.encoders(board, settings)
        self.sonars = hardware.sonars(board)
        self.battery = hardware.battery(board, settings)
        self.bumper, self.button = hardware.switches(board)
        self.leds = hardware.leds(board)
        self.buzzer = hardware.buzzer(board)
        self.floor = hardware.floor(board, settings)
        self.bus = hardware.bus(board)
        self.imu = hardware.imu(board, self.bus.i2c, settings)
        self.xshut = hardware.xshut(board)
        self.tofs = hardware.tofs(self.bus.i2c)
        if self.xshut is not None:
            self.start_tofs()
        uart = hardware.uart(board)
        # Needed once: 6 KB of names and code that a 108 KB heap has better use for.
        _let_go(patrol, "hardware")
        _let_go(patrol.drivers, "chemistry")
        del sys.modules["board"]
        return uart, board.UART_BAUD, board.VERSION

    def start_tofs(self):
        """Starts both ToF sensors. Its 4 KB of code stay on the heap no longer than that."""
        from patrol.drivers import tof_setup

        tof_setup.start(self.bus.i2c, self.xshut)
        _let_go(patrol.drivers, "tof_setup")

    def uploader(self):
        """The class that takes a mission; its 3 KB of code stay as long as one is taken."""
        from patrol.link import upload

        made = upload.Upload
        _let_go(patrol.link, "upload")
        return made

    def keep_mission(self, items):
        """Stores a mission, of ITEM bytes each: what `recall` finds of it, or None: no room."""
        return self._stored("keep_mission", items)

    def _supervise_by_tables(self):
        """Makes the Supervisor over this car's actions, and the Failsafe."""
        from patrol.behaviour import failsafe_table, transitions

        self.stopping = Stopping(self)

        actions = (
            None,
            self._power_on,
            self._power_off,
            self.drive.halt,
            self.wander.retreat,
            None,
            self.manual.start,
            self.wander.start,
        )
        self.supervisor = Supervisor(transitions.TABLE, actions, self._say, self.stopping.begin)
        self.failsafe = Failsafe(self, failsafe_table.TABLE)
        _let_go(patrol.behaviour, "transitions")  # 4 KB that they have made 100 bytes of
        _let_go(patrol.behaviour, "failsafe_table")

    # Running.

    def run(self, ticks=None):
        """Runs for ever, or for so many ticks; the motors are off whenever it ends."""
        schedule = self.schedule
        self.deadman.release()
        schedule.start()
        end = None if ticks is None else schedule.ticks + ticks
        try:
            while end is None or schedule.ticks < end:
                try:
                    schedule.run(None if end is None else end - schedule.ticks)
                except Exception as error:
                    self._failed(error)
        finally:
            self._power_off()
            stm.mem32[self._uptime] = 0  # whatever comes now is no death of the loop
            self.supervisor.post(rules.DISARM)
            self.deadman.release(self.watchdog.feed)
            self._keep_box()  # whoever stops it here may have come for that

    def _failed(self, error):
        self._power_off()  # before anything that takes time
        self.supervisor.post(rules.EXCEPTION)
        self.failures += 1
        name = repr(error)
        if name in self._traced or len(self._traced) == _TRACES:
            return
        self._traced.append(name)
        try:
            self._stored("note", error, self.schedule, self.failures)
            self._keep_box()
        except Exception as other:
            sys.print_exception(error)
            sys.print_exception(other)

    def _keep_box(self):
        box = self.blackbox
        if box.left < 0 or (not box.left and box.aside[REASON]):
            if not self._keep("box", box):
                box.begin(0)  # of what may fail, once is enough

    def _keep(self, action, what):
        """Stores something, and says so; False where there is no memory for that."""
        try:
            self._say(*self._stored(action, what))
        except (MemoryError, ImportError):  # to look for a module takes memory, too
            self._say(3, b"not stored: no memory")
            return False
        return True

    def _stopped(self):
        return not self.drive.powered

    # Requests of persons: the start button and the link.

    def request(self, event):
        """Asks for a transition: a MAV_RESULT; a refusal is said in words."""
        supervisor = self.supervisor
        reason = None
        if event == rules.ARM and not supervisor.armed():
            reason = self.checks.arming()
        elif event == rules.MODE_AUTO and supervisor.armed():
            reason = self.checks.auto()
        elif event == rules.MODE_MANUAL and supervisor.armed():
            reason = self.failsafe.holds()
        if reason is not None:
            self._say(4, reason)
            return TEMPORARILY_REJECTED
        if supervisor.post(event):
            return ACCEPTED
        self._say(4, b"refused in this state; arm first, or disarm to clear")
        return DENIED

    # Actions of the supervisor.

    def _power_on(self):
        self.watchdog.start()
        self.drive.halt()
        self.deadman.watch()
        self._standby.value(1)
        self.drive.powered = True

    def _power_off(self):
        self._standby.value(0)
        self.deadman.watching = False
        self.drive.release()

    # Tasks.

    def _sense(self):
        dt = self.schedule.dt_us
        self.encoder_left.sample(dt)
        self.encoder_right.sample(dt)
        self.bumper.sample()
        self.button.sample()
        if self.floor.sample(not self.odometry.at_rest):
            for i in range(5):
                self.faults.set(parts.FLOOR + i, self.floor.faults[i])
        self.command.look()

    def _hear(self):
        sonars = self.sonars
        sonars.step(not self.odometry.at_rest)
        if sonars.fresh:
            for i in range(3):
                self.faults.set(i, sonars.sonars[i].fault)

    def _estimate(self):
        imu = self.imu
        trusted = imu.fresh and imu.settled >= _BIAS_TICKS
        yaw = imu.yaw_urad_s if trusted else 0
        dt = self.schedule.dt_us
        self.odometry.step(self.encoder_left.delta, self.encoder_right.delta, dt, yaw, trusted)
        found = self.plausible.step(dt, yaw, trusted)
        if found & ~1 == parts.BLOCKED:
            self.failsafe.stalled = True
        elif found:
            self.supervisor.post(rules.WHEEL)

    def _supervise(self):
        self.watchdog.feed()
        if self.button.pressed:
            self.panel.press()
        if self.deadman.tripped:
            self.supervisor.post(rules.LOOP_STOPPED)
        self.failsafe.step()
        self.stopping.step()

    def _behave(self):
        state = self.supervisor.state
        if state == rules.AUTO:
            if self.wander.step(self.failsafe.bars()):
                self.supervisor.post(rules.STUCK)
        elif state == rules.MANUAL:
            if self.manual.step(self.schedule.ms, self.failsafe.bars()):
                self.supervisor.post(rules.DEADMAN)

    def _act(self):
        self.drive.step(
            self.encoder_left.speed,
            self.encoder_right.speed,
            self.battery.supply_mv,
            self.parameters.values[FS_STALL_PCT],
        )
        self.blackbox.step()

    def _power(self):
        battery = self.battery
        battery.sample(50)
        faults = self.faults
        faults.set(parts.BATTERY, battery.fault)
        faults.set(parts.BUMPER, parts.STUCK if self.bumper.held >= _BUMPER_SAMPLES else 0)
        faults.set(parts.BUTTON, parts.STUCK if self.button.held >= _BUTTON_SAMPLES else 0)
        imu = self.imu
        if not imu.fault:
            self.attitude.step(imu.accel_x, imu.accel_y, imu.accel_z)

    def _alive(self):
        ms = self.schedule.ms
        stm.mem32[self._uptime] = _UPTIME_MARK | (ms // 1000 & 0xFFFFFF)
        if self._forgive and ms >= _LIVED_MS and not self.drive.powered and not self.failures:
            self._forgive = False
            self._stored("forgive")
        if not self.drive.powered:
            self.senses.mend()
            if self.odometry.at_rest:
                self._keep_box()
            parameters = self.parameters
            if parameters.changed and ms - parameters.changed_ms >= _CALM_MS:
                parameters.changed = False
                self._keep("save", parameters.values)
