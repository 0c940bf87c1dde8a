"""The record of one check: the findings of its requests so far, and the result made of it."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Final

from core.probes.answer import Answer
from core.probes.check_plan import CheckPlan, Request
from core.probes.check_requests import LOOK_ELSEWHERE
from core.probes.check_result import CheckResult, Listing, result_of
from core.probes.check_status import CheckStatus, Finding, Reason, describe, is_good
from core.probes.exchange import Exchange, answered_exchange, planned_exchange, with_excerpt
from core.probes.list_parsers import Page
from core.probes.proofs import ModelProof, Proofs, proofs_of_check, proofs_of_completion
from core.probes.secret import Scrubber, Secret
from core.probes.served_models import Served
from core.probes.server_make import list_gap
from core.providers.provider import Provider, Role
from core.records import dataclass

LISTS: Final = (Role.LIST, Role.BOTH)
"""The roles of requests for lists."""
_OK: Final = Finding(CheckStatus.OK)


@dataclass
class CheckRecord:
    """The findings of the requests of one check, collected while it runs; its `result` is frozen."""

    plan: CheckPlan
    provider: Provider
    exchanges: list[Exchange] = field(default_factory=list)
    models: dict[tuple[str, str], Served] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    items: dict[str, bool | None] = field(default_factory=dict)
    facts: list[tuple[str, str]] = field(default_factory=list)
    list_fault: str = ""
    listed: bool = False
    list_asked: bool = False
    key_proven: bool = False
    make: str = ""
    tries: int = 0
    bearer: Secret | None = None
    """The token that the key was exchanged for."""

    def __post_init__(self) -> None:
        self.known_secrets = Scrubber((*self.plan.secrets, *self.plan.literals))

    def take_token(self, token: str) -> None:
        """Use a token from now on, as secret as the key."""
        self.bearer = Secret(token)
        self.known_secrets = Scrubber((*self.plan.secrets, *self.plan.literals, self.bearer))

    def scrub(self, text: str) -> str:
        """A text of the server without secrets."""
        return self.plan.scrub(self.known_secrets.exact(text))

    def note(self, request: Request, answer: Answer) -> None:
        """Record an answer."""
        names = (name for name in self.provider.request_ids if name in answer.headers)
        request_id = next((answer.headers[name] for name in names), None)
        shown = self.known_secrets.exact(request_id)[:100] if request_id else None
        record = answered_exchange(request, answer, shown, self.scrub)
        self.exchanges.append(replace(record, url=self.plan.shown(record.url)))

    def note_page(self, request: Request, answer: Answer, page: Page, finding: Finding) -> None:
        """Complete the record of the last answer after parsing."""
        last = self.exchanges[-1]
        if not is_good(finding):
            self.exchanges[-1] = with_excerpt(replace(last, message=describe(finding)[0]), answer, self.scrub)
        elif request.role in LISTS:
            self.exchanges[-1] = replace(last, listed=len(page.models))

    def note_unanswered(self, request: Request, finding: Finding, seconds: float, phase: str) -> None:
        """Record a request without an answer."""
        message = describe(finding, host=request.address.origin)[0]
        record = planned_exchange(request, self.scrub)
        url = self.plan.shown(record.url)
        self.exchanges.append(replace(record, url=url, seconds=seconds, message=message, phase=phase))

    def result(self, finding: Finding, seconds: float) -> CheckResult:
        """The result with this finding of the last request; `seconds` is the duration of the check."""
        plan = self.plan
        if is_good(finding):
            # No key was sent, or the server may accept any key.
            unproven = Reason.KEY_UNPROVEN if plan.sent or plan.secrets else Reason.NO_KEY
            keyed = bool(plan.secrets) and self.provider.proves_key
            finding = Finding(CheckStatus.OK, None if keyed else unproven)
            if plan.asked_model:
                finding = Finding(CheckStatus.OK, Reason.ANSWERED)
        answered = [it for it in self.exchanges if it.status is not None and it.purpose != LOOK_ELSEWHERE]
        last = answered[0] if is_good(finding) and answered else answered[-1] if answered else None
        result = replace(
            result_of(plan, finding),
            seconds=seconds,
            tries=self.tries,
            listing=self._listing(finding),
            facts=tuple(self.facts),
            exchanges=tuple(self.exchanges),
            own_proofs=self._proofs(finding, answered=bool(answered)),
        )
        if plan.asked_model and (is_good(finding) or finding.reason is Reason.MODEL):
            proof = ModelProof(plan.asked_model, is_good(finding), answered=True, at=result.at)
            result = replace(result, model_proofs=(proof,))
        if last is None:
            return result
        return replace(result, latency=last.to_first_byte, request_id=last.request_id, http_status=last.status)

    def _proofs(self, finding: Finding, *, answered: bool) -> Proofs:
        """The answers to the three questions."""
        if self.plan.asked_model:
            return proofs_of_completion(finding)
        key_proven = self.key_proven or finding == _OK
        no_list = self.list_asked and answered
        return proofs_of_check(finding, listed=self.listed, no_list=no_list, key_proven=key_proven)

    def _listing(self, finding: Finding) -> Listing:
        lists = any(request.role in LISTS for request in self.plan.requests)
        gap = self.list_fault or self.provider.unlisted
        if not self.listed and not gap:
            gap = describe(finding)[0] if not is_good(finding) else "the provider lists no models"
        whole = lists and self.listed and not gap
        if whole:
            gap = list_gap(self.make, tuple(self.models.values()), lists_all=self.provider.lists_all)
        complete = whole and not gap
        declared_only = not lists or any(
            "endpoint_id=" in request.target for request in self.plan.requests if request.role is Role.LIST
        )
        models, items = tuple(self.models.values()), tuple(self.items.items())
        gap = "" if complete else gap
        return Listing(models, complete, gap, frozenset(self.groups), items, declared_only, whole, self.make)
