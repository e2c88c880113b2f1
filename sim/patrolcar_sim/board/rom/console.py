# console.py: the REPL's line as the port's mphalport.c has it: bytes in and out, and the objects
# sys.stdin and sys.stdout.
#
# What has arrived is taken in at once, into a buffer of the port's size; the pipe does not block.
# Who waits for more waits as a prompt does: in real time, woken by what is typed.

import builtins
import io
import sys

import chip

_SIZE = 256  # the port's receive buffer
_POLL_IN, _POLL_OUT = 1, 4
_IOCTL_POLL = 3
_EPERM, _EINVAL = 1, 22
_CR, _LF = 13, 10

_ROM = sys.argv[0].rsplit("/", 1)[0]

_raw_in = sys.stdin.buffer
_raw_out = sys.stdout.buffer
_received = bytearray(_SIZE)
_view = memoryview(_received)
_head = 0  # what has been taken
_tail = 0  # what has arrived


def put(data):
    _raw_out.write(data)
    chip.printed = chip.PRINTED


def waiting():
    """Whether bytes are here, without letting time pass."""
    global _head, _tail
    if _head == _tail:
        n = _raw_in.readinto(_received)
        _head = 0
        _tail = n or 0
    return _head != _tail


def wait(end=chip.NEVER):
    """Lets the world go on for a moment, up to `end` at most, or until something is typed."""
    chip.advance(min(end, chip.now + chip.POLL_US), kind=chip.REPL)


def get():
    """The next byte."""
    global _head
    while not waiting():
        wait()
    c = _received[_head]
    _head += 1
    return c


def take(most):
    """At least one and at most that many bytes."""
    global _head
    while not waiting():
        wait()
    start = _head
    _head = min(_tail, start + most)
    return bytes(_view[start:_head])


def take_back(n):
    """The last `n` bytes of a `take` were not for the caller."""
    global _head
    _head -= n


def rest():
    """What is left in the buffer, when the board resets."""
    return bytes(_view[_head:_tail])


def cooked(text):
    """As the port's stdout sends text: a line feed goes as carriage return and line feed."""
    put(text.replace("\n", "\r\n"))


def trace(error, write=cooked):
    """Writes the trace as the port prints it: without the frames of this ROM."""
    text = io.StringIO()
    sys.print_exception(error, text)
    for line in text.getvalue().split("\n")[:-1]:
        if _ROM not in line:
            write(line + "\n")


class Stream(io.IOBase):
    """sys.stdin, sys.stdout and sys.stderr, or the raw bytes below them (`buffer`)."""

    def __init__(self, input, text):
        self._input = input
        self._text = text
        self.buffer = Stream(input, False) if text else self

    def readinto(self, buf, n=-1):
        """Blocks until all of the bytes are here, as the port does."""
        self._must(True)
        most = len(buf) if n < 0 else min(n, len(buf))
        buf = memoryview(buf)
        done = 0
        while done < most:
            piece = take(most - done)
            buf[done : done + len(piece)] = piece
            done += len(piece)
        if self._text:
            for i in range(done):
                if buf[i] == _CR:
                    buf[i] = _LF
        return done

    def read(self, n=-1):
        """`n` bytes or characters; the line has no end, so without `n` only Ctrl-C ends it."""
        self._must(True)
        data = bytearray()
        while n:
            self._one(data)
            n -= 1
        return self._made(data)

    def readline(self, n=-1):
        self._must(True)
        data = bytearray()
        while n and not data.endswith(b"\n"):
            self._one(data)
            n -= 1
        return self._made(data)

    def write(self, data, *part):
        """write(data), write(data, n) or write(data, offset, n)."""
        self._must(False)
        if part:
            data = memoryview(data)
            data = data[part[0] :][: part[1]] if len(part) > 1 else data[: part[0]]
        if not self._text:
            put(data)
        elif isinstance(data, str):
            cooked(data)
        else:
            put(bytes(data).replace(b"\n", b"\r\n"))
        return len(data)

    def ioctl(self, request, flags):
        if request != _IOCTL_POLL:
            return -_EINVAL
        return (flags & _POLL_OUT) | (flags & _POLL_IN if waiting() else 0)

    def _must(self, input):
        if self._input is not input:
            raise OSError(_EPERM)

    def _one(self, data):
        """Appends a byte, or what belongs to one character."""
        c = get()
        data.append(_LF if self._text and c == _CR else c)
        if self._text and c >= 0xC0:
            for _ in range(1 + (c >= 0xE0) + (c >= 0xF0)):
                data.append(get())

    def _made(self, data):
        return str(data, "utf-8") if self._text else bytes(data)


stdin = Stream(True, True)
stdout = Stream(False, True)
_print = print


def print(*args, sep=" ", end="\n", file=None):
    """print as on the port; the interpreter's own knows no cooked stdout."""
    if file is not None and file is not stdout:
        _print(*args, sep=sep, end=end, file=file)
        return
    text = io.StringIO()
    _print(*args, sep=sep, end=end, file=text)
    cooked(text.getvalue())


def show(value):
    """What the prompt does with the value of an expression."""
    if value is not None:
        print(repr(value))
        builtins._ = value


chip.print_trace = trace
