"""Several oddities of a start at once: settings, telemetry, `.env` files and the start folder, each beside another."""

from __future__ import annotations

from ..case import HOME, Entry, Folder, Link
from ..draft import BACKENDS, Draft
from ..registry import register

SETTINGS, TELEMETRY = ".pipelex/pipelex.toml", ".pipelex/telemetry.toml"
CONSOLE = "[pipelex.log_config]\ndefault_log_level = 'DEBUG'\n"

DOTENVS: dict[str, str | bytes] = {
    "with export and quotes": "export NORTH_KEY='a b'\nexport  SOUTH_KEY=\"c\\nd\"\n",
    "with an open quote": 'NORTH_KEY="never closed\nSOUTH_KEY=there\n',
    "with a text over lines": 'NORTH_KEY="first\nsecond"\nSOUTH_KEY=x\n',
    "with a default of a variable": "NORTH_KEY=${GONE:-other}\nSOUTH_KEY=${NORTH_KEY}\n",
    "with an empty default": "NORTH_KEY=${GONE:-}\n",
    "with comments behind values": "NORTH_KEY=value # comment\nSOUTH_KEY=#none\n",
    "with line ends of Windows": b"NORTH_KEY=a\r\nSOUTH_KEY=\r\n",
    "with line ends of old Macs": b"NORTH_KEY=a\rSOUTH_KEY=\r",
    "with a byte order mark": b"\xef\xbb\xbfNORTH_KEY=\nSOUTH_KEY=a\n",
    "with a name alone": "NORTH_KEY\nSOUTH_KEY=\n",
    "with a colon": "NORTH_KEY: a\nSOUTH_KEY=\n",
    "with a key twice": "NORTH_KEY=a\nNORTH_KEY=\n",
    "with a home elsewhere": "PIPELEX_HOME=other-home\nNORTH_KEY=a\n",
    "with a dollar": "NORTH_KEY=$SOUTH_KEY\nSOUTH_KEY='${GONE}'\n",
    "in Latin 1 behind a comment": "# caf\u00e9\nNORTH_KEY=a\n".encode("latin-1"),
    "with a surrogate": b"NORTH_KEY=\xed\xa0\x80\n",
}

for label, content in DOTENVS.items():

    def of_project(draft: Draft, content: str | bytes = content) -> None:
        draft.files["other-home/pipelex.toml"] = "[nowhere]\n"
        draft.files[".env"] = content

    def of_home(draft: Draft, content: str | bytes = content) -> None:
        draft.home[".pipelex/.env"] = content
        draft.files[".env"] = "SOUTH_KEY=there\n"
        draft.cwd = "src"

    register(f"mixed dotenv {label}", of_project)
    register(f"mixed home dotenv {label}", of_home)

ENTRIES: dict[str, dict[str, Entry]] = {
    "settings a folder": {SETTINGS: Folder()},
    "settings linked to nothing": {SETTINGS: Link("gone.toml"), TELEMETRY: Link("gone.toml")},
    "settings linked to the telemetry": {SETTINGS: Link("telemetry.toml"), TELEMETRY: ""},
    "settings in UTF-16": {SETTINGS: CONSOLE.encode("utf-16")},
    "settings with a byte order mark": {SETTINGS: b"\xef\xbb\xbf" + CONSOLE.encode()},
    "settings with a NUL": {SETTINGS: b"# \x00\n"},
    "settings with a table twice": {SETTINGS: "[run]\n[run]\n"},
    "settings with a key of several words": {SETTINGS: '"run"."execution" = "local"\n'},
    "settings with a value for a table": {SETTINGS: "run = 1\nruntime = []\n"},
    "settings with an override of another kind": {
        SETTINGS: "[run]\nexecution = 'local'\n",
        ".pipelex/pipelex_override.toml": "run = 'local'\n",
    },
    "settings with a faulty override": {SETTINGS: "", ".pipelex/pipelex_override.toml": "[run\n"},
    "settings of an environment": {
        ".pipelex/pipelex_dev.toml": "[nowhere]\n",
        ".pipelex/pipelex_local.toml": "[elsewhere]\n",
    },
    "settings of a run mode": {".pipelex/pipelex_normal.toml": "[nowhere]\n", ".pipelex/pipelex_dry.toml": "[x]\n"},
    "telemetry with unknown keys": {TELEMETRY: "nothing = 1\n[custom_posthog]\nmode = 'off'\nmore = 1\n"},
    "telemetry with a wrong mode": {TELEMETRY: "[custom_posthog]\nmode = 'sometimes'\n"},
    "telemetry with a prefix": {TELEMETRY: "[custom_posthog]\nmode = 'off'\napi_key = '${vault:X}'\n"},
    "telemetry with a secret unset": {TELEMETRY: "[custom_posthog]\nmode = 'off'\napi_key = '${secret:GONE}'\n"},
    "telemetry with a list for a table": {TELEMETRY: "custom_posthog = []\n"},
    "secrets of nobody": {SETTINGS: "[runtime.secrets]\nmethod = 'vault'\n"},
    "secrets of nobody in the older section": {SETTINGS: "[pipelex.secrets_config]\nmethod = 'vault'\n"},
    "a plugin of nobody disabled": {SETTINGS: "[runtime.plugins]\ndisabled = ['nobody']\n"},
    "hosted execution": {SETTINGS: "[run]\nexecution = 'hosted'\n"},
    "AWS keys of secrets": {SETTINGS: "[runtime.aws]\napi_key_method = 'secret_provider'\n"},
    "AWS keys of a typing error": {SETTINGS: "[runtime.aws]\napi_key_method = 'environment'\n"},
    "settings a level too deep": {".pipelex/inference/pipelex.toml": "[nowhere]\n"},
}

for label, entries in ENTRIES.items():

    def in_project(draft: Draft, entries: dict[str, Entry] = entries) -> None:
        draft.files.update(entries)

    def at_home(draft: Draft, entries: dict[str, Entry] = entries) -> None:
        draft.home.update(entries)
        draft.files[SETTINGS] = ""
        draft.cwd = "src"

    register(f"mixed {label}", in_project)
    register(f"mixed home with {label}", at_home)


def _started(draft: Draft, cwd: str, files: dict[str, Entry], env: dict[str, str]) -> None:
    draft.cwd = cwd
    draft.files.update(files)
    draft.env.update(env)


STARTS: dict[str, tuple[str, dict[str, Entry], dict[str, str]]] = {
    "in a linked folder": ("linked", {"linked": Link("real"), "real/x": ""}, {}),
    "in a package with its own settings": (
        "package",
        {"package/pyproject.toml": "", "package/.pipelex/pipelex.toml": "[nowhere]\n"},
        {},
    ),
    "in a package with its own telemetry": (
        "package",
        {"package/.git": Folder(), "package/.pipelex/telemetry.toml": "[nowhere]\n"},
        {},
    ),
    "with a relative home": (".", {"home/.pipelex/pipelex.toml": "[nowhere]\n"}, {"PIPELEX_HOME": "home/.pipelex"}),
    "with a home of blanks": (".", {}, {"PIPELEX_HOME": "  "}),
    "with a home that is a file": (".", {"afile": ""}, {"PIPELEX_HOME": f"{HOME}/../project/afile"}),
    "with the project as home": (".", {}, {"PIPELEX_HOME": ".pipelex"}),
    "with a run mode of nobody": (".", {".env": "RUN_MODE=sometimes\n"}, {}),
    "with an environment of nobody": (".", {}, {"ENV": "moon", "PIPELEX_ENV": "moon"}),
    "with an empty environment": (".", {}, {"ENV": "", "PIPELEX_ENV": "", "RUN_MODE": ""}),
    "with a settings folder that is a file": ("src", {"src/.pipelex": ""}, {}),
    "with an empty settings folder": ("src", {"src/.pipelex": Folder(), "src/.git": Folder()}, {}),
    "with an env file that is a folder": ("src", {"src/.env": Folder(), ".env": "NORTH_KEY=\n"}, {}),
    "with an env file linked to the project's": ("src", {"src/.env": Link("../.env"), ".env": "NORTH_KEY=\n"}, {}),
}

for label, (cwd, files, env) in STARTS.items():

    def started(draft: Draft, cwd: str = cwd, files: dict[str, Entry] = files, env: dict[str, str] = env) -> None:
        _started(draft, cwd, files, env)

    register(f"mixed start {label}", started)


def bedrock(draft: Draft) -> None:
    """An enabled backend of Bedrock without credentials: the start does not ask for them."""
    draft.add(BACKENDS, '\n[bedrock]\naws_region = "us-east-1"\n')
    sdk = "bedrock_boto3"
    draft.files[".pipelex/inference/backends/bedrock.toml"] = draft.defaults(sdk) + draft.model("claude")


register("mixed bedrock without credentials", bedrock)
