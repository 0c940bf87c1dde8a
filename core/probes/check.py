"""The execution of one check: its requests in sequence until the status of the backend is known."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from core.formatting import counted
from core.probes.answer import Answer
from core.probes.check_plan import CheckPlan, Request
from core.probes.check_record import LISTS, CheckRecord
from core.probes.check_result import CheckResult, merge_models, scrub_models
from core.probes.check_status import CheckStatus, Finding, Reason, describe, is_good
from core.probes.classify import CLASSIFIERS, by_status, holds_error, refusal, wants_key
from core.probes.completion_answers import was_cut_off
from core.probes.list_parsers import ListFormatError, Page, goes_on, in_group
from core.probes.network_errors import SendError, timeout_finding
from core.probes.redirects import MAX_REDIRECTS, cookies_of, follow, redirect_target
from core.probes.retries import retry_after, retry_wait, short_delay
from core.probes.run_settings import Settings
from core.probes.secret import Secret
from core.probes.server_make import recognize
from core.probes.transport import Progress, Transport
from core.providers.provider import Provider, Role

ProgressListener = Callable[[str, str], None]
"""Receives the stage and a text for each step."""

_MAX_TEXT: Final = 300
"""The maximum number of characters of a provider's text, truncated after scrubbing."""
_UNSUPPORTED: Final = frozenset({CheckStatus.NOT_FOUND, CheckStatus.BAD_RESPONSE})
"""Outcomes of an optional proof that a server does not support, which do not concern the key."""
_OK: Final = Finding(CheckStatus.OK)
_TEMPORARY: Final = frozenset({CheckStatus.RATE_LIMITED, CheckStatus.SERVER_ERROR})
"""Outcomes that a server may ask to wait for."""

_DETAILS_S: Final = 3.0
"""The longest time for what a server states of its models besides the list."""
_OF_PROXIES: Final = frozenset({Reason.GATEWAY, Reason.UPSTREAM})
"""Reasons that a proxy gives in place of a server without encryption."""


class Check:
    """The execution of one plan. Used once."""

    def __init__(
        self, plan: CheckPlan, transport: Transport, settings: Settings, ends_at: float, notify: ProgressListener
    ) -> None:
        assert plan.provider is not None
        self._plan = plan
        self._provider: Provider = plan.provider
        self._transport = transport
        self._settings = settings
        self._ends_at = ends_at
        self._notify = notify
        self._progress = Progress()
        self._pending: Request | None = None
        self._sent_at = 0.0
        self._record = CheckRecord(plan, plan.provider)

    async def result(self) -> CheckResult:
        """Run the check. Raises only CancelledError, whatever the server does."""
        started = time.monotonic()
        limit = self._settings.per_check
        self._ends_at = min(self._ends_at, started + limit)
        try:
            async with asyncio.timeout(limit):
                finding = await self._steps()
        except TimeoutError:
            finding = timeout_finding(self._progress.phase)
            self._note_unanswered(finding)
        except Exception:  # noqa: BLE001 - a failed check must not stop the others
            finding = Finding(CheckStatus.BAD_RESPONSE, Reason.INTERNAL)
        return self._record.result(finding, time.monotonic() - started)

    # ---- the requests

    async def _steps(self) -> Finding:
        proven = False
        unlisted: Finding | None = None
        for request in self._plan.requests:
            if request.make:
                if request.make == self._record.make:
                    await self._details(request)
                continue
            if request.suggests:
                if unlisted is not None and await self._lists(request):
                    return Finding(CheckStatus.NOT_FOUND, Reason.LISTS_ELSEWHERE, request.suggests)
                continue
            if request.fallback:
                if unlisted is None:
                    continue
                self._record.list_fault = "" if request.role is Role.BOTH else self._record.list_fault
            if request.role is Role.ITEM:
                finding = await self._item(request)
                if finding.status in (CheckStatus.UNAUTHORIZED, CheckStatus.FORBIDDEN) and not proven:
                    return finding
                if unlisted is not None and is_good(finding):
                    proven, unlisted = True, None
                continue
            finding = await self._pages(request)
            if request.role in LISTS and not is_good(finding) and not request.optional:
                self._record.list_fault = describe(finding)[0]
            if is_good(finding):
                proven = proven or request.role is Role.PROOF or request.role is Role.BOTH
                self._record.key_proven = proven and self._provider.proves_key
                unlisted = None if request.role is Role.BOTH else unlisted
            elif (request.optional and (request.role is Role.LIST or finding.status in _UNSUPPORTED)) or (
                request.role is Role.LIST and proven and self._provider.proves_key
            ):
                continue
            elif finding.status is CheckStatus.NOT_FOUND and request.role in LISTS and finding.reason is None:
                unlisted = replace(finding, reason=Reason.NO_LIST_ENDPOINT)
            elif finding.reason in (Reason.SHAPE, Reason.NOT_JSON) and not self._provider.lists_all:
                unlisted = finding
            else:
                return finding
        return unlisted or _OK

    async def _details(self, request: Request) -> None:
        """Complete the listed models by what the server states of them at another path; its failure means nothing."""
        left = self._ends_at - time.monotonic()
        with contextlib.suppress(ListFormatError, TimeoutError):
            async with asyncio.timeout(min(left / 2, _DETAILS_S)):
                answer, finding = await self._send(request)
            if answer is None or not is_good(finding):
                return
            models = scrub_models(request.parse(answer.data).models, self._record.known_secrets)
            listed = self._record.models
            merge_models(listed, (model for model in models if (model.group, model.id) in listed))

    async def _lists(self, request: Request) -> bool:
        """Whether there is a list of models at another path of the same server."""
        answer, finding = await self._send(request)
        if answer is None or not is_good(finding):
            return False
        try:
            return bool(request.parse(answer.data).models)
        except ListFormatError:
            return False

    async def _pages(self, request: Request) -> Finding:
        """One request and the further pages of its list. The finding is that of the first page."""
        following: str | None = None
        pages = 0
        while True:
            page_request = (
                request
                if following is None or request.paging is None
                else _next_page(request, request.paging.key, following)
            )
            self._record.list_asked = self._record.list_asked or request.role in LISTS
            answer, finding = await self._send(page_request, f"page {pages + 1}" if pages else "")
            page = Page(())
            if is_good(finding) and answer is not None:
                page, finding = self._read(request, answer)
                self._record.note_page(request, answer, page, finding)
            if not is_good(finding):
                if pages == 0:
                    return finding
                self._record.list_fault = f"only {counted(pages, 'page')} of the list received"
                return _OK
            pages += 1
            if request.role in LISTS and not self._add_models(request, page):
                return _OK
            if page.following is None or page.following == following:
                if answer is not None and goes_on(answer.data, answer.headers):
                    self._record.list_fault = "the list has more pages, which were not requested"
                break
            following = page.following
            if request.paging is None or pages >= request.paging.max_pages:
                self._record.list_fault = f"the list has more than {pages} pages"
                break
        if request.role in LISTS and not request.optional:
            self._record.listed = True
            self._record.groups.add(request.group)
        return _OK

    def _read(self, request: Request, answer: Answer) -> tuple[Page, Finding]:
        if request.role is Role.TOKEN:
            token = answer.data.get("access_token") if isinstance(answer.data, Mapping) else None
            if not isinstance(token, str) or not token.isascii() or not token.isprintable():
                return Page(()), Finding(CheckStatus.BAD_RESPONSE, Reason.SHAPE)
            self._record.take_token(token)
            return Page(()), _OK
        if request.any_body:
            return Page(()), _OK
        try:
            page = request.parse(answer.data)
        except ListFormatError:
            return Page(()), self._refused_by(request, answer)
        if request.role in LISTS:
            self._record.make = self._record.make or recognize(answer)
        answered = request.is_answer is not None and request.is_answer(answer)
        if request.role is Role.PROOF and holds_error(answer.data) and not answered:
            return Page(()), self._refused_by(request, answer)
        if request.is_answer is not None and not answered:
            reason = Reason.CUT_OFF if was_cut_off(answer) else Reason.NO_ANSWER
            return Page(()), Finding(CheckStatus.BAD_RESPONSE, reason)
        if request.role is Role.PROOF:
            facts = (request.extract_facts or self._provider.account_facts)(answer.data)
            self._record.facts += [
                (label, self._record.known_secrets.exact(value)[:_MAX_TEXT]) for label, value in facts
            ]
        return page, _OK

    def _refused_by(self, request: Request, answer: Answer) -> Finding:
        finding = self._scrubbed(refusal(answer))
        unclear = request.is_answer is not None and finding.reason is Reason.SHAPE
        return replace(finding, reason=Reason.NO_ANSWER) if unclear else finding

    def _add_models(self, request: Request, page: Page) -> bool:
        models = scrub_models(in_group(page, request.group).models, self._record.known_secrets)
        if merge_models(self._record.models, models):
            return True
        self._record.list_fault = f"the list has more than {counted(len(self._record.models), 'model')}"
        return False

    async def _item(self, request: Request) -> Finding:
        answer, finding = await self._send(request)
        served = request.is_served(answer) if request.is_served is not None and answer is not None else None
        self._record.items[request.item] = served
        return _OK if served is not None else finding

    async def _send(self, request: Request, detail: str = "") -> tuple[Answer | None, Finding]:
        """Send a request; retry it once if the server permits it and time is left."""
        tries = 0
        while True:
            tries += 1
            self._record.tries = max(self._record.tries, tries)
            self._pending, self._sent_at = request, time.monotonic()
            self._notify("requesting", f"{request.purpose}{', ' + detail if detail else ''}")
            wait: float | None = None
            try:
                answer: Answer | None = await self._exchange(request)
            except SendError as error:
                answer, finding = None, error.finding
                self._note_unanswered(finding)
                if error.phase in ("connect", "handshake") and finding.status is not CheckStatus.TIMEOUT:
                    wait = None if request.address.loopback else short_delay()
            else:
                assert answer is not None
                finding = self._classify(request, answer)
                self._pending = None
                self._record.note(request, answer)
                wait = retry_wait(answer, finding)
            allowed = self._settings.retry and self._provider.retried and tries == 1
            if is_good(finding) or wait is None or not allowed or time.monotonic() + wait >= self._ends_at:
                return answer, finding
            self._notify("retrying", f"{describe(finding)[0]}; retry in {wait:.1f} s")
            await asyncio.sleep(wait)

    async def _exchange(self, request: Request) -> Answer:
        headers = {
            header.name: header.value.reveal() if isinstance(header.value, Secret) else header.value
            for header in request.headers
        }
        body = request.body
        if request.grant is not None:
            try:
                body = request.grant.body()
            except ValueError:
                finding = Finding(CheckStatus.MISSING_CREDENTIAL, Reason.CREDENTIALS_FILE)
                raise SendError(finding, "look-up") from None
        if self._record.bearer is not None:
            headers["Authorization"] = f"Bearer {self._record.bearer.reveal()}"
        if request.signer is not None:
            headers.update(request.signer.headers(request.method, request.url, headers, body))
        method, target = request.method, request.target
        steps = 0
        cookies: dict[str, str] = {}
        while True:
            answer = await self._transport.send(
                method, request.address, target, headers, body, self._progress, request.route
            )
            step = follow(answer, request.address, method, target)
            # A signature is only valid for its own address.
            if step is None or request.signer is not None or steps == MAX_REDIRECTS:
                return answer
            steps += 1
            method, target = step
            cookies |= cookies_of(answer)
            if cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
            body = body if method == request.method else b""

    def _classify(self, request: Request, answer: Answer) -> Finding:
        finding = CLASSIFIERS[self._provider.errors](answer)
        if finding is None and 200 <= answer.status < 300 and (request.any_body or answer.bad is None):
            return _OK
        finding = finding or by_status(answer)
        if request.route.proxy is not None and request.address.scheme == "http" and finding.reason in _OF_PROXIES:
            finding = replace(finding, status=CheckStatus.REFUSED, reason=Reason.PROXY_UPSTREAM)
        detail = finding.detail
        if finding.reason is Reason.REDIRECT:
            detail = redirect_target(answer, request.address)
            if detail in ("", request.address.origin):
                finding, detail = replace(finding, reason=Reason.REDIRECT_LOOP), ""
        if not self._plan.secrets and finding.reason is None and self._lacks_key(finding, answer):
            finding = Finding(CheckStatus.UNAUTHORIZED, Reason.NO_KEY)
        wait = retry_after(answer.headers)
        if wait is not None and finding.status in _TEMPORARY:
            detail = f"{detail} (it says: retry after {wait:.0f} s)".lstrip()
        return self._scrubbed(replace(finding, detail=detail))

    @staticmethod
    def _lacks_key(finding: Finding, answer: Answer) -> bool:
        """Whether a request without a key was refused for that."""
        if finding.status is CheckStatus.FORBIDDEN:
            return wants_key(answer)
        return finding.status is CheckStatus.UNAUTHORIZED

    def _scrubbed(self, finding: Finding) -> Finding:
        return replace(finding, detail=self._record.scrub(finding.detail)[:_MAX_TEXT])

    def _note_unanswered(self, finding: Finding) -> None:
        request, self._pending = self._pending, None
        if request is not None:
            waited = time.monotonic() - self._sent_at
            self._record.note_unanswered(request, finding, waited, self._progress.phase)


def _next_page(request: Request, key: str, value: str) -> Request:
    separator = "&" if "?" in request.target else "?"
    return replace(request, target=f"{request.target}{separator}{key}={quote(value, safe='')}")
