"""A board's wiring: its table and its picture, made from the board's file in firmware/boards."""
