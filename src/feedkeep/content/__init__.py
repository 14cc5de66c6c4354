"""Pure functions on text and HTML."""
