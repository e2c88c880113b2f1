"""Crash records: what went wrong, kept over resets until a person has read it.

    note(log, kind, error, schedule)   # after an exception, motors off
    boot(log)                          # first of all at boot: did the watchdog end the last run?
    early(log)                         # crashes in a row, each within a minute of its boot
    tell(log, say)                     # what the last one was, as STATUSTEXT

Layout 1: uptime in s, kind, number in its run, cause of the reset before it, version, build; then
a text: a line with the loop's times, and the innermost frames of the trace.
"""

import io
import sys
from struct import pack, unpack_from

import stm
from machine import WDT_RESET, reset_cause

from patrol.portable import const
from patrol.store import log as types
from patrol.version import BUILD, VERSION

LAYOUT = const(1)
HEAD = "<IBBBBBBBB8s"
HEAD_BYTES = const(20)
_TEXT = const(480)
_EARLY_S = const(60)
_WINDOW_BITS = const(10)

# Kinds.
LOOP = const(0)  # an exception of a task; the loop went on without motors
START = const(1)  # the firmware could not start
WATCHDOG = const(2)  # the loop hung until the watchdog came

# The loop tells its uptime in s here, below the mark (app.py has it too). It survives all but a
# power-off.
UPTIME = stm.RTC + stm.RTC_BKP19R
MARK = const(0x2A000000)


def _written(known, file, line, name):
    """Where a line of the built firmware was written, and what its function was called there.

    The format of `known` is host/patrolcar/flash/places.py's.
    """
    if not known:
        return file, line, name
    from deflate import RAW, DeflateIO

    stream = DeflateIO(io.BytesIO(known), RAW, _WINDOW_BITS)
    whole = file
    short = name
    first = 1
    inside = False
    while True:
        words = stream.readline().decode().split()
        if not words:
            return file, line - first + 1, name
        if words[0][0] == "@":
            inside = words[0][1:] == whole
        elif inside and int(words[0]) <= line:
            if len(words) == 2:
                first = int(words[0])
                file = words[1]
            elif words[1] == short:
                name = words[2]


def told(error):
    """The lines of a traceback, as sys.print_exception has them and as they were written."""
    from patrol.store.places import PLACES

    text = io.StringIO()
    sys.print_exception(error, text)
    lines = []
    for line in text.getvalue().split("\n"):
        words = line.split('"')
        if len(words) == 3 and words[2].startswith(", line "):
            number, _, name = words[2][7:].partition(", in ")
            place = _written(PLACES, words[1], int(number), name)
            line = '  File "%s", line %d' % place[:2] + (", in %s" % place[2] if name else "")
        if line:
            lines.append(line)
    return lines


def trace(error):
    """The innermost frames and the exception itself, each a line `file:line function`."""
    lines = []
    for line in told(error):
        words = line.split('"')
        if len(words) == 3:
            place = words[2].replace(", line ", ":").replace(", in ", " ")
            lines.append(words[1] + place)
        elif not line.startswith("Traceback"):
            lines.append(line)
    return lines


def _times(schedule):
    text = "load %d/1000, worst tick %d us, %d overruns; tasks us:" % (
        schedule.load_permille,
        schedule.worst_us,
        schedule.overruns,
    )
    for i in range(len(schedule.names)):
        text += " %s %d" % (schedule.names[i], schedule.task_worst_us[i])
    return text


def note(log, kind, error=None, schedule=None, number=1, uptime_s=0):
    """Writes a record; False where it cannot be stored."""
    times = ""
    if schedule is not None:
        times = _times(schedule)
        uptime_s = schedule.ms // 1000
    lines = [] if error is None else trace(error)
    while len(lines) > 2 and len(times) + sum([len(line) + 1 for line in lines]) > _TEXT:
        del lines[0]  # the outermost frame
    text = "\n".join([times] + lines).encode()[:_TEXT]
    head = pack(HEAD, uptime_s, kind, number, reset_cause(), 0, *VERSION, 0, BUILD)
    return log.append(types.CRASH, LAYOUT, head + text)


def boot(log):
    """Writes a record when the watchdog ended the last run, whose uptime is in the RTC."""
    seen = stm.mem32[UPTIME]
    stm.mem32[UPTIME] = 0
    if reset_cause() == WDT_RESET and seen & ~0xFFFFFF == MARK:
        note(log, WATCHDOG, uptime_s=seen & 0xFFFFFF)


def _since(log, *marks):
    """The crash records behind the newest of these marks, oldest first."""
    found = []
    for record in log.all(types.CRASH, *marks):
        if record[0] != types.CRASH:
            found = []
        elif record[1] == LAYOUT and len(record[3]) >= HEAD_BYTES:
            found.append(record)
    return found


def early(log):
    """How many runs of this very build have ended within a minute, one after the other."""
    count = 0
    for record in _since(log, types.LIVED, types.CLEARED):
        head = unpack_from(HEAD, record[3], 0)
        if head[9] != pack("8s", BUILD) or head[0] >= _EARLY_S:
            count = 0
        elif head[2] == 1:
            count += 1
    return count


def tell(log, say):
    """Says what crashed since the car last ran for a minute; True if there is anything."""
    records = _since(log, types.LIVED, types.CLEARED)
    if not records:
        return False
    payload = records[-1][3]
    uptime_s = unpack_from("<I", payload, 0)[0]
    frames = payload[HEAD_BYTES:].rstrip(b"\0").split(b"\n")[1:]
    what = frames[-1] if frames else b"watchdog: the loop hung"
    say(2, (b"crash: " + what)[:50])
    if len(frames) > 1:
        say(3, (b"at " + frames[-2])[-50:])
    say(3, b"%d s after boot, %d in all: patrol crash" % (uptime_s, len(records)))
    return True


def forgive(log):
    """The car has run for a minute."""
    log.append(types.LIVED, LAYOUT, b"")


def clear(log):
    """A person has read everything."""
    log.append(types.CLEARED, LAYOUT, b"")


def dump(log):
    """Prints each record that was not cleared, for `patrol crash`: sequence, layout, hex."""
    if log.trouble is not None:
        print("trouble", log.trouble.decode())
    for record in _since(log, types.CLEARED):
        print("crash", record[2], record[1], record[3].hex())
