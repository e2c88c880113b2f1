# repl.py: the REPL of the port: friendly, raw and raw-paste (shared/runtime/pyexec.c, readline.c).

import builtins
import io
import sys

import chip
import vmicropython
from uselect import POLLIN, poll

BANNER = '\r\nType "help()" for more information.\r\n'
_WINDOW = 128  # raw-paste: half of the port's 256-byte receive buffer

_stdin = sys.stdin.buffer
_stdout = sys.stdout.buffer
_poll = poll()
_poll.register(sys.stdin, POLLIN)
_byte = bytearray(1)
_print = print
_ROM = sys.argv[0].rsplit("/", 1)[0] if sys.argv else ""


def cooked_print(*args, sep=" ", end="\n", file=None):
    """print as on the port, whose stdout turns a line feed into carriage return and line feed."""
    if file is not None and file is not sys.stdout:
        _print(*args, sep=sep, end=end, file=file)
        return
    text = io.StringIO()
    _print(*args, sep=sep, end=end, file=text)
    put(text.getvalue().replace("\n", "\r\n"))


def put(text):
    _stdout.write(text)


def get():
    """The next byte of the port; the world goes on meanwhile."""
    while not _poll.poll(0):
        chip.advance(chip.now + 10_000, kind=chip.REPL)
    _stdin.readinto(_byte)
    return _byte[0]


def _trace(error):
    """The trace as the port prints it: without the frames of this ROM."""
    text = io.StringIO()
    sys.print_exception(error, text)
    for line in text.getvalue().split("\n")[:-1]:
        if _ROM not in line:
            put(line + "\r\n")


def _execute(source, name, kind, scope):
    """Compiles and runs; the exception that ended it, or None."""
    try:
        chip.set_interruptible(True)
        exec(compile(source, name, kind), scope)
        chip.set_interruptible(False)
    except BaseException as error:
        chip.interruptible = False
        chip.irq_off = 0
        # The port's prompt does the same, or there would be no way out but a reset.
        while vmicropython.heap_unlock():
            pass
        try:
            chip.set_interruptible(False)
        except KeyboardInterrupt:
            pass
        return error
    return None


def run(source, name, kind, scope):
    """Compiles, runs and prints the trace; True when it asked for a soft reset (SystemExit)."""
    error = _execute(source, name, kind, scope)
    if isinstance(error, SystemExit):
        return True
    if error is not None:
        _trace(error)
    return False


def run_file(name, scope):
    """Runs a file of the filesystem if it is there; True for SystemExit."""
    try:
        with open(name) as f:
            source = f.read()
    except OSError:
        return False
    return run(source, name, "exec", scope)


def _raw_run(source, scope):
    error = _execute(source, "<stdin>", "exec", scope)
    put("\x04")
    if isinstance(error, SystemExit):
        put("\x04")
        return True
    if error is not None:
        _trace(error)
    put("\x04")
    return False


def _paste(scope):
    """Raw-paste mode with its flow-control window; True for SystemExit."""
    put(b"R\x01" + bytes([_WINDOW & 0xFF, _WINDOW >> 8, 1]))
    source = bytearray()
    room = _WINDOW
    while True:
        c = get()
        if c == 3 or c == 4:
            put("\x04")
            break
        source.append(c)
        room -= 1
        if room == 0:
            put("\x01")
            room = _WINDOW
    if c == 3:
        put("\x04")
        _trace(KeyboardInterrupt())
        put("\x04")
        return False
    return _raw_run(bytes(source), scope)


def raw(scope):
    """The raw REPL; True when the board must reset softly, False for the friendly one."""
    put("raw REPL; CTRL-B to exit\r\n>")
    line = bytearray()
    while True:
        c = get()
        if c == 1:
            if line == b"\x05A":
                if _paste(scope):
                    return True
                put(">")
            elif len(line) == 2 and line[0] == 5:
                put(b"R\x00>")
            else:
                put("raw REPL; CTRL-B to exit\r\n>")
            line = bytearray()
        elif c == 2:
            put("\r\n")
            return False
        elif c == 3:
            line = bytearray()
        elif c == 4:
            put("OK")
            if not line:
                put("\r\n")
                return True
            source = bytes(line)
            line = bytearray()
            if _raw_run(source, scope):
                return True
            put(">")
        else:
            line.append(c)


def _unfinished(text):
    """Whether another line is needed, as the port's mp_repl_continue_with_input judges."""
    depth = 0
    quote = ""
    i = 0
    while i < len(text):
        c = text[i]
        if quote:
            if c == "\\":
                i += 1
            elif text[i : i + len(quote)] == quote:
                i += len(quote) - 1
                quote = ""
            elif c == "\n" and len(quote) == 1:
                quote = ""
        elif c in "'\"":
            quote = c * 3 if text[i : i + 3] == c * 3 else c
            i += len(quote) - 1
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        i += 1
    if depth > 0 or len(quote) == 3 or text.endswith("\\"):
        return True
    words = ("if", "while", "for", "try", "with", "def", "class", "async", "@")
    compound = text.startswith("@") or text.split("(")[0].split(":")[0].split(" ")[0] in words
    return compound and not text.endswith("\n")


def friendly(scope, banner):
    """The friendly REPL; True when the board must reset softly, False for the raw one."""
    put(banner + BANNER)
    while True:
        put(">>> ")
        text = ""
        while True:
            line, control = _line(not text)
            if control == 1:
                put("\r\n")
                return False
            if control == 2:
                put("\r\n" + banner + BANNER)
                text = ""
                break
            if control == 3:
                text = ""
                break
            if control == 4:
                if text:
                    _go(text, scope)
                    break
                put("\r\n")
                return True
            if control == 5:
                text = _paste_block()
                if text and run(text, "<stdin>", "exec", scope):
                    return True
                break
            text += line
            if not text.strip():
                break
            if _unfinished(text):
                text += "\n"
                put("... ")
                continue
            if _go(text, scope):
                return True
            break


def _go(text, scope):
    return run(text + "\n", "<stdin>", "single", scope)


def _line(first):
    """One line with backspace: (text, control character that ended it or 0)."""
    line = ""
    while True:
        c = get()
        if c == 3:
            put("\r\n")
            return "", 3
        if c in (1, 2, 4, 5) and not line and (first or c == 4):
            return "", c
        if c == 13:
            put("\r\n")
            return line, 0
        if c in (8, 127):
            if line:
                line = line[:-1]
                put("\b \b")
        elif c == 9:
            line += "    "
            put("    ")
        elif c >= 32:
            line += chr(c)
            put(chr(c))


def _paste_block():
    put("\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ")
    text = ""
    while True:
        c = get()
        if c == 3:
            put("\r\n")
            return ""
        if c == 4:
            put("\r\n")
            return text
        if c == 13:
            text += "\n"
            put("\r\n=== ")
        else:
            text += chr(c)
            put(chr(c))


def _show(value):
    if value is not None:
        cooked_print(repr(value))


builtins.print = cooked_print
builtins.__repl_print__ = _show
