"""Kinds with settings: `pipelex.toml`, the files layered over it, and others beside it."""

from __future__ import annotations

from ..case import Entry, Folder, Link
from ..draft import SETTINGS, Draft
from ..registry import register

SETTING_LINES = {
    "raise": 'missing_presets_reaction = "raise"',
    "log": 'missing_presets_reaction = "log"',
    "none": 'missing_presets_reaction = "none"',
    "unknown reaction": 'missing_presets_reaction = "shout"',
    "reaction number": "missing_presets_reaction = 5",
    "no fallback": "is_model_fallback_enabled = false",
    "fallback text": 'is_model_fallback_enabled = "no"',
    "unknown": "x = 1",
}
SETTING_FILES = {
    "project": ("files", SETTINGS),
    "root": ("files", "pipelex.toml"),
    "local": ("files", ".pipelex/pipelex_local.toml"),
    "root local": ("files", "pipelex_local.toml"),
    "staging": ("files", ".pipelex/pipelex_staging.toml"),
    "root staging": ("files", "pipelex_staging.toml"),
    "run mode": ("files", ".pipelex/pipelex_normal.toml"),
    "override": ("files", ".pipelex/pipelex_override.toml"),
    "temporary": ("files", ".pipelex/pipelex_temporary_override.toml"),
    "super": ("files", "pipelex_super.toml"),
    "home": ("home", SETTINGS),
    "home local": ("home", ".pipelex/pipelex_local.toml"),
    "home override": ("home", ".pipelex/pipelex_override.toml"),
}
for place, (where, path) in SETTING_FILES.items():
    for name, line in SETTING_LINES.items():
        if place not in ("project", "root") and name not in ("raise", "unknown"):
            continue

        def setting(draft: Draft, where: str = where, path: str = path, line: str = line) -> None:
            draft.env.update({"ENV": "staging", "ENVIRONMENT": "staging", "PIPELEX_ENV": "staging"})
            entries = draft.files if where == "files" else draft.home
            entries[path] = f"[{draft.deck_settings}]\n{line}\n"

        register(f"settings {name} in {place}", setting)

_RUN_MODE_PLACES = {
    "in tests": "tests/",
    "in tests of the start folder": "src/tests/",
    "in the folder": ".pipelex/",
    "in the root": "",
}
for mode in ("unit_test", "ci_test", "codex_cloud_test", "codex_cloud"):
    for place, folder in _RUN_MODE_PLACES.items():
        for cwd in (".", "src"):

            def run_mode(draft: Draft, mode: str = mode, folder: str = folder, cwd: str = cwd) -> None:
                draft.env["RUN_MODE"] = mode
                draft.cwd = cwd
                draft.files[f"{folder}pipelex_{mode}.toml"] = f"[{draft.deck_settings}]\nx = 1\n"
                if draft.minor <= 11:
                    draft.files |= {f"{cwd}/tests/test_pipelines": Folder()}

            register(f"settings of {mode} {place} from {cwd}", run_mode, since=16 if "codex" in mode else 0)
for name, path in (("project", ".pipelex/pipelex_override.toml"), ("home", ".pipelex/pipelex_temporary_override.toml")):

    def over_tests(draft: Draft, name: str = name, path: str = path) -> None:
        draft.env["RUN_MODE"] = "ci_test"
        draft.files["tests/pipelex_ci_test.toml"] = f'[{draft.deck_settings}]\nmissing_presets_reaction = "raise"\n'
        entries = draft.files if name == "project" else draft.home
        entries[path] = f'[{draft.deck_settings}]\nmissing_presets_reaction = "log"\n'

    register(f"settings of tests and of {path} in the {name}", over_tests, since=12)

SETTING_TEXTS: dict[str, Entry] = {
    "of an older section": "[cogt.model_deck_config]\nx = 1\n",
    "of a newer section": "[inference.model_deck]\nx = 1\n",
    "unknown section": "[nothing]\nx = 1\n",
    "unknown key": "nothing = 1\n",
    "section a number": "cogt = 5\ninference = 5\n",
    "empty": "",
    "with a mark": "\ufeff# x\n",
    "not TOML": "nothing\n",
    "log level": '[pipelex.log_config]\ndefault_log_level = "DEBUG"\n',
    "nested list": "[pipelex]\nx = " + "[" * 300 + "]" * 300 + "\n",
    "a null character": "# \x00\n",
    "in Latin-1": b"# caf\xe9\n",
    "a folder": Folder(),
    "a link to nothing": Link("gone.toml"),
    "of the tree's place": '[cogt.inference_config]\ninference_config_path = "conf/inference"\n',
}
for name, content in SETTING_TEXTS.items():

    def settings(draft: Draft, content: Entry = content) -> None:
        draft.files[SETTINGS] = content

    def home_settings(draft: Draft, content: Entry = content) -> None:
        draft.home[SETTINGS] = content

    def root_settings(draft: Draft, content: Entry = content) -> None:
        draft.files["pipelex.toml"] = content

    register(f"settings file {name}", settings)
    register(f"home settings file {name}", home_settings)
    register(f"root settings file {name}", root_settings)

OTHERS = {
    "telemetry not TOML": (".pipelex/telemetry.toml", "[broken\n"),
    "telemetry unknown": (".pipelex/telemetry.toml", "[nothing]\nx = 1\n"),
    "telemetry off": (".pipelex/telemetry.toml", 'telemetry_mode = "off"\n'),
    "telemetry empty": (".pipelex/telemetry.toml", ""),
    "service not TOML": (".pipelex/pipelex_service.toml", "[broken\n"),
    "plugins not TOML": (".pipelex/plugins.toml", "[broken\n"),
    "manifest": (".pipelex/.kit_manifest.json", "not JSON\n"),
    "storage": (".pipelex/storage.toml", "[broken\n"),
    "methods": (".pipelex/methods.toml", "[broken\n"),
    "root pyproject not TOML": ("pyproject.toml", "[broken\n"),
    "root plx": ("bad.plx", "[broken\n"),
    "root mthds": ("bad.mthds", "[broken\n"),
    "root METHODS": ("METHODS.toml", "[broken\n"),
}
for name, (path, text) in OTHERS.items():

    def other(draft: Draft, path: str = path, text: str = text) -> None:
        draft.files[path] = text

    def other_home(draft: Draft, path: str = path, text: str = text) -> None:
        draft.home[path] = text

    register(f"file {name}", other)
    if path.startswith(".pipelex/"):
        register(f"home file {name}", other_home)
