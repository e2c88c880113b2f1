# main.py: the boot ROM: what runs in the interpreter before, around and after the firmware.
#
# Arguments: image, cache, read fd, write fd; the settings come as a line of JSON. It puts the
# stand-ins in place of the built-in modules, hides the host's filesystem behind the one on the
# flash image, runs boot.py and main.py, and serves the REPL otherwise.

import gc
import sys

_rom = sys.argv[0].rsplit("/", 1)[0]
sys.path[:] = [_rom + "/modules", _rom, ".frozen"]

import chip

_STAND_INS = ("machine", "time", "select", "pyb", "profiler")
_OVER_BUILT_INS = ("gc", "micropython", "asyncio", "os", "vfs", "sys")
_CLEAR_BYTES = 8192
_OWN = ("chip", "flash", "mount", "repl", "pinout", "_machine_bus", "_machine_pin", "_pyb_timer")


def _boot():
    import json

    import vfs

    # What compiling leaves is cleared at once, so that the firmware finds a heap in one piece, as
    # on a board, where none of this is on the heap.
    gc.threshold(_CLEAR_BYTES)
    for name in _OWN + _STAND_INS:
        __import__(name)
    for name in _OVER_BUILT_INS:
        __import__("v" + name)
    modules = sys.modules
    flash, repl = modules["flash"], modules["repl"]
    profiler = modules["profiler"]
    settings = json.loads(chip.connect(int(sys.argv[3]), int(sys.argv[4])))
    modules["pinout"].use(settings["board"])
    chip.reset_cause = settings["reset_cause"]
    chip.gc_us = settings["gc_us"]
    chip.unique_id = bytes(settings["unique_id"])
    chip.link_uart = settings["link_uart"]

    profiler.cost_us.update(settings["cost_us"])
    profiler.other_us = settings["other_us"]
    # A stand-in in modules is found before the built-in of that name.
    machine, littlefs = settings["machine"], settings["littlefs"]
    modules["vsys"].configure(machine, settings["build"])
    modules["vos"].configure(machine, settings["release"], littlefs)
    modules["vvfs"].configure(littlefs)
    for name in _OVER_BUILT_INS:
        built_in = "_asyncio" if name == "asyncio" else name
        modules[built_in] = modules.pop("v" + name)
    for name in ("machine", "time", "select"):
        modules["u" + name] = modules[name]

    parts = tuple(tuple(part) for part in settings["filesystem"])
    image = open(sys.argv[1], "r+b")
    cache = open(sys.argv[2], "r+b")
    flash.open_storage(image, cache, parts, littlefs)
    vfs.umount("/")
    sys.path[:] = ["", ".frozen"]
    if modules["mount"].mount_flash(littlefs):
        sys.path += ["/flash", "/flash/lib"]
    else:
        repl.put("MPY: can't mount flash\r\n")
    # What the firmware may import is what a board has: the ROM's own modules are not there.
    for name in _OWN:
        del modules[name]
    del sys.argv[:]
    return repl, settings, flash.storage


def _serve(repl, settings, storage, scope):
    raw_mode = settings["raw_repl"]
    if not repl.run_file("boot.py", scope) and not raw_mode:
        repl.run_file("main.py", scope)
    while True:
        if raw_mode:
            if repl.raw(scope):
                break
        elif repl.friendly(scope, settings["banner"]):
            break
        raw_mode = not raw_mode
    storage.sync()
    repl.put("MPY: soft reboot\r\n")
    chip.reset(chip.SOFT, 1 if raw_mode else 0)


_parts = _boot()
gc.collect()
_ballast = bytearray(max(0, gc.mem_free() - _parts[1]["heap_free"]))
gc.threshold(-1)
_serve(*_parts, {"__name__": "__main__"})
