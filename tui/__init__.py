"""The terminal chat over a library."""
