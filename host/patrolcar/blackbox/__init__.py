"""`patrol blackbox`: what a car did in the ticks before and after a stop."""
