"""What the car does: the supervisor's table and one file a mode."""
