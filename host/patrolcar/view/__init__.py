"""The viewer: one figure, shown live, saved as a picture or put into a report."""
