# main.py: the boot ROM: what runs in the interpreter before, around and after the firmware.
#
# Arguments: image, cache, read fd, write fd; the settings come as a line of JSON. It puts the
# stand-ins in place of the built-in modules, hides the host's filesystem behind littlefs on the
# flash image, runs boot.py and main.py, and serves the REPL otherwise.

import gc
import sys

_rom = sys.argv[0].rsplit("/", 1)[0]
sys.path[:] = [_rom + "/modules", _rom, ".frozen"]

import chip

_STAND_INS = ("machine", "time", "select", "pyb", "profiler", "vasyncio", "vgc", "vmicropython")
_CLEAR_BYTES = 8192
_OWN = ("chip", "flash", "repl", "pinout", "_machine_bus", "_machine_pin", "_pyb_timer")


def _boot():
    import json
    import os

    import vfs

    # What compiling leaves is cleared at once, so that the firmware finds a heap in one piece, as
    # on a board, where none of this is on the heap.
    gc.threshold(_CLEAR_BYTES)
    for name in _OWN + _STAND_INS:
        __import__(name)
    flash, repl, pyb = sys.modules["flash"], sys.modules["repl"], sys.modules["pyb"]
    profiler = sys.modules["profiler"]
    settings = json.loads(chip.connect(int(sys.argv[3]), int(sys.argv[4])))
    sys.modules["pinout"].use(settings["board"])
    chip.reset_cause = settings["reset_cause"]
    chip.gc_us = settings["gc_us"]
    chip.unique_id = bytes(settings["unique_id"])
    chip.link_uart = settings["link_uart"]

    profiler.cost_us.update(settings["cost_us"])
    profiler.other_us = settings["other_us"]
    # A stand-in in sys.modules is found before the built-in of that name.
    for name in ("gc", "micropython", "asyncio"):
        built_in = "_asyncio" if name == "asyncio" else name
        sys.modules[built_in] = sys.modules.pop("v" + name)
    for name in ("machine", "time", "select"):
        sys.modules["u" + name] = sys.modules[name]

    image = open(sys.argv[1], "r+b")
    cache = open(sys.argv[2], "r+b")
    sectors = tuple(tuple(part) for part in settings["filesystem"])
    device = flash.Flash(image, cache, sectors)
    pyb.Flash = lambda **part: device
    vfs.umount("/")
    try:
        filesystem = vfs.VfsLfs2(device)
        vfs.mount(filesystem, "/flash")
    except OSError:
        vfs.VfsLfs2.mkfs(device)
        filesystem = vfs.VfsLfs2(device)
        vfs.mount(filesystem, "/flash")
        device.sync()
    os.chdir("/flash")
    sys.path[:] = ["", ".frozen", "/flash", "/flash/lib"]
    # What the firmware may import is what a board has: the ROM's own modules are not there.
    for name in _OWN:
        del sys.modules[name]
    del sys.argv[:]
    return repl, settings, device


def _serve(repl, settings, device, scope):
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
    device.sync()
    repl.put("MPY: soft reboot\r\n")
    chip.reset(chip.SOFT, 1 if raw_mode else 0)


_parts = _boot()
gc.collect()
gc.threshold(-1)
_serve(*_parts, {"__name__": "__main__"})
