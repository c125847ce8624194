"""The version of what Quoth prints for other programs."""

SCHEMA_VERSION = 1
"""Version of every JSON object that Quoth prints; it rises when a field changes its meaning or goes."""
