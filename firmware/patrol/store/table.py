"""The settings that a board keeps, most of them from `patrol calibrate`. Data only.

Each is an integer: name, unit, lowest, highest, default, and the layout that it came with. A
record holds all settings of its layout in this order, four bytes each, little-endian. A new
setting goes to the end with the next layout's number; one whose meaning changes gets a new name,
its old place stays. Defaults are patrol/car.py's, as a test checks.

The comment above a row is its sentence for persons, from which the host makes documentation and
metadata (params/table.py there): each row has one. "From the next boot." stands in it where it
does not act at once; names of values stand in it as `1 this, 2 that`, from lowest to highest, or
here for all whose names begin and end alike, as `(begin...end): 1 this, 2 that.`

What a failsafe does (fs_..._act): 0 nothing, 1 tells, 2 stops, 3 takes the motors' power.
"""

LAYOUT = 3

TABLE = (
    # What the gyro reads around its x axis at rest; an MPU-6050 has 65.5 counts for 1 degree/s and
    # is within 20 degrees/s. From the next boot.
    ("gyro_bias_x", "counts", -2_000, 2_000, 0, 1),
    # What the gyro reads around its y axis at rest. From the next boot.
    ("gyro_bias_y", "counts", -2_000, 2_000, 0, 1),
    # What the gyro reads around its z axis at rest, the one that it turns about. From the next
    # boot.
    ("gyro_bias_z", "counts", -2_000, 2_000, 0, 1),
    # By what the gyro's rates are multiplied; an MPU-6050 is within 3 %. From the next boot.
    ("gyro_scale", "1/1000", 900, 1_100, 1_000, 1),
    # The way of the left wheel's rim for one count of its encoder. From the next boot.
    ("wheel_left", "nm/count", 140_000, 173_000, 156_501, 1),
    # The way of the right wheel's rim for one count of its encoder. From the next boot.
    ("wheel_right", "nm/count", 140_000, 173_000, 156_501, 1),
    # The distance of the wheels, by which the car's turning is reckoned. From the next boot.
    ("track", "mm/100", 11_000, 15_000, 13_000, 1),
    # The pack's voltage that the converter's full scale stands for, by the divider. From the next
    # boot.
    ("battery_full", "mV", 12_000, 16_300, 14_190, 1),
    # The left line sensor's reading, of 16 bits, between floor and tape. From the next boot.
    ("line_left", "counts", 2_000, 62_000, 32_768, 1),
    # The middle line sensor's reading between floor and tape. From the next boot.
    ("line_middle", "counts", 2_000, 62_000, 32_768, 1),
    # The right line sensor's reading between floor and tape. From the next boot.
    ("line_right", "counts", 2_000, 62_000, 32_768, 1),
    # The left cliff sensor's reading, of 16 bits, between floor and none,
    # which reads 63,500. From the next boot.
    ("cliff_left", "counts", 2_000, 62_000, 32_768, 1),
    # The right cliff sensor's reading between floor and none. From the next boot.
    ("cliff_right", "counts", 2_000, 62_000, 32_768, 1),
    # The least severity that is told as a text: 3 error, 4 warning, 5 notice, 6 info, 7 debug.
    # From the next boot.
    ("log_level", "severity", 3, 7, 6, 2),
    # The pack's kind, as MAV_BATTERY_TYPE has it, and so its voltages: 1 LiPo 2S, 2 LiFePO4 2S,
    # 3 Li-ion 2S, 4 NiMH 6S. From the next boot.
    ("battery_type", "1", 1, 4, 3, 2),
    # What the pack holds when it is full. From the next boot.
    ("battery_capacity", "mAh", 200, 20_000, 2_600, 2),
    # The pack's resistance with its wires, where the estimate of it begins. From the next boot.
    ("battery_mohm", "mohm", 20, 2_000, 100, 2),
    # The ground station was heard and is not any more.
    ("fs_link_act", "1", 0, 3, 2, 3),
    # The pack's voltage at rest says that it is low.
    ("fs_low_act", "1", 0, 3, 1, 3),
    # The pack is nearly empty, its voltage under load is too low for the board, or not known.
    ("fs_crit_act", "1", 0, 3, 3, 3),
    # A wheel is told to turn and does not.
    ("fs_stall_act", "1", 0, 3, 2, 3),
    # The car stands on a slope that is too steep, or is upside down.
    ("fs_tilt_act", "1", 0, 3, 3, 3),
    # A cliff sensor sees no floor any more.
    ("fs_cliff_act", "1", 0, 3, 2, 3),
    # The bumper is hit.
    ("fs_bumper_act", "1", 0, 3, 2, 3),
    # In AUTO, a sonar, a cliff sensor or the bumper is of no use.
    ("fs_sensor_act", "1", 0, 3, 2, 3),
    # Too many ticks of the loop come late.
    ("fs_late_act", "1", 0, 3, 1, 3),
    # Too little heap is free.
    ("fs_mem_act", "1", 0, 3, 1, 3),
    # How long the ground station must have been silent.
    ("fs_link_ms", "ms", 200, 60_000, 3_000, 3),
    # Below this voltage at rest the pack is low; 0: by its type.
    ("fs_low_mv", "mV", 0, 9_000, 0, 3),
    # How long it must have been low.
    ("fs_low_ms", "ms", 0, 60_000, 5_000, 3),
    # Below this voltage at rest the pack is nearly empty; 0: by its type.
    ("fs_crit_mv", "mV", 0, 9_000, 0, 3),
    # How long it must have been so.
    ("fs_crit_ms", "ms", 0, 60_000, 2_000, 3),
    # How long a wheel must have stood; one that its voltage shows to be blocked counts at once.
    ("fs_stall_ms", "ms", 100, 10_000, 600, 3),
    # The steepest slope; 70 % is 35 degrees.
    ("fs_tilt_pct", "%", 10, 500, 70, 3),
    # How long it must have been steeper; upside down, a third of that.
    ("fs_tilt_ms", "ms", 0, 10_000, 300, 3),
    # How long a sensor must have been of no use.
    ("fs_sensor_ms", "ms", 0, 10_000, 0, 3),
    # So many late ticks within a second are too many.
    ("fs_late_ticks", "1", 1, 100, 20, 3),
    # Less free heap than this is too little; measured once a second.
    ("fs_mem_kb", "KB", 0, 64, 8, 3),
    # When the ground station falls silent, AUTO 0: does what fs_link_act says, 1: goes on.
    ("auto_no_link", "1", 0, 1, 0, 3),
    # The car's MAVLink system id: several cars on one line need different ones. From the next
    # boot.
    ("sysid", "1", 1, 250, 1, 3),
    # A wheel that does less than this part of what it is told does not turn.
    ("fs_stall_pct", "%", 5, 80, 25, 3),
)
