"""The names that programs for the port rely on are there."""

import pytest

from patrolcar_sim.bench import Bench

NAMES = {
    "machine": "Pin ADC PWM UART I2C WDT Timer Signal reset soft_reset reset_cause unique_id freq "
    "idle disable_irq enable_irq time_pulse_us PWRON_RESET HARD_RESET WDT_RESET SOFT_RESET RTC "
    "bootloader",
    "pyb": "Timer Pin LED Switch Flash RTC bootloader millis micros delay udelay "
    "elapsed_millis elapsed_micros disable_irq enable_irq hard_reset unique_id freq wfi",
    "time": "time time_ns gmtime localtime mktime sleep sleep_ms sleep_us ticks_ms ticks_us "
    "ticks_cpu ticks_add ticks_diff",
    "gc": "collect enable disable isenabled mem_alloc mem_free threshold",
    "micropython": "const heap_lock heap_unlock mem_info opt_level qstr_info schedule stack_use "
    "alloc_emergency_exception_buf kbd_intr",
    "os": "chdir dupterm getcwd ilistdir listdir mkdir remove rename rmdir sep stat statvfs sync "
    "unlink urandom mount umount VfsFat VfsLfs2",
    "sys": "argv byteorder exit implementation maxsize modules path platform print_exception ps1 "
    "ps2 stderr stdin stdout version version_info",
    "vfs": "VfsFat VfsLfs2 mount umount",
    "select": "poll POLLIN POLLOUT POLLERR POLLHUP",
    "utime": "ticks_ms sleep_ms",
}


@pytest.mark.parametrize("module", sorted(NAMES))
def test_a_module_has_what_the_port_has(bench: Bench, module: str) -> None:
    names = NAMES[module].split()
    out = bench.run(f"import {module}\nprint([n for n in {names} if not hasattr({module}, n)])")
    assert out == "[]\n"


def test_the_rom_itself_is_not_importable(bench: Bench) -> None:
    for name in ("chip", "console", "readline", "repl", "vgc", "vsys", "_machine_pin"):
        assert bench.fails(f"import {name}").startswith("ImportError")
