# repl.py: the REPL of the port: friendly, raw and raw-paste (shared/runtime/pyexec.c).
#
# mpremote needs the raw one alone: what only a person needs (the line editor, completion, help)
# comes into memory with the first key of a line, so that without a person the heap stays whole.

import chip
import loader
import vmicropython
import vsys
from console import get, put, take, take_back, trace

_WINDOW = 128  # raw-paste: half of the port's 256-byte receive buffer
_RAW = "raw REPL; CTRL-B to exit\r\n>"

scope = {"__name__": "__main__"}
_the_editor = None


def _editor():
    """The line editor; it keeps the history."""
    global _the_editor
    if _the_editor is None:
        _the_editor = loader.load("readline")["Editor"](scope)
    return _the_editor


def _execute(source, name, kind):
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


def run(source, name, kind):
    """Compiles, runs and prints the trace; True when it asked for a soft reset (SystemExit)."""
    error = _execute(source, name, kind)
    if isinstance(error, SystemExit):
        return True
    if error is not None:
        trace(error)
    return False


def run_file(name):
    """Runs a file of the filesystem if it is there; True when it asked for a soft reset."""
    try:
        with open(name, "rb") as f:
            source = f.read()
    except OSError:
        return False
    except MemoryError as error:
        trace(error)
        return False
    scope["__file__"] = name
    return run(source, name, "exec")


def _raw_run(source):
    """Runs and tells the result in raw mode's frame; True for a soft reset."""
    error = _execute(source, "<stdin>", "exec")
    if error is None:
        put("\x04\x04>")  # one write, since each wakes whoever reads
        return False
    put("\x04")
    if isinstance(error, SystemExit):
        put("\x04")
        return True
    trace(error)
    put("\x04>")
    return False


def _end(piece):
    """Where the first Ctrl-C or Ctrl-D is; -1 without one."""
    ends = [at for at in (piece.find(b"\x03"), piece.find(b"\x04")) if at >= 0]
    return min(ends) if ends else -1


def _paste():
    """Raw-paste mode with its flow-control window; True for a soft reset."""
    put(bytes([ord("R"), 1, _WINDOW & 0xFF, _WINDOW >> 8, 1]))
    source = bytearray()
    room = _WINDOW
    while True:
        piece = take(room)
        end = _end(piece)
        if end >= 0:
            break
        source.extend(piece)
        room -= len(piece)
        if room == 0:
            put("\x01")
            room = _WINDOW
    source.extend(piece[:end])
    take_back(len(piece) - end - 1)
    interrupted = piece[end] == 3
    put("\x04")
    if interrupted:
        put("\x04")
        trace(KeyboardInterrupt())
        put("\x04>")
        return False
    return _raw_run(bytes(source))


def raw():
    """The raw REPL; True when the board must reset softly, False for the friendly one."""
    put(_RAW)
    line = bytearray()
    while True:
        c = get()
        if c == 1:
            if line == b"\x05A":
                if _paste():
                    return True
            elif len(line) == 2 and line[0] == 5:
                put(b"R\x00>")
            else:
                put(_RAW)
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
            if _raw_run(source):
                return True
        else:
            line.append(c)


def friendly(banner):
    """The friendly REPL; True when the board must reset softly, False for the raw one."""
    banner += '\r\nType "help()" for more information.\r\n'
    put(banner)
    while True:
        put(vsys.ps1)
        source, kind, key = b"", "single", get()
        if not 1 <= key <= 5 and key != 13:
            take_back(1)
            source, key = _editor().statement()
        if key == 5:
            source, kind = _editor().paste(), "exec"
        elif key:
            put("\r\n")
        if key == 1:
            return False
        if key == 2:
            put(banner)
        if key == 4:
            return True
        if source and run(source, "<stdin>", kind):
            return True


def input(prompt=""):
    """input of the port: with the line editor."""
    text, key = _editor().input(prompt)
    if key == 3:
        raise KeyboardInterrupt
    if key == 4:
        raise EOFError
    return text


def help(*what):
    loader.load("help")["help"](*what)
