"""Pipes in a tree: what each names and needs, whether its model can do that, and what the verdict says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.methods.prompts import Read, reads
from core.pipes import PipeAnswer
from core.problems import Check, Severity
from core.resolution import Status
from core.verdict import Verdict, checks
from tests.support.trees import (
    codes,
    edited,
    extended,
    g3,
    g3_1,
    inspect,
    minimal,
    only,
    write_tree,
)

HEAD = """domain = "shop"

[concept]
Note = "Any text"
Wrong = 3
Photo = { description = "x", refines = "Image" }
Old = { description = "x", refines = ["shop.Photo"] }
Bare = { description = "x" }
Python = { description = "x", structure = "ShopOrder" }
Album = { description = "x", refines = "Order" }
Loop = { description = "x", refines = "Loop" }

[concept.Order]
description = "x"

[concept.Order.structure]
id = "the id"
count = { type = "integer", description = "x" }
scan = { type = "concept", concept_ref = "Photo", description = "x" }
contract = { type = "concept", concept_ref = "native.Document", description = "x" }
pages = { type = "list", item_type = "concept", item_concept_ref = "Page", description = "x" }
"""
READERS = """
[images-only]
model_type = "text_extractor"
sdk = "mistral"
inputs = ["image"]
outputs = ["pages"]

[pdf-only]
model_type = "text_extractor"
sdk = "pypdfium2"
inputs = ["pdf"]
outputs = ["pages"]

[captioner]
model_type = "text_extractor"
sdk = "docling_sdk"
inputs = ["pdf", "image"]
outputs = ["pages", "captions"]
"""
CODES = (
    "method-unreadable",
    "method-ending",
    "pipe-key",
    "pipe-dead",
    "pipe-refused",
    "pipe-capability",
    "pipe-structured",
)
"""The codes that the tests below find in a report."""


def pipe(lines: str, kind: str = "PipeLLM", name: str = "p") -> str:
    return f'\n[pipe.{name}]\ntype = "{kind}"\ndescription = "x"\n{lines}\n'


def with_pipes(project: Path, *pipes: str, release: str = "0.92.2", files: dict[str, str] | None = None) -> Report:
    """The report of a tree with a model that sees, and a method with these pipes."""
    seeing = 'inputs = ["text", "images", "pdf"]\nmax_prompt_images = 2\noutputs = ["text"]\n'
    tree = files or extended(
        minimal(release), "backends/openai.toml", f'\n[eye]\nmodel_id = "eye-id"\n{seeing}{_rest(release)}'
    )
    write_tree(project, tree)
    ending = "plx" if release < "0.18" else "mthds"
    (project / f"shop.{ending}").write_text(HEAD + "".join(pipes), encoding="utf-8")
    return inspect(project, release=release).read_methods()


def _rest(release: str) -> str:
    costs = "costs = { input = 1.0, output = 2.0 }\n"
    return costs if release < "0.18" else costs + READERS


def answer(project: Path, lines: str, kind: str = "PipeLLM", release: str = "0.92.2") -> PipeAnswer:
    (found,) = with_pipes(project, pipe(lines, kind), release=release).pipes
    return found


def lacks(found: PipeAnswer) -> list[str]:
    return [f"{lack.need.source}: {lack.why}" for call in found.calls for lack in call.lacks]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Describe $photo.", ["photo"]),
        ("@photo", ["photo"]),
        ("  @?photo\n", ["photo"]),
        ("$$photo @@photo a@photo.example mid$photo", []),
        ("$order.scan and $10", ["order.scan"]),
        ("{{ photo }}{{ photo|tag('x') }}", ["photo"]),
        ("{{ order | with_images }}", ["order+"]),
        ('{{ order|tag("a") | with_images }} $order', ["order+"]),
        ("{% if photo %}x{% endif %}", ["if", "photo"]),
        ("{% for page in pages %}{{ page.view }}{{ other }}{% endfor %}", ["pages", "other"]),
        ("{% set photo = note %}{{ photo }}", ["note"]),
        ("{{ 'photo' }}{# photo #}", []),
    ],
)
def test_template_reads(template: str, expected: list[str]) -> None:
    found = [f"{read.path}{'+' if read.with_images else ''}" for read in reads(template)]
    assert [name for name in found if name not in ("if", "endif", "endfor")] == [n for n in expected if n != "if"]
    assert Read("a.b", with_images=False).root == "a"


@pytest.mark.parametrize(
    ("output", "structured"),
    [
        ("Text", False),
        ("native.Text", False),
        ("Note", False),
        ("shop.Bare", False),
        ("Dynamic", False),
        ("Text[]", True),
        ("Text[3]", True),
        ("Text[1]", False),
        ("Order", True),
        ("Album", True),
        ("Number", True),
        ("Python", None),
        ("Missing", None),
        ("Loop", None),
        ("Wrong", None),
        ("kit->shop.Order", None),
        ("not a concept", None),
    ],
)
def test_output_kind(output: str, structured: bool | None, tmp_path: Path) -> None:
    assert answer(tmp_path, f'output = "{output}"\nmodel = "eye"').needs.structured is structured


IMAGES = "photo: reads no images"


@pytest.mark.parametrize(
    ("inputs", "prompt", "expected"),
    [
        ('photo = "Image"', "$photo", [IMAGES]),
        ('photo = "Photo[]"', "$photo", [IMAGES]),
        ('photo = "Old"', "@photo", [IMAGES]),
        ('photo = { concept = "Image" }', "$photo", [IMAGES]),
        ('photo = "Image?"', "@?photo", [IMAGES]),
        ('photo = "Image"', "nothing", []),
        ('photo = "Note"', "$photo", []),
        ('photo = "Dynamic"', "$photo", []),
        ('doc = "Document"', "$doc", ["doc: reads no documents"]),
        ('order = "Order"', "$order", []),
        ('order = "Order"', "$order.id", []),
        ('order = "Order"', "$order.scan", ["order.scan: reads no images"]),
        ('order = "Order"', "$order.contract", ["order.contract: reads no documents"]),
        ('order = "Album"', "{{ order | with_images }}", ["order.scan: reads no images"]),
        ('page = "Page"', "{{ page.text_and_images | with_images }}", ["page.text_and_images.images: reads no images"]),
        ('photo = 3, other = "?"', "$photo", []),
    ],
)
def test_inputs_that_a_text_model_does_not_read(inputs: str, prompt: str, expected: list[str], tmp_path: Path) -> None:
    lines = f"inputs = {{ {inputs} }}\noutput = \"Text\"\nprompt = '''{prompt}'''\n"
    found = answer(tmp_path, f'{lines}model = "$cheap"')
    assert lacks(found) == expected
    certain = bool(expected) and "?" not in inputs
    assert found.status is (Status.REFUSED if certain else Status.CALLABLE)
    assert lacks(answer(tmp_path, f'{lines}model = "eye"')) == []


def test_system_prompt_images_count_and_are_limited(tmp_path: Path) -> None:
    lines = (
        'inputs = { a = "Image[2]", b = "Image" }\noutput = "Text"\nprompt = "$a"\nsystem_prompt = "$b"\nmodel = "eye"'
    )
    assert lacks(answer(tmp_path, lines)) == ["a: reads at most 2 images, and gets 3"]


def test_release_without_templates_sends_every_image_input(tmp_path: Path) -> None:
    lines = 'inputs = { photo = "Image" }\noutput = "Text"\nprompt = "x"\nllm = "cheap"'
    assert lacks(answer(tmp_path, lines, release="0.10.2")) == [IMAGES]
    assert (
        answer(tmp_path, 'inputs = "PDF"\noutput = "Text"\nllm = "cheap"', release="0.10.2").status is Status.CALLABLE
    )


@pytest.mark.parametrize(
    ("model", "extra", "expected"),
    [
        ("images-only", "", ["doc: reads no document files"]),
        ("pdf-only", "", []),
        ("captioner", "page_image_captions = true", []),
        ("pdf-only", "page_image_captions = true", ["page_image_captions: writes no captions of images"]),
    ],
)
def test_extraction_needs(model: str, extra: str, expected: list[str], tmp_path: Path) -> None:
    lines = f'inputs = {{ doc = "Document" }}\noutput = "Page[]"\nmodel = "{model}"\n{extra}'
    assert lacks(answer(tmp_path, lines, "PipeExtract")) == expected


@pytest.mark.parametrize("model", ["pdf-only", "images-only"])
def test_extraction_of_images(model: str, tmp_path: Path) -> None:
    lines = f'inputs = {{ photo = "Image" }}\noutput = "Page[]"\nmodel = "{model}"\npage_image_captions = true'
    found = lacks(answer(tmp_path, lines, "PipeExtract"))
    assert found[-1] == "page_image_captions: writes no captions of images"
    assert ("photo: reads no image files" in found) is (model == "pdf-only")


def test_extraction_is_not_checked_up_to_0_17_and_image_to_image_up_to_0_42(tmp_path: Path) -> None:
    lines = 'inputs = { photo = "Image" }\noutput = "Page[]"\nmodel = "reader"'
    assert lacks(answer(tmp_path, lines, "PipeExtract", "0.14.3")) == []
    lines = 'inputs = { photo = "Image" }\noutput = "Image"\nprompt = "$photo"\nmodel = "painter"'
    assert lacks(answer(tmp_path, lines, "PipeImgGen", "0.92.2")) == [IMAGES]
    (found,) = with_pipes(tmp_path, pipe(lines, "PipeImgGen"), release="0.24.1", files=g3()).pipes
    assert lacks(found) == []


@pytest.mark.parametrize(
    ("lines", "kind", "texts"),
    [
        ('output = "Text"', "PipeLLM", ["llm/default/for_text"]),
        ('output = "Order"', "PipeLLM", ["llm/default/for_object"]),
        ('output = "Order"\nmodel = "$cheap"', "PipeLLM", ["$cheap"]),
        ('output = "Order"\nmodel = "$cheap"\nmodel_to_structure = "$writing"', "PipeLLM", ["$writing"]),
        ('output = "Order"\nmodel = "$gone"\nmodel_to_structure = "$writing"', "PipeLLM", ["$writing", "$gone"]),
        ('output = "Text"\nmodel = "$cheap"\nmodel_to_structure = "@gone"', "PipeLLM", ["$cheap", "@gone"]),
        ('output = "Text"\nmodel = "$cheap"\nmodel_to_structure = "$"', "PipeLLM", ["$cheap", "$"]),
        ('output = "Text"\nmodel_to_structure = { model = "eye" }', "PipeLLM", ["llm/default/for_text"]),
        (
            'output = "Order"\nmodel = "$cheap"\nstructuring_method = "preliminary_text"',
            "PipeLLM",
            ["$cheap", "llm/default/for_object"],
        ),
        ('output = "Python"', "PipeLLM", ["llm/default/for_text", "llm/default/for_object"]),
        ('output = "Order"', "PipeStructure", ["llm/default/for_object"]),
        ('output = "Order"', "PipeJudge", [""]),
        ('output = "Text"\nmodel = { temperature = 1 }', "PipeLLM", [""]),
        ('output = "Page[]"', "PipeExtract", ["extract/default"]),
    ],
)
def test_names_of_a_pipe(lines: str, kind: str, texts: list[str], tmp_path: Path) -> None:
    found = answer(tmp_path, lines, kind)
    assert [call.text for call in found.calls] == texts
    dead = any(name in lines for name in ("gone", '"$"', "{ temperature")) or kind == "PipeJudge"
    assert (found.status is Status.DEAD) is dead
    assert found.worst.status is found.status


def test_python_output_is_unknown_where_the_calls_differ(tmp_path: Path) -> None:
    tree = edited(g3_1(), "deck/base_deck.toml", '"@best-claude"', '"gone"')
    report = with_pipes(tmp_path, pipe('output = "Python"'), files=tree)
    assert [item.status for item in report.pipes] == [Status.UNKNOWN]
    assert report.pipe_tally.words == "0 of 1 pipe of this project can run, 1 unknown"
    assert checks(report.problems, report.resolutions, report.pipe_tally)[Check.METHODS][0] == "unknown"
    assert "pipe-dead" not in codes(report)


def test_override_is_the_default(tmp_path: Path) -> None:
    tree = extended(g3_1(), "deck/x.toml", '[llm.choice_overrides]\nfor_text = "$writing"\n')
    (found,) = with_pipes(tmp_path, pipe('output = "Text"'), files=tree).pipes
    assert [call.text for call in found.calls] == ["llm/override/for_text"]


@pytest.mark.parametrize(
    ("release", "lines", "kind", "key"),
    [
        ("0.92.2", 'llm = "$cheap"\noutput = "Text"', "PipeLLM", "llm"),
        ("0.10.2", 'model = "cheap"\noutput = "Text"', "PipeLLM", "model"),
        ("0.14.3", 'ocr = "reader"', "PipeExtract", "ocr"),
    ],
)
def test_key_of_another_release(release: str, lines: str, kind: str, key: str, tmp_path: Path) -> None:
    report = with_pipes(tmp_path, pipe(lines, kind), release=release)
    problem = only(report, "pipe-key")
    assert f"`{key}`" in problem.message
    assert problem.location is not None
    assert (problem.location.line, problem.location.key) == (26, f"pipe.p.{key}")
    assert report.pipe_tally == (1, 0, 0)


def test_type_of_another_release(tmp_path: Path) -> None:
    report = with_pipes(tmp_path, pipe('output = "Order"', "PipeStructure"), release="0.24.1", files=g3())
    problem = only(report, "pipe-key")
    assert problem.message == "pipe `p` has the type `PipeStructure`, which Pipelex 0.24.1 does not know"
    assert problem.location is not None
    assert (problem.location.key, report.pipe_tally) == ("pipe.p.type", (1, 0, 0))


def test_responses_api_needs_a_structure_method(tmp_path: Path) -> None:
    lines = 'sdk = "openai_responses"\ninputs = ["text"]\noutputs = ["text", "structured"]\n'
    method = 'structure_method = "instructor/openai_responses_tools"\n'
    tree = extended(g3_1(), "backends/openai.toml", f"\n[bare]\n{lines}\n[fitted]\n{lines}{method}")
    report = with_pipes(
        tmp_path,
        pipe('output = "Order"\nmodel = "bare"', name="a"),
        pipe('output = "Text"\nmodel = "bare"', name="b"),
        pipe('output = "Order"\nmodel = "fitted"', name="c"),
        files=tree,
    )
    assert [item.status for item in report.pipes] == [Status.REFUSED, Status.CALLABLE, Status.CALLABLE]
    assert "asks for structured output (`output`)" in only(report, "pipe-capability").message


def sequence(name: str, *steps: str) -> str:
    return pipe(f'output = "Text"\nsteps = [{", ".join(f"{{ {step} }}" for step in steps)}]', "PipeSequence", name)


CONDITION = pipe('expression = "x"\ndefault_outcome = "p"\noutcomes = { a = "p" }', "PipeCondition", "c")
BATCH = pipe('branch_pipe_code = "p"\ninput_list_name = "xs"\ninput_item_name = "x"', "PipeBatch", "b")


@pytest.mark.parametrize(
    ("release", "output", "callers", "calls"),
    [
        ("0.92.2", "Text", [sequence("s", 'pipe = "p"')], [False]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "p", nb_output = 2')], [True]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "shop.p", multiple_output = true')], [True]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "other.p", multiple_output = true')], [False]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "p", nb_output = 2', 'pipe = "p"')], [False, True]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "p", nb_output = 1')], [False]),
        ("0.92.2", "Text[]", [sequence("s", 'pipe = "p", nb_output = 1')], [False]),
        ("0.92.2", "Text[]", [sequence("s", 'pipe = "p"')], [True]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "t", nb_output = 2'), sequence("t", 'pipe = "p"')], [True]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "c", nb_output = 2'), CONDITION], [True]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "b", nb_output = 2'), BATCH], [False]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "p", nb_output = 2, batch_over = "xs", batch_as = "x"')], [False]),
        ("0.92.2", "Text", [sequence("s", 'pipe = "s"', 'pipe = "p", nb_output = 2')], [False]),
        ("0.43.1", "Text", [sequence("s", 'pipe = "p", nb_output = 1')], [True]),
        ("0.43.1", "Text[1]", [], [True]),
        ("0.60.0", "Text[1]", [], [False]),
    ],
)
def test_steps_ask_for_lists(release: str, output: str, callers: list[str], calls: list[bool], tmp_path: Path) -> None:
    lines = '\n[bare]\nsdk = "openai_responses"\ninputs = ["text"]\noutputs = ["text", "structured"]\n'
    tree = extended(g3() if release < "0.78" else g3_1(), "backends/openai.toml", lines)
    asked = pipe(f'output = "{output}"\nmodel = "bare"')
    (found,) = with_pipes(tmp_path, *callers, asked, release=release, files=tree).pipes
    assert len(found.calls) == len(calls)
    assert [bool(call.lacks) for call in found.calls] == calls
    assert found.status is (Status.REFUSED if any(calls) else Status.CALLABLE)


def test_a_list_for_a_step_is_said(tmp_path: Path) -> None:
    lines = '\n[bare]\nsdk = "openai_responses"\ninputs = ["text"]\noutputs = ["text", "structured"]\n'
    tree = extended(g3_1(), "backends/openai.toml", lines)
    callers = sequence("s", 'pipe = "p", nb_output = 2'), pipe('output = "Text"\nmodel = "bare"')
    problem = only(with_pipes(tmp_path, *callers, files=tree), "pipe-capability")
    assert "asks for structured output (nb_output or multiple_output of a step)" in problem.message


def test_handles_of_0_10(tmp_path: Path) -> None:
    found = with_pipes(
        tmp_path,
        pipe('ocr_model = "gone"', "PipeOcr", "a"),
        pipe('imgg_handle = "gpt-4o-mini"', "PipeImgGen", "b"),
        pipe('llm = "gpt-4o-mini"\noutput = "Text"', name="c"),
        pipe('llm = "cheap"\nllm_to_structure = "gone"\noutput = "Text"', name="d"),
        release="0.10.2",
    ).pipes
    assert [item.status for item in found] == [Status.DEAD, Status.CALLABLE, Status.DEAD, Status.DEAD]


DEAD = pipe('output = "Text"\nmodel = "$wirting"', name="dead")
BLIND = pipe('output = "Text"\nmodel = "$cheap"\ninputs = { photo = "Image" }\nprompt = "$photo"', name="blind")
FINE = pipe('output = "Text"\nmodel = "$cheap"', name="fine")
REFUSED = pipe('output = "Text"\nmodel = { model = "eye", reasoning_effort = "high" }', name="refused")
UNLISTED = pipe('output = "Order"\nmodel = "eye"', name="unlisted")


def test_problems_have_places_fixes_and_causes(tmp_path: Path) -> None:
    report = with_pipes(tmp_path, DEAD, BLIND, FINE, REFUSED, UNLISTED)
    (tmp_path / "broken.mthds").write_text('domain = "x"\n[pipe\n', encoding="utf-8")
    (tmp_path / "old.plx").write_text(HEAD + FINE, encoding="utf-8")
    report = report.read_methods()
    dead, blind = only(report, "pipe-dead"), only(report, "pipe-capability")
    assert str(dead.location) == "shop.mthds:27"
    assert (dead.fix, dead.severity) == ("did you mean `$writing`?", Severity.ERROR)
    assert blind.message == "pipe `blind` sends images (`photo`), and `gpt-4o-mini` of openai reads no images"
    assert blind.fix == 'write model = "eye" in the pipe, or point $cheap at it'
    assert (str(blind.location), blind.check) == ("shop.mthds:34", Check.METHODS)
    refused = only(report, "pipe-refused")
    assert (str(refused.location), "reasoning_effort" in refused.message) == ("shop.mthds:47", True)
    assert refused.fix == "no callable model does: enable a backend with one, or change what the pipe sends"
    assert str(only(report, "pipe-structured").location) == "shop.mthds:53"
    broken = only(report, "method-unreadable")
    assert (str(broken.location), broken.excerpt) == ("broken.mthds:2", ("[pipe", "     ^"))
    assert only(report, "method-ending").fix == "rename it to old.mthds"
    assert report.verdict == (Verdict.DEGRADED, "runs in part: 2 of 5 pipes of this project can run")
    effects = {cause.title.split("`")[1]: cause.effect for cause in report.causes if cause.effect}
    assert effects == {"dead": "1 pipe dead", "blind": "1 pipe refused", "refused": "1 pipe refused"}
    assert {problem.code for problem in report.problems} >= set(CODES) - {"pipe-key"}


def test_causes_count_pipes_beside_presets(tmp_path: Path) -> None:
    tree = edited(g3_1(), "backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false")
    tree = edited(tree, "routing_profiles.toml", '"claude-*" = "anthropic"\n', "")
    report = with_pipes(
        tmp_path,
        pipe('output = "Order"', name="a"),
        pipe('output = "Text"\nmodel = "@best-claude"', name="b"),
        files=tree,
    )
    (cause,) = [cause for cause in report.causes if cause.key == "off anthropic"]
    assert cause.effect == "2 pipes, 1 preset, 1 alias, 1 choice dead"
    assert report.verdict[0] is Verdict.CANNOT_RUN
    assert report.verdict[1].startswith("cannot run: 0 of 2 pipes of this project can run; ")
    (step, *_) = report.trail(report.pipes[1].calls[0].resolution)  # type: ignore[arg-type]
    assert (step.kind, step.name, step.note, str(step.location)) == ("pipe", "b", "@best-claude", "shop.mthds:32")


def test_a_working_pipe_is_said_and_no_method_says_nothing(tmp_path: Path) -> None:
    report = with_pipes(tmp_path, FINE, files=g3_1())
    assert report.verdict == (Verdict.OK, "can run: 1 of 1 pipe of this project can run")
    (tmp_path / "shop.mthds").unlink()
    report = report.read_methods()
    assert (report.verdict, report.pipes) == ((Verdict.OK, "can run"), ())
    assert Check.METHODS not in checks(report.problems, report.resolutions, report.pipe_tally)


def test_a_pipe_whose_keys_are_missing_cannot_run(tmp_path: Path) -> None:
    with_pipes(tmp_path, FINE, files=g3_1())
    report = inspect(tmp_path, environ={"ANTHROPIC_API_KEY": "x"}).read_methods()
    assert report.pipe_tally == (1, 0, 0)


def test_settings_exclude_folders(tmp_path: Path) -> None:
    tree = extended(g3_1(), "../pipelex.toml", '[interpreter.scan]\nexcluded_dirs = ["drafts"]\n')
    report = with_pipes(tmp_path, FINE, files=tree)
    for folder in ("drafts", "results"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "more.mthds").write_text(HEAD + FINE, encoding="utf-8")
    assert [item.pipe.source.shown for item in report.read_methods().pipes] == ["results/more.mthds", "shop.mthds"][
        ::-1
    ]


def test_libraries_and_packages_are_answered_for_but_not_counted(tmp_path: Path) -> None:
    project, home, library = tmp_path / "project", tmp_path / "home", tmp_path / "library"
    with_pipes(project, FINE, files=g3_1())
    for folder, name in ((home / ".mthds" / "methods" / "kit", "kit"), (library, "lib")):
        folder.mkdir(parents=True)
        (folder / f"{name}.mthds").write_text(HEAD + DEAD, encoding="utf-8")
        (folder / "broken.mthds").write_text("[", encoding="utf-8")
    variables = {"OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "x", "PIPELEXPATH": f"{library}:{project}/sub"}
    report = inspect(project, environ=variables, home=home).read_methods()
    assert [item.pipe.origin for item in report.pipes] == ["project", "library", "installed"]
    assert report.pipe_tally == (1, 1, 0)
    assert not {"pipe-dead", "method-unreadable"} & set(codes(report))


def test_unchanged_files_and_answers_are_reused(tmp_path: Path) -> None:
    report = with_pipes(tmp_path, FINE, DEAD)
    second = report.read_methods()
    assert second is report
    (tmp_path / "more.mthds").write_text(HEAD + BLIND, encoding="utf-8")
    more = report.read_methods()
    assert more.methods is not None
    assert report.methods is not None
    assert more.methods.read[-1] is report.methods.read[-1]
    assert more.pipes[-1] is report.pipes[-1]
