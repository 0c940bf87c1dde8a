"""Placeholders: their forms, where they may stand, and the variables behind them."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario
from ..tables import child, spec_path

GOOD_FORMS = (
    "${env:CASE_A}",
    "${secret:CASE_A}",
    "${env:CASE_UNSET|secret:CASE_A}",
    "${ env :CASE_A}",
    "${CASE_UNSET|CASE_A}",
    "${env:CASE_EMPTY|secret:CASE_A}",
    "Bearer ${CASE_A}-${env:CASE_B}",
    "$CASE_A",
    "${}",
    "$${CASE_A}",
    "{CASE_A}",
    "${CASE_A",
    "${env:CASE_A|CASE_B}",
    "${env: CASE_A }|",
    "${secret:CASE_EMPTY|env:CASE_A}",
)
BAD_FORMS = (
    "${vault:CASE_A}",
    "${env:CASE_UNSET|secret:CASE_UNSET}",
    "${vault:CASE_X|env:CASE_A}",
    "${env:CASE_UNSET}",
    "${ CASE_A }",
    "${CASE_EMPTY}",
    "${env:CASE_EMPTY}",
    "${secret:CASE_EMPTY|secret:CASE_UNSET}",
    "${env:CASE_UNSET|nowhere:CASE_B}",
    "${:CASE_A}",
    "${CASE_UNSET|}",
)


def hide(s: Scenario) -> None:
    """Leave one variable unset and one empty."""
    s.variables.update({"CASE_UNSET": None, "CASE_EMPTY": ""})


@mutation(breaks=True)
def variable_missing(s: Scenario) -> str:
    name = s.provider()
    s.backend_table(name)[s.rng.choice(["api_key", "endpoint", "my_own_key"])] = "${CASE_MISSING}"
    s.variables["CASE_MISSING"] = s.rng.choice([None, ""])
    return f"{name}: {'empty' if s.variables['CASE_MISSING'] == '' else 'unset'}"


@mutation()
def variable_missing_in_disabled(s: Scenario) -> str:
    names = s.disabled()
    if not names:
        return "nothing is disabled"
    name = s.rng.choice(names)
    s.backend_table(name)["api_key"] = "${CASE_MISSING_TOO}"
    s.variables["CASE_MISSING_TOO"] = None
    return name


@mutation()
def placeholder_forms(s: Scenario) -> str:
    value = s.rng.choice(GOOD_FORMS)
    s.backend_table(s.provider())["api_key"] = value
    hide(s)
    return value


@mutation(breaks=True)
def placeholder_bad_forms(s: Scenario) -> str:
    value = s.rng.choice(BAD_FORMS)
    s.backend_table(s.provider())["api_key"] = value
    hide(s)
    return value


@mutation()
def placeholder_in_deck(s: Scenario) -> str:
    """Plain text there: the deck and the routing profiles have no placeholders."""
    s.alias("from-env", "${CASE_UNSET}")
    s.routes()["${CASE_UNSET}*"] = s.enabled[0]
    hide(s)
    return "an alias and a route"


@mutation()
def placeholder_deep_inside(s: Scenario) -> str:
    s.backend_table(s.provider())["nested"] = {"list": [{"deep": "${CASE_A}"}], "number": 3}
    return "in a table in a list in a table"


@mutation(breaks=True)
def placeholder_deep_inside_missing(s: Scenario) -> str:
    s.backend_table(s.provider())["nested"] = {"list": [{"deep": "${CASE_UNSET}"}]}
    hide(s)
    return "an unset variable in a table in a list"


@mutation()
def placeholder_in_model(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    table["model_id"] = s.rng.choice(
        ["id-${CASE_MODEL}", "${env:CASE_UNSET|env:CASE_MODEL}", "${CASE_MODEL}/${CASE_MODEL}"]
    )
    hide(s)
    return f"{backend}/{name}: {table['model_id']}"


@mutation(breaks=True)
def placeholder_in_model_missing(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    key = s.rng.choice(["model_id", "sdk"])
    table[key] = s.rng.choice(["${CASE_UNSET}", "${env:CASE_UNSET|secret:CASE_UNSET}", "${vault:CASE_UNSET}"])
    hide(s)
    return f"{backend}/{name}.{key} = {table[key]}"


@mutation(breaks=True)
def placeholder_in_descriptive_field(s: Scenario) -> str:
    """Refused from 0.75 on; only a value before."""
    backend, name, table = s.pick_model()
    key, value = s.rng.choice(
        [("sdk", "${CASE_SDK}"), ("variant", "${CASE_A}"), ("inputs", ["${CASE_A}"]), ("model_type", "${CASE_TYPE}")]
    )
    table[key] = value
    s.variables.update({"CASE_SDK": "openai", "CASE_TYPE": "llm"})
    return f"{backend}/{name}.{key} = {value}"


@mutation()
def placeholder_in_key(s: Scenario) -> str:
    """Keys are not substituted."""
    s.backend_table(s.provider())["${CASE_UNSET}"] = "v"
    hide(s)
    return "a key of a backend's table"


@mutation()
def dotenv_in_project(s: Scenario) -> str:
    """A `.env` in the current folder overrides the environment."""
    s.backend_table(s.provider())["api_key"] = "${CASE_DOTENV}"
    s.project[".env"] = s.rng.choice(
        [
            "CASE_DOTENV=from-file\n",
            "export CASE_DOTENV='from file'\n",
            '# comment\n\nCASE_DOTENV="a\\nb" # tail\n',
            "CASE_OTHER=x\nCASE_DOTENV=${CASE_OTHER}-y\n",
        ]
    )
    if s.rng.random() < 0.5:
        s.variables["CASE_DOTENV"] = None
    return s.project[".env"]


@mutation(breaks=True)
def dotenv_empties_a_variable(s: Scenario) -> str:
    s.backend_table(s.provider())["api_key"] = "${CASE_DOTENV}"
    s.project[".env"] = "CASE_DOTENV=\n"
    return "set in the environment, empty in .env"


@mutation(since=18)
def dotenv_in_home(s: Scenario) -> str:
    """Loaded before the project's, which wins."""
    s.backend_table(s.provider())["api_key"] = "${CASE_HOMEENV}"
    s.home[".pipelex/.env"] = "CASE_HOMEENV=from-home\n"
    s.variables["CASE_HOMEENV"] = None
    if s.rng.random() < 0.3:
        s.project[".env"] = "CASE_HOMEENV=\n"
    return "home only" if ".env" not in s.project else "home, emptied by the project"


@mutation()
def placeholder_value_looks_like_one(s: Scenario) -> str:
    """Replaced values are not substituted themselves."""
    s.backend_table(s.provider())["api_key"] = "${CASE_ODD}"
    s.variables["CASE_ODD"] = s.rng.choice(["${CASE_UNSET}", "placeholder-x", " ", "a\nb", "ключ"])
    return repr(s.variables["CASE_ODD"])


@mutation(breaks=True)
def placeholder_in_defaults_missing(s: Scenario) -> str:
    backend = s.provider()
    document = s.edit(spec_path(backend))
    if s.minor == 10:
        document["default_sdk"] = "${CASE_UNSET}"
    else:
        child(document, "defaults")["sdk"] = "${CASE_UNSET}"
    hide(s)
    return f"{backend}: the default sdk"
