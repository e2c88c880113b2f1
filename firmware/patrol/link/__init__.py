"""The MAVLink link: frames, the dialect's tables, telemetry and commands."""
