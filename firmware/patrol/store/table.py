"""The settings that a board keeps, most of them from `patrol calibrate`. Data only.

Each is an integer: name, unit, lowest, highest, default, and the layout that it came with. A
record holds all settings of its layout in this order, four bytes each, little-endian. A new
setting goes to the end with the next layout's number; one whose meaning changes gets a new name,
its old place stays. Defaults are patrol/car.py's, as a test checks.
"""

LAYOUT = 3

TABLE = (
    # MPU-6050: zero-rate output within 20 degrees/s, 65.5 counts for one; scale within 3 %.
    ("gyro_bias_x", "counts", -2_000, 2_000, 0, 1),
    ("gyro_bias_y", "counts", -2_000, 2_000, 0, 1),
    ("gyro_bias_z", "counts", -2_000, 2_000, 0, 1),
    ("gyro_scale", "1/1000", 900, 1_100, 1_000, 1),
    # The way of each wheel's rim for one count, and the wheels' distance.
    ("wheel_left", "nm/count", 140_000, 173_000, 156_501, 1),
    ("wheel_right", "nm/count", 140_000, 173_000, 156_501, 1),
    ("track", "mm/100", 11_000, 15_000, 13_000, 1),
    # What the converter's full scale stands for.
    ("battery_full", "mV", 12_000, 16_300, 14_190, 1),
    # Readings of 16 bits between dark and light, and between floor and none.
    ("line_left", "counts", 0, 65_535, 32_768, 1),
    ("line_middle", "counts", 0, 65_535, 32_768, 1),
    ("line_right", "counts", 0, 65_535, 32_768, 1),
    ("cliff_left", "counts", 0, 65_535, 32_768, 1),
    ("cliff_right", "counts", 0, 65_535, 32_768, 1),
    # The least severity that is told (MAV_SEVERITY): 7 debug, 6 info, 4 warning, 3 error.
    ("log_level", "severity", 3, 7, 6, 2),
    # The pack: MAV_BATTERY_TYPE (1 LiPo 2S, 2 LiFePO4 2S, 3 Li-ion 2S, 4 NiMH 6S; chemistry.py),
    # what it holds, and its resistance with its wires, where the estimate of it begins.
    ("battery_type", "1", 1, 4, 3, 2),
    ("battery_capacity", "mAh", 200, 20_000, 2_600, 2),
    ("battery_mohm", "mohm", 20, 2_000, 100, 2),
    # The car's MAVLink system id: several cars on one line need different ones. From the next
    # boot.
    ("sysid", "1", 1, 250, 1, 3),
)
