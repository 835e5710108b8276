"""Views → bytes → files."""
