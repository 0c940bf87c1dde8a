"""The base of every kind: a small tree that each release reads, and what a kind may do to it."""

from __future__ import annotations

from ..environments import minor_of
from .case import BootCase, Entry, Folder

TREE = ".pipelex/inference/"
BACKENDS = TREE + "backends.toml"
BACKENDS_OVERRIDE = TREE + "backends_override.toml"
ROUTING = TREE + "routing_profiles.toml"
ROUTING_OVERRIDE = TREE + "routing_profiles_override.toml"
NORTH = TREE + "backends/north.toml"
SOUTH = TREE + "backends/south.toml"
SHUT = TREE + "backends/shut.toml"
INTERNAL = TREE + "backends/internal.toml"
DECK = TREE + "deck/base.toml"
LATER = TREE + "deck/later.toml"
"""A deck file merged after the base's."""
SETTINGS = ".pipelex/pipelex.toml"

METHODS = "pipelex_libraries/pipelines"
"""The methods' folder, without which 0.10 does not start."""
S_LARGE = 'model_id = "s-large-id"'
"""The line of a model of `south` that a kind replaces or adds to."""
PRICES = "costs = { input = 1.0, output = 2.0 }"

_BACKENDS = """\
[north]
enabled = true
endpoint = "https://north.example/v1"
api_key = "${NORTH_KEY}"

[south]
enabled = true
endpoint = "https://south.example/v1"
api_key = "${SOUTH_KEY}"

[shut]
enabled = false
api_key = "${SHUT_KEY}"

[internal]
enabled = true
"""
_ROUTING = """\
active = "work"

[profiles.work]
description = "for work"
default = "north"

[profiles.work.routes]
"s-*" = "south"

[profiles.spare]
description = "for another day"
default = "south"
"""


class Draft:
    """A case in the making for one release. Paths are those of the constants above, or any other below the project."""

    def __init__(self, kind: str, release: str) -> None:
        self.kind = kind
        self.release = release
        self.minor = minor_of(release)
        self.files: dict[str, Entry] = {
            "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
            BACKENDS: _BACKENDS,
            ROUTING: _ROUTING,
            NORTH: self._north(),
            SOUTH: self.defaults()
            + "".join(map(self.model, ("s-large", "s-small")))
            + self.model("shared", "shared-s"),
            SHUT: self.defaults() + self.model("c-one"),
            INTERNAL: self.model("paper", extra='model_type = "text_extractor"\nsdk = "pypdfium2"\n'),
            DECK: self._deck(),
        }
        if self.minor == 10:
            self.files[METHODS] = Folder()
        self.home: dict[str, Entry] = {}
        self.env = {"NORTH_KEY": "key-of-north", "SOUTH_KEY": "key-of-south"}
        self.cwd = "."

    @property
    def families(self) -> bool:
        """Whether aliases are per family and references have sigils."""
        return self.minor >= 18

    @property
    def handle(self) -> str:
        """The key of a preset that names its model."""
        return "model" if self.minor >= 12 else "llm_handle"

    @property
    def presets(self) -> str:
        """The header of the presets for language models."""
        return "llm_presets" if self.minor == 10 else "llm.presets"

    @property
    def aliases(self) -> str:
        """The header of the aliases for language models."""
        return "llm.aliases" if self.families else "aliases"

    @property
    def waterfalls(self) -> str:
        """The header of the waterfalls for language models."""
        return "llm.waterfalls" if self.families else "waterfalls"

    @property
    def defaults_of_choices(self) -> str:
        """The header of the choice defaults."""
        return "llm_choice_defaults" if self.minor == 10 else "llm.choice_defaults"

    @property
    def overrides_of_choices(self) -> str:
        """The header of the choice overrides."""
        return "llm_choice_overrides" if self.minor == 10 else "llm.choice_overrides"

    @property
    def deck_settings(self) -> str:
        """The section of `pipelex.toml` about the deck."""
        return "inference.model_deck" if self.minor >= 46 else "cogt.model_deck_config"

    @property
    def scan(self) -> str:
        """The name of the family of text extraction."""
        return "extract" if self.minor >= 12 else "ocr"

    def mark(self, sigil: str, name: str) -> str:
        """A reference to a name, with the sigil where the release has them."""
        return sigil + name if self.families else name

    def defaults(self, sdk: str = "openai") -> str:
        """The defaults of a backend file."""
        return f'default_sdk = "{sdk}"\n\n' if self.minor == 10 else f'[defaults]\nsdk = "{sdk}"\n\n'

    def model(self, name: str, model_id: str = "", extra: str = "") -> str:
        """The table of a model."""
        lines = f'[{name}]\nmodel_id = "{model_id or name + "-id"}"\ninputs = ["text"]\noutputs = ["text"]\n{PRICES}\n'
        return f"{lines}{extra}\n"

    def _north(self) -> str:
        text = self.defaults() + "".join(map(self.model, ("n-large", "n-small", "shared")))
        text += self.model("n-scan", extra='model_type = "text_extractor"\nsdk = "mistral"\n')
        if self.minor >= 11:
            sdk = "openai_img_gen" if self.families else "openai"
            text += self.model("n-image", extra=f'model_type = "img_gen"\nsdk = "{sdk}"\n')
        if self.minor >= 19:
            text += self.model("n-find", extra='model_type = "search"\nsdk = "linkup"\n')
        return text

    def _deck(self) -> str:
        text = f'[{self.aliases}]\nbest = "n-large"\nold = "gone-model"\nfar = "s-large"\n'
        text += f'twice = "{self.mark("@", "far")}"\n'
        if self.minor <= 14:
            text += 'chain = ["gone-model", "s-large"]\n'
        if self.minor >= 15:
            text += f'\n[{self.waterfalls}]\nfalls = ["gone-model", "s-large"]\n'
        text += f'\n[{self.presets}]\nplain = {{ {self.handle} = "n-large", temperature = 0.5 }}\n'
        text += f'named = {{ {self.handle} = "{self.mark("@", "best")}", temperature = 0.25 }}\n'
        text += f'lost = {{ {self.handle} = "gone-model", temperature = 0.75 }}\n'
        text += f"\n[{self.defaults_of_choices}]\n" + ("default_temperature = 0.5\n" if self.families else "")
        text += f'for_text = "{self.mark("$", "plain")}"\nfor_object = "{self.mark("$", "named")}"\n'
        if self.minor >= 11:
            text += f'\n[{self.scan}]\nchoice_default = "n-scan"\n\n[img_gen]\nchoice_default = "n-image"\n'
            text += 'default_quality = "medium"\n' if self.families else ""
        if self.minor >= 19:
            text += '\n[search]\nchoice_default = "n-find"\n'
        return text

    def text(self, path: str) -> str:
        """The text of a file of the project."""
        entry = self.files[path]
        assert isinstance(entry, str), path
        return entry

    def swap(self, path: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text; one that is not there is a fault of the kind."""
        text = self.text(path)
        if old not in text:
            raise ValueError(f"{self.kind}: {path} has no {old!r}")
        self.files[path] = text.replace(old, new, 1)

    def add(self, path: str, text: str) -> None:
        """Append to a file, or make it."""
        self.files[path] = (self.text(path) if path in self.files else "") + text

    def below(self, path: str, line: str, text: str) -> None:
        """Insert lines below the first occurrence of a line."""
        self.swap(path, line + "\n", f"{line}\n{text}\n")

    def recode(self, path: str, encoding: str, prefix: bytes = b"") -> None:
        """Write a file in another encoding."""
        self.files[path] = prefix + self.text(path).encode(encoding)

    def tree(self) -> dict[str, Entry]:
        """The files of the inference tree."""
        return {path: entry for path, entry in self.files.items() if path.startswith(TREE)}

    def take_tree(self) -> dict[str, Entry]:
        """Take the inference tree out of the project, and return its files."""
        chosen = self.tree()
        for path in chosen:
            del self.files[path]
        return chosen

    def case(self) -> BootCase:
        """The case as it stands."""
        folder = f"{self.cwd}/{METHODS}"
        if self.minor == 10 and self.cwd != "." and folder not in self.files:
            self.files[folder] = Folder()
        return BootCase(self.kind, self.release, dict(self.files), dict(self.home), dict(self.env), self.cwd)
