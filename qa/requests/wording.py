"""The fixed words of answers: what Quoth says itself, beside the documents' own words."""

from __future__ import annotations

HELLO = "Hello. Ask me something about your documents; I answer in their own words and say where they stand."
BYE = "Goodbye."
WELCOME = "You are welcome."
HEARD = "All right. Ask on whenever you like."
NO_MORE = """\
An answer has the best quotes that I found, and I cannot go on from it by myself. Ask on in your own words, as in \
“and when was that?”, or type `list all` and what you look for: it quotes every place that was found."""
MODEL = "quoth config model ollama:llama3.2"
"""The one line that configures a chat model (README, "Answers by a chat model", has others)."""

ABILITIES = f"""\
I answer questions out of your documents: in their own words, with the place of every quote. When they do not say it, \
I say so. You can also type:
- summarise and a document's name: its most central sentences
- compare A and B: what the documents say of each
- list all and what you look for: the places that speak of it
- which documents do you have? what are they about?
- a word or two, as in a search: the best passages
Writing something new, as a letter or a translation, takes a chat model of your choice:
{MODEL}"""

WRITING = f"""\
Only a chat model can do that; without one I quote your documents, and write nothing myself. This line sets one up:

{MODEL}

That one runs on this machine, with Ollama and `pip install 'quoth[ollama]'`; the README names others."""

NOT_MODELLED = "These are quotes, chosen without the chat model, which answers questions."

MORE_SOURCES = "`quoth sources` lists them all, F4 in the chat"
"""Where the documents are that an answer leaves out."""

MORE_PASSAGES = "`quoth search` with -k 50 shows more, and so does a narrower list"
