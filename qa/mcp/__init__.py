"""A library for other programs' assistants, over the Model Context Protocol: `quoth mcp`."""
