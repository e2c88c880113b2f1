"""One data-only file a board."""
