"""Makes trees far larger than any real one."""

from __future__ import annotations

from pathlib import Path

HUGE = ("models", "text", "files")
"""10,000 models with 1,000 routes, 5,000 aliases and 100 profiles; a file of nearly 8 MiB; 10,000 files in the deck."""
ALL = "all"
"""The three of `HUGE` in one tree."""
ROUTES = "routes"
"""A table of 100,000 routes."""

FILES = {
    "backends.toml": '[openai]\nenabled = true\napi_key = "${OPENAI_API_KEY}"\n',
    "backends/openai.toml": '[defaults]\nsdk = "openai"\n\n[m]\nmodel_id = "m"\n',
    "routing_profiles.toml": 'active = "all"\n\n[profiles.all]\ndescription = "d"\ndefault = "openai"\n',
    "deck/1_llm_deck.toml": '[llm.choice_defaults]\ndefault_temperature = 0.5\nfor_text = "m"\nfor_object = "m"\n',
}


def make(root: Path) -> Path:
    """Make a small tree that loads; returns its folder."""
    tree = root / ".pipelex" / "inference"
    for name, text in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return tree


def make_huge(root: Path, kind: str, *, share: float = 1.0) -> Path:
    """Make one of `HUGE`, `ALL` or `ROUTES`, or a share of its size; returns its folder."""

    def size(full: int) -> range:
        return range(int(full * share))

    tree = make(root)
    if kind in ("models", ALL):
        specs = "".join(f'[m{n}]\nmodel_id = "m{n}"\ncosts = {{ input = 1, output = 2 }}\n' for n in size(10_000))
        (tree / "backends" / "openai.toml").write_text('[defaults]\nsdk = "openai"\n' + specs)
        aliases = "".join(f'a{number} = "m{number}"\n' for number in size(5_000))
        (tree / "deck" / "x_custom_llm_deck.toml").write_text("[llm.aliases]\n" + aliases)
        profiles = "".join(f'[profiles.p{n}]\ndescription = "d"\ndefault = "openai"\n' for n in size(100))
        routes = "[profiles.all.routes]\n" + "".join(f'"m{n}*" = "openai"\n' for n in size(1_000))
        path = tree / "routing_profiles.toml"
        path.write_text(path.read_text() + profiles + routes)
    if kind in ("text", ALL):
        path = tree / "backends" / "openai.toml"
        path.write_text(path.read_text() + "# filled up\n" * len(size(690_000)))
    if kind == ROUTES:
        path = tree / "routing_profiles.toml"
        rows = "".join(f'"m{number}-*" = "openai"\n' for number in size(100_000))
        path.write_text(f"{path.read_text()}\n[profiles.all.routes]\n{rows}")
    if kind in ("files", ALL):
        for number in size(10_000):
            path = tree / "deck" / f"x_{number:05}.toml"
            path.write_text(f'[llm.presets]\np{number} = {{ model = "m", temperature = 1 }}\n')
    return tree
