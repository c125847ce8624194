"""Quoth answers questions about a person's own documents, with quotes that point at the exact characters."""
