"""Plants faults in a copy of the project, one at a time, and checks that the tests find each of them.

`python -m tests.trust.planted_faults` prints the test that found each fault; exit code 1 when one was not found.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
COPIED = ("core", "tui", "tests", "pyproject.toml", "README.md")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: `old` is replaced by `new` in `file`; one of `tests` must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


TEXT = "tests/trust/test_hostile_text.py"
SECRETS = "tests/trust/test_secrets.py"
MASKING = "tests/core/test_masking.py"
DROPS = "tests/trust/test_lost_connections.py"
TREES = "tests/trust/test_untrusted_tree.py"
DISK = "tests/trust/test_disk_changes.py"
TERMINALS = "tests/trust/test_terminals.py"
FREEZES = "tests/trust/test_responsiveness.py"
LOAD = "tests/trust/test_huge_trees.py"
LAWS = "tests/core/workspace/test_invariants.py"
DRAFTS = "tests/core/workspace/test_drafts.py"

FAULTS: tuple[Fault, ...] = (
    Fault(
        "control characters reach the terminal",
        "core/safe_text.py",
        "    symbol = False\n    for character in text:\n",
        "    symbol = False\n    return text\n    for character in text:\n",
        (TEXT,),
    ),
    Fault(
        "literal keys are shown",
        "core/masking.py",
        '    if is_secret_key(names[-1]) or any(map(_is_secret_table, names[:-1])):\n        return "hidden"\n',
        "",
        (MASKING,),
    ),
    Fault(
        "the user part of a URL is shown",
        "core/secret_texts.py",
        '    if "@" in text:',
        '    if "@@@" in text:',
        (MASKING,),
    ),
    Fault(
        "a diff shows secrets",
        "core/workspace/diffs.py",
        "for line in _lines(redact(text, strict=strict))]",
        "for line in _lines(text)]",
        (SECRETS, "tests/core/workspace"),
    ),
    Fault(
        "a draft contains secrets",
        "core/workspace/workspace_drafts.py",
        'if any(has_secret(below, values.get(key), strict=strict) for key in ("value", "items") if key in values):',
        "if False:",
        (DRAFTS,),
    ),
    Fault(
        "no draft is saved",
        "tui/editing/session_edits.py",
        "        session.keep()\n",
        "",
        (DROPS,),
    ),
    Fault(
        "end of input does not end the app",
        "tui/terminal/driver.py",
        "            hang_up(self._app)",
        "            return",
        (f"{DROPS}::test_lost_connection_loses_no_edit",),
    ),
    Fault(
        "signals are ignored",
        "tui/app.py",
        "        install_signal_handlers(self)\n",
        "",
        (f"{DROPS}::test_signal_sets_the_exit_status_and_keeps_the_edits",),
    ),
    Fault(
        "opening a tree writes a file",
        "core/api.py",
        "    target = target_release(paths, release, variables, python)\n",
        "    target = target_release(paths, release, variables, python)\n"
        "    open(f'{paths.inference}/.seen', 'w').close()\n",
        (TREES,),
    ),
    Fault(
        "merging deck files copies all previous ones",
        "core/files/source.py",
        "                if id(current) not in own:",
        "                if True:",
        ("tests/core/files/test_merge.py",),
    ),
    Fault(
        "texts of any length are edited",
        "core/edits/steps.py",
        "_statements(text) > MAX_STATEMENTS",
        "False",
        (f"{LOAD}::test_hundred_thousand_routes_are_read_but_not_edited",),
    ),
    Fault(
        "saving ignores changes on disk",
        "core/workspace/saving.py",
        "_change(path, snapshot.content(path), pending[path], root, state)",
        "_change(path, Snapshot().content(path), pending[path], root, state)",
        (f"{LAWS}::test_three_writers_lose_no_increment", "tests/core/workspace/test_editing.py"),
    ),
    Fault(
        "an edit is replayed on any content",
        "core/workspace/preconditions.py",
        "    return any(repr(seen) == asked for seen in _before_others(text, step))",
        "    return True",
        (LAWS, "tests/core/workspace/test_editing.py"),
    ),
    Fault(
        "after saving, the disk is assumed unchanged",
        "core/workspace/workspace.py",
        "            self._snapshot = self._snapshot.with_written(pending)",
        "            self._snapshot = Snapshot()",
        ("tests/core/workspace/test_editing.py",),
    ),
    Fault(
        "undo forgets the original content",
        "core/workspace/history.py",
        "        return {**self.origin, **(self.entries[at - 1].contents if at else {})}",
        "        return dict(self.entries[at - 1].contents) if at else {}",
        (LAWS, "tests/core/workspace/test_editing.py"),
    ),
    Fault(
        "disk changes are not reported on other screens",
        "tui/editing/disk_watch.py",
        "            self._notify(changed)\n",
        "",
        (f"{DISK}::test_disk_change_during_review",),
    ),
    Fault(
        "an edit that fails on the new content is dropped",
        "core/workspace/replay.py",
        "conflicts.append(\n                    "
        '_conflict(number, now, applied_step, result.reason if side is ConflictSide.MINE else "")\n                )',
        "pass",
        (f"{DISK}::test_disk_change_with_an_edit",),
    ),
    Fault(
        "a deleted file is not restored by choosing my side",
        "core/workspace/replay.py",
        "perform(applied_step.before, step) if isinstance(applied_step.before, bytes) else perform(now, step)",
        "perform(now, step)",
        (f"{DISK}::test_choosing_my_side_restores_a_deleted_file",),
    ),
    Fault(
        "a switched branch is not noticed",
        "tui/editing/disk_watch.py",
        "        if self._branch is None or branch == self._branch:",
        "        if True:",
        (f"{DISK}::test_disk_change_without_edits",),
    ),
    Fault(
        "large trees are evaluated in the main thread",
        "tui/editing/task_queue.py",
        "        if not slow and not large:",
        "        if not slow:",
        (f"{FREEZES}::test_keys_are_handled_without_delay[models]",),
    ),
    Fault(
        "texts of any length are shown completely",
        "tui/editing/file_editing.py",
        "    if total <= MAX_LINES and sum(map(len, lines)) <= MAX_CHARACTERS:",
        "    if True:",
        (f"{FREEZES}::test_keys_are_handled_without_delay[text]",),
    ),
    Fault(
        "a closed screen is updated",
        "tui/dialogs/dialog.py",
        "    return screen.is_attached and screen in screen.app.screen_stack",
        "    return True",
        (f"{FREEZES}::test_screen_may_be_closed_during_its_task",),
    ),
    Fault(
        "the first of many deck files wins",
        "core/files/outline.py",
        "        for number in reversed(self._candidates(path)):",
        "        for number in self._candidates(path):",
        ("tests/core/files/test_merge.py",),
    ),
    Fault(
        "inputs show raw control characters",
        "tui/widgets/safe_input.py",
        "Text(in_place(_dotted(self.value, whole=self.password)), no_wrap=True",
        "Text(_dotted(self.value, whole=self.password), no_wrap=True",
        (f"{TEXT}::test_inputs_show_hostile_text_as_text",),
    ),
    Fault(
        "the editor shows raw control characters",
        "tui/widgets/toml_text.py",
        "Text(in_place(self.document.get_line(line_index))",
        "Text(self.document.get_line(line_index)",
        (f"{TEXT}::test_inputs_show_hostile_text_as_text",),
    ),
    Fault(
        "a draft of a text contains secrets",
        "core/toml/text_diff.py",
        "        if new[start:end] != shown[start:end]:",
        "        if False:",
        (DRAFTS,),
    ),
    Fault(
        "a crash report contains the error's text",
        "tui/crash.py",
        '{type(link).__name__}", *_frames(link)]',
        '{type(link).__name__} {link}", *_frames(link)]',
        (f"{SECRETS}::test_no_crash_report_contains_a_secret",),
    ),
    Fault(
        "a signal is ignored while the terminal is blocked",
        "tui/app.py",
        "        install_signal_handlers(self)\n",
        "",
        (f"{TERMINALS}::test_signal_ends_the_app_on_a_blocked_terminal",),
    ),
    Fault(
        "a commit in the queue may be interrupted",
        "core/files/store/lock.py",
        "        with RUNNING:\n",
        "        with contextlib.nullcontext():\n",
        ("tests/core/store/test_writers.py",),
    ),
    Fault(
        "written edits are offered as unwritten",
        "core/workspace/workspace_drafts.py",
        "        if _is_written(workspace, result.content):",
        "        if False:",
        (DRAFTS,),
    ),
    Fault(
        "the demo's folder stays after a lost connection",
        "tui/shutdown.py",
        "        shutil.rmtree(folder, ignore_errors=True)\n",
        "        pass\n",
        (f"{DROPS}::test_demo_removes_its_folder",),
    ),
    Fault(
        "typed text is not saved in the draft",
        "tui/session.py",
        "write_draft(self.workspace, typed=self.typed())",
        "write_draft(self.workspace)",
        (f"{DROPS}::test_unsaved_text_is_restored_in_the_next_session",),
    ),
    Fault(
        "parsing a long text in a thread blocks the interpreter",
        "core/toml/toml_reader.py",
        "threading.current_thread() is not threading.main_thread()",
        "False",
        ("tests/core/toml/test_parse.py",),
    ),
    Fault(
        "an edit that adds errors is not confirmed",
        "core/workspace/workspace.py",
        "        errors = () if accept_errors else self.impact.errors_added",
        "        errors = ()",
        ("tests/core/workspace/test_editing.py",),
    ),
    Fault(
        "the policy does not judge the end of models in a review",
        "core/review.py",
        ".with_knowledge(now.knowledge)",
        "",
        ("tests/cli/test_review.py",),
    ),
    Fault(
        "the policy judges models by names of the deck only",
        "core/rules/policy.py",
        "    for spec, names in users.values():\n        if words := against(spec):",
        "    for spec, names in users.values():\n        if names and (words := against(spec)):",
        ("tests/core/rules/test_policy_ends.py",),
    ),
    Fault(
        "a listed model that the policy forbids is not marked",
        "tui/screens/served.py",
        'if key in self._against else (retiring, "warn")',
        'if not key else (retiring, "warn")',
        ("tests/tui/checks/test_live_results.py",),
    ),
    Fault(
        "proposals of the app do not know what live checks list",
        "tui/session.py",
        "            self._workspace.know(self.view.live_results.report.knowledge)\n",
        "            pass\n",
        ("tests/tui/checks/test_live_results.py",),
    ),
)


def caught_by(fault: Fault) -> str:
    """The first test that fails with the fault; empty when none does."""
    with tempfile.TemporaryDirectory(prefix="pipedeck-fault-") as name:
        folder = Path(name)
        for part in COPIED:
            source = CHECKOUT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / part)
        path = folder / fault.file
        text = path.read_text()
        assert text.count(fault.old) == 1, f"{fault.name}: {fault.file} has changed"
        path.write_text(text.replace(fault.old, fault.new))
        environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fault.tests],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        return failed[0].partition(" - ")[0] if failed else ""


def main(names: Sequence[str]) -> int:
    """Plant every fault, or those whose names contain one of the words."""
    missed = 0
    for fault in FAULTS:
        if names and not any(word in fault.name for word in names):
            continue
        test = caught_by(fault)
        missed += not test
        print(f"{'caught' if test else 'MISSED'}  {fault.name}: {test or 'no test failed'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
