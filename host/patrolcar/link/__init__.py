"""The link: the MAVLink dialect, connections by URI, and recordings."""
