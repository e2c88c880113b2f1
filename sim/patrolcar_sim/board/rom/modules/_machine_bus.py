# _machine_bus.py: UART and I2C of the machine module.

import chip
import pinout
from _machine_pin import Pin

_ENODEV = 19
_ETIMEDOUT = 110
_PIECE = 96  # bytes of one I2C read that travel in one reply
_AF_OD, _PULL_UP, _AF = 0x12, 1, 4  # i2c_init in ports/stm32/i2c.c; AF4 is I2C on every F4
_CALL_US = 8  # a HAL call's own time (estimated)


class UART:
    """A UART as the stm32 port has it: no transmit buffer, so a write lasts until its last frame
    has left."""

    def __init__(self, id, *args, **settings):
        number = pinout.UART_NAMES.get(id, -1) if isinstance(id, str) else id
        if number not in pinout.UART_PINS:
            raise ValueError("UART(%s) doesn't exist" % id)
        self._number = number
        self._baud = 0
        if args or settings:
            self.init(*args, **settings)

    def init(
        self,
        baudrate,
        bits=8,
        parity=None,
        stop=1,
        *,
        timeout=0,
        timeout_char=0,
        flow=0,
        rxbuf=-1,
    ):
        if baudrate <= 0:
            raise ValueError("invalid baudrate")
        if bits not in (7, 8, 9) or stop not in (1, 2) or parity not in (None, 0, 1):
            raise ValueError("unsupported bits, parity or stop")
        self._baud = baudrate
        self._frame_bits = 1 + bits + (parity is not None) + stop
        self._timeout_us = timeout * 1000
        size = 64 if rxbuf < 0 else rxbuf
        self._ring = bytearray(size + 1)
        self._size = size + 1
        self._head = 0
        self._tail = 0
        chip.uarts[self._number] = self
        chip.output(chip.UART_SETUP, self._number, size, baudrate)

    def deinit(self):
        chip.uarts[self._number] = None

    @micropython.native
    def _rx_room(self):
        return (self._tail - self._head - 1) % self._size

    @micropython.native
    def _rx_put(self, byte):
        head = self._head
        self._ring[head] = byte
        head += 1
        self._head = 0 if head == self._size else head

    @micropython.native
    def any(self):
        chip.fresh()
        return (self._head - self._tail) % self._size

    @micropython.native
    def _wait(self, n):
        """Up to n bytes, as far as they come within the timeout."""
        end = chip.now + self._timeout_us
        while True:
            have = self.any()
            if have >= n or chip.now >= end:
                return min(have, n)
            chip.advance(min(end, chip.now + 1000))

    @micropython.native
    def _take(self, buffer, n):
        tail = self._tail
        for i in range(n):
            buffer[i] = self._ring[tail]
            tail += 1
            if tail == self._size:
                tail = 0
        self._tail = tail

    @micropython.native
    def readinto(self, buffer, nbytes=-1):
        n = self._wait(len(buffer) if nbytes < 0 else min(nbytes, len(buffer)))
        if n == 0:
            return None
        self._take(buffer, n)
        return n

    def read(self, nbytes=-1):
        n = self.any() if nbytes < 0 else self._wait(nbytes)
        if n == 0:
            return None
        data = bytearray(n)
        self._take(data, n)
        return bytes(data)

    def readline(self):
        n = self.any()
        for i in range(n):
            if self._ring[(self._tail + i) % self._size] == 10:
                return self.read(i + 1)
        return self.read(n) if n else None

    def readchar(self):
        if self._wait(1) == 0:
            return -1
        byte = self._ring[self._tail]
        self._tail = (self._tail + 1) % self._size
        return byte

    @micropython.native
    def write(self, buffer, first=-1, second=-1):
        """write(buf), write(buf, len) or write(buf, off, len); returns the number of bytes."""
        at = 0
        n = len(buffer)
        if second >= 0:
            at = first
            n = min(n - at, second)
        elif first >= 0:
            n = min(n, first)
        if n <= 0:
            return 0
        start = chip.now + _CALL_US
        sent = 0
        while sent < n:
            piece = min(n - sent, chip.SEND_MOST)
            chip.send(self._number, buffer, at + sent, piece)
            sent += piece
            chip.charge(start + sent * self._frame_bits * 1_000_000 // self._baud - chip.now)
        return n

    def writechar(self, char):
        self.write(bytes([char & 0xFF]))

    def sendbreak(self):
        chip.charge(self._frame_bits * 1_000_000 // self._baud)

    def flush(self):
        pass

    def txdone(self):
        return True


class _I2C:
    """A hardware I2C bus; a transfer costs its bits, nine a byte."""

    def __init__(self, number):
        scl, sda = pinout.I2C_PINS[number]
        self._number = number
        self._scl = Pin(scl)
        self._sda = Pin(sda)
        self._one = bytearray(1)
        self._register = bytearray(2)
        self._joined = bytearray(64)

    def _init(self, freq, timeout):
        self._freq = freq
        self._timeout_us = timeout // 1000 * 1000  # the port counts SysTicks
        self._scl.init(_AF_OD, _PULL_UP, alt=_AF)
        self._sda.init(_AF_OD, _PULL_UP, alt=_AF)

    @micropython.native
    def _transfer(self, address, out, n_out, n_in=0, into=None, at=0):
        """Writes out[:n_out], then reads n_in bytes (at most _PIECE) to into[at:]."""
        if self._scl._mode != _AF_OD or self._sda._mode != _AF_OD:
            chip.advance(chip.now + self._timeout_us)  # the pins are somebody else's
            raise OSError(_ETIMEDOUT)
        bits = 9 * (n_out + n_in + 1 + (1 if n_in and n_out else 0))
        end = chip.now + _CALL_US + bits * 1_000_000 // self._freq
        # Where an interrupt is due before the end, time passes by itself after the data has come.
        due = chip.horizon <= end
        now = chip.now if due else end
        chip.exchange(chip.I2C, now, address | n_in << 7, out, n_out, self._number)
        result = chip.reply[23]
        if not result and into is not None:
            data = chip.reply_bytes
            for i in range(n_in):
                into[at + i] = data[chip.DATA + i]
        if due:
            chip.advance(end)
        if result == _ETIMEDOUT:
            chip.advance(chip.now + self._timeout_us)  # it polls for its START; interrupts come
        if result:
            raise OSError(result)

    def scan(self):
        found = []
        for address in range(8, 120):
            try:
                self._transfer(address, self._one, 0)
                found.append(address)
            except OSError:
                pass
        return found

    def writeto(self, addr, buf, stop=True):
        self._transfer(addr, buf, len(buf))
        return len(buf)

    def readfrom_into(self, addr, buf, stop=True):
        at = 0
        while at < len(buf):
            n = min(_PIECE, len(buf) - at)
            self._transfer(addr, self._one, 0, n, buf, at)
            at += n

    def readfrom(self, addr, nbytes, stop=True):
        buffer = bytearray(nbytes)
        self.readfrom_into(addr, buffer)
        return bytes(buffer)

    @micropython.native
    def _address(self, memaddr, addrsize):
        if addrsize == 8:
            self._register[0] = memaddr & 0xFF
            return 1
        self._register[0] = memaddr >> 8 & 0xFF
        self._register[1] = memaddr & 0xFF
        return 2

    @micropython.native
    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        n = len(buf)
        if n > _PIECE:
            raise ValueError("buffer longer than %d bytes" % _PIECE)
        self._transfer(addr, self._register, self._address(memaddr, addrsize), n, buf)

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        buffer = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, buffer, addrsize=addrsize)
        return bytes(buffer)

    @micropython.native
    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        n = self._address(memaddr, addrsize)
        joined = self._joined
        if n + len(buf) > len(joined):
            raise ValueError("buffer too long")
        for i in range(n):
            joined[i] = self._register[i]
        for i in range(len(buf)):
            joined[n + i] = buf[i]
        self._transfer(addr, joined, n + len(buf))


class _Maker:
    """machine.I2C: hands out the port's static object of a bus, reset and with its pins.

    No class, since calling one with arguments would allocate, and the port's does not.
    """

    def __init__(self):
        self._made = [None] * 4

    def __call__(self, id, *, scl=None, sda=None, freq=400_000, timeout=50_000):
        number = pinout.I2C_NAMES.get(id, -1) if isinstance(id, str) else id
        if number not in pinout.I2C_PINS:
            raise ValueError("I2C(%s) doesn't exist" % id)
        if scl is not None or sda is not None:
            raise ValueError("explicit choice of scl/sda is not implemented")
        bus = self._made[number]
        if bus is None:
            self._made[number] = bus = _I2C(number)
        bus._init(freq, timeout)
        return bus


I2C = _Maker()
