# _pyb_timer.py: pyb.Timer with PWM, encoder, output-compare and input-capture channels.
#
# As on the port, callbacks are hard interrupts, and one that raises is disabled.

import chip
import pinout
from _machine_pin import Pin

_NOTHING = object()  # no argument: a tuple of arguments would allocate
_PWM, _PWM_INVERTED, _OC_TIMING, _IC, _ENC_A, _ENC_B, _ENC_AB = 0, 1, 2, 8, 9, 10, 11


class Timer:
    UP, DOWN, CENTER = 0, 16, 32
    PWM, PWM_INVERTED, OC_TIMING, OC_ACTIVE, OC_INACTIVE = 0, 1, 2, 3, 4
    OC_TOGGLE, OC_FORCED_ACTIVE, OC_FORCED_INACTIVE, IC = 5, 6, 7, 8
    ENC_A, ENC_B, ENC_AB = 9, 10, 11
    HIGH, LOW = 0, 2
    RISING, FALLING, BOTH = 0, 2, 10
    BRK_OFF, BRK_LOW, BRK_HIGH = 0, 1, 2

    _all = {}

    def __new__(cls, id, **settings):
        if id not in pinout.TIMERS:
            raise ValueError("Timer(%s) doesn't exist" % id)
        timer = Timer._all.get(id)
        if timer is None:
            timer = object.__new__(cls)
            timer._id = id
            timer._name = "Timer(%d)" % id
            timer._clear()
            Timer._all[id] = timer
        if settings:
            timer.init(**settings)
        return timer

    def __init__(self, id, **settings):
        pass

    def _clear(self):
        self._prescaler = 0
        self._period = 0
        self._callback = None
        self._channels = {}
        self._encoder = 0
        self._base = 0
        self._count = 0
        self._started = 0
        self._due = chip.NEVER

    def source_freq(self):
        return pinout.FAST_TIMER_HZ if self._id in pinout.FAST_TIMERS else pinout.TIMER_HZ

    def init(
        self,
        *,
        freq=None,
        prescaler=-1,
        period=-1,
        mode=UP,
        div=1,
        callback=None,
        deadtime=0,
        brk=BRK_OFF,
    ):
        if mode not in (0, 16, 32):
            raise ValueError("invalid mode (%d)" % mode)
        if freq is not None:
            self._set_freq(freq)
        elif prescaler >= 0 and period >= 0:
            self._prescaler = prescaler
            self._period = period
        else:
            raise TypeError("must specify either freq, or prescaler and period")
        self._started = chip.now
        self._count = 0
        if callback is not None:
            self.callback(callback)

    def _set_freq(self, freq):
        if freq <= 0:
            raise ValueError("must have positive freq")
        period = max(1, int(self.source_freq() / freq))
        limit = 0x40000000 if self._id in pinout.WIDE_TIMERS else 0x10000
        prescaler = 1
        while period // prescaler > limit:
            prescaler += 1
        self._prescaler = prescaler - 1
        self._period = period // prescaler - 1

    def deinit(self):
        chip.remove_timer(self)
        for channel in self._channels.values():
            channel._stop()
        self._clear()

    @micropython.native
    def _cycle_us(self):
        ticks = (self._prescaler + 1) * (self._period + 1)
        return max(1, ticks * 1_000_000 // self.source_freq())

    def freq(self, value=_NOTHING):
        if value is not _NOTHING:
            self._set_freq(value)
            self._reschedule()
            return None
        if not self._period:
            return 0
        return self.source_freq() // ((self._prescaler + 1) * (self._period + 1))

    def prescaler(self, value=_NOTHING):
        if value is _NOTHING:
            return self._prescaler
        self._prescaler = value
        self._reschedule()

    def period(self, value=_NOTHING):
        if value is _NOTHING:
            return self._period
        self._period = value
        self._reschedule()

    @micropython.native
    def counter(self, value=_NOTHING):
        """The counter; under an encoder it counts quadrature edges, else clock ticks."""
        if self._encoder:
            chip.fresh_inputs()
            raw = chip.reply[17 + pinout.ENCODER_TIMERS[self._id]]
            if self._encoder != _ENC_AB:
                raw >>= 1
            if value is not _NOTHING:
                self._base = raw - value
                return None
            return (raw - self._base) % (self._period + 1)
        chip.fresh()
        rate = self.source_freq() // (self._prescaler + 1)
        elapsed = (chip.now - self._started) * rate // 1_000_000
        if value is not _NOTHING:
            self._count = value - elapsed
            return None
        return (elapsed + self._count) % (self._period + 1)

    def callback(self, function):
        self._callback = function
        if function is None:
            self._due = chip.NEVER
            chip.remove_timer(self)
        else:
            chip.add_timer(self)
            self._reschedule()

    def _reschedule(self):
        if self._callback is not None:
            cycle = self._cycle_us()
            self._due = chip.now + cycle
            chip.soon(cycle)

    @micropython.native
    def _fire(self):
        # Overflows that came while no interrupt could are one pending flag.
        cycle = self._cycle_us()
        self._due += cycle * ((chip.now - self._due) // cycle + 1)
        if self._callback is not None and not chip.run_hard(self._callback, self, self._name):
            self.callback(None)

    def channel(
        self,
        number,
        mode=None,
        *,
        callback=None,
        pin=None,
        pulse_width=0,
        pulse_width_percent=None,
        compare=0,
        polarity=-1,
    ):
        if number not in (1, 2, 3, 4):
            raise ValueError("invalid channel (%s)" % number)
        if mode is None:
            return self._channels.get(number)
        af = 0
        if pin is not None:
            if not isinstance(pin, Pin):
                raise ValueError("pin argument needs to be be a Pin type")
            for n, alternate in pinout.TIMER_PINS.get((self._id, number), ()):
                if n == pin._n:
                    af = alternate
            if not af:
                raise ValueError(
                    "Pin(%s) doesn't have an af for Timer(%d)" % (pin.name(), self._id)
                )
            pin.init(Pin.AF_PP, af=af)
        if mode in (_ENC_A, _ENC_B, _ENC_AB):
            if self._id not in pinout.ENCODER_TIMERS:
                raise ValueError("encoder not supported on timer %d" % self._id)
            self._encoder = mode
            chip.fresh_inputs()
            self._base = chip.reply[17 + pinout.ENCODER_TIMERS[self._id]]
        elif not _PWM <= mode <= _IC:
            raise ValueError("invalid mode (%d)" % mode)
        channel = TimerChannel(self, number, mode, pin)
        self._channels[number] = channel
        if mode > _PWM_INVERTED:
            channel._width = compare
        elif pulse_width_percent is None:
            channel.pulse_width(pulse_width)
        else:
            channel.pulse_width_percent(pulse_width_percent)
        if mode == _IC:
            channel._watch(polarity)
        if callback is not None:
            channel.callback(callback)
        return channel


class TimerChannel:
    def __init__(self, timer, number, mode, pin):
        self._timer = timer
        self._number = number
        self._mode = mode
        self._pin = pin
        self._width = 0
        self._captured = 0
        self._callback = None

    def _watch(self, polarity):
        """Input capture: the edges of its pin, rising ones (-1) unless told otherwise."""
        pin = self._pin
        if pin is None:
            raise ValueError("input capture needs a pin")
        edges = {-1: 1, Timer.RISING: 1, Timer.FALLING: 2, Timer.BOTH: 3}.get(polarity)
        if edges is None:
            raise ValueError("invalid polarity (%d)" % polarity)
        line = pin._n & 15
        chip.edge_handlers[line] = self._capture
        chip.edge_pins[line] = pin
        chip.edge_hard[line] = True
        chip.output(chip.IRQ, pin._n, edges, 0)

    def _capture(self, pin):
        # The hardware latches at the edge itself: take the interrupt's latency off again.
        timer = self._timer
        rate = timer.source_freq() // (timer._prescaler + 1)
        elapsed = (chip.now - chip.IRQ_LATENCY_US - timer._started) * rate // 1_000_000
        self._captured = (elapsed + timer._count) % (timer._period + 1)
        if self._callback is not None:
            self._callback(timer)

    def _stop(self):
        if self._pin is not None and self._mode <= _PWM_INVERTED:
            chip.output(chip.PWM, self._pin._n, 0, 0)

    @micropython.native
    def pulse_width(self, value=_NOTHING):
        if value is _NOTHING:
            return self._width
        self._width = width = value
        duty = width * 65536 // (self._timer._period + 1)
        if duty > 65536:
            duty = 65536
        if self._mode == _PWM_INVERTED:
            duty = 65536 - duty
        if self._pin is not None:
            chip.output(chip.PWM, self._pin._n, 0, duty)

    def pulse_width_percent(self, value=_NOTHING):
        cycle = self._timer._period + 1
        if value is _NOTHING:
            return self._width * 100 / cycle
        self.pulse_width(int(cycle * value / 100))

    compare = pulse_width

    def capture(self, value=_NOTHING):
        chip.fresh()
        return self._captured

    def callback(self, function):
        self._callback = function
        if function is not None and self._mode != _IC:
            raise NotImplementedError("a channel's callback is built for input capture alone")
