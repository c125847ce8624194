"""What people type that is no question about a fact: a greeting, a summary, a comparison, a list, a bare keyword.

recognising.py says which kind a line is, by rules over its words; answering.py answers each kind without a language
model. Words in such an answer are the documents', quoted and cited, or fixed ones of Quoth's; nothing is made up.
"""
