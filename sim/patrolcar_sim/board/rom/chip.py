# chip.py: virtual time, interrupts and the exchange with the world.
#
# One exchange is one packed request and one reply over a pair of pipes (turns.py is the other
# side). Between exchanges time is kept here: every stand-in call costs a microsecond, and what
# takes time on the chip is charged. An exchange happens when the program waits, when something is
# due (`horizon`), or when an input would otherwise be older than FRESH_US.
#
# Nothing here allocates after boot: the firmware's tick runs under heap_lock. What a tick calls
# most is machine code (`native`); process.py takes that off where an interpreter cannot make any.

import array
import struct
import sys

import micropython
import uctypes

WAIT, I2C, REPL, RESET = 0, 1, 2, 3  # requests
LEVEL, MODE, IRQ, PWM, UART_SETUP, LED, FLASH = 1, 2, 3, 4, 5, 6, 7  # outputs
BACKUP, WATCHDOG_SETUP, RTC, SEND = 8, 9, 10, 11
NEVER = 1 << 60
FRESH_US = 100  # how old an input may be
EVENT_US = 450  # no pin's output has an answer of the world's sooner: a sonar's burst takes 460 us
POLL_US = 10_000  # a program that only reads the clock still meets the world this often
IRQ_LATENCY_US = 15  # Python in an interrupt starts so long after the event (facts)

_INTERRUPTIBLE, _INPUTS, PRINTED = 0x80, 0x40, 0x20  # flags of a request's kind
_HEADER = "<BBHBBHqqq"  # kind, sequence, data bytes, outputs, bus, aux, now, target, watchdog
_HEADER_SIZE = 32
_OUTPUT = "<BBHiq"
_OUTPUT_SIZE = 16
_MOST_OUTPUTS = 64
SEND_MOST = 256  # bytes that wait for the next exchange
_SHORT = 64  # bytes of data that are copied behind these: a write of their own costs more
DATA = 128  # where a reply's data begin

now = 0  # microseconds since reset
synced = 0  # when the levels in `reply` were true
_inputs_synced = -FRESH_US  # and converters and counters, which not every reply carries
horizon = 0  # no interrupt is due before
_quiet_until = 0  # the world has nothing for us before
watchdog_us = NEVER  # when it is due
watchdog_timeout_us = 0  # 0: it does not run
interruptible = False  # a Ctrl-C raises KeyboardInterrupt
printed = 0  # PRINTED: stdout has something new
irq_off = 0  # depth of disable_irq
_hard = 0  # depth of hard callbacks
_stop_waits = False  # a Ctrl-C has come in one of the two; the port takes none there
_waiting_edges = 0  # lines whose interrupt came meanwhile, a bit each
reset_cause = 0
unique_id = b""
gc_us = 0
link_uart = 6  # the UART whose other end is the telemetry port

on_news = None  # is called where a reply says that a fault has changed (quirks.py)
print_trace = sys.print_exception  # the console's, once it is there
_to_world = None
_from_world = None
_out = bytearray(_HEADER_SIZE + _OUTPUT_SIZE * _MOST_OUTPUTS + SEND_MOST + _SHORT)
_outputs = 0
_sending = bytearray(SEND_MOST)  # the bytes of the SEND outputs, in their order
_sent = 0  # how many
_no_bytes = b""
reply = array.array("I", bytes(256))
reply_bytes = uctypes.bytearray_at(uctypes.addressof(reply), 256)  # the same, byte by byte
_sequence = 0

edge_handlers = [None] * 16  # by EXTI line
edge_pins = [None] * 16
edge_hard = [False] * 16
timers = [None] * 20  # whatever has ._due and ._fire()
_places = 0  # so many of them are in use, holes included
uarts = [None] * 8  # by number: has ._rx_room() and ._rx_put(byte)


def connect(read_fd, write_fd):
    """Opens the pipes; the settings of this run, as JSON."""
    global _to_world, _from_world
    _from_world = open(read_fd, "rb")
    _to_world = open(write_fd, "wb")
    return _from_world.readline()


@micropython.native
def output(kind, index, small, value):
    """Queues an output with the present time; it goes out with the next exchange."""
    global _outputs, now
    if _outputs == _MOST_OUTPUTS:
        exchange(WAIT, now, _room(), _no_bytes, 0)
    struct.pack_into(
        _OUTPUT, _out, _HEADER_SIZE + _OUTPUT_SIZE * _outputs, kind, index, small, value, now
    )
    _outputs += 1
    now += 1


@micropython.native
def send(uart, data, at, n):
    """`data[at:at + n]` is what that UART begins to send now; at most SEND_MOST bytes."""
    global _sent
    if _sent + n > SEND_MOST or _outputs == _MOST_OUTPUTS:
        exchange(WAIT, now, _room(), _no_bytes, 0)
    # A Ctrl-C can end a loop: until all is there, nothing counts.
    sent = _sent
    for i in range(n):
        _sending[sent + i] = data[at + i]
    output(SEND, uart, n, 0)
    _sent = sent + n


@micropython.native
def _room():
    link = uarts[link_uart]
    return 0 if link is None else link._rx_room()


@micropython.native
def soon(us):
    """Something may be due that much from now, because of an output."""
    global horizon
    if now + us < horizon:
        horizon = now + us


@micropython.native
def exchange(kind, target, aux, data, n, bus=0, inputs=0):
    """One request and its reply; `data[:n]` travels behind the outputs and what UARTs send.

    With `inputs` = _INPUTS a reply that has reached `target` carries converters and counters, else
    the pins' levels alone.
    """
    global _outputs, _sent, _sequence, printed, _stop_waits
    _sequence = (_sequence + 1) & 0xFF
    struct.pack_into(
        _HEADER,
        _out,
        0,
        kind | inputs | printed | (_INTERRUPTIBLE if interruptible else 0),
        _sequence,
        _sent + n,
        _outputs,
        bus,
        aux,
        now,
        target,
        watchdog_us,
    )
    size = _HEADER_SIZE + _OUTPUT_SIZE * _outputs
    for i in range(_sent):
        _out[size + i] = _sending[i]
    size += _sent
    if n <= _SHORT:
        for i in range(n):
            _out[size + i] = data[i]
        size += n
    _outputs = _sent = printed = 0
    try:
        _to_world.write(_out, size)
        if n > _SHORT:
            _to_world.write(data, n)
        if not _from_world.readinto(reply):
            sys.exit(0)  # there is no world any more
    except KeyboardInterrupt as stop:
        # SIGINT came while the reply was awaited: finish the exchange, then pass it on.
        if (reply[0] >> 8) & 0xFF != _sequence:
            _from_world.readinto(reply)
        _take_reply(kind, target, inputs)
        raise stop
    _take_reply(kind, target, inputs)
    if reply[0] & 2:
        on_news()
    if reply[0] & 1 or _stop_waits:
        _stop_waits = bool(_hard or irq_off)
        if not _stop_waits:
            raise KeyboardInterrupt


@micropython.native
def _take_reply(kind, target, inputs):
    global now, synced, horizon, _quiet_until, _inputs_synced
    now = reply[1] | reply[2] << 32
    synced = now
    _inputs_synced = now if inputs and now >= target else now - FRESH_US - 1
    horizon = reply[3] | reply[4] << 32
    if horizon > now + POLL_US:
        horizon = now + POLL_US
    _quiet_until = horizon
    if watchdog_us < horizon:
        horizon = watchdog_us
    for i in range(_places):
        timer = timers[i]
        if timer is not None and timer._due < horizon:
            horizon = timer._due
    if kind != I2C and reply[25]:
        link = uarts[link_uart]
        for i in range(DATA, DATA + reply[25]):
            link._rx_put(reply_bytes[i])


@micropython.native
def advance(target, kind=WAIT, inputs=0):
    """Lets virtual time pass up to `target`, with every interrupt at its time."""
    global _waiting_edges, now
    while True:
        step = target
        if not irq_off:
            for i in range(_places):
                timer = timers[i]
                if timer is not None and timer._due < step:
                    step = timer._due
        if watchdog_us < step:
            step = watchdog_us
        if step < now:
            step = now
        if step < target and step < _quiet_until and not (_outputs or irq_off):
            if kind == WAIT and step < watchdog_us:
                now = step  # a timer of the chip's own: nobody else has to know
                _fire_timers()
                continue
        exchange(kind, step, _room(), _no_bytes, 0, 0, inputs if step == target else 0)
        if now >= watchdog_us:
            reset(WATCHDOG)
        if irq_off:
            if reply[5]:
                _waiting_edges |= 1 << (reply[6] & 0xF)
        else:
            _interrupts()
        if now >= target or kind == REPL:
            return


@micropython.native
def _interrupts():
    global _waiting_edges
    edge = reply[5]
    line = reply[6] & 0xF
    if _waiting_edges:
        waiting = _waiting_edges
        _waiting_edges = 0
        for other in range(16):
            if waiting >> other & 1:
                _edge(other)
    if edge:
        _edge(line)
    _fire_timers()


@micropython.native
def _fire_timers():
    for i in range(_places):
        timer = timers[i]
        if timer is not None and timer._due <= now:
            timer._fire()


@micropython.native
def _edge(line):
    global now
    handler = edge_handlers[line]
    if handler is None:
        return
    now += IRQ_LATENCY_US
    if not edge_hard[line]:
        handler(edge_pins[line])
        return
    error = _call_hard(handler, edge_pins[line])
    if error is not None:
        edge_handlers[line] = None
        _report("Uncaught exception in ExtInt interrupt handler line %d" % line, error)


@micropython.native
def run_hard(callback, argument, name):
    """Calls a timer's callback as the chip does; False when it raised and must be disabled."""
    global now
    now += IRQ_LATENCY_US
    error = _call_hard(callback, argument)
    if error is not None:
        _report("uncaught exception in %s interrupt handler" % name, error)
    return error is None


@micropython.native
def _call_hard(callback, argument):
    """Calls it without a heap and without a Ctrl-C; what it raised, if anything."""
    global _hard
    micropython.heap_lock()
    _hard += 1
    try:
        callback(argument)
    except BaseException as error:
        micropython.heap_unlock()
        _hard -= 1
        if not isinstance(error, Exception):
            raise error  # the signal for a program that only computes, or the end of the world
        return error
    micropython.heap_unlock()
    _hard -= 1
    return None


def _report(text, error):
    print(text)
    print_trace(error)


def feed_watchdog():
    """The reload key; nothing where no watchdog runs."""
    global now, watchdog_us
    now += 1
    if watchdog_timeout_us:
        watchdog_us = now + watchdog_timeout_us


def set_interruptible(on):
    """Whether a Ctrl-C raises KeyboardInterrupt; the other side must know at once."""
    global interruptible
    interruptible = on
    advance(now)


@micropython.native
def charge(us):
    """The program takes `us` microseconds on the chip; interrupts come at their time meanwhile."""
    global now
    if now + us < horizon:
        now += us
    else:
        advance(now + us)


def stall(us):
    """The flash is busy for so long: the processor stands still, and what comes has to wait."""
    global irq_off
    state = irq_off
    irq_off = 1
    advance(now + us)
    irq_off = state


@micropython.native
def sleep(us):
    """The program waits; after a longer wait, what it reads next comes with its end."""
    if us > FRESH_US:
        advance(now + us, inputs=_INPUTS)
    else:
        charge(us)


@micropython.native
def fresh():
    """Makes the levels in `reply` no older than FRESH_US."""
    global now
    now += 1
    if now >= horizon or now - synced > FRESH_US or _outputs:
        advance(now)


@micropython.native
def fresh_inputs(us=1):
    """Makes the converters and counters in `reply` no older than FRESH_US, `us` from now."""
    global now
    now += us
    due = now >= horizon or _outputs
    # An interrupt's own exchange may bring a reply without them.
    while due or now - _inputs_synced > FRESH_US:
        advance(now, inputs=_INPUTS)
        due = False


def add_timer(timer):
    """Starts to watch an object with `._due` (microseconds) and `._fire()`."""
    global _places
    for i in range(_places):
        if timers[i] is timer:
            return
    for i in range(len(timers)):
        if timers[i] is None:
            timers[i] = timer
            if i == _places:
                _places += 1
            return
    raise RuntimeError("no place for another timer")


def remove_timer(timer):
    for i in range(_places):
        if timers[i] is timer:
            timers[i] = None


# As ports/stm32/modmachine.c counts them.
SOFT, POWER_ON, HARD, WATCHDOG, DEEPSLEEP = 0, 1, 2, 3, 4


def reset(cause, raw_repl=0, typed=_no_bytes):
    """Ends this run of the interpreter; the board starts another with that cause.

    `typed` has been taken in but not used: the next run finds it in its line.
    """
    try:
        exchange(RESET, now, cause | raw_repl << 8, typed, len(typed))
    finally:
        sys.exit(0)
