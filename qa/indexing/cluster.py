"""A Ray cluster to work on: the one that RAY_ADDRESS names, or one on this machine alone that ends with the work."""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType

from qa.errors import ClusterError

LOOPBACK = "127.0.0.1"

QUIET = {"RAY_DEDUP_LOGS_SKIP_REGEX": "."}
"""Ray tells of every lost worker on standard output, where a command's result belongs, and drops what fits this."""


def require() -> None:
    """Raise ClusterError where Ray is not installed."""
    if not all(importlib.util.find_spec(name) for name in ("ray", "pyarrow")):
        raise ClusterError("the engine ray needs its package: pip install 'quoth[ray]'")


@contextmanager
def session(say: Callable[[str], None]) -> Iterator[ModuleType]:
    """The package ray, connected for the while. A program that is connected already keeps its connection.

    say: told what is connected to or started, which takes seconds. Raises ClusterError.
    """
    address = os.environ.get("RAY_ADDRESS", "")
    if address == "local":  # Ray's own word for one on this machine alone
        address = ""
    if "://" in address:
        raise ClusterError(
            f"RAY_ADDRESS is {address}, which is for Ray's client; run Quoth on a node of the cluster, "
            "with the HOST:PORT of its head"
        )
    if address not in ("", "auto") and not address.rpartition(":")[2].isdecimal():
        raise ClusterError(f"RAY_ADDRESS is {address}, which is no HOST:PORT; set it to that of the cluster's head")
    with _variables(QUIET if address else QUIET | _private()):
        import ray

        if ray.is_initialized():
            yield ray
            return
        say(f"connecting to the Ray cluster at {address}" if address else "starting Ray on this machine")
        with tempfile.TemporaryDirectory(prefix="quoth-ray-", ignore_cleanup_errors=True) as folder:
            try:
                _connect(ray, address, folder)
            except Exception as error:
                if ray.is_initialized():
                    ray.shutdown()
                where = f"the Ray cluster at {address} cannot be reached" if address else "Ray does not start"
                raise ClusterError(f"{where}: {in_short(error)}") from None
            try:
                yield ray
            finally:
                ray.shutdown()


def _reach(address: str) -> None:
    """Raise OSError, or OverflowError, where nothing listens at HOST:PORT: Ray itself tries on for many minutes."""
    if address != "auto":
        host, _, port = address.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


def in_short(error: BaseException) -> str:
    """The last line of an error of Ray's, which are long and end with what happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]


def _connect(ray: ModuleType, address: str, folder: str) -> None:
    from ray import data  # noqa: F401 (importing it sets the level of its logger)
    from ray.job_config import JobConfig

    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what has to be said, Quoth says
    # Else every worker would look for modules in the working directory first, which may be a stranger's.
    config = JobConfig(_client_job=True)
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL, "job_config": config}
    if address:
        _reach(address)
        ray.init(address=address, **quiet)
    else:
        # On loopback alone, and what it writes (logs, and objects for which there is no memory) in a private folder.
        ray.init(address="local", include_dashboard=False, _node_ip_address=LOOPBACK, _temp_dir=folder, **quiet)


def _private() -> dict[str, str]:
    """Variables that a Ray of our own is started with: no usage reports, and nobody gets in who has not the token."""
    wanted = {"RAY_USAGE_STATS_ENABLED": "0"}
    if "RAY_AUTH_MODE" not in os.environ:
        wanted |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()}
    return wanted


@cache
def _token() -> str:
    """Ray reads it once in a process."""
    return secrets.token_hex(32)


@contextmanager
def _variables(wanted: dict[str, str]) -> Iterator[None]:
    """These variables are set for the while; a program's own come back."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ |= wanted
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
