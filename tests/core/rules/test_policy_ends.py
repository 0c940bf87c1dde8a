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
UNUSED = "gpt-10"
"""A model that no name of the deck leads to."""
ENDS = ("2026-11-20", "2026-12-20", "2027-06-01", "")
OVERRIDES = ("", "", "[anthropic]\nenabled = false\n", "[third]\nenabled = true\n")
ROUTES = ("", '"gpt-*" = "third"\n', '"*" = "anthropic"\n')
OPTIONAL = '[profiles.all.optional_routes]\n"*mini" = "third"\n"claude-4*" = "third"\n'
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
EVERY = (*MODELS, UNUSED, "reader", "painter", "finder")
LIVES = st.dictionaries(st.sampled_from(EVERY), st.sampled_from(ENDS)) | st.just(dict.fromkeys(EVERY, ""))


@st.composite
def trees(draw: st.DrawFn) -> tuple[str, Files, Lives]:
    """A release, a tree of three backends with chains of names, overrides, routes and a method, and the lives."""
    release = draw(st.sampled_from(("0.14.3", "0.17.6", "0.43.1", "0.92.2")))
    files, sigils = minimal(release), release in ("0.43.1", "0.92.2")
    files = extended(files, "backends/openai.toml", llm("gpt-9") + llm(UNUSED))
    route, optional, fallback = draw(st.sampled_from(ROUTES)), draw(st.booleans()) and sigils, draw(st.booleans())
    on = draw(st.booleans()) or fallback or "third" in route
    table = f"\n[third]\nenabled = {str(on).lower()}\n"
    table += 'endpoint = "https://llm.example.com/v1"\napi_key = "${OPENAI_API_KEY}"\n'
    files = extended(files, "backends.toml", table)
    third = "".join(map(llm, draw(st.sets(st.sampled_from(MODELS), min_size=1))))
    price = draw(st.sampled_from(("input = 3.0", "input = 9.5", "input_cached = 1.0")))
    files["backends/third.toml"] = '[defaults]\nsdk = "openai"\n' + third.replace("input = 3.0", price, 1)
    files["backends_override.toml"] = draw(st.sampled_from(OVERRIDES))
    files = extended(files, "routing_profiles.toml", route + (OPTIONAL if optional else ""))
    if fallback:
        files["routing_profiles_override.toml"] = FALLBACK
    model = draw(st.sampled_from(("gpt-9", "claude-4-sonnet", "nobody")))
    files = edited(files, DECK, '["nobody", "gpt-4o-mini"]', f'["nobody", "{model}", "gpt-4o-mini"]')
    # Up to 0.17 names have no sigils; up to 0.14 an alias may be a list, and there are no waterfalls.
    family = "llm." if sigils else ""
    known = [*MODELS, *(("@best-claude", "~chain") if sigils else ("best-claude", "chain"))]
    lines = [f"[{family}aliases]"]
    for alias in ("a0", "a1"):
        several = st.lists(st.sampled_from(known), min_size=1, max_size=3)
        lines.append(f"{alias} = {json.dumps(draw(several if release == '0.14.3' else st.sampled_from(known)))}")
        known.append(f"@{alias}" if sigils else alias)
    if release != "0.14.3":
        orders = [draw(st.permutations((*MODELS, "nobody"))) for _ in range(2)]
        lines += [f"[{family}waterfalls]", *(f"w{n} = {json.dumps(order[:3])}" for n, order in enumerate(orders))]
        known += ["~w0", "~w1"] if sigils else ["w0", "w1"]
    field = "llm_handle" if "llm_handle" in files[DECK] else "model"
    for preset in ("p0", "p1"):
        lines.append(f"[{section(files, 'presets')}.{preset}]\n{field} = {json.dumps(draw(st.sampled_from(known)))}")
        lines.append("temperature = 0.5")
    files["deck/x_more.toml"] = "\n".join(lines) + "\n"
    if draw(st.booleans()):  # a later file hides an entry
        files["deck/zz_last.toml"] = f'[{family}aliases]\na0 = "{draw(st.sampled_from(MODELS))}"\n'
    called = draw(st.sampled_from((*known, *(("$p0", "$p1") if sigils else ("p0", "p1")))))
    files["../../shop.mthds"] = (
        'domain = "d"\n[pipe.p]\ntype = "PipeLLM"\ndescription = "d"\noutput = "Text"\nprompt = "x"\n'
        f"{'model' if sigils else 'llm'} = {json.dumps(called)}\n"
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
@example(("0.92.2", g3_1(), dict.fromkeys(EVERY, "")), {"ends_within_days": 30})
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
