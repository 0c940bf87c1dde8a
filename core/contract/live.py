"""The contract of live checks: what `pipedeck check --json` prints."""

from __future__ import annotations

from typing import Literal

from core.contract.document import Document


class PlannedRequestDocument(Document):
    """One request of a plan. `headers` are names only; `only_if` says when it is sent, if not always."""

    method: str
    url: str
    headers: list[str]
    why: str
    only_if: str | None


class UnapprovedDocument(Document):
    """A variable that would be sent to a host for the first time."""

    variable: str
    host: str


class PlanDocument(Document):
    """What asking one backend means. With a `verdict` nothing is sent."""

    backend: str
    provider: str | None
    called: str | None
    verdict: str | None
    reason: str | None
    variables: list[str]
    unapproved: list[UnapprovedDocument]
    notes: list[str]
    requests: list[PlannedRequestDocument]


class ExchangeDocument(Document):
    """One request that was sent, and what came back of it."""

    method: str
    url: str
    headers: list[str]
    http_status: int | None
    request_id: str | None
    seconds: float | None
    bytes: int
    said: str
    sent_body: str | None
    returned_headers: dict[str, str]
    models_listed: int | None
    excerpt: str | None


class DeclaredDocument(Document):
    """A declared model; `used_by` are the references that end at it."""

    handle: str
    model_id: str
    remark: str | None
    used_by: list[str]


class AvailabilityDocument(Document):
    """Declared against served. `undeclared` are models that the provider serves and the tree does not declare."""

    served: list[DeclaredDocument]
    not_served: list[DeclaredDocument]
    unknown: list[DeclaredDocument]
    undeclared: list[dict[str, object]]
    why_unknown: str | None


class LiveResultDocument(Document):
    """What asking one backend said. `latency` (to the first byte) and `seconds` (in all) are seconds."""

    backend: str
    provider: str | None
    status: Literal[
        "ok",
        "missing_credential",
        "unauthorized",
        "forbidden",
        "not_found",
        "rate_limited",
        "server_error",
        "timeout",
        "dns",
        "refused",
        "tls",
        "bad_response",
        "not_checkable",
        "cancelled",
    ]
    reason: str | None
    message: str
    advice: str | None
    good: bool
    bad: bool
    host: str | None
    http_status: int | None
    request_id: str | None
    latency: float | None
    seconds: float | None
    tries: int
    checked_at: str
    cached: bool
    facts: dict[str, str]
    notes: list[str]
    exchanges: list[ExchangeDocument]
    models: AvailabilityDocument | None


class LiveCheckDocument(Document):
    """What `pipedeck check --json` prints. In a dry run there are plans and no results."""

    tree: str
    dry_run: bool
    at: str
    counts: dict[str, int]
    completion: dict[str, object] | None
    plans: list[PlanDocument]
    results: list[LiveResultDocument]
