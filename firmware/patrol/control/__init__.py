"""From wanted speeds to motor voltages, and from counts and rates to a pose. Integers only."""
