"""The planning of an upgrade: a tree carried from the kit it was made from to that of another release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.edits.edit_session import EditSession
from core.edits.intent import EditRefused, EditRefusedError
from core.edits.repoint_edits import repoint_all
from core.errors import PipedeckError
from core.files.view import View
from core.formatting import counted
from core.mentions import Node
from core.references import Kind
from core.releases import Release
from core.replacements import replacements
from core.toml.edit.layout_queries import NO_NOTATION
from core.toml.edit.plain_data import has, value_at
from core.toml.edit.toml_commands import SetValue
from core.upgrade.backends import BACKENDS_FILE, RETIRED, is_on, unlisted
from core.upgrade.carry import Carrier
from core.upgrade.convert import Converter
from core.upgrade.drift import DriftReport, drift
from core.upgrade.inputs import UpgradeInputs, repaired
from core.upgrade.kit import Kit
from core.upgrade.names import (
    Gone,
    direct_handles,
    gone_names,
    instead_of,
    nearest_model,
    update_methods,
    uses_in_methods,
    uses_in_tree,
)
from core.upgrade.origin import Stock, data_of
from core.upgrade.plan import KEEP, TAKE, Decision, Plan, Undecided
from core.upgrade.rows import Outcome, Row, shown
from core.upgrade.start_faults import MAX_ROUNDS, StartFaults
from core.upgrade.units import units
from core.variables import Environment

_DECK_FILE = "inference/deck/base_deck.toml"


def plan_upgrade(
    report: Report,
    view: View,
    kit: Kit,
    *,
    origin: Release | None = None,
    origin_kit: Kit | None = None,
    choices: Mapping[str, str] | None = None,
    undecided: Undecided = Undecided.ASK,
    follow_methods: bool = True,
) -> Plan:
    """Plan the upgrade of the tree of a report, as `view` shows it, to a kit. Raises PipedeckError where it cannot be.

    `origin` and `origin_kit` overrule what the tree says about its release; `choices` are answers by the id of their
    decision.
    """
    inputs = UpgradeInputs(report, view, kit, origin, origin_kit)
    folder, before = inputs.folder, inputs.before
    mine = {**inputs.mine, **repaired(before, view, folder, inputs.mine)}
    session = EditSession(inputs.base, view, follow_methods=follow_methods)
    environment = report.catalog.environment
    run = _Run(session, before, folder, mine, inputs.stock, kit, choices or {}, undecided, environment)
    try:
        run.all()
    except EditRefusedError as stopped:
        refused: EditRefused = stopped.refused
        raise PipedeckError(refused.message) from stopped
    contents = {
        path: content
        for path, content in session.contents.items()
        if (view.content(path) if view.lexists(path) else None) != content
    }
    return Plan(
        inputs.origin,
        run.stock.source,
        kit.release,
        kit.where,
        tuple(run.carrier.rows),
        tuple(run.decisions),
        tuple(run.unused),
        tuple(session.notes),
        contents,
    )


def tree_drift(
    report: Report, view: View, kit: Kit, *, origin: Release | None = None, origin_kit: Kit | None = None
) -> DriftReport:
    """The drift of the tree of a report from its kit and from another. Raises PipedeckError without a tree."""
    inputs = UpgradeInputs(report, view, kit, origin, origin_kit)
    converter = Converter(inputs.before, inputs.base.catalog.behaviours)
    return drift(inputs.origin, inputs.mine, inputs.stock, kit, converter)


class _Run:
    """One planning, step by step."""

    def __init__(
        self,
        session: EditSession,
        before: Report,
        folder: str,
        mine: Mapping[str, bytes],
        stock: Stock,
        kit: Kit,
        choices: Mapping[str, str],
        undecided: Undecided,
        environment: Environment,
    ) -> None:
        self.session, self.before, self.folder = session, before, folder
        self.mine, self.stock, self.kit = mine, stock, kit
        self.choices, self.undecided = choices, undecided
        self.decisions: list[Decision] = []
        self.unused: list[str] = []
        self.converter = Converter(before, session.report.catalog.behaviours)
        self.carrier = Carrier(
            session, folder, mine, stock, kit, self.converter, frozenset(self._gone_backends()), environment
        )
        self.instead: dict[Node, str] = {}
        self.faults = StartFaults(session, self.carrier, kit, folder)

    def all(self) -> None:
        """Carry the files, then settle what stops a start, the names that are gone, and the methods."""
        self.carrier.run()
        self.session.advance()
        self.faults.remove_all()
        self._replace_gone()
        self._replace_dead()
        self.faults.remove_all()
        self._leave_unlisted()
        self._replace_handles()
        count = update_methods(self.converter, self.session, self.instead)
        if count:
            self.session.note(f"{counted(count, 'reference')} of method files updated")
        old, new = self.before.catalog.behaviours.method_ending, self.converter.new.method_ending
        left = [file.source.shown for file in self.session.methods.files if file.source.path.endswith(old)]
        if old != new and left:
            self.session.note(f"Pipelex {self.kit.release} reads methods from {new} files: rename {', '.join(left)}")

    def _decide(self, decision_id: str, question: str, proposal: str, uses: tuple[str, ...] = ()) -> str:
        """The answer to a decision; where it is open, the proposal is planned."""
        answer = self.choices.get(decision_id, "")
        if not answer and self.undecided is not Undecided.ASK:
            answer = KEEP if self.undecided is Undecided.KEEP else TAKE
        self.decisions.append(Decision(decision_id, question, proposal, uses, answer))
        return answer or TAKE

    # ---- backends

    def _gone_backends(self) -> Iterator[str]:
        """The backends of the origin's kit that are not carried."""
        tables = data_of(self.mine.get(BACKENDS_FILE, b""))
        there = data_of(self.kit.files.get(BACKENDS_FILE, b""))
        for name, table in tables.items():
            file = f"inference/backends/{name}.toml"
            if name in there or not isinstance(table, Mapping) or not self._is_of_kit(file, name, table):
                continue
            untouched = self.stock.has_unit(BACKENDS_FILE, (name,), table)
            if untouched and not is_on(table):
                yield name
                continue
            ended = name in RETIRED
            question = f"Backend `{name}` is gone from the kit" + (": its service has ended" if ended else "")
            proposal = "leave it out" if ended or untouched else "keep it"
            answer = self._decide(f"backend {name}", question, proposal)
            refused = name == RETIRED[0] and self.converter.new.gateway == "retired"
            if refused or answer not in (TAKE, KEEP) or (answer == TAKE and proposal == "leave it out"):
                yield name

    def _is_of_kit(self, file: str, name: str, table: object) -> bool:
        content = self.mine.get(file)
        if name in RETIRED:
            return True
        if content is None:
            return self.stock.has_unit(BACKENDS_FILE, (name,), table)
        if self.stock.has_file(file, content):
            return True
        return any(self.stock.has_unit(file, path, value) for path, value in units(file, data_of(content)).items())

    # ---- models that the gateway does not list

    def _leave_unlisted(self) -> None:
        """Models that the target's gateway does not list: Pipelex does not start where the deck names them."""
        for _ in range(MAX_ROUNDS):
            found = unlisted(self.session.report, self.kit, self.converter.new, self.carrier.carried, self.folder)
            acted = False
            for name, places in found.items():
                why = f"the gateway does not list the model `{name}`: Pipelex {self.kit.release} may not start with it"
                uses = tuple(str(mention.source.locate(mention.path)) for _, _, mention in places)
                answer = self._decide(f"gateway model {name}", why, "leave it out", uses)
                for file, at, mention in places:
                    if answer == TAKE:
                        acted = self.faults.leave_out(self.carrier.path(file), file, at, why) or acted
                    elif answer != KEEP:
                        self.session.edit(mention.source.path, SetValue(mention.path, answer))
            self.session.advance()
            if not acted:
                return

    # ---- names

    def _replace_gone(self) -> None:
        """Names that the target's kit no longer has, where something uses them."""
        after = self.session.report
        gone = gone_names(self.converter, after)
        for node, item in gone.items():
            in_tree = uses_in_tree(after, item)
            in_methods = uses_in_methods(self.converter, self.session, node)
            if not in_tree and not in_methods:
                self.unused.append(item.id)
                continue
            proposal = instead_of(item, after)
            places = tuple(str(mention.source.locate(mention.path)) for mention in (*in_tree, *in_methods))
            question = f"`{node.name}` is gone from the kit of {self.kit.release}"
            answer = self._decide(item.id, question, proposal or KEEP, places)
            if answer == KEEP or not (proposal if answer == TAKE else answer):
                self._keep(item, gone)
                continue
            text = proposal if answer == TAKE else answer
            self.instead[node] = text
            for mention in in_tree:
                if self.session.get(mention.source.path, mention.path) == mention.text:
                    self.session.edit(mention.source.path, SetValue(mention.path, text))
        there = {(one.kind, one.name) for one in after.resolutions}
        lost = (one for one in self.before.resolutions if one.kind is Kind.CHOICE and one.alive)
        choices = [one for one in lost if (one.kind, one.name) not in there]
        self.unused += [f"choice {one.family} {one.name.rpartition('/')[2]}" for one in choices]
        self.session.advance()

    def _keep(self, item: Gone, gone: Mapping[Node, Gone]) -> None:
        """Carry the old definition of a name, and of those that it follows."""
        data = self.before.catalog.tree.deck.data
        value = value_at(data, item.path) if has(data, item.path) else None
        for target, part in self.converter.unit(_DECK_FILE, item.path, value) if value is not None else ():
            file = self.carrier.place(_DECK_FILE, target, part)
            if not self.session.has(self.carrier.path(file), target):
                self.carrier.put(file, target, part, NO_NOTATION)
                old = shown(file, target, value)
                row = Row(_DECK_FILE, ".".join(map(str, item.path)), Outcome.CARRIED, old, old, target=file)
                self.carrier.carried[file, target] = row
                self.carrier.rows.append(row)
                for resolution in self.before.resolutions:
                    if (resolution.kind.value, resolution.name) == (item.node.kind, item.node.name):
                        for hop in resolution.hops:
                            for node in [node for node in gone if node.name == hop.name and node != item.node]:
                                self._keep(gone[node], gone)

    def _replace_dead(self) -> None:
        """The user's own entries whose models the target does not serve."""
        alive = {(item.kind, item.name) for item in self.before.resolutions if item.alive}
        accepted = []
        for item in replacements(self.before, self.session.report):
            node = item.node
            if not any((revived.kind, revived.name) in alive for revived in item.revives):
                continue
            best = item.best.text if item.best is not None else ""
            targets = ", ".join(f"`{text}`" for text in item.cut.texts)
            question = f"{node.kind} `{node.name}` names {targets}, which no enabled backend serves"
            uses = tuple(f"{one.kind.value} {one.name}" for one in item.revives if (one.kind, one.name) in alive)
            answer = self._decide(f"target of {node.kind} {node.family} {node.name}", question, best or KEEP, uses)
            text = best if answer == TAKE else "" if answer == KEEP else answer
            if text:
                accepted.append((node, text))
        if accepted:
            repoint_all(self.session, accepted)
            self.session.advance()

    def _replace_handles(self) -> None:
        """The models that pipes name themselves."""
        uses: dict[Node, list[str]] = {}
        for node, mention in direct_handles(self.converter, self.session):
            uses.setdefault(node, []).append(str(mention.source.locate(mention.path)))
        for node, places in uses.items():
            specs = self.before.catalog.declared[node.name]
            best = nearest_model(self.session.report, node.family, node.name, specs[0]) or ""
            question = f"Model `{node.name}` is no longer served"
            answer = self._decide(f"model {node.family} {node.name}", question, best or KEEP, tuple(places))
            if answer != KEEP and (text := best if answer == TAKE else answer):
                self.instead[node] = text
