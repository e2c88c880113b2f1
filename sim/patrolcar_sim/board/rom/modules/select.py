# select.py: poll in virtual time: streams are asked without waiting, and the world goes on between
# two looks. Who waits for the REPL's line waits as a prompt does.
#
# The interpreter's own poll would sleep on the host for each stream that is not a file.

import chip
import console as _console

POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16

_IOCTL_POLL = 3
_ONE_SHOT = 1
_EINVAL, _ENOENT = 22, 2
_LOOK_US = 1000


class _Poll:
    def __init__(self):
        self._entries = []  # [stream, events]

    def _find(self, stream):
        for entry in self._entries:
            if entry[0] is stream:
                return entry

    def register(self, stream, eventmask=POLLIN | POLLOUT):
        if not hasattr(stream, "ioctl"):
            raise OSError(_EINVAL)
        entry = self._find(stream)
        if entry is None:
            self._entries.append([stream, eventmask])
        else:
            entry[1] = eventmask

    def unregister(self, stream):
        entry = self._find(stream)
        if entry is not None:
            self._entries.remove(entry)

    def modify(self, stream, eventmask):
        entry = self._find(stream)
        if entry is None:
            raise OSError(_ENOENT)
        entry[1] = eventmask

    def _ready(self, one_shot):
        found = []
        for entry in self._entries:
            stream, events = entry
            flags = stream.ioctl(_IOCTL_POLL, events | POLLERR | POLLHUP)
            if flags:
                found.append((stream, flags))
                if one_shot:
                    entry[1] = 0
        return found

    def poll(self, timeout=-1):
        return self._wait(timeout, 0)

    def _wait(self, timeout, flags):
        end = chip.NEVER if timeout < 0 else chip.now + timeout * 1000
        chip.fresh()
        while True:
            found = self._ready(flags & _ONE_SHOT)
            if found or chip.now >= end:
                return found
            if self._find(_console.stdin) or self._find(_console.stdin.buffer):
                _console.wait(end)
            else:
                chip.advance(min(end, chip.now + _LOOK_US))

    def ipoll(self, timeout=-1, flags=0):
        return iter(self._wait(timeout, flags))


def poll():
    return _Poll()
