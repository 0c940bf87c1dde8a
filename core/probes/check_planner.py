"""The planner of checks: the host that Pipelex would call, its key, and the requests to send."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace

from core.catalog import Catalog
from core.diagnostics import backend_codes
from core.diagnostics.diagnostic import Diagnostic
from core.entities import Backend, ModelSpec
from core.masking import suspect_words
from core.probes.address import Address, parse_address, private_parts
from core.probes.check_plan import CheckPlan, Header, Request, UnsendableError
from core.probes.check_requests import BaseUrl, RequestContext, requests_for
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.client_call import PLACEHOLDER_KEY, backend_calls, base_path, key_variables
from core.probes.cloud_plans import Origins, bedrock_plan, vertex_plan
from core.probes.consent import consent_finding, destinations
from core.probes.plan_options import PlanOptions
from core.probes.provider_choice import choose_provider
from core.probes.secret import FilledText, Scrubber, Secret, fill, fits_a_header, known_secrets, variable_value
from core.providers import table
from core.providers.provider import Endpoint, Provider, Role
from core.secret_texts import is_secret_key
from core.variables import texts

_MISSING, _NOT = CheckStatus.MISSING_CREDENTIAL, CheckStatus.NOT_CHECKABLE


_FINDINGS: Mapping[Diagnostic | None, tuple[CheckStatus, Reason]] = {
    backend_codes.ENDPOINT_INVALID: (_NOT, Reason.BAD_URL),
    backend_codes.ENDPOINT_PATH: (_NOT, Reason.PATH),
    backend_codes.KEY_MISSING: (_MISSING, Reason.NO_KEY),
}
"""The findings of a check for the faults that are known before it."""


def plan_checks(
    catalog: Catalog, names: Iterable[str] | None = None, options: PlanOptions | None = None
) -> list[CheckPlan]:
    """The plans of the named backends, by default of all enabled ones. Sends and writes nothing.

    Raises KeyError for an unknown backend.
    """
    selected = list(dict.fromkeys(names)) if names is not None else list(catalog.enabled)
    secrets = known_secrets(catalog)
    backends = [catalog.backends[name] for name in selected]
    return [_planned(_Planner(catalog, backend, options or PlanOptions(), secrets)) for backend in backends]


RequestMaker = Callable[[RequestContext], tuple[Request, ...]]
"""Makes the requests. Raises UnsendableError."""


def plan_requests(
    catalog: Catalog, name: str, options: PlanOptions, make_requests: RequestMaker, *, only: ModelSpec
) -> CheckPlan:
    """The plan of other requests for one model, with the host, key and rules of the check of its backend."""
    secrets = known_secrets(catalog)
    return _planned(_Planner(catalog, catalog.backends[name], options, secrets, make_requests, only))


def _planned(planner: _Planner) -> CheckPlan:
    """The plan of one backend; an error must not stop the plans of the others."""
    try:
        return planner.plan()
    except UnsendableError as error:
        return planner.verdict(error)
    except Exception:  # noqa: BLE001 - the text is not used: it may contain a key
        planner.provider = None
        return planner.verdict(UnsendableError(Finding(_NOT, Reason.INTERNAL)))


class _Planner:
    """The planner of one backend. The first failed step determines the verdict."""

    def __init__(
        self,
        catalog: Catalog,
        backend: Backend,
        options: PlanOptions,
        secrets: tuple[Secret, ...],
        make_requests: RequestMaker = requests_for,
        only: ModelSpec | None = None,
    ) -> None:
        self.make_requests = make_requests
        self.provider: Provider | None = None
        self.secrets = secrets
        self.only = only
        self.catalog = catalog
        self.backend = backend
        self.options = options
        self.scrub = Scrubber(secrets)
        self.specs = (only,) if only is not None else catalog.specs_by_backend.get(backend.name, ())
        self.notes: list[str] = []
        self.variables: list[str] = []

    def plan(self) -> CheckPlan:
        endpoint = self.backend.text("endpoint")
        filled = fill(self.catalog, endpoint) if endpoint is not None else None
        provider, other_sdks = choose_provider(self.backend, self.specs, self._for_choosing(filled))
        if other_sdks:
            self.notes.append(
                f"models of sdk {', '.join(sorted(other_sdks))} call another provider and are not checked"
            )
        self.provider = provider
        if provider is None:
            raise UnsendableError(Finding(_NOT, Reason.UNKNOWN_SDK))
        if provider is table.INTERNAL:
            raise UnsendableError(Finding(_NOT, Reason.IN_PROCESS))
        if provider is table.BEDROCK:
            self._refuse_known_faults(other_sdks, each=True)
        if provider.endpoint is Endpoint.DERIVED:
            if endpoint is not None:
                self.notes.append("the endpoint in the tree is ignored: the host derives from other fields")
            origins = Origins(self.options.stand_ins)
            make = bedrock_plan if provider is table.BEDROCK else vertex_plan
            plan = make(self.catalog, self.backend, self.specs, origins)
            return self._finish(provider, plan if self.only is None else self._in_cloud(provider, plan))
        self._refuse_known_faults(other_sdks)
        if filled is not None and filled.fault is None and not filled.text.reveal():
            filled = None  # the client takes its default
        base = self._base(provider, filled)
        headers, sent, secrets = self._key(provider, base.address)
        requests = self._requests(provider, self._with_stand_in(base), headers)
        plan = CheckPlan(
            self.backend.name,
            provider,
            requests,
            key_variable=sent[0] if sent else "",
            sent=(*sent, *self._in_headers(requests)),
            called=base.url,
            secrets=secrets,
        )
        return self._finish(provider, plan)

    def _refuse_known_faults(self, other_sdks: Container[str], *, each: bool = False) -> None:
        """Refuse a plan of which a call, or `each` call, is known to fail. Raises UnsendableError."""
        used = {spec.sdk for spec in self.specs if spec.sdk not in other_sdks}
        calls = backend_calls(self.catalog, self.catalog.parts[self.backend.name])
        made = [call for (_, sdk), call in calls if sdk in used]
        for call in made if not each or not any(call.possible for call in made) else ():
            for fault in call.faults:
                known = fault.field != "endpoint" or "endpoint" in self.backend.fields
                if fault.fatal and known and fault.diagnostic in _FINDINGS:
                    status, reason = _FINDINGS[fault.diagnostic]
                    raise UnsendableError(Finding(status, reason, fault.message), field=fault.field)

    def _requests(self, provider: Provider, base: BaseUrl, headers: tuple[Header, ...]) -> tuple[Request, ...]:
        return self.make_requests(
            RequestContext(provider, base, self.catalog, self.backend, self.specs, headers, deep=self.options.deep)
        )

    # ---- the address

    def _for_choosing(self, filled: FilledText | None) -> str | None:
        """The endpoint that identifies the provider, else the base URL from the variables of its client."""
        if filled is not None:
            return filled.text.reveal() or None
        for sdks, name in (("openai", "OPENAI_BASE_URL"), ("anthropic", "ANTHROPIC_BASE_URL")):
            if any((spec.sdk or "").startswith(sdks) for spec in self.specs):
                value = variable_value(self.catalog, name)
                return value.reveal() if value is not None else None
        return None

    def _base(self, provider: Provider, filled: FilledText | None) -> BaseUrl:
        if filled is not None and filled.fault is not None:
            raise UnsendableError(filled.fault, variable=filled.missing)  # also for a client that ignores the endpoint
        if filled is not None and provider.endpoint is Endpoint.IGNORED:
            self.notes.append(f"the endpoint in the tree is ignored: Pipelex's client calls {provider.base}")
            filled = None
        redirected = "" if filled is not None else self._redirecting_variable(provider)
        if filled is not None:
            text, names = filled.text.reveal(), filled.variables
        elif redirected:
            value = variable_value(self.catalog, redirected)
            text, names = value.reveal() if value is not None else "", (redirected,)
            self.notes.append(f"{redirected} is set: Pipelex's client uses this address")
        elif provider.base is not None:
            text, names = provider.base, ()
        else:
            raise UnsendableError(Finding(_NOT, Reason.NO_ENDPOINT), field="endpoint")
        self.variables += names
        if any(map(is_secret_key, names)) or self.scrub.known(text):
            raise UnsendableError(Finding(_NOT, Reason.SECRET_IN_URL), field="endpoint")
        address = parse_address(text)
        if not isinstance(address, Address):
            raise UnsendableError(Finding(_NOT, address), field="endpoint")
        return BaseUrl(replace(address, path=""), base_path(provider, address.path))

    def _redirecting_variable(self, provider: Provider) -> str:
        names = provider.base_variables
        if provider in (table.COMPATIBLE, table.ANTHROPIC_COMPATIBLE, table.OLLAMA) or not names:
            # Identified by the address in the variable, which is that of the protocol's owner.
            family = table.ANTHROPIC if provider.protocol == "anthropic" else table.OPENAI
            names = family.base_variables if provider.endpoint is not Endpoint.IGNORED else ()
        return next((name for name in names if variable_value(self.catalog, name) is not None), "")

    def _with_stand_in(self, base: BaseUrl) -> BaseUrl:
        stand_in = self.options.stand_ins.get(base.address.origin)
        if stand_in is None:
            return base
        address = parse_address(stand_in)
        assert isinstance(address, Address)
        self.notes.append(f"{address.origin} replaces {base.address.origin}")
        return BaseUrl(address, base.path)

    # ---- the key

    def _key(
        self, provider: Provider, address: Address
    ) -> tuple[tuple[Header, ...], tuple[str, ...], tuple[Secret, ...]]:
        """The headers of every request, the variables in them, and their secrets."""
        text = self.backend.text("api_key") or ""
        filled = fill(self.catalog, text)
        if filled.fault is not None:
            raise UnsendableError(filled.fault, variable=filled.missing)
        key, names = filled.text, filled.variables
        if not key.reveal():
            for name in key_variables(self.catalog, provider):
                value = variable_value(self.catalog, name)
                if value is not None:
                    self.notes.append(f"the tree has no key: Pipelex's client uses {name}")
                    key, names = value, (name,)
                    break
        headers = [Header(name, value) for name, value in provider.headers]
        variable = names[0] if names else ""
        if not key.reveal():
            if provider.key_optional or (address.local and provider.name.endswith("-compatible")):
                if provider.protocol == "openai" and self.catalog.behaviours.keyless_openai == "dummy":
                    headers.append(Header("Authorization", f"Bearer {PLACEHOLDER_KEY}"))
                return tuple(headers), (), ()
            raise UnsendableError(Finding(_MISSING, Reason.NO_KEY), field="api_key")
        if key.reveal().lower().startswith("placeholder"):
            raise UnsendableError(Finding(_MISSING, Reason.PLACEHOLDER), variable=variable, field="api_key")
        if not fits_a_header(key.reveal()):
            finding = Finding(CheckStatus.UNAUTHORIZED, Reason.BAD_KEY_FORMAT)
            raise UnsendableError(finding, variable=variable or "api_key", field="api_key")
        self.variables += names
        assert provider.key is not None
        header = self._key_header(provider)
        value_text = f"{provider.key.scheme} {key.reveal()}" if provider.key.scheme else key.reveal()
        headers.append(Header(header, Secret(value_text)))
        return (*headers, *self._organization_headers(provider, address)), names, (key,)

    def _key_header(self, provider: Provider) -> str:
        """The name of the key header; `auth_header` sets another one for Anthropic's client."""
        assert provider.key is not None
        name = self.backend.text("auth_header") or ""
        allowed = re.fullmatch(r"[xX]-[A-Za-z0-9_-]*", name)
        return name if allowed and provider.completion_format == "anthropic" else provider.key.name

    def _organization_headers(self, provider: Provider, address: Address) -> Iterable[Header]:
        if provider is not table.OPENAI or address.host != "api.openai.com":
            return
        for name, header in (("OPENAI_ORG_ID", "OpenAI-Organization"), ("OPENAI_PROJECT_ID", "OpenAI-Project")):
            value = variable_value(self.catalog, name)
            if value is not None and fits_a_header(value.reveal()):
                self.notes.append(f"{name} is set and sent as well")
                yield Header(header, value)

    # ---- the clouds

    def _in_cloud(self, provider: Provider, plan: CheckPlan) -> CheckPlan:
        """The plan of other requests in a cloud, with the key proof of its check."""
        called = parse_address(plan.called)
        assert isinstance(called, Address)
        address = Origins(self.options.stand_ins)(called.origin)
        path = plan.called.removeprefix(called.origin)
        requests = self._requests(provider, BaseUrl(address, path), ())
        token_requests = tuple(request for request in plan.requests if request.role is Role.TOKEN)
        last = plan.requests[-1]
        proven = tuple(name for name in last.headers if name.name.lower() == "authorization")
        requests = tuple(
            replace(request, signer=last.signer, headers=(*proven, *request.headers)) for request in requests
        )
        return replace(plan, requests=(*token_requests, *requests))

    # ---- the end

    def _in_headers(self, requests: Iterable[Request]) -> Iterable[str]:
        """The variables in the group headers of a gateway."""
        for request in requests:
            yield from request.variables
            if request.group:
                yield from fill(self.catalog, request.group).variables

    def _finish(self, provider: Provider, plan: CheckPlan) -> CheckPlan:
        """The plan with notes and scrubber, or a verdict if the user has to approve a destination first."""
        plan = replace(
            plan,
            notes=(*plan.notes, *self.notes),
            variables=tuple(dict.fromkeys((*plan.variables, *self.variables))),
            scrub=Scrubber((*self.secrets, *plan.secrets)),
            private=private_parts(self._values()),
            literals=tuple(self._literals()),
        )
        if any(
            plan.scrub.known(request.url) or plan.scrub.known(request.body.decode("utf-8", "replace"))
            for request in plan.requests
        ):
            # A variable with a secret is used for the name of a model, a version or a region.
            return replace(plan, requests=(), verdict=Finding(_NOT, Reason.SECRET_IN_URL))
        sdks = frozenset(spec.sdk or "" for spec in self.specs)
        plan = self.options.routed(plan, provider, sdks, self.catalog)
        unapproved = tuple(pair for pair in destinations(plan) if not self.options.approves(provider, pair))
        return replace(plan, verdict=consent_finding(unapproved[0]), unapproved=unapproved) if unapproved else plan

    def _values(self) -> Iterator[str]:
        """The values of the variables that may be in an address."""
        tables = (self.backend.fields, *(spec.fields for spec in self.specs))
        values = [value for table in tables for key, value in table.items() if key != "api_key"]
        texts = {value for value in values if isinstance(value, str) and "${" in value}
        names = {name for text in texts for name in fill(self.catalog, text).variables}
        for name in sorted({*names, "OPENAI_API_VERSION"}):
            value = variable_value(self.catalog, name)
            if value is not None:
                yield value.reveal()

    def _literals(self) -> Iterator[Secret]:
        """The secrets written in the files of the backend."""
        for fields in (self.backend.fields, *(spec.fields for spec in self.specs)):
            for path, text in texts(fields):
                if path[0] != "model_id":
                    yield from map(Secret, suspect_words(path, text))

    def verdict(self, error: UnsendableError) -> CheckPlan:
        """A plan that sends nothing, with the reason."""
        return CheckPlan(
            self.backend.name,
            self.provider,
            verdict=error.finding,
            key_variable=error.variable,
            notes=tuple(self.notes),
            variables=tuple(dict.fromkeys(self.variables)),
            scrub=self.scrub,
            wrong_field=error.field,
            dotenv=self.catalog.environment.dotenv,
            extra=self.provider.name if self.provider and error.finding.reason is Reason.MISSING_EXTRA else "",
        )
