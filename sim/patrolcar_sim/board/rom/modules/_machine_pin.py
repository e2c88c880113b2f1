# _machine_pin.py: Pin, Signal, ADC and PWM of the machine module.

import chip
import pinout

_NOTHING = object()  # no argument: a tuple of arguments would allocate
_ADC_US = 12  # one conversion through HAL, configuration included (estimated)


class _Names:
    """Pin.board and Pin.cpu: each pin as an attribute."""

    def __init__(self, of_board):
        self._of_board = of_board

    def __getattr__(self, name):
        n = pinout.BOARD.get(name, -1) if self._of_board else pinout.cpu_number(name)
        if n < 0:
            raise AttributeError("no pin %s" % name)
        return Pin(n)


class Pin:
    """A pin of the processor; the same object for the same pin, as on the port."""

    IN, OUT, OPEN_DRAIN, ALT, ALT_OPEN_DRAIN, ANALOG = 0, 1, 0x11, 2, 0x12, 3
    OUT_PP, OUT_OD, AF_PP, AF_OD = 1, 0x11, 2, 0x12
    PULL_NONE, PULL_UP, PULL_DOWN = 0, 1, 2
    IRQ_RISING, IRQ_FALLING = 0x10110000, 0x10210000

    _all = [None] * 64

    def __new__(cls, id, *args, **settings):
        if isinstance(id, Pin):
            pin = id
        else:
            n = pinout.number(id) if isinstance(id, str) else id if isinstance(id, int) else -1
            if n < 0:
                raise ValueError("Pin(%s) doesn't exist" % id)
            pin = Pin._all[n]
            if pin is None:
                pin = object.__new__(cls)
                pin._n = n
                pin._mask = 1 << (n & 31)
                pin._word = 7 + (n >> 5)
                pin._mode = Pin.IN
                pin._pull = 0
                pin._level = 0
                pin._af = 0
                Pin._all[n] = pin
        if args or settings:
            pin.init(*args, **settings)
        return pin

    def __init__(self, id, *args, **settings):
        pass

    def init(self, mode, pull=None, af=-1, *, value=_NOTHING, alt=-1):
        if mode not in (0, 1, 0x11, 2, 0x12, 3):
            raise ValueError("invalid pin mode: %d" % mode)
        if pull is None:
            pull = 0
        if pull not in (0, 1, 2):
            raise ValueError("invalid pin pull: %d" % pull)
        if mode in (2, 0x12):
            self._af = af if alt == -1 else alt
            if not 0 <= self._af <= 15:
                raise ValueError("invalid pin af: %d" % self._af)
        # The level is set before the pin drives, as the port does.
        if value is not _NOTHING:
            self._set(1 if value else 0)
        self._mode = mode
        self._pull = pull
        chip.output(chip.MODE, self._n, self._mode & 3 | self._pull << 4, self._level)

    @micropython.native
    def _set(self, level):
        self._level = level
        chip.output(chip.LEVEL, self._n, 0, level)
        chip.soon(chip.EVENT_US)

    @micropython.native
    def value(self, x=_NOTHING):
        if x is not _NOTHING:
            level = 1 if x else 0
            self._level = level
            chip.output(chip.LEVEL, self._n, 0, level)
            chip.soon(chip.EVENT_US)
            return None
        if self._mode == 1:
            chip.now += 1
            return self._level
        chip.fresh()
        return 1 if chip.reply[self._word] & self._mask else 0

    __call__ = value

    def on(self):
        self._set(1)

    def off(self):
        self._set(0)

    high = on
    low = off

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, hard=False):
        line = self._n & 15
        if trigger & ~0x10310000 or not trigger & 0x300000:
            raise ValueError("invalid pin irq trigger: %d" % trigger)
        other = chip.edge_pins[line]
        if chip.edge_handlers[line] is not None and other is not self:
            raise OSError("IRQ resource already taken by Pin('%s')" % pinout.cpu_name(other._n))
        chip.edge_handlers[line] = handler
        chip.edge_pins[line] = self
        chip.edge_hard[line] = hard
        edges = 0 if handler is None else trigger >> 20 & 3
        chip.output(chip.IRQ, self._n, edges, 0)
        chip.soon(0)

    def name(self):
        return pinout.cpu_name(self._n)

    def names(self):
        return [self.name()] + [k for k, n in pinout.BOARD.items() if n == self._n]

    def port(self):
        return self._n >> 4

    def pin(self):
        return self._n & 15

    def mode(self):
        return self._mode

    def pull(self):
        return self._pull

    def af(self):
        return self._af

    def __repr__(self):
        return "Pin(Pin.cpu.%s, mode=%d)" % (self.name(), self._mode)


Pin.board = _Names(True)
Pin.cpu = _Names(False)


class Signal:
    """A pin whose active level may be low."""

    def __init__(self, pin, *args, invert=False, **settings):
        self._pin = pin if isinstance(pin, Pin) and not args else Pin(pin, *args, **settings)
        self._invert = 1 if invert else 0

    @micropython.native
    def value(self, x=_NOTHING):
        if x is not _NOTHING:
            self._pin.value((1 if x else 0) ^ self._invert)
            return None
        return self._pin.value() ^ self._invert

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


class ADC:
    """A channel of the 12-bit converter; 3.3 V is full scale."""

    def __init__(self, source):
        channel = -1
        if isinstance(source, int):
            channel = source if 0 <= source <= 15 else -1
        else:
            pin = Pin(source)
            channel = pinout.ADC_PINS.get(pin._n, -1)
            if channel >= 0:
                pin.init(Pin.ANALOG)
        if channel < 0:
            raise ValueError("pin does not have ADC capabilities")
        self._word = 9 + (channel >> 1)
        self._shift = (channel & 1) << 4

    @micropython.native
    def read_u16(self):
        chip.fresh_inputs(_ADC_US)
        raw = chip.reply[self._word] >> self._shift & 0xFFF
        return raw << 4 | raw >> 8


class PWM:
    """A timer's channel as PWM; all channels of a timer share its frequency."""

    def __init__(self, pin, freq=-1, *, duty_u16=-1, duty_ns=-1, invert=-1):
        from pyb import Timer

        self._pin = pin if isinstance(pin, Pin) else Pin(pin)
        timer = 0
        for place in sorted(pinout.TIMER_PINS):
            if any(n == self._pin._n for n, _ in pinout.TIMER_PINS[place]):
                timer, self._channel = place
                break
        if not timer:
            raise ValueError("PWM is not available on pin %s" % self._pin.name())
        self._timer = Timer(timer)
        self._invert = False
        self._duty = 0
        self._ch = None
        self.init(freq, duty_u16=duty_u16, duty_ns=duty_ns, invert=invert)

    def init(self, freq=-1, *, duty_u16=-1, duty_ns=-1, invert=-1):
        if invert != -1 and bool(invert) != self._invert:
            self._invert = bool(invert)
            self._ch = None
        if freq > 0:
            self._timer.init(freq=freq)
        if duty_ns >= 0:
            duty_u16 = duty_ns * self._timer.freq() * 65535 // 1_000_000_000
        if duty_u16 >= 0:
            self._duty = min(duty_u16, 65535)
        if self._ch is None and self._timer.freq() > 0:
            mode = self._timer.PWM_INVERTED if self._invert else self._timer.PWM
            self._ch = self._timer.channel(self._channel, mode, pin=self._pin)
        self._apply()

    def _apply(self):
        if self._ch is not None:
            period = self._timer.period() + 1
            self._ch.pulse_width(self._duty * period // 65535)

    def freq(self, value=_NOTHING):
        if value is _NOTHING:
            return self._timer.freq()
        self.init(freq=value)

    def duty_u16(self, value=_NOTHING):
        if value is _NOTHING:
            return self._duty
        self._duty = value
        self._apply()

    def duty_ns(self, value=_NOTHING):
        if value is _NOTHING:
            return self._duty * 1_000_000_000 // 65535 // self._timer.freq()
        self.init(duty_ns=value)

    def deinit(self):
        self._ch = None
        self._timer.deinit()


def time_pulse_us(pin, pulse_level, timeout_us=1_000_000):
    """Busy-waits for a pulse's length; -2: it did not begin, -1: it did not end in time."""
    import time

    for level, failure in ((not pulse_level, -2), (pulse_level, -1)):
        start = time.ticks_us()
        while bool(pin.value()) == bool(level):
            elapsed = time.ticks_diff(time.ticks_us(), start)
            if elapsed >= timeout_us:
                return failure
            # The port polls all the time; here time goes on to the next edge.
            chip.advance(min(max(chip.horizon, chip.now + 1), chip.now + timeout_us - elapsed))
    return time.ticks_diff(time.ticks_us(), start)
