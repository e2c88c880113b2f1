"""Packs by chemistry: what their voltage at rest says about their charge. Data only.

By MAV_BATTERY_TYPE, as the setting `battery_type` and BATTERY_STATUS have it: type, low, critical
(the pack's voltage at rest in mV: below the one arming is refused, below the other the motors go
off), and the curve: percent and voltage, rising, at about 20 degrees.
"""

LIPO, LIFEPO4, LI_ION, NIMH = 1, 2, 3, 4

PACKS = {
    # Two LiPo cells: 3.27 V empty, 4.20 V full (typical curve, recalled).
    LIPO: (
        LIPO,
        7_000,
        6_700,
        (0, 6_540, 5, 7_220, 10, 7_380, 20, 7_460, 30, 7_540, 50, 7_680, 70, 7_920, 85, 8_160,
         100, 8_400),
    ),
    # Two LiFePO4 cells: flat, so that it says little between 30 and 90 % (typical, recalled).
    LIFEPO4: (
        LIFEPO4,
        6_200,
        5_800,
        (0, 5_200, 5, 6_000, 10, 6_300, 20, 6_440, 40, 6_540, 70, 6_620, 90, 6_680, 97, 6_760,
         100, 7_000),
    ),
    # Two Li-ion cells 18650 (NMC): 3.0 V empty, 4.2 V full (typical curve, recalled).
    LI_ION: (
        LI_ION,
        6_600,
        6_200,
        (0, 6_000, 5, 6_600, 10, 6_900, 20, 7_160, 40, 7_360, 50, 7_480, 60, 7_640, 80, 7_960,
         95, 8_240, 100, 8_400),
    ),
    # Six NiMH cells: 1.1 V empty, 1.4 V full, without the surface charge (typical, recalled).
    NIMH: (
        NIMH,
        7_050,
        6_600,
        (0, 6_600, 10, 7_200, 20, 7_440, 50, 7_680, 80, 7_980, 95, 8_220, 100, 8_400),
    ),
}  # fmt: skip
