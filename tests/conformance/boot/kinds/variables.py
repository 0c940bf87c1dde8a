"""Placeholders and variables: forms, places, `.env` files, what is missing."""

from __future__ import annotations

from ..case import Folder, Link
from ..draft import BACKENDS, DECK, ROUTING, S_LARGE, SHUT, SOUTH, Draft
from ..registry import kind, register

VARIABLES = {
    "EMPTY": "",
    "PLAIN": "value",
    "BLANKS": "  ",
    "LINES": "a\nb",
    "INNER": "${PLAIN}",
    "NAME": "PLAIN",
    "HINT": "placeholder-for-a-key",
    "CLÉ": "value",
    "odd-key.1 x": "value",
    " SPACED ": "value",
    "A:B": "value",
}
FORMS = {
    "plain": "${PLAIN}",
    "missing": "${NOT_SET}",
    "empty": "${EMPTY}",
    "blanks": "${BLANKS}",
    "lines": "${LINES}",
    "inner": "${INNER}",
    "hint": "${HINT}",
    "env": "${env:PLAIN}",
    "env missing": "${env:NOT_SET}",
    "env empty": "${env:EMPTY}",
    "secret": "${secret:PLAIN}",
    "secret missing": "${secret:NOT_SET}",
    "prefix unknown": "${vault:PLAIN}",
    "prefix in capitals": "${ENV:PLAIN}",
    "prefix empty": "${:PLAIN}",
    "prefix with blanks": "${ env :PLAIN}",
    "name with blank after prefix": "${env: PLAIN}",
    "name empty": "${env:}",
    "name with colon": "${env:A:B}",
    "list first": "${env:PLAIN|env:NOT_SET}",
    "list second": "${env:NOT_SET|env:PLAIN}",
    "list with secret": "${env:NOT_SET|secret:PLAIN}",
    "list bare": "${NOT_SET|PLAIN}",
    "list of missing": "${env:NOT_SET|secret:NOT_HERE}",
    "list empty env": "${env:EMPTY|env:PLAIN}",
    "list empty secret": "${secret:EMPTY|env:PLAIN}",
    "list all empty": "${env:EMPTY|secret:EMPTY}",
    "list all empty secrets": "${secret:EMPTY|EMPTY}",
    "list unknown reached": "${env:NOT_SET|vault:X}",
    "list unknown not reached": "${env:PLAIN|vault:X}",
    "list with blanks": "${ env:NOT_SET | PLAIN }",
    "list ends": "${PLAIN|}",
    "list starts": "${|PLAIN}",
    "list alone": "${|}",
    "list twice": "${NOT_SET||PLAIN}",
    "spaced": "${ SPACED }",
    "spaced missing": "${ PLAIN }",
    "blank": "${ }",
    "nothing": "${}",
    "open": "${PLAIN",
    "dollar only": "$PLAIN",
    "braces only": "{PLAIN}",
    "two dollars": "$${PLAIN}",
    "nested": "${${NAME}}",
    "nested in a list": "${NOT_SET|${NAME}}",
    "two": "${PLAIN}-${PLAIN}",
    "two one missing": "${PLAIN}-${NOT_SET}",
    "two missing": "${NOT_SET}-${NOT_HERE}",
    "with text": "a${PLAIN}b",
    "windows": "%PLAIN%",
    "odd name": "${odd-key.1 x}",
    "umlaut name": "${CLÉ}",
    "default": "${PLAIN:-other}",
    "default missing": "${NOT_SET:-other}",
    "lower case": "${plain}",
    "with quote": "${PL'AIN}",
    "with dollar": "${PL$AIN}",
    "escaped": "\\\\${PLAIN}",
    "with a dot": "${a.b}",
    "slash": "${a/b}",
}
PLACES = {
    "key": (BACKENDS, 'api_key = "${SOUTH_KEY}"', "api_key = {}"),
    "endpoint": (BACKENDS, 'endpoint = "https://south.example/v1"', "endpoint = {}"),
    "own list": (BACKENDS, 'api_key = "${SOUTH_KEY}"', 'api_key = "${SOUTH_KEY}"\nhosts = ["a", [{}]]'),
    "own table": (BACKENDS, 'api_key = "${SOUTH_KEY}"', 'api_key = "${SOUTH_KEY}"\nown = {{ a = {{ b = {} }} }}'),
    "display name": (BACKENDS, 'api_key = "${SOUTH_KEY}"', 'api_key = "${SOUTH_KEY}"\ndisplay_name = {}'),
    "model id": (SOUTH, S_LARGE, "model_id = {}"),
    "sdk": (SOUTH, S_LARGE, S_LARGE + "\nsdk = {}"),
    "inputs": (SOUTH, 'inputs = ["text"]', "inputs = [{}]"),
    "header": (SOUTH, S_LARGE, S_LARGE + "\nx-own = {}"),
    "variant": (SOUTH, S_LARGE, S_LARGE + "\nvariant = {}"),
    "key of a backend that is off": (BACKENDS, '"${SHUT_KEY}"', "{}"),
    "model id of a backend that is off": (SHUT, '"c-one-id"', "{}"),
    "route": (ROUTING, '"s-*" = "south"', '"s-*" = {}'),
    "description": (ROUTING, '"for work"', "{}"),
    "alias": (DECK, 'old = "gone-model"', "old = {}"),
}
MOST = ("key", "model id", "header")
FEW = ("plain", "missing", "empty", "list of missing", "prefix unknown", "lines", "two one missing")
for place, (path, old, new) in PLACES.items():
    for form, text in FORMS.items():
        if place not in MOST and form not in FEW:
            continue

        def put(draft: Draft, path: str = path, old: str = old, new: str = new, text: str = text) -> None:
            draft.env.update(VARIABLES)
            filled = new.replace("${SOUTH_KEY}", "\x00").replace("{{", "\x01").replace("}}", "\x02")
            filled = filled.replace("{}", f'"{text}"')
            filled = filled.replace("\x00", "${SOUTH_KEY}").replace("\x01", "{").replace("\x02", "}")
            draft.swap(path, old, filled)

        register(f"placeholder {form} in {place}", put)

DOTENV = {
    "empty value": "SOUTH_KEY=\n",
    "no value": "SOUTH_KEY\n",
    "quoted": 'SOUTH_KEY="a b"\n',
    "quoted empty": 'SOUTH_KEY=""\n',
    "single quoted": "SOUTH_KEY='${PLAIN}'\n",
    "exported": "export SOUTH_KEY=\n",
    "exported twice": "export export SOUTH_KEY=\n",
    "blanks around": "SOUTH_KEY = \n",
    "colon": "SOUTH_KEY: \n",
    "commented": "# SOUTH_KEY=\n",
    "value of a comment": "SOUTH_KEY= # none\n",
    "hash in value": "SOUTH_KEY=#none\n",
    "open quote": 'SOUTH_KEY="\nNORTH_KEY=\n',
    "set": "set SOUTH_KEY=\n",
    "crlf": "SOUTH_KEY=\r\nX=1\r\n",
    "cr": "SOUTH_KEY=\rNORTH_KEY=\r",
    "mark": "\ufeffSOUTH_KEY=\n",
    "mark first": "\ufeffX=1\nSOUTH_KEY=\n",
    "interpolated": "PART=\nSOUTH_KEY=${PART}\n",
    "interpolated later": "SOUTH_KEY=${PART}\nPART=x\n",
    "interpolated default": "SOUTH_KEY=${NOT_SET:-x}\n",
    "interpolated empty default": "SOUTH_KEY=${NOT_SET:-}\n",
    "interpolated from the shell": "SOUTH_KEY=${NORTH_KEY}\n",
    "interpolated missing": "SOUTH_KEY=${NOT_SET}\n",
    "interpolated itself": "SOUTH_KEY=${SOUTH_KEY}x\n",
    "dollar only": "SOUTH_KEY=$PART\n",
    "twice": "SOUTH_KEY=\nSOUTH_KEY=x\n",
    "twice empty last": "SOUTH_KEY=x\nSOUTH_KEY=\n",
    "twice with a use between": "PART=x\nSOUTH_KEY=${PART}\nPART=\n",
    "twice with a use after": "PART=x\nPART=\nSOUTH_KEY=${PART}\n",
    "twice with uses": "PART=\nSOUTH_KEY=${PART}\nPART=x\nSOUTH_KEY=${PART}\n",
    "twice itself": "SOUTH_KEY=\nSOUTH_KEY=${SOUTH_KEY}\n",
    "no key": "=x\n",
    "quoted key": "'SOUTH_KEY'=\n",
    "invalid key": "1SOUTH KEY=\n",
    "escapes": 'SOUTH_KEY="\\n"\n',
    "multi-line": 'SOUTH_KEY="a\nb"\n',
    "empty file": "",
    "only a comment": "# none\n",
    "NUL in a comment": "# \x00\nSOUTH_KEY=\n",
    "NUL in a value": "X=a\x00b\n",
    "NUL in an escape": 'X="\\x00"\n',
    "NUL in a key": "X\x00Y=1\n",
    "equals in a key": "'A=B'=1\n",
    "empty key": "''=1\n",
    "home": "HOME=elsewhere\n",
    "pipelex home": "PIPELEX_HOME=/dev/null/nowhere\n",
    "environment": "ENV=staging\nENVIRONMENT=staging\nPIPELEX_ENV=staging\n",
    "do not track": "DO_NOT_TRACK=1\n",
}
for name, text in DOTENV.items():

    def dotenv(draft: Draft, text: str = text) -> None:
        draft.files[".env"] = text

    def home_dotenv(draft: Draft, text: str = text) -> None:
        draft.home[".pipelex/.env"] = text

    register(f"dotenv {name}", dotenv)
    register(f"home dotenv {name}", home_dotenv)


RUN_VARIABLES = {
    "ENV": ("local", "dev", "prod", "production", "Prod", "", " "),
    "ENVIRONMENT": ("prod", "production"),
    "PIPELEX_ENV": ("local", "prod", "production", "PROD", ""),
    "RUN_MODE": ("normal", "ci_test", "unit_test", "codex_cloud", "live", "Normal", ""),
}
for variable, values in RUN_VARIABLES.items():
    for value in values:

        def run_variable(draft: Draft, variable: str = variable, value: str = value) -> None:
            draft.env[variable] = value

        register(f"variable {variable} {value!r}", run_variable)

    def dotenv_run_variable(draft: Draft, variable: str = variable) -> None:
        draft.files[".env"] = f"{variable}=nonsense\n"

    register(f"variable {variable} in dotenv", dotenv_run_variable)


@kind()
def dotenv_in_latin_1(draft: Draft) -> None:
    draft.files[".env"] = "# café\nSOUTH_KEY=x\n".encode("latin-1")


@kind()
def dotenv_in_utf_16(draft: Draft) -> None:
    draft.files[".env"] = "SOUTH_KEY=x\n".encode("utf-16")


@kind()
def home_dotenv_in_latin_1(draft: Draft) -> None:
    draft.home[".pipelex/.env"] = "# café\nSOUTH_KEY=x\n".encode("latin-1")


@kind()
def dotenv_a_folder(draft: Draft) -> None:
    draft.files[".env"] = Folder()


@kind()
def dotenv_a_link(draft: Draft) -> None:
    draft.files["aside/real.env"] = "SOUTH_KEY=\n"
    draft.files[".env"] = Link("aside/real.env")


@kind()
def dotenv_a_link_to_nothing(draft: Draft) -> None:
    draft.files[".env"] = Link("gone")


@kind()
def home_dotenv_a_folder(draft: Draft) -> None:
    draft.home[".pipelex/.env"] = Folder()


@kind()
def dotenv_of_home_and_project(draft: Draft) -> None:
    draft.home[".pipelex/.env"] = "SOUTH_KEY=\nNORTH_KEY=x\n"
    draft.files[".env"] = "SOUTH_KEY=y\n"


@kind()
def dotenv_of_home_used_by_the_project(draft: Draft) -> None:
    draft.home[".pipelex/.env"] = "PART=\n"
    draft.files[".env"] = "SOUTH_KEY=${PART}\n"


@kind()
def dotenv_beside(draft: Draft) -> None:
    draft.files[".env.local"] = "SOUTH_KEY=\n"
    draft.files[".env.example"] = "NORTH_KEY=\n"
    draft.files[".pipelex/.env"] = "SOUTH_KEY=\n"


@kind()
def dotenv_of_a_folder_above(draft: Draft) -> None:
    draft.files["../.env"] = "SOUTH_KEY=\n"


@kind()
def variable_missing(draft: Draft) -> None:
    del draft.env["SOUTH_KEY"]


@kind()
def variables_missing(draft: Draft) -> None:
    draft.env.clear()


@kind()
def variable_empty(draft: Draft) -> None:
    draft.env["SOUTH_KEY"] = ""


@kind()
def variable_of_one_line_end(draft: Draft) -> None:
    draft.env["SOUTH_KEY"] = "\n"


@kind()
def variable_in_the_disabled_backend_only(draft: Draft) -> None:
    draft.env["SHUT_KEY"] = "x"


@kind()
def variable_not_utf_8(draft: Draft) -> None:
    draft.env["SOUTH_KEY"] = "\udce9"
