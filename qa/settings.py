"""Settings: defaults, the user's quoth.toml, the library's quoth.toml, QUOTH_* variables, then arguments.

Nothing is read from the working directory: a stranger's folder must not be able to send documents anywhere.
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as PydanticSettingsError

from qa.apikeys import is_key
from qa.display import visible
from qa.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "quoth.toml"

_FILE_BYTES = 1_000_000
"""Of a settings file; it has a few hundred."""

_SHOWN = 100
"""Characters of a wrong value that an error repeats."""

MOST = 10**15
"""Of bytes and characters: a petabyte is no limit, and more than 64 bits hold would stop the calls that take it."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadingSettings(_Section):
    """Limits for one file. Parsers of everything but plain text run in a child process that is held to them."""

    max_bytes: int = Field(50_000_000, gt=0, le=MOST, description="files larger than this are left out, in bytes")
    max_characters: int = Field(
        20_000_000, gt=0, le=MOST, description="most text that is parsed out of one file, in characters"
    )
    memory: int = Field(
        1_500_000_000, gt=0, le=MOST, description="most memory of the child process that parses, in bytes"
    )
    seconds: float = Field(
        120.0, gt=0, le=1_000_000, allow_inf_nan=False, description="most time for parsing one file, in seconds"
    )


class EmbeddingSettings(_Section):
    """Which model turns text into vectors."""

    model: str = Field(
        "all-MiniLM-L6-v2",
        min_length=1,
        description="the packaged model, a sentence-transformers folder, or a hub name that was fetched",
    )
    precision: Literal["int8", "float32"] = Field("int8", description="int8 is about twice as fast")
    threads: int = Field(0, ge=0, le=1024, description="threads for embedding; 0 takes every core")


class ChunkingSettings(_Section):
    """How documents are cut. A library keeps the size that it was made with until it is rebuilt."""

    tokens: int = Field(
        120, ge=16, le=100_000, description="most tokens of a chunk; the embedding model's limit holds besides"
    )


class RetrievalSettings(_Section):
    """How passages are found."""

    candidates: int = Field(50, ge=1, le=1000, description="nearest chunks taken from the index")
    word_candidates: int = Field(20, ge=0, le=1000, description="chunks added for the question's rare words")
    k: int = Field(5, ge=1, le=100, description="passages returned when the caller does not say")


class AnswerSettings(_Section):
    """How answers are made."""

    model: str = Field(
        "quotes", min_length=1, description='"quotes" needs no language model; else PROVIDER:MODEL, or a server\'s URL'
    )
    threshold: float = Field(0.5, ge=0, le=1, description="confidence below this is answered with not found")
    temperature: float = Field(0.0, ge=0, le=2, description="of the chat model; 0 keeps closest to the passages")
    seed: int = Field(0, ge=0, description="of the chat model, for those that take one")
    timeout: float = Field(120.0, gt=0, description="most time without a word from the chat model, in seconds")
    context: int = Field(4096, ge=1024, description="tokens that the chat model reads and writes in all")
    max_tokens: int = Field(600, ge=32, description="most tokens of an answer that the chat model writes")
    api_key: SecretStr | None = Field(None, description="key of the chat model; the provider's own variable works too")


class StoreSettings(_Section):
    """A Chroma server in which the library's vectors and chunks live, instead of its local folder."""

    url: str | None = Field(None, description="http://HOST:8000 of a Chroma server; without it the library is local")
    collection: str | None = Field(
        None,
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{1,400}[A-Za-z0-9]$",
        description="the library's name on the server; without it, one made of its name here",
    )
    tenant: str = Field("default_tenant", min_length=1, description="of the server")
    database: str = Field("default_database", min_length=1, description="of the tenant")
    token: SecretStr | None = Field(None, description='what the header says, such as "Bearer ..."; it is shown nowhere')
    header: str = Field(
        "Authorization",
        pattern="^[A-Za-z0-9-]+$",
        description="the header that carries the token",
    )
    ca_file: str | None = Field(None, description="file of the authority that signed the server's certificate")
    verify: bool = Field(True, description="false takes any certificate: whoever is in between can read along")
    timeout: float = Field(30.0, gt=0, le=3600, description="most time for one reply of the server, in seconds")

    @field_validator("url")
    @classmethod
    def _whole(cls, url: str | None) -> str | None:
        try:
            parts = urlsplit(url or "http://none")
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or not str(url).isprintable() or " " in str(url) or parts.query or parts.fragment:
            raise ValueError("it is not http://HOST:PORT or https://HOST:PORT")
        if "@" in parts.netloc:  # it would be shown with every error
            raise ValueError("it holds a name or password; give these as store.token, for example 'Basic ...'")
        return url.rstrip("/") if url else None


class ChatSettings(_Section):
    """The terminal chat."""

    watch: bool = Field(False, description="take in what changes in the added folders while the chat is open")
    keys: dict[str, str] = Field(
        default_factory=dict, description='keys of your own, by the name that help (F1) gives: "chat.new" = "ctrl+o"'
    )


class McpSettings(_Section):
    """`quoth mcp --http`."""

    token: SecretStr | None = Field(
        None, min_length=16, description="what clients must send; without it, each start makes one and prints it"
    )


class Settings(BaseSettings):
    """Everything that can be set; the sections are tables in quoth.toml, `QUOTH_SECTION__NAME` as variables."""

    model_config = SettingsConfigDict(env_prefix="QUOTH_", env_nested_delimiter="__", extra="forbid", frozen=True)

    library: str = Field("default", min_length=1, description="the library used when none is named: a name or a path")
    reading: ReadingSettings = ReadingSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    store: StoreSettings = StoreSettings()
    chat: ChatSettings = ChatSettings()
    mcp: McpSettings = McpSettings()


def config_file() -> Path:
    """The user's settings file, which need not exist."""
    return platformdirs.user_config_path("quoth", appauthor=False) / FILE


def data_folder() -> Path:
    """Where named libraries live."""
    return platformdirs.user_data_path("quoth", appauthor=False)


def cache_folder() -> Path:
    """Where compiled models and the libraries of `ask(documents=...)` live; all of it can be made again."""
    return platformdirs.user_cache_path("quoth", appauthor=False)


def load(library_folder: Path | None = None, **arguments: Any) -> Settings:
    """Settings from every place, later ones winning: user's file, library's file, variables, arguments.

    arguments: fields of Settings, sections as dicts, e.g. `embedding={"precision": "float32"}`.
    Raises SettingsError with the place and the name of what is wrong.
    """
    files = [config_file(), *([library_folder / FILE] if library_folder else [])]
    tables = {file: _read(file) for file in files}

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the framework names it)
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            stored = (InitSettingsSource(settings_cls, tables[file]) for file in reversed(files))
            return (init_settings, env_settings, *stored)

    try:
        return Loaded(**arguments)
    except ValidationError as error:
        raise SettingsError(_first(error, tables)) from None
    except PydanticSettingsError as error:
        raise SettingsError(f"a QUOTH_* variable cannot be read: {visible(str(error), one_line=True)}") from None
    except RecursionError:
        raise SettingsError("a QUOTH_* variable cannot be read: it is nested too deeply. Mend or unset it.") from None


def _read(file: Path) -> dict[str, Any]:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _FILE_BYTES:  # reading a pipe or device may never end
            raise SettingsError(f"{file} is no settings file: too large, or not a regular file. Move it away.")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError) as error:
        said = visible(str(error), one_line=True)
        raise SettingsError(f"{file} cannot be read: {said}. Mend the line, or move the file away.") from None


def _first(error: ValidationError, tables: dict[Path, dict[str, Any]]) -> str:
    """The first thing that pydantic found, in one line that names the file or variable it came from."""
    found = error.errors()[0]
    name = visible(".".join(map(str, found["loc"])), one_line=True)[:_SHOWN]
    origin = next((str(file) for file in reversed(tables) if _holds(tables[file], found["loc"])), None)
    variable = "QUOTH_" + "__".join(map(str, found["loc"])).upper()
    if variable in {key.upper() for key in os.environ}:
        origin = f"the variable {variable}"
    where = f" in {origin}" if origin else ""
    if found["type"] == "extra_forbidden":
        return f"unknown setting {name}{where}; `quoth config` lists those there are"
    return f"the setting {name}{where} cannot be {_shown(name, found)}: {visible(found['msg'], one_line=True)}"


def _shown(name: str, found: ErrorDetails) -> str:
    """The value that was found, of bearable length, unless it may be a key, or a table that may hold one."""
    value = found["input"]
    hidden = is_key(name) or name == "store.url"  # which may hold a password
    if hidden or not isinstance(value, (str, int, float)) or found["type"].startswith("model"):
        return f"what it is set to (of type {type(value).__name__})"
    try:
        written = repr(value)
    except ValueError:  # a number of more digits than Python writes
        return "so large a number"
    return written if len(written) <= _SHOWN else f"{written[: _SHOWN - 1]}…"


def _holds(table: Any, path: tuple[int | str, ...]) -> bool:
    for key in path:
        if not isinstance(table, dict) or key not in table:
            return False
        table = table[key]
    return True
