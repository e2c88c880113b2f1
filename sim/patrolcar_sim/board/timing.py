"""What takes time on the chip, beside what the stand-ins charge for buses, UARTs and flash."""

TASK_HZ = 168_000_000  # the clock that the times below are for
BOOT_US = 100_000  # from reset to boot.py, on the chip
GC_US = 3_000  # a collection (facts: several ms on a full heap, about 1 if called often)

# What each of the firmware's tasks computes on a 168 MHz F405, beside the bus and UART times that
# the stand-ins charge. Estimated from bytecode at 3 to 5 us a line, a PI step of 46 us, a black
# box's record of 2.4 such steps and a packed frame of 166 us, until they are measured on a board.
TASK_US = {
    "sense": 320,
    "imu": 150,
    "odometry": 300,
    "sonar": 120,
    "tof": 120,
    "command": 120,
    "supervise": 150,
    "behave": 350,
    "drive": 410,
    "telemetry": 300,
    "battery": 200,
    "lights": 100,
    "alive": 60,
}
OTHER_TASK_US = 150


def at_clock(us: int, hz: int) -> int:
    """What takes `us` at TASK_HZ, at another clock."""
    return us * TASK_HZ // hz
