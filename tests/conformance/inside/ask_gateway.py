"""As `ask.py`, where whole boots get an answer to their request for the models of the gateway: those of the kit's list.

The gateway's server is not asked. The list of a kit names its models but for those of searches.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from pathlib import Path
from typing import Any

import ask
import ask_boot
import ask_whole

FETCHER = "pipelex.system.pipelex_service.remote_config_fetcher"
LIST = "kit/configs/inference/backends/pipelex_gateway_models_plain.md"
SDKS = {
    "llm": "gateway_completions",
    "text_extractor": "gateway_extract",
    "img_gen": "gateway_img_gen",
    "search": "gateway_search",
}
UNLISTED = {"linkup-standard": "search", "linkup-deep": "search", "linkup-fetch": "text_extractor"}
HEADINGS = {"language": "llm", "extract": "text_extractor", "search": "search", "image": "img_gen"}


def listed() -> dict[str, dict[str, Any]]:
    """The specs of the models that the kit lists."""
    package = Path(str(importlib.import_module("pipelex").__file__)).parent
    kind, specs, spec = "llm", {}, spec_of("", "llm")
    for line in (package / LIST).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind = next((kind for word, kind in HEADINGS.items() if word in line.lower()), kind)
        elif line.startswith("- **"):
            name = line.split("**")[1]
            spec = specs[name] = spec_of(name, kind)
        elif line.startswith("  - ") and ":" in line:
            key, _, values = line[4:].partition(":")
            spec[key] = [value.strip() for value in values.split(",")]
    known = {item.value for item in ask_boot.first_importable("pipelex.cogt.model_backends.model_type:ModelType")}
    return {**{name: spec_of(name, kind) for name, kind in UNLISTED.items() if kind in known}, **specs}


def spec_of(name: str, kind: str) -> dict[str, Any]:
    """The spec of a model of some kind."""
    sides: dict[str, list[str]] = {"inputs": ["text"], "outputs": []}
    return {"model_id": name, "model_type": kind, "sdk": SDKS[kind], "costs": {}, "prompting_target": "openai", **sides}


def serve_gateway() -> None:
    """Answer the request for the gateway's models, where the release makes one."""
    module = importlib.import_module(FETCHER)
    config = module.RemoteConfigFetcher.make_dummy_remote_config()
    config.backend_model_specs.update(listed())
    result = getattr(module, "RemoteConfigResult", None)
    answer = config if result is None else result(config=config, source=module.RemoteConfigSource.FRESH)
    module.RemoteConfigFetcher.fetch_remote_config = classmethod(lambda *_args, **_named: answer)


def main() -> int:
    """Answer every request of standard input."""
    leave_out_advice = ask_whole.leave_out_advice

    def prepare() -> None:
        leave_out_advice()
        with contextlib.suppress(ImportError):
            serve_gateway()

    ask_whole.leave_out_advice = prepare
    return int(ask.main())


if __name__ == "__main__":
    sys.exit(main())
