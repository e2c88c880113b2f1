# select.py: poll in virtual time: streams are asked without waiting, and the world goes on between
# two looks. Who waits for the REPL's line waits as a prompt does.

import chip
import console
import uselect as _real

POLLIN = _real.POLLIN
POLLOUT = _real.POLLOUT
POLLERR = _real.POLLERR
POLLHUP = _real.POLLHUP

_LOOK_US = 1000


def _is_prompt(stream):
    return 1 if stream is console.stdin or stream is console.stdin.buffer else 0


class _Poll:
    def __init__(self):
        self._poll = _real.poll()
        self._prompts = 0

    def register(self, stream, eventmask=POLLIN | POLLOUT):
        self._poll.register(stream, eventmask)
        self._prompts += _is_prompt(stream)

    def unregister(self, stream):
        self._poll.unregister(stream)
        self._prompts -= _is_prompt(stream)

    def modify(self, stream, eventmask):
        self._poll.modify(stream, eventmask)

    def poll(self, timeout=-1):
        end = chip.NEVER if timeout < 0 else chip.now + timeout * 1000
        while True:
            ready = self._poll.poll(0)
            if ready or chip.now >= end:
                return ready
            if self._prompts:
                console.wait(end)
            else:
                chip.advance(min(end, chip.now + _LOOK_US))

    def ipoll(self, timeout=-1, flags=0):
        return iter(self.poll(timeout))


def poll():
    return _Poll()
