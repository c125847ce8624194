"""Passages -> an answer: sentences that are quoted, or what a chat model writes, compared with the documents."""
