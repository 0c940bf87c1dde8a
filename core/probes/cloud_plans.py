"""The check plans of Amazon Bedrock and Google Vertex AI: hosts from a region, keys that sign requests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from core.catalog import Catalog
from core.entities import Backend, ModelSpec
from core.probes.address import Address, parse_address
from core.probes.check_plan import CheckPlan, Header, Request, UnsendableError
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.cloud_credentials import read_small, shared_keys
from core.probes.list_parsers import bedrock_models, bedrock_profiles, vertex
from core.probes.secret import AWS_VARIABLES, FilledText, Secret, fill, fits_a_header, variable_value
from core.probes.signing import AwsSigner, GoogleGrant, is_installed
from core.providers import table
from core.providers.provider import Paging, Role
from core.records import dataclass

_REGION: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
_PROJECT: Final = re.compile(r"[a-z0-9.:-]{1,80}")
_GET_CALLER: Final = b"Action=GetCallerIdentity&Version=2011-06-15"


@dataclass(frozen=True, slots=True)
class Origins:
    """The addresses of origins, replaced by their stand-ins."""

    stand_ins: Mapping[str, str]

    def __call__(self, origin: str) -> Address:
        """The address for a valid origin."""
        address = parse_address(self.stand_ins.get(origin, origin))
        assert isinstance(address, Address)
        return address


def _filled(catalog: Catalog, backend: Backend, field: str) -> FilledText:
    """A field of the backend with its variables filled. Raises UnsendableError."""
    filled = fill(catalog, backend.text(field) or "")
    if filled.fault is not None:
        raise UnsendableError(filled.fault, variable=filled.missing)
    return filled


# ---- Amazon Bedrock


def bedrock_plan(catalog: Catalog, backend: Backend, specs: Sequence[ModelSpec], origins: Origins) -> CheckPlan:
    """The caller identity, the models and the inference profiles, with signatures or a Bedrock API key."""
    notes: list[str] = []
    in_tree = _filled(catalog, backend, "aws_region").text.reveal()
    in_shell = variable_value(catalog, "AWS_REGION")
    region = in_tree or (in_shell.reveal() if in_shell is not None else "")
    anthropic = any(spec.sdk == "bedrock_anthropic" for spec in specs)
    if anthropic and in_tree and (in_shell is None or in_shell.reveal() != in_tree):
        notes.append("the client for Claude models uses AWS_REGION instead of aws_region in the tree")
    if not _REGION.fullmatch(region):
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.NO_FIELD), field="aws_region")
    control, sts = origins(f"https://bedrock.{region}.amazonaws.com"), origins(f"https://sts.{region}.amazonaws.com")
    lists = _bedrock_lists(control)
    keys = _aws_keys(catalog, notes, anthropic=anthropic)
    bearer = variable_value(catalog, "AWS_BEARER_TOKEN_BEDROCK")
    called = f"https://bedrock-runtime.{region}.amazonaws.com"
    if keys is None and bearer is not None:
        if not fits_a_header(bearer.reveal()):
            raise UnsendableError(
                Finding(CheckStatus.UNAUTHORIZED, Reason.BAD_KEY_FORMAT), variable="AWS_BEARER_TOKEN_BEDROCK"
            )
        header = (Header("Authorization", Secret(f"Bearer {bearer.reveal()}")),)
        first, second = (replace(request, headers=header) for request in lists)
        return CheckPlan(
            backend.name,
            table.BEDROCK,
            (replace(first, role=Role.BOTH), second),
            key_variable="AWS_BEARER_TOKEN_BEDROCK",
            variables=("AWS_BEARER_TOKEN_BEDROCK",),
            sent=("AWS_BEARER_TOKEN_BEDROCK",),
            called=called,
            notes=tuple(notes),
            secrets=(bearer,),
        )
    if keys is None:
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ROLE))
    if not is_installed("botocore"):
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.MISSING_EXTRA))
    if not all(fits_a_header(key.reveal()) for key in keys if key is not None):
        raise UnsendableError(
            Finding(CheckStatus.UNAUTHORIZED, Reason.BAD_KEY_FORMAT), variable="AWS_SECRET_ACCESS_KEY"
        )
    access, secret, token = keys
    proof = Request(
        Role.PROOF,
        "POST",
        sts,
        sts.path.rstrip("/") + "/",
        "read the owner of the key, which every valid key permits",
        (Header("Content-Type", "application/x-www-form-urlencoded"),),
        _GET_CALLER,
        any_body=True,
        signer=AwsSigner(access, secret, token, region, "sts"),
    )
    signer = AwsSigner(access, secret, token, region, "bedrock")
    return CheckPlan(
        backend.name,
        table.BEDROCK,
        (proof, *(replace(request, signer=signer) for request in lists)),
        key_variable="AWS_SECRET_ACCESS_KEY",
        variables=tuple(name for name in AWS_VARIABLES[:3] if variable_value(catalog, name) is not None),
        sent=("AWS_ACCESS_KEY_ID",),
        called=called,
        notes=tuple(notes),
        secrets=tuple(key for key in keys if key is not None),
    )


def _bedrock_lists(control: Address) -> tuple[Request, Request]:
    root = control.path.rstrip("/")
    models = Request(Role.LIST, "GET", control, f"{root}/foundation-models", "list the models", parse=bedrock_models)
    profiles = replace(
        models,
        target=f"{root}/inference-profiles?maxResults=1000",
        purpose="list the inference profiles",
        parse=bedrock_profiles,
        paging=Paging("nextToken"),
    )
    return models, profiles


def _aws_keys(catalog: Catalog, notes: list[str], *, anthropic: bool) -> tuple[Secret, Secret, Secret | None] | None:
    """The keys of the environment, else of the shared credentials file, as in Amazon's own client."""
    access, secret, token = (variable_value(catalog, name) for name in AWS_VARIABLES[:3])
    if access is not None and secret is not None:
        if token is not None and anthropic:
            notes.append("AWS_SESSION_TOKEN is set, but the client for Claude models does not send it")
        return access, secret, token
    shared = shared_keys(catalog)
    if shared is not None:
        notes.append("keys of the shared credentials file; the client for Claude models reads variables only")
    return shared


# ---- Google Vertex AI


def vertex_plan(catalog: Catalog, backend: Backend, _: Sequence[ModelSpec], origins: Origins) -> CheckPlan:
    """The token of the service account, then Google's list of models."""
    forms = {
        "gcp_project_id": _PROJECT,
        "gcp_location": _REGION,
        "gcp_credentials_file_path": re.compile(".+", re.DOTALL),
    }
    filled = {name: _filled(catalog, backend, name) for name in forms}
    project, location, path = (text.text.reveal() for text in filled.values())
    for name, form in forms.items():
        if not form.fullmatch(filled[name].text.reveal()):
            raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.NO_FIELD), field=name)
    names = filled["gcp_credentials_file_path"].variables
    path_variable = names[0] if names else "gcp_credentials_file_path"
    grant = _grant(path)
    if grant is None:
        raise UnsendableError(
            Finding(CheckStatus.MISSING_CREDENTIAL, Reason.CREDENTIALS_FILE),
            variable=path_variable,
            field="gcp_credentials_file_path",
        )
    token_uri = parse_address(grant.token_uri)
    if not isinstance(token_uri, Address) or not token_uri.safe_for_keys:
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.BAD_URL), field="gcp_credentials_file_path")
    if not is_installed("google.auth"):
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.MISSING_EXTRA))
    host = "aiplatform.googleapis.com" if location == "global" else f"{location}-aiplatform.googleapis.com"
    api, exchange = origins(f"https://{host}"), origins(token_uri.origin)
    token = Request(
        Role.TOKEN,
        "POST",
        exchange,
        exchange.path.rstrip("/") + token_uri.path,
        "exchange the signed claim of the service account for a token",
        (Header("Content-Type", "application/x-www-form-urlencoded"),),
        grant=grant,
    )
    listing = Request(
        Role.LIST,
        "GET",
        api,
        api.path.rstrip("/") + "/v1beta1/publishers/google/models?pageSize=200",
        "list Google's models",
        (Header("x-goog-user-project", project),),
        parse=vertex,
        paging=Paging("pageToken"),
    )
    note = "Pipelex itself calls global-aiplatform.googleapis.com, which is not a known host"
    return CheckPlan(
        backend.name,
        table.VERTEX,
        (token, listing),
        key_variable=path_variable,
        variables=names,
        sent=names,
        called=f"https://{location}-aiplatform.googleapis.com/v1beta1/projects/{quote(project)}/locations/{location}"
        "/endpoints/openapi",
        notes=(note,) if location == "global" else (),
        secrets=(grant.private_key,),
    )


def _grant(path: str) -> GoogleGrant | None:
    """The service account in a JSON file, None if there is none."""
    try:
        account = json.loads(read_small(path))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(account, dict) or account.get("type") != "service_account":
        return None
    uri = account.get("token_uri", "https://oauth2.googleapis.com/token")
    email, key, key_id = (account.get(name) for name in ("client_email", "private_key", "private_key_id"))
    if not isinstance(email, str) or not isinstance(key, str) or not isinstance(uri, str) or not key:
        return None
    return GoogleGrant(email, uri, Secret(key), key_id if isinstance(key_id, str) else "")
