"""Library: the one object a program holds.

Its verbs are in `asking`, `filling` and `looking`, each beside its asynchronous twin; the work of a verb is done in the
module that is named after it, which is loaded when it is first needed.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qa import questions
from qa import settings as settings_module
from qa.errors import LibraryNotFound
from qa.library.asking import Asking
from qa.library.filling import Filling
from qa.library.looking import Looking
from qa.parts import Parts
from qa.places import check_remains, folder_of
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool

    from qa.chat_models import Model
    from qa.types import Answer
    from qa.where import Where


class Library(Asking, Filling, Looking):
    """A named set of indexed documents.

    library: a name under the user's data folder, or a path (with a separator, or beginning with . or ~); None is the
    one that the settings name. Nothing is written before the first `add`. A Library may be used from several threads;
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        library: str | os.PathLike[str] | None = None,
        *,
        create: bool = True,
        settings: Settings | None = None,
    ) -> None:
        """create: whether a library that does not exist may be made by `add`; if not, it raises LibraryNotFound.

        settings: take these instead of the files and variables. Raises SettingsError.
        """
        named = settings or settings_module.load()
        self.folder = folder_of(library if library is not None else named.library)
        self.name = self.folder.name
        self.settings = settings or settings_module.load(self.folder)
        self._parts = Parts(self.folder, self.settings)
        if not create and not self.exists():
            check_remains(self.folder)
            raise LibraryNotFound(
                f"there is no library {self.name!r} in {self.folder}; `quoth libraries` lists those there are"
            )

    def exists(self) -> bool:
        """Whether the library has been made; one in a Chroma server counts as such."""
        return self.settings.store.url is not None or self._parts.exists()

    def close(self) -> None:
        """Close the library's files."""
        self._parts.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def as_retriever(self, *, k: int | None = None, where: Where | None = None) -> BaseRetriever:
        """The library as a LangChain retriever; loads langchain_core. Raises InputError for a k below 1."""
        from qa.langchain import LibraryRetriever

        count = self.settings.retrieval.k if k is None else questions.checked_k(k)
        return LibraryRetriever(library=self, k=count, where=where)

    def as_runnable(
        self, *, where: Where | None = None, model: Model | None = None, explain: bool = False
    ) -> Runnable[Any, Answer]:
        """Answers as a LangChain Runnable: a question, or a conversation that ends with one, in; an Answer out."""
        from qa.langchain import LibraryAnswers

        return LibraryAnswers(self, where=where, model=model, explain=explain)

    def as_tool(self, *, where: Where | None = None, model: Model | None = None) -> BaseTool:
        """The library as a LangChain tool, for an agent that decides by itself when to ask the documents."""
        from qa.langchain import LibraryTool

        return LibraryTool(library=self, where=where, model=model)
