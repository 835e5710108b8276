"""What writes sources: new sites and new files."""
