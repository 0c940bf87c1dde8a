"""Whole files: missing, broken, in another encoding, in TOML of a newer version."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario
from ..tables import spec_path


def some_file(s: Scenario) -> str:
    """A file that a load reads."""
    return s.rng.choice(["backends.toml", "routing_profiles.toml", *s.paths("deck/"), *map(spec_path, s.enabled)])


@mutation(breaks=True)
def main_file_missing(s: Scenario) -> str:
    path = s.rng.choice(["backends.toml", "routing_profiles.toml"])
    s.leave_out(path)
    return path


BROKEN = (
    ("unclosed string", b'\nbroken = "abc\n'),
    ("no value", b"\nbroken =\n"),
    ("unclosed table", b"\n[broken\n"),
    ("key twice", b"\n[twice]\na = 1\na = 2\n"),
    ("table twice", b"\n[twice]\n[twice]\n"),
    ("not UTF-8", b"\n# \xff\xfe\n"),
    ("control character", b"\n# \x00\n"),
    ("bare word", b"\nnonsense\n"),
    ("leading zero", b"\n[t]\nx = 007\n"),
    ("bad escape", b'\n[t]\nx = "\\q"\n'),
    ("lone carriage return", b"\nx = 1\ry = 2\n"),
)


@mutation(breaks=True)
def broken_toml(s: Scenario) -> str:
    path = some_file(s)
    kind, data = s.rng.choice(BROKEN)
    s.append_late(path, data)
    return f"{path}: {kind}"


@mutation()
def broken_toml_in_disabled(s: Scenario) -> str:
    names = [name for name in s.disabled() if spec_path(name) in s.texts]
    if not names:
        return "nothing is disabled"
    path = spec_path(s.rng.choice(names))
    s.append_late(path, s.rng.choice([b"\n[broken\n", b"\n# \xff\n"]))
    return path


@mutation()
def carriage_returns(s: Scenario) -> str:
    path = some_file(s)
    s.late.append(lambda files: files.update({path: files[path].replace(b"\n", b"\r\n")} if path in files else {}))
    return path


@mutation(breaks=True)
def byte_order_mark(s: Scenario) -> str:
    path = some_file(s)
    s.late.append(lambda files: files.update({path: b"\xef\xbb\xbf" + files[path]} if path in files else {}))
    return path


@mutation()
def no_last_line_end(s: Scenario) -> str:
    path = some_file(s)
    s.late.append(lambda files: files.update({path: files[path].rstrip()} if path in files else {}))
    return path


NEWER_TOML = (
    ("line break in an inline table", '{ KEY = "MODEL",\n  temperature = 0.5 }'),
    ("comma at the end of an inline table", '{ KEY = "MODEL", temperature = 0.5, }'),
    ("escape of an escape character", '{ KEY = "MODEL", temperature = 0.5 } # \\e'),
    ("hexadecimal escape", '{ KEY = "\\x67pt", temperature = 0.5 }'),
)


@mutation(breaks=True)
def toml_of_version_1_1(s: Scenario) -> str:
    """Line breaks and commas in inline tables, new escapes: which parsers take them depends on the release."""
    kind, value = s.rng.choice(NEWER_TOML)
    text = value.replace("KEY", s.handle_key()).replace("MODEL", s.an_llm())
    s.extra["deck/zz_newer.toml"] = f"[{'.'.join(s.where('presets'))}]\nnewer = {text}\n".encode()
    return kind


TOML_FORMS = (
    '"quoted-key" = "{m}"',
    "'literal' = '{m}'",
    '"esc\\u0061ped" = "{m}"',
    'multi = """{m}"""',
    "multi_literal = '''{m}'''",
    'folded = """\\\n   {m}"""',
    'spaced   =   "{m}"   # a comment',
    '"dotted.key" = "{m}"',
)


@mutation()
def toml_forms(s: Scenario) -> str:
    """Strings and keys in the forms TOML has."""
    lines = [s.rng.choice(TOML_FORMS).format(m=s.an_llm()) for _ in range(1)]
    s.extra["deck/zz_forms.toml"] = "\n".join([f"[{'.'.join(s.where('aliases'))}]", *lines, ""]).encode()
    return lines[0]


@mutation()
def headers_with_spaces(s: Scenario) -> str:
    """White space and quotes in a table header."""
    head, last = ".".join(s.where("presets")), s.where("presets")[-1]
    header = s.rng.choice(
        [f"[ {head} ]", f'[{head.removesuffix(last)}"{last}"]', f"[{head.removesuffix(last)} {last} ]"]
    )
    s.extra["deck/zz_header.toml"] = (
        f'{header}\nspaced = {{ {s.handle_key()} = "{s.an_llm()}", temperature = 0.5 }}\n'.encode()
    )
    return header


@mutation()
def dotted_keys(s: Scenario) -> str:
    """A preset by dotted keys at the top of a file."""
    head = ".".join(s.where("presets"))
    s.extra["deck/zz_dotted.toml"] = (
        f'{head}.dotted.{s.handle_key()} = "{s.an_llm()}"\n{head}.dotted.temperature = 0.5\n'.encode()
    )
    return head
