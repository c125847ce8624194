"""Tests mirror the code; what every one of them gets is in conftest.py."""
