"""Packs by chemistry: what their voltage at rest says about their charge. Data only.

In the order of MAV_BATTERY_TYPE (1 LiPo, 2 LiFePO4, 3 Li-ion, 4 NiMH), which is what the setting
`battery_type` says, one row each: at rest, below the first voltage (mV) arming is refused, below
the second the motors go off; then the curve at about 20 degrees, rising, as pairs of bytes:
percent, and voltage in steps of 20 mV from 4 V.
"""

PACKS = (
    # Two LiPo cells: 3.27 V empty, 4.20 V full (typical curve, recalled).
    (
        7_000,
        6_700,
        b"\x00\x7f\x05\xa1\x0a\xa9\x1e\xb1\x32\xb8\x46\xc4\x64\xdc",
    ),
    # Two LiFePO4 cells: flat, so that it says little between 30 and 90 % (typical, recalled).
    (
        6_200,
        5_800,
        b"\x00\x3c\x05\x64\x0a\x73\x14\x7a\x28\x7f\x46\x83\x5a\x86\x61\x8a\x64\x96",
    ),
    # Two Li-ion cells 18650 (NMC): 3.0 V empty, 4.2 V full (typical curve, recalled).
    (
        6_600,
        6_200,
        b"\x00\x64\x05\x82\x0a\x91\x14\x9e\x28\xa8\x32\xae\x50\xc6\x5f\xd4\x64\xdc",
    ),
    # Six NiMH cells: 1.1 V empty, 1.4 V full, without the surface charge (typical, recalled).
    (
        7_050,
        6_600,
        b"\x00\x82\x0a\xa0\x14\xac\x32\xb8\x50\xc7\x5f\xd3\x64\xdc",
    ),
)
