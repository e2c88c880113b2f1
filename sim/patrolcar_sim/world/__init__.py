"""The physical world: the car as MJCF, rooms, and what each sensor sees."""
