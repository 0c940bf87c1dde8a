"""The credentials of Amazon Bedrock and Vertex AI as Pipelex finds them: variables, profiles, roles, files.

Sources: botocore 1.44 (`botocore.credentials.create_credential_resolver`), and `AwsConfig` of Pipelex 0.10.2 to 0.92.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.calls import Call, CallFault
from core.catalog import Catalog
from core.diagnostics import backend_codes, installation_codes
from core.diagnostics.diagnostic import Diagnostic
from core.entities import Backend
from core.errors import Condition
from core.formatting import enumerated
from core.installation.readiness import install_command
from core.probes.check_status import Reason
from core.probes.secret import Secret, fill, variable_value
from core.records import dataclass
from core.releases import Release
from core.settings.start import value_at
from core.variables import State

_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_BEARER: Final = "AWS_BEARER_TOKEN_BEDROCK"
_MAX_BYTES: Final = 1 << 16
_OF_A_PROFILE: Final = (
    "aws_access_key_id",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
)
"""The keys of a profile that give credentials, or say where they come from."""
ONLY_A_ROLE: Final = "no AWS key or profile is set here: only a role of this machine could allow the call"


def aws_call(catalog: Catalog, sdk: str) -> Call:
    """The call of an sdk of Bedrock: its faults where credentials are missing, unknown where only a role may exist."""
    if catalog.environment.assume_set:
        return Call()
    return _call_for_claude(catalog) if sdk == "bedrock_anthropic" else _call_of_boto(catalog)


def _call_for_claude(catalog: Catalog) -> Call:
    """The worker for Claude reads its variables itself, from the environment or from the provider of secrets."""
    method, variant = _setting(catalog, "api_key_method"), _setting(catalog, "bedrock_access_variant")
    if method == "secret_provider" and catalog.settings_in_force.secrets_method is not None:
        return Call(unknown="its AWS keys are secrets of a plugin: whether they are set is unknown here")
    names = (_BEARER,) if variant == "bedrock_token" else (*_KEYS, "AWS_REGION")
    if missing := [name for name in names if not _value(catalog, name)]:
        named, verb = enumerated(missing), "is" if len(missing) == 1 else "are"
        return _missing(f"the client reads {named}, which {verb} not set", f"set {named}")
    # Requests are signed in a session of Amazon's client, which reads the profile before the keys.
    return Call() if variant == "bedrock_token" else _profile_fault(catalog) or Call()


def _setting(catalog: Catalog, key: str) -> object:
    settings = catalog.settings_in_force.data
    return value_at(settings, f"runtime.aws.{key}") or value_at(settings, f"pipelex.aws_config.{key}")


def _call_of_boto(catalog: Catalog) -> Call:
    """Amazon's client asks one source after the other, the role of the machine last."""
    if wrong_profile := _profile_fault(catalog):
        return wrong_profile
    key, secret = (_value(catalog, name) for name in _KEYS)
    if key and not secret and not _value(catalog, _BEARER):
        return _missing("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not", "set AWS_SECRET_ACCESS_KEY")
    set_together = (
        (_BEARER,),
        _KEYS,
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI",),
    )
    if any(all(_value(catalog, name) for name in names) for names in set_together):
        return Call()
    if any(section.get(name) for section in _profile(catalog) or () for name in _OF_A_PROFILE):
        return Call()
    fix = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    if _value(catalog, "AWS_EC2_METADATA_DISABLED").lower() == "true":
        return _missing("no AWS key or profile is set here, and roles of the machine are switched off", fix)
    fault = CallFault(backend_codes.KEY_MISSING, "aws_region", ONLY_A_ROLE, fix, fatal=False)
    return Call(faults=(fault,), unknown=ONLY_A_ROLE)


@dataclass(frozen=True, slots=True)
class VertexStop:
    """A fault that stops a start with Vertex AI: the condition of its error, the field, message and fix."""

    diagnostic: Diagnostic
    condition: Condition
    field: str
    message: str
    fix: str


def vertex_stop(catalog: Catalog, backend: Backend) -> VertexStop | None:
    """The fault that stops the start of a release with Vertex AI, in its order: a field, a package, the account file.

    None where nothing here does, or where a placeholder cannot be filled. Source: `vertexai_factory.py`.
    """
    texts: dict[str, str] = {}
    for field in _OF_VERTEX if not catalog.environment.assume_set else ():
        value = backend.fields.get(field) or ""
        filled = fill(catalog, value if isinstance(value, str) else str(value))
        dummy = filled.fault is not None and filled.fault.reason is Reason.PLACEHOLDER
        if filled.fault is not None and not dummy:
            return None
        texts[field] = "placeholder" if dummy else filled.text.reveal()
        is_dummy = texts[field] == _DUMMY_OF_0_10 if catalog.release < _0_11 else texts[field].startswith("placeholder")
        if not texts[field] or (field == _ACCOUNT and is_dummy):
            message = f"there is no {field}, without which Pipelex does not start"
            return _vertex_stop(Condition.VERTEX_CONFIG, field, message, f"write `{field}`")
    if missing := catalog.readiness.missing_packages("", "", backend.name):
        assert catalog.installation is not None
        message = f"the package `{missing[0]}` is not installed, and Pipelex does not start without it"
        fix = install_command(catalog.installation, missing[0])
        return VertexStop(installation_codes.PACKAGE_MISSING, Condition.DEPENDENCY, _ACCOUNT, message, fix)
    if not texts:
        return None
    fix = f"write the path of a JSON file of a Google service account in `{_ACCOUNT}`"
    import json  # takes longer to import than this module

    try:
        account = json.loads(read_small(str(Path(catalog.tree.paths.start, texts[_ACCOUNT]))))
    except OSError:
        message = f"the file of {_ACCOUNT} does not exist: Pipelex does not start"
        return _vertex_stop(Condition.VERTEX_ACCOUNT, _ACCOUNT, message, fix)
    except (ValueError, RecursionError):
        account = None
    if isinstance(account, dict):
        return None
    message = f"the file of {_ACCOUNT} is no JSON object: Pipelex does not start"
    return _vertex_stop(Condition.VERTEX_CONFIG, _ACCOUNT, message, fix)


_ACCOUNT: Final = "gcp_credentials_file_path"
_DUMMY_OF_0_10: Final = "env-dummy-placeholder"
_0_11: Final = Release(0, 11, 0)
_OF_VERTEX: Final = ("gcp_project_id", "gcp_location", _ACCOUNT)


def _vertex_stop(condition: Condition, field: str, message: str, fix: str) -> VertexStop:
    return VertexStop(backend_codes.KEY_MISSING, condition, field, message, fix)


def vertex_call(catalog: Catalog, backend: Backend) -> Call:
    """The call of Vertex AI: Pipelex exchanges the service account for a token when it starts, over the network."""
    if (stop := vertex_stop(catalog, backend)) is not None:
        return Call(faults=(CallFault(None, stop.field, stop.message, stop.fix),))
    if catalog.environment.assume_set or fill(catalog, backend.text(_ACCOUNT) or "").fault is not None:
        return Call()
    return Call(unknown="whether the service account gets a token is known only when Pipelex starts")


def _missing(message: str, fix: str, field: str = "aws_region") -> Call:
    return Call(faults=(CallFault(backend_codes.KEY_MISSING, field, message, fix),))


def _value(catalog: Catalog, name: str) -> str:
    """The value of a variable; empty where it is not set."""
    if catalog.environment.variable(name).state is State.PLACEHOLDER:
        return "placeholder"
    value = variable_value(catalog, name)
    return value.reveal() if value is not None else ""


def _named_profile(catalog: Catalog) -> str:
    return _value(catalog, "AWS_DEFAULT_PROFILE") or _value(catalog, "AWS_PROFILE")


def _profile_fault(catalog: Catalog) -> Call | None:
    if not _named_profile(catalog) or _profile(catalog) is not None:
        return None
    return _missing("AWS_PROFILE names a profile that is in no AWS file", "correct AWS_PROFILE, or unset it")


def _profile(catalog: Catalog) -> list[Mapping[str, str]] | None:
    """The sections of the profile in use, in the files of credentials and of settings; None where there is none."""
    name = _named_profile(catalog) or "default"
    home = _value(catalog, "HOME")
    credentials = _value(catalog, "AWS_SHARED_CREDENTIALS_FILE") or f"{home}/.aws/credentials"
    config = _value(catalog, "AWS_CONFIG_FILE") or f"{home}/.aws/config"
    of_config = name if name == "default" else f"profile {name}"
    sections = [_section(credentials, name), _section(config, of_config)]
    return [section for section in sections if section is not None] or None


def _section(path: str, name: str) -> Mapping[str, str] | None:
    try:
        text = read_small(path).decode("utf-8")
    except (OSError, ValueError):
        return None
    import configparser  # only for users with such a file

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
        return dict(parser[name])
    except (ValueError, KeyError, configparser.Error):
        return None


def shared_keys(catalog: Catalog) -> tuple[Secret, Secret, Secret | None] | None:
    """The keys of the profile in use, in the shared credentials file."""
    name = _named_profile(catalog) or "default"
    path = _value(catalog, "AWS_SHARED_CREDENTIALS_FILE") or f"{_value(catalog, 'HOME')}/.aws/credentials"
    section = _section(path, name) or {}
    access, secret, token = (
        section.get(f"aws_{key}") for key in ("access_key_id", "secret_access_key", "session_token")
    )
    return (Secret(access), Secret(secret), Secret(token) if token else None) if access and secret else None


def read_small(path: str) -> bytes:
    """The content of a credentials file. Raises OSError, or ValueError if it is too large."""
    file = Path(path).expanduser()
    if not file.is_file():  # reading a fifo would block
        raise FileNotFoundError(path)
    with file.open("rb") as stream:
        raw = stream.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise ValueError("too large")
    return raw
