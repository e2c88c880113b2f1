# heap.py: what each import and each part of the car takes of the heap, in bytes.
#
#     names()                  # kept by the interpreter: printed
#     used()                   # bytes in use after a collection
#     car = take_car(modules)  # patrol.app.Car(); fills `report`
#     take_drive(car, ticks)   # bytes in use while it runs
#     buffers(car)             # the large pieces that are the same on every board
#
# A figure is what stays of it after a collection, without what it imports or builds in turn, which
# has figures of its own.

import builtins
import gc
import sys

import micropython

_INNER = [0]  # what the ones that are being measured have made in turn
report = {"modules": {}, "parts": {}, "pins": {}}


def used():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def names():
    micropython.qstr_info()


def _measured(kind, name, function, *arguments, **named):
    table = report[kind]
    table.setdefault(name, 0)
    _INNER.append(0)
    before = used()
    try:
        result = function(*arguments, **named)
    finally:
        grown = used() - before
        table[name] += grown - _INNER.pop()
        _INNER[-1] += grown
    return result


class _Measured:
    """Stands for a class or a function: calls are measured, attributes are its own."""

    def __init__(self, kind, name, original):
        self._kind = kind
        self._name = name
        self._original = original

    def __call__(self, *arguments, **named):
        return _measured(self._kind, self._name, self._original, *arguments, **named)

    def __getattr__(self, name):
        return getattr(self._original, name)


def _measure_calls(module):
    """Whatever the module's code makes by a name of its own: parts, and the port's pins."""
    for name, value in list(module.__dict__.items()):
        if name in ("Pin", "Timer", "ADC", "I2C", "UART", "LED"):
            setattr(module, name, _Measured("pins", name, value))
        elif isinstance(value, type) and name != "Car":
            setattr(module, name, _Measured("parts", name, value))


def _measure_no_calls(module):
    for name, value in list(module.__dict__.items()):
        if isinstance(value, _Measured):
            setattr(module, name, value._original)


def _import_hook(modules, original):
    def load(name):
        parts = name.split(".")
        for i in range(1, len(parts) + 1):
            whole = ".".join(parts[:i])
            if " " + whole + " " in modules and whole not in sys.modules:
                if whole == "patrol.births":  # it changes the classes themselves
                    _measure_no_calls(sys.modules["patrol.app"])
                _measured("modules", whole, original, whole)
                if whole == "patrol.births":
                    _measure_calls(sys.modules["patrol.app"])
                if whole in ("patrol.app", "patrol.births", "patrol.hardware"):
                    _measure_calls(sys.modules[whole])

    def hook(name, *rest):
        load(name)
        if len(rest) > 2 and rest[2]:
            for inner in rest[2]:
                load(name + "." + inner)
        return original(name, *rest)

    return hook


def take_car(modules):
    """The car and all that it loads; `modules` are the firmware's names, a space around each."""
    original = builtins.__import__
    builtins.__import__ = _import_hook(modules, original)
    try:
        from patrol.app import Car

        return _measured("parts", "Car", Car)
    finally:
        builtins.__import__ = original


def take_drive(car, ticks):
    """Bytes in use after so many ticks, with the car running; then it stops."""
    found = []
    sample = car.bumper.sample
    left = [ticks]

    def look():
        left[0] -= 1
        if left[0] == 0:
            found.append((used(), car.supervisor.state, car.failures))
        sample()

    car.bumper.sample = look
    car.run(ticks)
    car.bumper.sample = sample
    return found[0]


def buffers(part, seen=None, found=None):
    """Every bytearray and array below a part, as [(class.attribute, bytes)]."""
    if seen is None:
        seen, found = [], []
    if part in seen or isinstance(part, type) or not hasattr(part, "__dict__"):
        return found
    seen.append(part)
    for name, value in part.__dict__.items():
        kind = type(value).__name__
        if kind in ("bytearray", "array"):
            size = len(value) * (1 if kind == "bytearray" else 2)
            found.append((type(part).__name__ + "." + name, size))
        elif kind in ("list", "tuple"):
            for item in value:
                buffers(item, seen, found)
        else:
            buffers(value, seen, found)
    return found
