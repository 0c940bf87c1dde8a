"""The smallest complete tree: one backend without a key, one model, one route, one alias, one preset."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "backends.toml": '[local]\nenabled = true\nendpoint = "http://127.0.0.1:9/v1"\n',
    "backends/local.toml": '[defaults]\nmodel_type = "llm"\nsdk = "openai"\n\n[small]\nmodel_id = "small-1"\n'
    'inputs = ["text"]\noutputs = ["text"]\ncosts = { input = 0.1, output = 0.2 }\n',
    "routing_profiles.toml": 'active = "all_local"\n\n[profiles.all_local]\ndescription = "One"\ndefault = "local"\n',
    "deck/1_llm_deck.toml": '[llm.aliases]\nbest = "small"\n\n'
    '[llm.presets]\nwriting = { model = "@best", temperature = 0.5 }\n',
}


def write_sample_tree(project: Path) -> Path:
    """Write the tree into `project/.pipelex/inference`, with a project marker; returns the `inference` folder."""
    tree = project / ".pipelex" / "inference"
    for name, text in FILES.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (project / "pyproject.toml").write_text("", encoding="utf-8")
    return tree
