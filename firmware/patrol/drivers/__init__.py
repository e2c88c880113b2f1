"""One class a file; a driver gets pins, timers and buses as objects, never their names."""
