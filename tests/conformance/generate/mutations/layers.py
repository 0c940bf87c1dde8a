"""Layers and settings: home folder, override files, `pipelex.toml`, the project's root."""

from __future__ import annotations

import copy

from ..registry import mutation
from ..scenario import Scenario
from ..toml_text import document_text, string_text

HOME = ".pipelex/inference"


def fitting_profile(s: Scenario) -> str:
    """A profile whose default is enabled, else the active one."""
    profiles = s.profiles()
    names = [name for name, one in profiles.items() if isinstance(one, dict) and one.get("default") in s.enabled]
    return s.rng.choice(names or [str(s.routing().get("active", "bench"))])


@mutation()
def project_override_files(s: Scenario) -> str:
    """Read from 0.57 on; files like any other that nobody reads before."""
    backend, active = s.rng.choice(s.enabled), fitting_profile(s)
    s.extra["routing_profiles_override.toml"] = f"active = {string_text(active)}\n".encode()
    s.extra["backends_override.toml"] = f'["{backend}"]\napi_key = "from-override"\n'.encode()
    return f"active = {active}, {backend}.api_key"


@mutation(since=18)
def three_layers(s: Scenario) -> str:
    """Home overrides and project overrides set the same keys; the project's win."""
    profile = str(s.routing().get("active"))
    home, project = s.rng.choice(s.enabled), s.rng.choice(s.enabled)
    part = {
        "profiles": {
            profile: {"default": home, "routes": {"gpt-*": home}},
            "homely": {"description": "h", "default": home},
        }
    }
    s.home[f"{HOME}/routing_profiles_override.toml"] = document_text(part)
    own: dict[str, object] = {"profiles": {profile: {"default": project}}}
    if s.rng.random() < 0.3:
        own = {"active": "homely", **own}
    s.extra["routing_profiles_override.toml"] = document_text(own).encode()
    s.home[f"{HOME}/backends_override.toml"] = document_text(
        {home: {"endpoint": "https://home.test", "region": "home"}}
    )
    s.extra["backends_override.toml"] = document_text({home: {"endpoint": "https://project.test"}}).encode()
    return f"defaults {home} (home) and {project} (project) for {profile}"


@mutation(since=57)
def override_disables_a_backend(s: Scenario) -> str:
    free = s.free_backends()
    if not free or len(s.enabled) < 2:
        return "no free backend"
    name = s.rng.choice(free)
    text = document_text({name: {"enabled": False}})
    if s.rng.random() < 0.5:
        s.home[f"{HOME}/backends_override.toml"] = text
    else:
        s.extra["backends_override.toml"] = text.encode()
    s.enabled.remove(name)
    return name


@mutation(since=57)
def override_adds_a_backend(s: Scenario) -> str:
    text = document_text({"added": {"enabled": True, "api_key": "${CASE_ADDED}"}})
    s.extra["backends_override.toml"] = text.encode()
    s.extra["backends/added.toml"] = b'[added-model]\nsdk = "openai"\nmodel_id = "m"\n'
    return "a backend in the override file only"


@mutation(breaks=True, since=57)
def override_broken(s: Scenario) -> str:
    path = s.rng.choice(["backends_override.toml", "routing_profiles_override.toml"])
    s.extra[path] = s.rng.choice([b"[broken\n", b'"x" = 3\n', b"\xff\n", b"active = 3\n", b"# nothing\n"])
    if s.rng.random() < 0.3:
        s.home[f"{HOME}/{path}"] = "[broken\n"
    return path


@mutation(since=57)
def override_in_wrong_place(s: Scenario) -> str:
    """Only the two main files have override files."""
    s.extra["deck_override.toml"] = b"[broken\n"
    s.extra["backends/openai_override.toml"] = b"[broken\n"
    s.alias("from-override-named", s.an_llm(), "deck/zz_override.toml")
    return "three files with override in their name"


@mutation()
def home_hidden_by_project(s: Scenario) -> str:
    s.home[f"{HOME}/backends.toml"] = "[hidden]\nenabled = true\n"
    s.home[f"{HOME}/routing_profiles.toml"] = 'active = "hidden"\n'
    s.home[f"{HOME}/deck/zz_home.toml"] = "[broken\n"
    s.home[f"{HOME}/backends/openai.toml"] = "# hidden\n"
    return "everything there, nothing read"


@mutation(since=18)
def home_serves_routing(s: Scenario) -> str:
    s.home[f"{HOME}/routing_profiles.toml"] = document_text(copy.deepcopy(s.routing()))
    s.leave_out("routing_profiles.toml")
    return "routing_profiles.toml only at home"


@mutation(since=18)
def home_serves_deck(s: Scenario) -> str:
    for path in s.paths("deck/"):
        s.home[f"{HOME}/{path}"] = document_text(s.doc(path))
    s.leave_out("deck/")
    return "deck/ only at home"


@mutation(since=18)
def home_serves_backends(s: Scenario) -> str:
    s.home[f"{HOME}/backends.toml"] = document_text(copy.deepcopy(s.edit("backends.toml")))
    if s.rng.random() < 0.6:
        s.leave_out("backends.toml")
        return "backends.toml only at home"
    for path in s.paths("backends/"):
        s.home[f"{HOME}/{path}"] = document_text(s.doc(path))
    s.leave_out("backends/")
    return "backends/ only at home"


@mutation(since=75)
def home_by_variable(s: Scenario) -> str:
    """PIPELEX_HOME names the folder itself; a relative one counts from the current folder."""
    name = s.rng.choice(["elsewhere", "./conf/home"])
    s.variables["PIPELEX_HOME"] = name
    backend = s.rng.choice(s.enabled)
    s.project[f"{name.removeprefix('./')}/inference/backends_override.toml"] = document_text(
        {backend: {"endpoint": "https://moved.test"}}
    )
    s.home[f"{HOME}/backends_override.toml"] = "[broken\n"
    return name


@mutation(since=15)
def deck_settings(s: Scenario) -> str:
    """The two settings of `pipelex.toml` that the deck reads, under the table's name of the release."""
    allowed = s.rng.random() < 0.4
    reaction = s.rng.choice(["log", "none", "raise"])
    section = "inference.model_deck" if s.minor >= 46 else "cogt.model_deck_config"
    lines = [
        f"[{section}]",
        f"is_model_fallback_enabled = {str(allowed).lower()}",
        f'missing_presets_reaction = "{reaction}"',
        "",
    ]
    place = s.home if s.by_family and s.rng.random() < 0.3 else s.project
    place[".pipelex/pipelex.toml"] = "\n".join(lines)
    return f"fallback {allowed}, reaction {reaction}, {'home' if place is s.home else 'project'}"


@mutation(breaks=True, since=15)
def deck_settings_refused(s: Scenario) -> str:
    section = "inference.model_deck" if s.minor >= 46 else "cogt.model_deck_config"
    line = s.rng.choice(
        ['missing_presets_reaction = "shout"', 'is_model_fallback_enabled = "yes"', "unknown_setting = 1"]
    )
    s.project[".pipelex/pipelex.toml"] = f"[{section}]\n{line}\n"
    return line


@mutation()
def other_root_markers(s: Scenario) -> str:
    """Another file marks the project's root."""
    s.project.pop("pyproject.toml", None)
    s.project[s.rng.choice(["setup.py", "setup.cfg", "package.json", ".git/HEAD", ".hg/hgrc"])] = "\n"
    return next(reversed(s.project))


@mutation(until=14)
def inference_folder_moved(s: Scenario) -> str:
    """`inference_config_path` of `[cogt.inference_config]` moves the whole tree."""
    settings = '[cogt.inference_config]\ninference_config_path = "conf/inference"\n'
    path = "pipelex.toml" if s.minor == 10 else ".pipelex/pipelex.toml"
    s.project[path] = settings

    def move(files: dict[str, bytes]) -> None:
        for name in list(files):
            files[f"../../conf/inference/{name}"] = files.pop(name)

    s.late.append(move)
    return path
