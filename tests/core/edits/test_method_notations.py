"""Every notation of TOML in which a pipe can name its model: found with its line, and renamed in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.intent import EditLayer
from core.edits.rename_edits import RenamePreset
from core.workspace import Proposal
from tests.core.workspace.support import opened
from tests.support.trees import g3_1, write_tree

NOTATIONS = {
    "table": '[pipe.p]\ntype = "PipeLLM"\noutput = "Text"\nmodel = "$cheap"\n',
    "no space": '[pipe.p]\ntype="PipeLLM"\noutput="Text"\nmodel="$cheap"',
    "literal": "[pipe.p]\ntype = 'PipeLLM'\noutput = 'Text'\nmodel = '$cheap' # $cheap\n",
    "quoted keys": '["pipe"."p"]\n"type" = "PipeLLM"\noutput = "Text"\n\'model\' = "$cheap"\n',
    "spaced header": '[ pipe . p ]\ntype = "PipeLLM"\noutput = "Text"\n\tmodel\t=\t"$cheap"\t\n',
    "dotted keys": 'pipe.p.type = "PipeLLM"\npipe.p.output = "Text"\npipe.p.model = "$cheap"\n',
    "dotted in table": '[pipe]\np.type = "PipeLLM"\np.output = "Text"\np.model = "$cheap"\n',
    "inline pipe": '[pipe]\np = { type = "PipeLLM", output = "Text", model = "$cheap" }\n',
    "inline all": 'pipe = { p = { type = "PipeLLM", output = "Text", model = "$cheap" } }\n',
    "settings above": '[pipe.p.inputs]\nx = "Text"\n[pipe.p]\ntype = "PipeLLM"\noutput = "Text"\nmodel = "$cheap"\n',
    "crlf": '[pipe.p]\r\ntype = "PipeLLM"\r\noutput = "Text"\r\nmodel = "$cheap"\r\n',
    "word": '[pipe.p]\ntype = "PipeLLM"\noutput = "Text"\nmodel = "preset:cheap"\n',
    "blanks": '[pipe.p]\ntype = "PipeLLM"\noutput = "Text"\nmodel = " $cheap "\n',
    "structure": '[pipe.p]\ntype = "PipeLLM"\noutput = "Number"\nmodel_to_structure = "$cheap"\n',
    "long text": '[pipe.p]\nprompt = """\nmodel = "$cheap"\n"""\ntype = "PipeLLM"\noutput = "Text"\nmodel = "$cheap"\n',
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_notation(notation: str, tmp_path: Path) -> None:
    text = f'domain = "d"\n{NOTATIONS[notation]}'
    write_tree(tmp_path / "shop", g3_1())
    (tmp_path / "shop" / "a.mthds").write_bytes(text.encode())
    workspace = opened(tmp_path / "shop", tmp_path)
    workspace.attach_methods(workspace.read_methods())
    (answer,) = workspace.report.pipes
    call = answer.calls[0]
    assert call.spec is not None
    assert call.spec.handle == "gpt-4o-mini"
    before = text[: text.rindex("cheap", 0, text.rindex("cheap") + 5 if "#" not in text else text.index("#"))]
    assert call.place.location.line == before.count("\n") + 1
    proposal = workspace.propose(RenamePreset("llm", "cheap", "new"), EditLayer.BASE)
    assert isinstance(proposal, Proposal)
    changed = next(content for path, content in proposal.contents.items() if path.endswith(".mthds"))
    assert changed == (before + "new" + text[len(before) + len("cheap") :]).encode()
