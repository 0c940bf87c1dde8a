"""Finding method files and what their pipes say about models: which files, which keys, and where the search ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.methods import MethodFolder, Methods, Origin, method_search
from core.methods import read_methods as read

PIPE = """
domain = "shop"

[pipe.describe]
type = "PipeLLM"
output = "Text"
model = "$writing"
"""


def read_methods(project: Path | str) -> Methods:
    return read([MethodFolder(str(project), Origin.PROJECT)])


def write(project: Path, name: str, text: str = PIPE) -> None:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["a.plx", "deep/er/a.mthds", "lib/a.toml", ".mthds/methods/talk/a.mthds"])
def test_methods_are_found_by_their_endings(name: str, tmp_path: Path) -> None:
    write(tmp_path, name)
    methods = read_methods(tmp_path)
    (pipe,) = methods.pipes
    (key,) = pipe.keys
    assert (pipe.code, key.key, key.value) == ("describe", "model", "$writing")
    location = pipe.source.locate(key.path)
    assert (location.file, location.line) == (name, 7)
    assert (len(methods.files), methods.unread, methods.cut_short) == (1, (), "")


@pytest.mark.parametrize(
    "name",
    [
        ".hidden/a.plx",
        "node_modules/x/a.plx",
        "venv/a.plx",
        "lib/site-packages/a.mthds",
        "results/a.plx",
        "a.plx.bak",
        "a.txt",
    ],
)
def test_folders_outside_of_the_project_are_skipped(name: str, tmp_path: Path) -> None:
    write(tmp_path, name)
    assert read_methods(tmp_path).pipes == ()


def test_environments_and_nested_projects_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "mine/a.plx")
    write(tmp_path, "tools/a.plx")
    (tmp_path / "tools" / "pyvenv.cfg").touch()
    write(tmp_path, "other/a.plx")
    (tmp_path / "other" / ".pipelex" / "inference").mkdir(parents=True)
    assert [pipe.source.shown for pipe in read_methods(tmp_path).pipes] == ["mine/a.plx"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "mine/a.plx")
    (tmp_path / "mine" / "loop").symlink_to(tmp_path)
    assert len(read_methods(tmp_path).pipes) == 1


@pytest.mark.parametrize(
    "text",
    [
        '[tool.x]\npipe = "Pipe"\n',
        'domain = "x"\npipe = 3\nPipe = 1\n',
        '[pipe.x]\ntype = "PipeLLM"\nmodel = "$writing"\n',
    ],
)
def test_other_toml_files_are_no_methods(text: str, tmp_path: Path) -> None:
    write(tmp_path, "settings.toml", text)
    assert read_methods(tmp_path).files == ()


@pytest.mark.parametrize(
    ("kind", "line", "key", "model_type"),
    [
        ("PipeLLM", 'llm = "writing"', "llm", "llm"),
        ("PipeLLM", 'llm = { llm_handle = "gpt", temperature = 1 }', "llm", "llm"),
        ("PipeLLM", 'llm_to_structure = "writing"', "llm_to_structure", "llm"),
        ("PipeLLM", 'model_to_structure = "$writing"', "model_to_structure", "llm"),
        ("PipeStructure", 'model = "$writing"', "model", "llm"),
        ("PipeOcr", 'ocr_model = "mistral-ocr"', "ocr_model", "text_extractor"),
        ("PipeOcr", 'ocr = "mistral-ocr"', "ocr", "text_extractor"),
        ("PipeExtract", 'model = "$x"', "model", "text_extractor"),
        ("PipeImgGen", 'imgg_handle = "flux"', "imgg_handle", "img_gen"),
        ("PipeImgGen", 'img_gen = "flux"', "img_gen", "img_gen"),
        ("PipeImgGen", 'model = "$x"', "model", "img_gen"),
        ("PipeSearch", 'model = "$x"', "model", "search"),
        ("PipeDocGen", 'model = "$x"', "model", "doc_gen"),
        ("PipeJudge", 'model = "@x"', "model", "judgment"),
    ],
)
def test_the_keys_of_every_release(kind: str, line: str, key: str, model_type: str, tmp_path: Path) -> None:
    write(tmp_path, "a.plx", f'[pipe.p]\ntype = "{kind}"\n{line}\n')
    (pipe,) = read_methods(tmp_path).pipes
    assert ([item.key for item in pipe.keys], pipe.model_type) == ([key], model_type)


def test_pipe_without_a_model_differs_from_pipe_needing_none(tmp_path: Path) -> None:
    write(tmp_path, "a.plx", '[pipe.p]\ntype = "PipeLLM"\noutput = "Text"\n[pipe.q]\ntype = "PipeSequence"\n')
    methods = read_methods(tmp_path)
    assert [(pipe.code, pipe.keys, pipe.output, pipe.location.line) for pipe in methods.pipes] == [("p", (), "Text", 1)]


def test_a_broken_method_is_named_with_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "a.plx", "[pipe\n")
    write(tmp_path, "b.plx")
    methods = read_methods(tmp_path)
    assert len(methods.pipes) == 1
    ((file, why),) = methods.unread
    assert (file, why.startswith("line 1: ")) == ("a.plx", True)


@pytest.mark.parametrize(("most", "value"), [("MAX_ENTRIES", 3), ("MAX_FILES", 2)])
def test_search_limits_are_reported(most: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        write(tmp_path, f"{number}.plx")
    monkeypatch.setattr(method_search, most, value)
    found = read_methods(tmp_path)
    assert len(found.files) == value
    assert str(value) in found.cut_short


def test_unreadable_folder_and_large_file_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a.plx")
    write(tmp_path, "large.plx", PIPE + "#" * (method_search.MAX_BYTES + 1))
    write(tmp_path, "closed/b.plx")
    os.mkfifo(tmp_path / "pipe.plx")
    (tmp_path / "closed").chmod(0)
    try:
        shown = {pipe.source.shown for pipe in read_methods(tmp_path).pipes}
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert shown - {"closed/b.plx"} == {"a.plx"}  # root may read everything


def test_missing_project_has_no_methods() -> None:
    assert read_methods("/nonexistent/project").files == ()
