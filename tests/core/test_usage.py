"""Who uses what: directly and through other names, in the deck, the routes and the methods, in each generation."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Report
from core.mentions import Node
from core.toml.edit.editor import Edited, apply
from core.toml.edit.toml_commands import RenameKey, SetValue
from core.usage import Use, Uses, usage
from tests.support.stock import StockFactory
from tests.support.trees import (
    DECK,
    Files,
    edited,
    end,
    extended,
    g1,
    g3_1,
    inspect,
    minimal,
    with_override,
    with_preset,
    write_tree,
)

METHOD = """
domain = "shop"

[pipe.describe]
type = "PipeLLM"
output = "Text"
model = "$writing"

[pipe.plan]
type = "PipeLLM"
output = "Plan"
model = { model = "@best-claude", temperature = 0.2 }

[pipe.default]
type = "PipeLLM"
output = "Text"

[pipe.defaulted_object]
type = "PipeLLM"
output = "Plan[]"
"""


def of(report: Report, text: str) -> Uses:
    """The uses of the one thing of that name."""
    usage_ = usage(report)
    (node,) = usage_.find(text)
    return usage_.of(node)


def listed(uses: tuple[Use, ...]) -> list[tuple[str, str, str]]:
    return [(use.label, use.role, use.text) for use in uses]


def with_method(tmp_path: Path, files: Files, method: str = METHOD, release: str | None = None) -> Report:
    (tmp_path / "methods").mkdir()
    (tmp_path / "methods" / "shop.mthds").write_text(method, encoding="utf-8")
    return inspect(tmp_path, files, release=release)


def test_an_alias_is_used_by_presets_and_through_them(tmp_path: Path) -> None:
    uses = of(with_method(tmp_path, g3_1()), "@best-claude")
    assert listed(uses.declared) == [("@best-claude", "declares", "best-claude")]
    assert [(use.label, use.direct, [node.name for node in use.via]) for use in uses.tree] == [
        ("$writing", True, []),
        ("llm/default/for_object", False, ["writing"]),
    ]
    assert [(use.label, use.role, use.direct, use.location.line) for use in uses.methods] == [
        ("pipe plan", "model", True, 12),
        ("pipe describe", "model", False, 7),
        ("pipe defaulted_object", "unnamed", False, 18),
    ]


def test_a_model_is_used_through_any_chain_and_taken_by_routes(tmp_path: Path) -> None:
    uses = of(with_method(tmp_path, g3_1()), "claude-4-sonnet")
    assert [(use.label, str(use.location)) for use in uses.declared] == [
        ("anthropic", ".pipelex/inference/backends/anthropic.toml:5")
    ]
    by_label = {use.label: use for use in uses.tree}
    assert list(by_label) == ["@best-claude", "profile all", "$writing", "llm/default/for_object"]
    assert by_label["profile all"].note == "claude-* -> anthropic"
    assert [node.name for node in by_label["llm/default/for_object"].via] == ["writing", "best-claude"]
    assert [use.label for use in uses.methods] == ["pipe plan", "pipe describe", "pipe defaulted_object"]


def test_a_later_entry_of_a_waterfall_is_a_use_that_is_not_passed_now(tmp_path: Path) -> None:
    files = edited(g3_1(), DECK, '["nobody", "gpt-4o-mini"]', '["gpt-4o-mini", "claude-4-sonnet"]')
    report = inspect(tmp_path, files)
    now = {use.label: use.now for use in of(report, "claude-4-sonnet").tree}
    assert now == {"@best-claude": True, "~chain": False, "profile all": True, "$writing": True} | {
        "llm/default/for_object": True
    }
    assert {use.label: use.now for use in of(report, "gpt-4o-mini").tree}["~chain"]


def test_hidden_definitions_are_renamed_too(tmp_path: Path) -> None:
    files = extended(g3_1(), "deck/z_mine.toml", '[llm.presets.cheap]\nmodel = "@best-claude"\n')
    uses = of(inspect(tmp_path, files), "gpt-4o-mini")
    hidden = [use for use in uses.tree if not use.in_force]
    assert [(use.label, use.location.file.rsplit("/", 1)[-1], use.now) for use in hidden] == [
        ("$cheap", "base_deck.toml", False)
    ]


def test_a_backend_is_named_by_every_profile_and_serves(tmp_path: Path) -> None:
    files = extended(
        g3_1(),
        "routing_profiles.toml",
        """
        [profiles.other]
        description = ""
        default = "anthropic"
        fallback_order = ["openai", "anthropic"]
        """,
    )
    uses = of(inspect(tmp_path, files), "anthropic")
    assert [(use.label, use.role, use.path[-1], use.now) for use in uses.tree] == [
        ("profile all", "route", "claude-*", True),
        ("profile other", "default", "default", False),
        ("profile other", "fallback", 1, False),
    ]
    assert {node.name for node in uses.served} == {"claude-4-sonnet", "best-claude", "writing", "default/for_object"}


def test_profiles_and_variables_have_users_too(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    assert [(use.role, use.path) for use in of(report, "profile:all").tree] == [("active", ("active",))]
    for text in ("OPENAI_API_KEY", "${OPENAI_API_KEY}", "variable:OPENAI_API_KEY"):
        assert [(use.label, use.path) for use in of(report, text).tree] == [("openai", ("openai", "api_key"))]


def test_key_in_place_of_a_variable_name_is_masked(tmp_path: Path) -> None:
    secret = "sk-ant-verysecretkey0123456789"
    files = edited(g3_1(), "backends.toml", "${OPENAI_API_KEY}", "${" + secret + "}")
    uses = usage(inspect(tmp_path, files))
    labels = [uses.label(node) for node in uses.nodes]
    assert not any(secret in label for label in labels)


def test_an_exact_route_names_the_model(tmp_path: Path) -> None:
    files = edited(g3_1(), "routing_profiles.toml", '"claude-*"', '"claude-4-sonnet"')
    uses = of(inspect(tmp_path, files), "claude-4-sonnet")
    (route,) = [use for use in uses.tree if use.role == "route"]
    assert (route.is_key, route.path[-1], route in uses.rename) == (True, "claude-4-sonnet", True)


def test_a_pipe_that_names_no_model_uses_the_override(tmp_path: Path) -> None:
    files = with_override(g3_1(), '"$writing"', '"disabled"')
    report = with_method(tmp_path, files)
    assert [use.label for use in of(report, "llm/override/for_text").methods] == ["pipe default"]
    assert [use.label for use in of(report, "llm/default/for_object").methods] == ["pipe defaulted_object"]
    assert not of(report, "llm/default/for_text").methods


def test_dead_names_in_methods(tmp_path: Path) -> None:
    method = '[pipe.a]\ntype = "PipeLLM"\nmodel = "$nobody"\n[pipe.b]\ntype = "PipeLLM"\nmodel = "writing"\n'
    uses = usage(with_method(tmp_path, with_preset(g3_1(), "odd", "nobody"), method))
    # A bare name is never a preset from 0.18 on.
    assert listed(uses.undefined) == [("pipe a", "model", "$nobody"), ("pipe b", "model", "writing")]
    assert {uses.label(node) for node in uses.idle()} == {"~chain", "$odd"}


@pytest.mark.parametrize(
    ("release", "line", "used"),
    [
        ("0.10.2", 'llm = "writing"', ("preset", "writing")),
        ("0.10.2", 'llm = "best-claude"', ("preset", "best-claude")),
        ("0.10.2", 'llm = { llm_handle = "best-claude", temperature = 1 }', ("alias", "best-claude")),
        ("0.11.0", 'llm = "best-claude"', ("alias", "best-claude")),
        ("0.14.3", 'model = "writing"', ("preset", "writing")),
        ("0.14.3", 'model = { model = "writing", temperature = 1 }', ("model", "writing")),
        ("0.17.6", 'model = "chain"', ("waterfall", "chain")),
        ("0.17.6", 'model = "gpt-4o-mini"', ("model", "gpt-4o-mini")),
        ("0.43.1", 'model = "chain"', ("waterfall", "chain")),
        ("0.43.1", 'model = "handle:@best-claude"', ("alias", "best-claude")),
        ("0.92.2", 'model = "alias:best-claude"', ("alias", "best-claude")),
        ("0.92.2", 'model = " $writing "', ("preset", "writing")),
    ],
)
def test_model_of_a_pipe_in_each_release(release: str, line: str, used: tuple[str, str], tmp_path: Path) -> None:
    method = f'domain = "d"\n[pipe.p]\ntype = "PipeLLM"\n{line}\n'
    uses = usage(with_method(tmp_path, minimal(release), method, release))
    (node,) = [
        node for node in uses.nodes if any(use.label == "pipe p" and use.direct for use in uses.of(node).methods)
    ]
    assert (node.kind, node.name) == used


def test_entries_of_concatenated_lists_all_count(tmp_path: Path) -> None:
    files = extended(g1(), "deck/z.toml", '[aliases]\nchain = ["claude-4-sonnet"]\n')
    uses = of(inspect(tmp_path, files, release="0.10.2"), "claude-4-sonnet")
    (entry,) = [use for use in uses.tree if use.label == "chain"]
    assert (entry.in_force, entry.path[-1], entry.location.file.rsplit("/", 1)[-1]) == (True, 0, "z.toml")


def test_the_stock_tree_knows_the_users_of_its_premium_tier(stock: StockFactory) -> None:
    report = inspect(stock("0.92.2").root, release="0.92.2", assume_keys=True)
    uses = of(report, "gpt-5.6-sol")
    assert {use.label for use in uses.declared} == {"openai", "azure_openai"}
    assert "$writing-factual" in {use.label for use in uses.tree if not use.direct}
    assert [use.label for use in of(report, "llm/default-premium").rename[-1:]] == ["@default-premium"]


# ---- the law of renaming

NAMES = ("a", "b", "c")
TARGETS = ("@a", "a", "alias:b", "~c", "c", " b ", "gpt-4o-mini", "$a", "nobody", "handle:a", "waterfall:c", "")
MODERN = st.fixed_dictionaries(
    {},
    optional={
        "aliases": st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TARGETS), max_size=3),
        "waterfalls": st.dictionaries(
            st.sampled_from(NAMES), st.lists(st.sampled_from(TARGETS), max_size=3), max_size=3
        ),
        "presets": st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TARGETS), max_size=3),
    },
)


def deck_text(sections: dict[str, dict[str, object]]) -> str:
    lines = []
    for title, items in sections.items():
        lines.append(f"[llm.{title}]")
        for name, value in items.items():
            shown = "[" + ", ".join(f'"{v}"' for v in value) + "]" if isinstance(value, list) else f'"{value}"'
            lines.append(f"{name} = " + (f"{{ model = {shown}, temperature = 0.5 }}" if title == "presets" else shown))
    return "\n".join(lines) + "\n"


def rename(uses: Uses, new: str) -> None:
    """Change every place that a rename has to change, with the editor that the app uses."""
    for use in uses.rename:
        path = Path(use.file)
        text = path.read_text("utf-8")
        at = use.path
        before, _, after = use.text.rpartition(uses.node.name)
        command = RenameKey(at, new) if use.is_key else SetValue(at, f"{before}{new}{after}")
        done = apply(text, command)
        assert isinstance(done, Edited), done
        path.write_text(done.text, encoding="utf-8")


def ends(report: Report, renamed: Mapping[Node, str]) -> dict[tuple[str, str, str], str | None]:
    targets = {}
    for item in report.resolutions:
        node = Node(item.kind.value, item.family, item.name)
        targets[item.kind.value, item.family, renamed.get(node, item.name)] = end(item)
    return targets


@given(
    first=MODERN,
    second=MODERN,
    kind=st.sampled_from(["alias", "waterfall", "preset"]),
    name=st.sampled_from(NAMES),
    release=st.sampled_from(["0.43.1", "0.92.2"]),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_renames_change_no_target(
    first: dict[str, dict[str, object]], second: dict[str, dict[str, object]], kind: str, name: str, release: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {**minimal(release), "deck/m.toml": deck_text(first), "deck/n.toml": deck_text(second)}
        write_tree(Path(folder), files)
        method = "".join(f'[pipe.p{n}]\ntype = "PipeLLM"\nmodel = "{text}"\n' for n, text in enumerate(TARGETS))
        Path(folder, "a.mthds").write_text(method, encoding="utf-8")
        before = inspect(Path(folder), release=release)
        node = Node(kind, "llm", name)
        before_uses = usage(before)
        uses = before_uses.of(node)
        rename(uses, "fresh")
        after = inspect(Path(folder), release=release)
        assert ends(after, {}) == ends(before, {node: "fresh"})
        renamed = usage(after).of(Node(kind, "llm", "fresh"))
        places = [(use.file, use.location.line, use.role) for use in uses.rename]
        assert sorted(places) == sorted((use.file, use.location.line, use.role) for use in renamed.rename)


def test_a_pipe_of_another_kind_that_names_no_model_uses_the_default_of_its_kind(tmp_path: Path) -> None:
    method = 'domain = "d"\n[pipe.draw]\ntype = "PipeImgGen"\n[pipe.read]\ntype = "PipeExtract"\n'
    report = with_method(tmp_path, g3_1(), method)
    labels = {
        name: [use.label for use in usage(report).of(node).methods]
        for name in ("img_gen/default", "extract/default")
        for node in usage(report).find(name)
    }
    assert labels == {"img_gen/default": ["pipe draw"], "extract/default": ["pipe read"]}


def test_a_handle_that_a_pipe_names_is_a_model_and_nothing_else(tmp_path: Path) -> None:
    method = 'domain = "d"\n[pipe.p]\ntype = "PipeLLM"\nmodel = { model = "gpt-4o-mini", temperature = 1 }\n'
    report = with_method(tmp_path, g3_1(), method)
    assert [use.label for use in of(report, "gpt-4o-mini").methods] == ["pipe p"]


def test_invalid_names_in_the_routing_file_are_skipped(tmp_path: Path) -> None:
    routing = """
        active = 7

        [profiles]
        odd = 1

        [profiles.all]
        description = "All"
        default = "openai"
        fallback_order = ["openai", 7]

        [profiles.all.routes]
        "claude-*" = "anthropic"
        "x-*" = 7
        """
    report = inspect(tmp_path, {**g3_1(), "routing_profiles.toml": routing})
    assert ("profile all", "default", "openai") in listed(of(report, "openai").tree)
    assert ("profile all", "route", "anthropic") in listed(of(report, "anthropic").tree)
