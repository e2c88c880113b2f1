# main.py: the boot ROM: what runs in the interpreter before, around and after the firmware.
#
# Arguments: image, cache, read fd, write fd; the settings come as a line of JSON. It puts the
# stand-ins in place of the built-in modules, hides the host's filesystem behind the one on the
# flash image, runs boot.py and main.py, and serves the REPL otherwise.

import gc
import sys

import uctypes

_rom = sys.argv[0].rsplit("/", 1)[0]
sys.path[:] = [_rom + "/modules", _rom, ".frozen"]

import chip

_STAND_INS = ("machine", "time", "select", "pyb", "profiler", "stm")
_BUILT_IN = ("asyncio", "gc", "micropython", "os", "sys", "vfs")  # theirs are called v + name
_CLEAR_BYTES = 8192
_OWN = (
    "chip",
    "console",
    "flash",
    "loader",
    "mount",
    "pinout",
    "repl",
    "_machine_bus",
    "_machine_pin",
    "_machine_rtc",
    "_pyb_timer",
    "_registers",
)


def _boot():
    import builtins
    import json

    import vfs

    # What compiling leaves is cleared at once, so that the firmware finds a heap in one piece, as
    # on a board, where none of this is on the heap.
    gc.threshold(_CLEAR_BYTES)
    for name in _OWN + _STAND_INS + tuple("v" + name for name in _BUILT_IN):
        __import__(name)
    modules = sys.modules
    console, flash, repl = modules["console"], modules["flash"], modules["repl"]
    settings = json.loads(chip.connect(int(sys.argv[3]), int(sys.argv[4])))
    modules["pinout"].use(settings["board"])
    chip.reset_cause = settings["reset_cause"]
    chip.gc_us = settings["gc_us"]
    chip.unique_id = bytes(settings["unique_id"])
    chip.link_uart = settings["link_uart"]

    timeout_us, due_us = settings["watchdog"]
    if timeout_us:  # it has outlived a soft reset
        chip.watchdog_timeout_us = timeout_us
        chip.watchdog_us = due_us

    modules["_machine_rtc"].start(*settings["rtc"])
    modules["profiler"].cost_us.update(settings["cost_us"])
    modules["profiler"].other_us = settings["other_us"]
    machine, littlefs = settings["machine"], settings["littlefs"]
    modules["vsys"]._configure(machine, settings["build"])
    modules["vos"]._configure(machine, settings["release"], littlefs)
    modules["vvfs"]._configure(littlefs)
    # A stand-in in sys.modules is found before the built-in of that name.
    for name in _BUILT_IN:
        module = modules.pop("v" + name)
        module.__name__ = "_asyncio" if name == "asyncio" else name
        modules[module.__name__] = module
    for name in ("machine", "os", "select", "sys", "time"):
        modules["u" + name] = modules[name]
    builtins.print = console.print
    builtins.__repl_print__ = console.show
    builtins.input = repl.input
    builtins.help = repl.help

    parts = tuple(tuple(part) for part in settings["filesystem"])
    image = open(sys.argv[1], "r+b")
    cache = open(sys.argv[2], "r+b")
    flash.open_storage(image, cache, parts, littlefs)
    modules["_registers"].connect(
        image, settings["sectors"], settings["program"], settings["backup"]
    )
    modules["loader"].start(vfs.VfsPosix(""), _rom, {n: modules[n] for n in ("console", "loader")})
    quirks = None
    if settings["quirks"] is not None:
        quirks = modules["loader"].load("quirks")
        quirks["start"](settings["quirks"], settings["taken_kb"])
    vfs.umount("/")
    sys.path[:] = ["", ".frozen"]
    if modules["mount"].mount_flash(littlefs):
        sys.path += ["/flash", "/flash/lib"]
    else:
        repl.put("MPY: can't mount flash\r\n")
    if quirks is not None:
        quirks["fill"]()
    # What the firmware may import is what a board has: the ROM's own modules are not there.
    for name in _OWN:
        del modules[name]
    del sys.argv[:]
    return console, repl, settings, flash.storage


def _serve(console, repl, settings, storage):
    raw_mode = settings["raw_repl"]
    again = repl.run_file("boot.py") or (not raw_mode and repl.run_file("main.py"))
    while not again:
        again = repl.raw() if raw_mode else repl.friendly(settings["banner"])
        raw_mode ^= not again
    repl.put("MPY: sync filesystems\r\n")
    storage.sync()
    repl.put("MPY: soft reboot\r\n")
    chip.reset(chip.SOFT, 1 if raw_mode else 0, console.rest())


def _fill_holes():
    """Takes the free blocks between the ROM's own objects, one by one; a chain of what took them.

    So the first free block lies behind all that is the ROM's (see vgc.py).
    """
    behind = bytearray(gc.mem_free() // 2)  # only behind the ROM's objects is there so much
    end = uctypes.addressof(behind)
    chain = (None,)
    while id(chain) < end:
        chain = (chain,)
    return chain


_parts = _boot()
gc.collect()
_holes = _fill_holes()
gc.collect()
_ballast = bytearray(max(0, gc.mem_free() - _parts[2]["heap_free"]))
gc.threshold(-1)
object()  # see vgc.py
_serve(*_parts)
