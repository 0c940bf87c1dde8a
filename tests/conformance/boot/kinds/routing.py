"""`routing_profiles.toml`: patterns, profiles, fallbacks, optional routes."""

from __future__ import annotations

from ..draft import NORTH, ROUTING, SOUTH, Draft
from ..registry import added, kind, lines, register, swapped


def optional(name: str, pattern: str, target: str) -> None:
    """Register an optional route of the active profile."""
    table = f'[profiles.work.optional_routes]\n"{pattern}" = {target}\n\n[profiles.spare]'
    swapped(name, ROUTING, "[profiles.spare]", table, since=15)


PATTERNS = {
    "question mark": "n-?arge",
    "brackets": "[ns]-large",
    "other case": "N-*",
    "trailing blank": "n-* ",
    "leading blank": " n-*",
    "star inside": "n*e",
    "stars everywhere": "*n*a*",
    "regular expression": "n-.+",
    "anchors": "^n-large$",
    "sigil": "@best",
    "dollar": "$n-large",
    "alias": "best",
    "preset": "plain",
    "slash": "n/large",
    "percent": "n-%",
    "two stars last": "n-**",
    "two stars": "**",
    "three stars": "***",
    "one star": "*",
    "nothing": "",
    "blank": " ",
    "contains": "*lar*",
    "suffix": "*-large",
    "contains nothing": "*zz*",
    "exact": "n-large",
    "exact shared": "shared",
    "exact unknown": "zz-large",
    "exact in north only": "n-small",
    "exact in no backend": "nobody",
    "colon": "n:*",
    "handle prefix": "handle:n-large",
    "placeholder": "${NORTH_KEY}",
    "comma": "n-large,n-small",
    "bar": "n-large|n-small",
    "not": "!n-large",
    "umlaut": "ü*",
    "tab": "n-\\t*",
    "image": "n-image",
    "scan": "n-scan",
    "internal": "paper",
}
for name, pattern in PATTERNS.items():
    for backend in ("south", "north", "internal", "shut", "nobody"):
        if backend in ("south", "shut") or name in ("one star", "exact", "contains", "exact unknown", "internal"):
            swapped(
                f"route {name} to {backend}",
                ROUTING,
                '"s-*" = "south"',
                f'"{pattern}" = "{backend}"\n"s-*" = "south"' if pattern != "s-*" else "",
            )
        if backend == "south":
            swapped(f"only route {name}", ROUTING, '"s-*" = "south"', f'"{pattern}" = "{backend}"')
            optional(f"optional route {name}", pattern, '"south"')

TARGETS = {
    "number": "1",
    "truth": "true",
    "list": '["south"]',
    "table": '{ backend = "south" }',
    "empty": '""',
    "blank": '" "',
    "other case": '"South"',
    "trailing blank": '"south "',
    "internal": '"internal"',
    "off": '"shut"',
    "unknown": '"nobody"',
    "placeholder": '"${WHICH}"',
}
for name, target in TARGETS.items():
    swapped(f"route to a target {name}", ROUTING, '"s-*" = "south"', f'"s-*" = {target}')
    swapped(f"default {name}", ROUTING, 'default = "north"', f"default = {target}")
    swapped(f"default of a profile at rest {name}", ROUTING, 'default = "south"', f"default = {target}")
    optional(f"optional route to a target {name}", "n-*", target)
    lines(f"fallback to a target {name}", ROUTING, 'default = "north"', f"fallback_order = [{target}]", since=14)

ACTIVE = {
    "missing": "",
    "number": "active = 5",
    "empty": 'active = ""',
    "blank": 'active = " "',
    "other case": 'active = "Work"',
    "trailing blank": 'active = "work "',
    "unknown": 'active = "nothing"',
    "part of a name": 'active = "wor"',
    "one letter": 'active = "o"',
    "spare": 'active = "spare"',
    "list": 'active = ["work"]',
    "placeholder": 'active = "${PROFILE}"',
    "quoted name": "active = 'work'",
}
for name, line in ACTIVE.items():
    swapped(f"active {name}", ROUTING, 'active = "work"', line)

TOPS = {
    "unknown key": "x = 1",
    "version": 'version = "1"',
    "unknown table": "x = { a = 1 }",
    "default": 'default = "north"',
    "routes": 'routes = { "*" = "south" }',
    "optional routes": "optional_routes = {}",
    "profiles number": "profiles = 5",
    "profiles empty": "profiles = {}",
    "profiles list": "profiles = []",
}
for name, line in TOPS.items():

    def on_top(draft: Draft, line: str = line) -> None:
        body = 'active = "work"\n' if line.startswith("profiles") else draft.text(ROUTING)
        draft.files[ROUTING] = f"{line}\n{body}"

    register(f"routing with a top {name}", on_top)

KEYS = {
    "unknown": 'note = "x"',
    "name": 'name = "other"',
    "enabled": "enabled = true",
    "fallback empty": "fallback_order = []",
    "fallback north": 'fallback_order = ["north"]',
    "fallback south first": 'fallback_order = ["south", "north"]',
    "fallback twice": 'fallback_order = ["south", "south"]',
    "fallback internal": 'fallback_order = ["internal"]',
    "fallback text": 'fallback_order = "south"',
    "fallback number": "fallback_order = 5",
    "fallback numbers": "fallback_order = [1]",
    "fallback table": "fallback_order = {}",
    "fallback off": 'fallback_order = ["shut", "nobody"]',
    "fallback off then on": 'fallback_order = ["shut", "south"]',
    "fallback order in capitals": 'Fallback_Order = ["south"]',
    "fallback of old": 'fallback = ["south"]',
    "routes twice": 'optional_routes = { "s-*" = "north" }',
    "optional routes empty": "optional_routes = {}",
    "optional routes list": "optional_routes = []",
    "optional routes text": 'optional_routes = "x"',
    "optional routes to off": 'optional_routes = { "n-*" = "shut" }',
    "optional routes to south": 'optional_routes = { "n-*" = "south" }',
    "optional exact": 'optional_routes = { "n-large" = "south" }',
    "optional exact shared": 'optional_routes = { "shared" = "south" }',
    "optional everything": 'optional_routes = { "*" = "south" }',
    "optional to internal": 'optional_routes = { "paper" = "internal" }',
    "optional to gateway": 'optional_routes = { "zz-*" = "pipelex_gateway" }',
}
for name, line in KEYS.items():
    lines(f"profile with {name}", ROUTING, 'description = "for work"', line)
    lines(f"profile at rest with {name}", ROUTING, 'description = "for another day"', line)
    swapped(f"profile without default with {name}", ROUTING, 'default = "north"', line)

DESCRIPTIONS = {"missing": "", "empty": 'description = ""', "number": "description = 5", "list": "description = []"}
for name, line in DESCRIPTIONS.items():
    swapped(f"description {name}", ROUTING, 'description = "for work"', line)
    swapped(f"description at rest {name}", ROUTING, 'description = "for another day"', line)

NAMES = {
    "dots": '"a.b"',
    "blanks": '"a b"',
    "umlaut": '"ü"',
    "empty": '""',
    "star": '"*"',
    "dash": "a-b",
    "digits": "12",
    "all": "all_north",
}
for name, written in NAMES.items():

    def named(draft: Draft, written: str = written) -> None:
        text = draft.text(ROUTING).replace("profiles.work", f"profiles.{written}")
        value = written if written.startswith('"') else f'"{written}"'
        draft.files[ROUTING] = text.replace('active = "work"', f"active = {value}")

    register(f"profile name with {name}", named)


@kind()
def no_default(draft: Draft) -> None:
    draft.swap(ROUTING, 'default = "north"\n', "")


@kind()
def no_default_and_no_routes(draft: Draft) -> None:
    draft.swap(ROUTING, 'default = "north"\n', "")
    draft.swap(ROUTING, '"s-*" = "south"\n', "")


@kind(since=15)
def fallback_without_default(draft: Draft) -> None:
    draft.swap(ROUTING, 'default = "north"', 'fallback_order = ["shut", "south", "north"]')
    draft.swap(ROUTING, '"s-*" = "south"\n', "")


@kind()
def profiles_as_an_array(draft: Draft) -> None:
    draft.files[ROUTING] = 'active = "work"\n[[profiles]]\nname = "work"\ndescription = "x"\n'


@kind()
def profile_that_is_a_text(draft: Draft) -> None:
    draft.files[ROUTING] = 'active = "work"\n[profiles]\nwork = "north"\n'


@kind()
def profile_empty(draft: Draft) -> None:
    draft.files[ROUTING] = 'active = "work"\n[profiles.work]\n'


@kind()
def routes_that_are_a_list(draft: Draft) -> None:
    draft.files[ROUTING] = 'active = "work"\n[profiles.work]\ndescription = "x"\nroutes = ["n-*"]\n'


@kind()
def routes_in_two_spellings(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', "'s-*' = \"north\"")


@kind()
def routes_bare_and_quoted(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', 'n-large = "south"\n"n-small" = "south"')


@kind()
def routes_that_overlap(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', '"*-large" = "north"\n"s-large" = "south"\n"*" = "internal"')


@kind()
def route_to_a_backend_without_the_model(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', '"n-small" = "south"')


@kind()
def everything_to_a_backend_without_models(draft: Draft) -> None:
    draft.swap(ROUTING, '"s-*" = "south"', '"*" = "internal"')


@kind()
def routing_file_with_two_faults(draft: Draft) -> None:
    draft.swap(ROUTING, 'description = "for work"', "x = 1")
    draft.swap(ROUTING, 'default = "south"', "default = 5")


@kind()
def many_profiles(draft: Draft) -> None:
    for number in range(200):
        draft.add(ROUTING, f'\n[profiles.p{number}]\ndescription = "x"\n')


@kind()
def many_routes(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', "\n".join(f'"x{number}-*" = "north"' for number in range(300)))


@kind()
def shared_model_in_two_types(draft: Draft) -> None:
    draft.swap(SOUTH, "[shared]\n", '[shared]\nmodel_type = "text_extractor"\n')


@kind()
def shared_model_of_an_image_type(draft: Draft) -> None:
    draft.swap(NORTH, "[shared]\n", '[shared]\nmodel_type = "img_gen"\n')


added("profile twice", ROUTING, '\n[profiles.work]\ndescription = "again"\n')
added("active below a table", ROUTING, '\nactive = "spare"\n')
