"""What must survive any cut: settings and crash records, in flash of their own."""
