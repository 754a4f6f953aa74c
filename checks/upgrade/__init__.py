"""The upgrade itself: one item between the phases."""
