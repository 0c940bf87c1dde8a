"""The policy at the end of every reference: after status 0 of `validate` nothing that can be called is against it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.api import Report, inspect_tree
from core.entities import ModelSpec
from core.lives.clock import VARIABLE
from core.lives.index import days_between, packed_index
from tests.support.trees import DECK, KEYS, Files, edited, extended, g3_1, llm, minimal, section, write_tree
from tui.cli.main import main

TODAY = "2026-12-01"
MODELS = ("gpt-4o-mini", "claude-4-sonnet", "gpt-9")
ENDS = ("2026-11-20", "2026-12-20", "2027-06-01", "")
OVERRIDES = ("", "[openai]\nenabled = false\n", "[anthropic]\nenabled = false\n", "[third]\nenabled = true\n")
ROUTES = (
    "",
    '"gpt-*" = "third"\n',
    '"*" = "anthropic"\n',
    '[profiles.all.optional_routes]\n"*mini" = "third"\n"claude-*" = "third"\n',
)
FALLBACK = '[profiles.all]\nfallback_order = ["third", "openai", "anthropic"]\n'
FAMILIES = {"llm": "llm", "text_extractor": "extract", "img_gen": "img_gen", "search": "search"}
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "backends": st.sampled_from((["openai"], ["open*", "third"], ["anthropic", "internal"], ["*"])),
        "models": st.sampled_from((["gpt-*"], ["claude-*", "gpt-*"], ["*"])),
        "families": st.sampled_from((["llm"], ["llm", "extract", "img_gen", "search"])),
        "max_price_in": st.sampled_from((1.0, 3.0, 9.0)),
        "max_price_out": st.sampled_from((1.0, 15.0)),
        "ends_within_days": st.sampled_from((0, 30, 400)),
    },
)
Lives = Mapping[str, str]
"""The day of the end of the models that the index lists, by handle; empty without one."""
LIVES = st.dictionaries(st.sampled_from((*MODELS, "reader", "painter", "finder")), st.sampled_from(ENDS))


def names(draw: st.DrawFn, *, sigils: bool) -> list[str]:
    """Up to three names: models, and entries of the deck that lead to models."""
    entries = ("@best-claude", "@a0", "@a1", "~chain", "~w0", "~w1")
    chosen = draw(st.lists(st.sampled_from((*MODELS, "nobody", *entries)), min_size=1, max_size=3))
    return chosen if sigils else [name.lstrip("@~") for name in chosen]


def entry(draw: st.DrawFn, *, sigils: bool) -> str:
    """The target of an entry: a name, or in some a list of names."""
    chosen = names(draw, sigils=sigils)
    return json.dumps(chosen[0] if len(chosen) < 2 else chosen)


@st.composite
def trees(draw: st.DrawFn) -> tuple[str, Files, Lives]:
    """A release, a tree of three backends with chains of names, overrides, routes and a method, and the lives."""
    release = draw(st.sampled_from(("0.14.3", "0.17.6", "0.43.1", "0.92.2")))
    sigils = release in ("0.43.1", "0.92.2")
    files = minimal(release)
    files = extended(files, "backends.toml", f"\n[third]\nenabled = {draw(st.sampled_from(('true', 'false')))}\n")
    third = "".join(map(llm, draw(st.sets(st.sampled_from(MODELS)))))
    files["backends/third.toml"] = '[defaults]\nsdk = "openai"\n' + third
    price = draw(st.sampled_from(("input = 3.0", "input = 9.5", "output = 15.0, cached = 1", "input = -1")))
    files["backends/third.toml"] = files["backends/third.toml"].replace("input = 3.0", price, 1)
    files["backends_override.toml"] = draw(st.sampled_from(OVERRIDES))
    files = extended(files, "routing_profiles.toml", draw(st.sampled_from(ROUTES)))
    if draw(st.booleans()):
        files["routing_profiles_override.toml"] = FALLBACK
    model = draw(st.sampled_from(("gpt-9", "claude-4-sonnet", "nobody")))
    files = edited(files, DECK, '["nobody", "gpt-4o-mini"]', f'["nobody", "{model}", "gpt-4o-mini"]')
    lists = {"aliases": ("a0", "a1"), "waterfalls": ("w0", "w1")}
    lines = []
    for kind, keys in lists.items():
        lines.append(f"[{section(files, kind)}]")
        for key in keys:
            value = json.dumps(names(draw, sigils=sigils)) if kind == "waterfalls" else entry(draw, sigils=sigils)
            lines.append(f"{key} = {value}")
    field = "llm_handle" if "llm_handle" in files[DECK] else "model"
    for key in ("p0", "p1"):
        lines.append(f"[{section(files, 'presets')}.{key}]\n{field} = {json.dumps(names(draw, sigils=sigils)[0])}")
        lines.append("temperature = 0.5")
    # The file is read after the base deck, and before one in which overrides hide its entries.
    files["deck/x_more.toml"] = "\n".join(lines) + "\n"
    if draw(st.booleans()):
        files["deck/zz_last.toml"] = f'[{section(files, "aliases")}]\na0 = "{draw(st.sampled_from(MODELS))}"\n'
    called = json.dumps(draw(st.sampled_from((names(draw, sigils=sigils)[0], "$p0" if sigils else "p0"))))
    files["../../shop.mthds"] = (
        'domain = "d"\n[pipe.p]\ntype = "PipeLLM"\ndescription = "d"\noutput = "Text"\nprompt = "x"\n'
        f"{'model' if sigils else 'llm'} = {called}\n"
    )
    return release, files, draw(LIVES)


def ends(report: Report) -> Iterator[ModelSpec]:
    """The model at the end of every reference and call, and of every name and entry of the deck by itself."""
    yield from (item.spec for item in report.resolutions if item.spec is not None)
    yield from (call.spec for pipe in report.pipes for call in pipe.calls if call.spec is not None)
    for family in report.catalog.families.values():
        texts = [preset.reference for preset in family.presets.values()]
        texts += [target for alias in family.aliases.values() for target in alias.targets]
        texts += [item for waterfall in family.waterfalls.values() for item in waterfall.entries]
        texts += [choice.value for choice in family.choices if isinstance(choice.value, str)]
        texts += [*family.presets, *family.aliases, *family.waterfalls, *report.catalog.declared]
        for text in texts:
            spec = report.resolver.text(text, family.name).spec
            if spec is not None:
                yield spec


def allows(policy: Mapping[str, object], spec: ModelSpec, lives: Lives) -> bool:
    """The policy in the plainest words."""
    for key, name in (("backends", spec.backend), ("models", spec.handle), ("families", FAMILIES[spec.model_type])):
        patterns = policy.get(key)
        if isinstance(patterns, list) and not any(fnmatchcase(name, pattern) for pattern in patterns):
            return False
    if spec.backend == "internal":
        return True
    for key, cost in (("max_price_in", "input"), ("max_price_out", "output")):
        limit = policy.get(key)
        if isinstance(limit, float) and not 0 <= spec.costs.get(cost, -1) <= limit:
            return False
    days = policy.get("ends_within_days")
    if not isinstance(days, int):
        return True
    # The index lists models of openai and anthropic, not those of an unknown server.
    if spec.backend not in ("openai", "anthropic") or spec.handle not in lives:
        return False
    end = lives[spec.handle]
    return not end or max(0, days_between(TODAY, end)) > days


def index_of(lives: Lives) -> bytes:
    rows = {f"{handle}-id": [[], [], "", [["0", "", end]] if end else []] for handle, end in lives.items()}
    rows |= {handle: rows[f"{handle}-id"] for handle in ("finder",) if handle in lives}
    document = {
        "format": 1,
        "built": "2100-01-01",
        "sources": [["litellm", "1", "2026-11-20"]],
        "services": {"openai": rows, "anthropic": rows},
    }
    return packed_index(document)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees(), POLICIES)
@example(("0.92.2", g3_1(), {}), {})
@example(("0.92.2", g3_1(), dict.fromkeys((*MODELS, "reader", "painter", "finder"), "")), {"ends_within_days": 30})
@example(("0.92.2", g3_1(), {"gpt-4o-mini": "2026-12-20", "claude-4-sonnet": ""}), {"ends_within_days": 30})
def test_after_exit_0_nothing_that_can_be_called_is_against_it(
    tree: tuple[str, Files, Lives], policy: dict[str, object]
) -> None:
    release, files, lives = tree
    text = "[policy]\n" + "".join(f"{key} = {value!r}\n" for key, value in policy.items())
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        data = Path(folder, "data", "pipedeck")
        data.mkdir(parents=True)
        (data / "index.json.gz").write_bytes(index_of(lives))
        environ = {"HOME": folder, "XDG_DATA_HOME": str(data.parent), VARIABLE: TODAY, **KEYS}
        for name, value in environ.items():
            patch.setenv(name, value)
        project = write_tree(Path(folder, "project"), {**files, "../pipedeck.toml": text})
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = main(["validate", "--tree", str(project), "--cwd", str(project), "--release", release, "--json"])
        problems: list[dict[str, Any]] = json.loads(printed.getvalue())["problems"]
        messages = [item["message"] for item in problems if item["code"] == "policy-violation"]
        told = {found.groups() for text in messages if (found := re.match(r"`([^`]+)` of (\S+): ", text))}
        assert len(told) == len(messages)
        report = inspect_tree(str(project), release=release, environ=environ, cwd=str(project)).read_methods()
        against = {(spec.handle, spec.backend) for spec in ends(report) if not allows(policy, spec, lives)}
        assert told == against
        assert status == 1 or not against
