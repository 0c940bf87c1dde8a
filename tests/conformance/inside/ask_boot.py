"""Boot as much of a release as reads the configuration, whichever shape that release's boot has."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import socket
import sys
from collections.abc import Collection, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

LEVELS = ("verbose", "debug", "dev", "info", "warning", "error", "critical")
KEPT_LEVELS = ("warning", "error", "critical")
FIRST_WITH_HOME = 18
"""Minor number of the first release that reads a home configuration folder."""


def first_importable(*places: str) -> Any:
    """The first `module:name` that exists; names moved between releases. `LookupError` when none does."""
    for place in places:
        module_name, _, attribute = place.partition(":")
        try:
            return getattr(importlib.import_module(module_name), attribute)
        except (ImportError, AttributeError):
            continue
    raise LookupError(f"none of {places} exists in this release")


def import_release() -> str:
    """Import everything heavy, so that each fork starts warm, and return the release."""
    for module in (
        "pipelex",
        "pipelex.config",
        "pipelex.cogt.models.model_manager",
        "pipelex.tools.secrets.env_secrets_provider",
    ):
        importlib.import_module(module)
    return version("pipelex")


def newly_imported(before: Collection[str]) -> list[str]:
    """The modules that this process has imported in addition to `before`, in the order of their imports."""
    return [name for name in list(sys.modules) if name not in before]


def import_all(names: Iterable[str]) -> None:
    """Import the modules that a fork has imported, so that the next ones need not: clients take a second each."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def block_network() -> None:
    """Make every connection and name lookup of this process fail."""

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise OSError("the network is blocked in a conformance case")

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        setattr(socket, name, refuse)


def load_dotenv_files(home: Path, release: str) -> None:
    """Reload the `.env` files, in the order importing the package loads them.

    The package was imported before this case's folder and home were known. Newer releases have one function for
    it (which discards a `PIPELEX_HOME` that a `.env` sets); for the older ones it is done here.
    """
    try:
        first_importable("pipelex.system.environment:_load_dotenv_files")()
        return
    except LookupError:
        pass
    from dotenv import load_dotenv

    # The betas of that release, 0.18.0b1 to 0.18.0b3, read none.
    if int(release.split(".")[1]) >= FIRST_WITH_HOME and "b" not in release:
        folder = home / ".pipelex"
        with contextlib.suppress(LookupError):
            folder = Path(first_importable("pipelex.system.environment:get_pipelex_home_dir")())
        load_dotenv(dotenv_path=str(folder / ".env"), override=True)
    load_dotenv(dotenv_path=".env", override=True)


def record_log() -> list[tuple[str, str]]:
    """Replace the release's logger by one that keeps warnings and errors in the returned list."""
    from pipelex import log

    lines: list[tuple[str, str]] = []

    def recorder(level: str) -> Any:
        def record(_self: object, *parts: object, **named: Any) -> None:
            if level not in KEPT_LEVELS:
                return
            text = " ".join(str(part) for part in parts)
            if named.get("fields"):
                text += " " + json.dumps(named["fields"], sort_keys=True, default=str)
            lines.append((level, text))

        return record

    for level in LEVELS:
        if hasattr(type(log), level):
            setattr(type(log), level, recorder(level))
    return lines


def boot_settings() -> Any:
    """Load the release's settings as its own boot does, and return its hub.

    The first-boot copy of the stock tree into the home folder is switched off: a file missing from the
    project must be missing, not served from a fresh home.
    """
    try:
        loader = first_importable("pipelex.system.configuration.config_loader:ConfigLoader")
        if hasattr(loader, "ensure_global_config_exists"):
            loader.ensure_global_config_exists = lambda *_args, **_kwargs: None
    except LookupError:
        pass
    settings = first_importable("pipelex.system.configuration.configs:PipelexConfig", "pipelex.config:PipelexConfig")
    try:
        hub = first_importable("pipelex.runtime_hub:RuntimeHub")()
        first_importable("pipelex.runtime_hub:set_runtime_hub")(hub)
    except LookupError:
        hub = first_importable("pipelex.hub:PipelexHub")()
        first_importable("pipelex.hub:set_pipelex_hub")(hub)
    hub.setup_config(config_cls=settings)
    return hub


def make_manager(hub: Any) -> tuple[Any, dict[str, Any]]:
    """A model manager and the arguments its `setup` takes in this release, for a full boot without plugins."""
    provider = first_importable("pipelex.tools.secrets.env_secrets_provider:EnvSecretsProvider")()
    if hasattr(hub, "set_secrets_provider"):
        hub.set_secrets_provider(provider)
    manager = first_importable("pipelex.cogt.models.model_manager:ModelManager")()
    arguments: dict[str, Any] = {}
    for name, parameter in inspect.signature(manager.setup).parameters.items():
        if name == "secrets_provider":
            arguments[name] = provider
        elif name == "needs_inference":
            arguments[name] = True
        elif name == "gateway_model_specs":
            arguments[name] = {}
        elif name == "gateway_config":
            gateway = first_importable("pipelex.cogt.model_backends.gateway_config:GatewayConfig")
            arguments[name] = gateway(model_specs={}, aws_region="us-east-1")
        elif name == "plugin_model_declarations":
            declarations = first_importable("pipelex.plugins.plugin_model_declarations:PluginModelDeclarations")
            arguments[name] = declarations.make_empty()
        elif name == "gateway_config_source" or parameter.default is inspect.Parameter.empty:
            # No source switches off the membership check that only a downloaded catalogue can answer.
            arguments[name] = None
    return manager, arguments
