"""A library whose vectors and chunks live in a Chroma server. Its catalog stays with the one machine that adds."""
