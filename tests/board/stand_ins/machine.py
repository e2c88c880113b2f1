# machine.py: pins and buses with nothing on them, for a MicroPython that has none of the car's.

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5


def reset_cause():
    return SOFT_RESET


def unique_id():
    return b"stand-in"


class Pin:
    IN, OUT, OPEN_DRAIN, PULL_UP, PULL_DOWN = 0, 1, 2, 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, name, mode=IN, pull=None, *, value=None):
        self.init(mode, pull)

    def init(self, mode=IN, pull=None, *, value=None):
        self._level = 1 if pull == Pin.PULL_UP else 0

    def value(self, level=None):
        if level is None:
            return self._level
        self._level = level

    def irq(self, handler, trigger, hard=False):
        pass


class ADC:
    def __init__(self, pin):
        pass

    def read_u16(self):
        return 34_000


class I2C:
    def __init__(self, number, freq=400_000, timeout=50_000):
        pass

    def readfrom_mem_into(self, address, register, buffer):
        raise OSError(19)  # ENODEV: nobody answers

    def readfrom_mem(self, address, register, n):
        raise OSError(19)

    def writeto_mem(self, address, register, data):
        raise OSError(19)


class UART:
    def __init__(self, number, baud=115_200, rxbuf=64):
        pass

    def any(self):
        return 0

    def readinto(self, buffer, n):
        return 0

    def write(self, buffer, offset=0, n=-1):
        return n


class WDT:
    def __init__(self, id=0, timeout=5000):
        pass

    def feed(self):
        pass


class Timer:
    def __init__(self, id=-1):
        pass

    def init(self, **settings):
        pass

    def deinit(self):
        pass
