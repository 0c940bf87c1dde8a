"""One check: its requests one after the other, each judged, until the backend's status is settled."""

from __future__ import annotations

import asyncio
import email.utils
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from core.probes.answer import Answer
from core.probes.check_plan import CheckPlan, Request
from core.probes.check_result import CheckResult, Listing, merge_models, scrub_models
from core.probes.check_status import CheckStatus, Finding, Reason, describe, is_good
from core.probes.classify import CLASSIFIERS, by_status, holds_error, refusal
from core.probes.exchange import Exchange, answered_exchange, host_of, planned_exchange, with_excerpt
from core.probes.list_parsers import ListFormatError, Page, goes_on, in_group
from core.probes.secret import Scrubber, Secret
from core.probes.served_models import Served
from core.probes.transport import Progress, SendError, Settings, Transport, timeout_finding
from core.providers.provider import Provider, Role

ProgressListener = Callable[[str, str], None]
"""Told the stage and words for it."""

_AGAIN: Final = frozenset({502, 503, 504, 529})
_SOON_S: Final = 0.3
_LONGEST: Final = 300
"""Characters of a text of the provider that are kept. It is cut after secrets were taken out, not before."""
_ELSEWHERE: Final = frozenset({CheckStatus.NOT_FOUND, CheckStatus.BAD_RESPONSE})
"""What a proof that one can do without may come to: nobody answers it there, which says nothing of the key."""
_OK: Final = Finding(CheckStatus.OK)


class Check:
    """Carries out one plan. For one use."""

    def __init__(
        self, plan: CheckPlan, wire: Transport, settings: Settings, ends_at: float, tell: ProgressListener
    ) -> None:
        assert plan.provider is not None
        self._plan = plan
        self._provider: Provider = plan.provider
        self._wire = wire
        self._settings = settings
        self._ends_at = ends_at
        self._tell = tell
        self._progress = Progress()
        self._now: Request | None = None
        """The request that is on its way."""
        self._sent_at = 0.0
        self._exchanges: list[Exchange] = []
        self._known: dict[tuple[str, str], Served] = {}
        self._groups: set[str] = set()
        self._items: dict[str, bool | None] = {}
        self._facts: list[tuple[str, str]] = []
        self._list_fault = ""
        self._listed = False
        self._tries = 0
        self._bearer: Secret | None = None
        self._echo = Scrubber(plan.secrets)

    async def result(self) -> CheckResult:
        """Everything that was found. Nothing that a server does is raised; only cancelling is."""
        started = time.monotonic()
        limit = self._settings.per_check
        if all(ask.address.loopback for ask in self._plan.requests):
            limit = min(limit, self._settings.loopback)
        self._ends_at = min(self._ends_at, started + limit)
        try:
            async with asyncio.timeout(limit):
                finding = await self._steps()
        except TimeoutError:
            finding = timeout_finding(self._progress.phase)
            self._note_unanswered(finding)
        except Exception:  # noqa: BLE001 - one row that fails must not take the others with it
            finding = Finding(CheckStatus.BAD_RESPONSE, Reason.INTERNAL)
        return self._made(finding, time.monotonic() - started)

    # ---- the requests

    async def _steps(self) -> Finding:
        proven = False
        unlisted: Finding | None = None
        for ask in self._plan.requests:
            if ask.fallback:
                if unlisted is None:
                    continue
                self._list_fault = "" if ask.role is Role.BOTH else self._list_fault
            if ask.role is Role.ITEM:
                finding = await self._item(ask)
                if finding.status in (CheckStatus.UNAUTHORIZED, CheckStatus.FORBIDDEN) and not proven:
                    return finding
                if unlisted is not None and is_good(finding):
                    proven, unlisted = True, None
                continue
            finding = await self._pages(ask)
            if ask.role in (Role.LIST, Role.BOTH) and not is_good(finding) and not ask.optional:
                self._list_fault = describe(finding)[0]
            if is_good(finding):
                proven = proven or ask.role is Role.PROOF or ask.role is Role.BOTH
                unlisted = None if ask.role is Role.BOTH else unlisted
            elif (ask.optional and (ask.role is Role.LIST or finding.status in _ELSEWHERE)) or (
                ask.role is Role.LIST and proven and self._provider.proves_key
            ):
                continue
            elif finding.status is CheckStatus.NOT_FOUND and ask.role is Role.BOTH and finding.reason is None:
                unlisted = replace(finding, reason=Reason.NO_LIST_ENDPOINT)
            else:
                return finding
        return unlisted or _OK

    async def _pages(self, ask: Request) -> Finding:
        """One request, and the further pages of its list. Good once the first page is."""
        following: str | None = None
        pages = 0
        while True:
            wanted = ask if following is None or ask.paging is None else _next_page(ask, ask.paging.key, following)
            answer, finding = await self._send(wanted, f"page {pages + 1}" if pages else "")
            page = Page(())
            if is_good(finding) and answer is not None:
                page, finding = self._read(ask, answer)
                self._note_page(ask, answer, page, finding)
            if not is_good(finding):
                if pages == 0:
                    return finding
                self._list_fault = f"only {pages} page{'s' if pages > 1 else ''} of it came"
                return _OK
            pages += 1
            if ask.role in (Role.LIST, Role.BOTH) and not self._take(ask, page):
                return _OK
            if page.following is None or page.following == following:
                if answer is not None and goes_on(answer.data, answer.headers):
                    self._list_fault = "it goes on, and the rest was not asked for"
                break
            following = page.following
            if ask.paging is None or pages >= ask.paging.max_pages:
                self._list_fault = f"it goes on after {pages} pages"
                break
        if ask.role in (Role.LIST, Role.BOTH) and not ask.optional:
            self._listed = True
            self._groups.add(ask.group)
        return _OK

    def _read(self, ask: Request, answer: Answer) -> tuple[Page, Finding]:
        if ask.role is Role.TOKEN:
            token = answer.data.get("access_token") if isinstance(answer.data, Mapping) else None
            if not isinstance(token, str) or not token.isascii() or not token.isprintable():
                return Page(()), Finding(CheckStatus.BAD_RESPONSE, Reason.SHAPE)
            self._bearer = Secret(token)
            self._echo = Scrubber((*self._plan.secrets, self._bearer))
            return Page(()), _OK
        if ask.any_body:
            return Page(()), _OK
        try:
            page = ask.parse(answer.data)
        except ListFormatError:
            return Page(()), self._refused(answer)
        if ask.role is Role.PROOF and holds_error(answer.data):
            return Page(()), self._refused(answer)
        if ask.role is Role.PROOF:
            facts = (ask.extract_facts or self._provider.account_facts)(answer.data)
            self._facts += [(label, self._echo.exact(value)[:_LONGEST]) for label, value in facts]
        return page, _OK

    def _refused(self, answer: Answer) -> Finding:
        found = refusal(answer)
        return replace(found, detail=self._scrub(found.detail)[:_LONGEST])

    def _take(self, ask: Request, page: Page) -> bool:
        models = scrub_models(in_group(page, ask.group).models, self._echo)
        if merge_models(self._known, models):
            return True
        self._list_fault = f"it has more than {len(self._known)} models"
        return False

    async def _item(self, ask: Request) -> Finding:
        answer, finding = await self._send(ask)
        settled = ask.is_served(answer) if ask.is_served is not None and answer is not None else None
        self._items[ask.item] = settled
        return _OK if settled is not None else finding

    async def _send(self, ask: Request, more: str = "") -> tuple[Answer | None, Finding]:
        """Send a request, a second time if that is polite and there is time left."""
        tries = 0
        while True:
            tries += 1
            self._tries = max(self._tries, tries)
            self._now, self._sent_at = ask, time.monotonic()
            self._tell("asking", f"{ask.purpose}{', ' + more if more else ''}")
            wait: float | None = None
            try:
                answer: Answer | None = await self._exchange(ask)
            except SendError as error:
                answer, finding = None, error.finding
                self._note_unanswered(finding)
                if error.phase in ("connect", "handshake") and finding.status is not CheckStatus.TIMEOUT:
                    wait = None if ask.address.loopback else _soon()
            else:
                assert answer is not None
                finding = self._judged(ask, answer)
                self._note(ask, answer)
                wait = _polite_wait(answer, finding)
            allowed = self._settings.retry and self._provider.retried and tries == 1
            if is_good(finding) or wait is None or not allowed or time.monotonic() + wait >= self._ends_at:
                return answer, finding
            self._tell("waiting", f"{describe(finding)[0]}; once more in {wait:.1f} s")
            await asyncio.sleep(wait)

    async def _exchange(self, ask: Request) -> Answer:
        headers = {
            header.name: header.value.reveal() if isinstance(header.value, Secret) else header.value
            for header in ask.headers
        }
        body = ask.body
        if ask.grant is not None:
            try:
                body = ask.grant.body()
            except ValueError:
                finding = Finding(CheckStatus.MISSING_CREDENTIAL, Reason.CREDENTIALS_FILE)
                raise SendError(finding, "look-up") from None
        if self._bearer is not None:
            headers["Authorization"] = f"Bearer {self._bearer.reveal()}"
        if ask.signer is not None:
            headers.update(ask.signer.headers(ask.method, ask.url, headers, body))
        return await self._wire.send(ask.method, ask.address, ask.target, headers, body, self._progress)

    def _judged(self, ask: Request, answer: Answer) -> Finding:
        found = CLASSIFIERS[self._provider.errors](answer)
        if found is None and 200 <= answer.status < 300 and (ask.any_body or answer.bad is None):
            return _OK
        if found is None:
            found = by_status(answer)
        detail = found.detail
        if found.reason is Reason.REDIRECT:
            detail = host_of(answer.headers.get("location", ""))
        return replace(found, detail=self._scrub(detail)[:_LONGEST])

    # ---- the record

    def _scrub(self, text: str) -> str:
        return self._plan.scrub(self._echo.exact(text))

    def _note(self, ask: Request, answer: Answer) -> None:
        self._now = None
        self._exchanges.append(answered_exchange(ask, answer, self._request_id(answer), self._scrub))

    def _note_page(self, ask: Request, answer: Answer, page: Page, finding: Finding) -> None:
        """What the last answer turned out to be, once it was read."""
        last = self._exchanges[-1]
        if not is_good(finding):
            self._exchanges[-1] = with_excerpt(replace(last, said=describe(finding)[0]), answer, self._scrub)
        elif ask.role in (Role.LIST, Role.BOTH):
            self._exchanges[-1] = replace(last, listed=len(page.models))

    def _note_unanswered(self, finding: Finding) -> None:
        ask, self._now = self._now, None
        if ask is not None:
            said = describe(finding, host=ask.address.origin)[0]
            record = planned_exchange(ask, self._scrub)
            waited = time.monotonic() - self._sent_at
            self._exchanges.append(replace(record, seconds=waited, said=said, phase=self._progress.phase))

    def _request_id(self, answer: Answer) -> str | None:
        found = next((answer.headers[name] for name in self._provider.request_ids if name in answer.headers), None)
        return self._echo.exact(found)[:100] if found else None

    def _made(self, finding: Finding, seconds: float) -> CheckResult:
        plan = self._plan
        if is_good(finding):
            # Nothing was sent that a server could have refused, or it is one that may refuse nothing.
            unproven = Reason.KEY_UNPROVEN if plan.sent or plan.secrets else Reason.NO_KEY
            keyed = bool(plan.secrets) and self._provider.proves_key
            finding = Finding(CheckStatus.OK, None if keyed else unproven)
        answered = [exchange for exchange in self._exchanges if exchange.status is not None]
        last = answered[0] if is_good(finding) and answered else answered[-1] if answered else None
        return CheckResult(
            plan.backend,
            self._provider.name,
            finding,
            plan.host,
            time.time(),
            seconds,
            last.to_first_byte if last is not None else None,
            self._tries,
            last.request_id if last is not None else None,
            last.status if last is not None else None,
            self._listing(finding),
            tuple(self._facts),
            plan.notes,
            tuple(self._exchanges),
            plan.key_variable,
            plan.wrong_field,
            plan.extra,
        )

    def _listing(self, finding: Finding) -> Listing:
        lists = any(ask.role in (Role.LIST, Role.BOTH) for ask in self._plan.requests)
        why = self._list_fault or self._provider.unlisted
        if not self._listed and not why:
            why = describe(finding)[0] if not is_good(finding) else "it lists no models"
        whole = lists and self._listed and not why
        only = not lists or any("endpoint_id=" in ask.target for ask in self._plan.requests if ask.role is Role.LIST)
        items = tuple(self._items.items())
        return Listing(tuple(self._known.values()), whole, "" if whole else why, frozenset(self._groups), items, only)


def _next_page(ask: Request, key: str, value: str) -> Request:
    sign = "&" if "?" in ask.target else "?"
    return replace(ask, target=f"{ask.target}{sign}{key}={quote(value, safe='')}")


def _polite_wait(answer: Answer, finding: Finding) -> float | None:
    """How long to wait before asking a second time, None when it should not be done."""
    if answer.status == 429 and finding.reason is not Reason.QUOTA:
        return _retry_after(answer.headers)
    if answer.status in _AGAIN:
        return _retry_after(answer.headers) or _soon()
    return None


def _soon() -> float:
    return _SOON_S * (1 + random.random())


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """What a server asks to be given: in milliseconds, in seconds or as a date."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if text.replace(".", "", 1).isdigit():
            return min(float(text) * factor, 1e6)
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
