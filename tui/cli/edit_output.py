"""The output of the editing commands: the outcome of an edit as text or as one document, and the exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.formatting import counted
from tui.reports.text_output import TextOutput, print_error

if TYPE_CHECKING:
    from core.edits.intent import EditRefused
    from core.edits.repoint_edits import Accepted
    from core.impact import Impact
    from core.json.edit_document import EditResult
    from core.replacements import Replacement
    from core.workspace import FileDiff, Workspace


DONE = 0
REFUSED = 1
NOTHING = 3
NOT_WRITTEN = 4
STATUS = (
    "0 done, or with --dry-run it would be; 1 refused: it cannot be done, or it adds errors and there is no --anyway;"
    " 2 wrong usage or no tree; 3 nothing to change; 4 not written: the disk has changed or failed"
)


class EditPrinter:
    """Prints the outcome of an edit, as text or as one document. Its methods return the exit status."""

    def __init__(
        self,
        options: argparse.Namespace,
        workspace: Workspace,
        label: str,
        replacements: Sequence[Replacement] = (),
        chosen: Sequence[Accepted] = (),
    ) -> None:
        self.notes: tuple[str, ...] = ()
        self.diffs: Sequence[FileDiff] = ()
        self.impact: Impact | None = None
        self._options = options
        self._json = options.json
        self._label = label
        self._replacements, self._chosen = replacements, chosen
        self._report = workspace.disk_report
        self._output = TextOutput(sys.stdout)

    def written(self) -> int:
        """The change was written."""
        self._options.outcome = "the change was written"
        folder = self._report.catalog.tree.routing.sources[0].shown.removesuffix("routing_profiles.toml")
        files: dict[str, list[str]] = {"wrote": [], "deleted": []}
        for diff in self.diffs:
            files["deleted" if diff.state == "deleted" else "wrote"].append(diff.shown.removeprefix(folder))
        message = "; ".join(f"{verb} {', '.join(names)}" for verb, names in files.items() if names)
        if not self._print_document("written", message):
            self._output.wrapped("", f"{self._label}: {message}", "good")
            self._print_changes()
        return DONE

    def dry_run(self, errors: int) -> int:
        """Nothing was written, as this is a dry run; the change would add `errors`."""
        message = "it would add errors: use --anyway to write it" if errors else "nothing was written"
        if not self._print_document("refused" if errors else "would_write", message):
            tones = {"+": "good", "-": "bad", "@": "dim"}
            for line in (line for diff in self.diffs for line in diff.unified().split("\n")[:-1]):
                head = line.startswith(("---", "+++"))
                self._output.patch_line(line, "bold" if head else tones.get(line[:1], ""))
            self._output.wrapped("", self._label if errors else f"{self._label}: would be written", "bold")
            self._print_changes()
            self._output.wrapped("", message, "bad" if errors else "dim")
        return REFUSED if errors else DONE

    def nothing(self) -> int:
        """There is nothing to change."""
        if not self._print_document("nothing", "nothing to change"):
            self._output.wrapped("", f"{self._label}: nothing to change", "dim")
            self._print_notes()
        return NOTHING

    def needs_consent(self, errors: int) -> int:
        """Nothing was written, as the change would add `errors`."""
        message = f"it would add {counted(errors, 'error')}, so nothing was written"
        hint = "use --anyway to write it"
        if not self._print_document("refused", f"{message}; {hint}"):
            self._output.wrapped("", f"{self._label}:", "bold")
            self._print_changes()
            print_error(f"{message}; {hint}, --dry-run to see the diff")
        return REFUSED

    def refused(self, reason: EditRefused) -> int:
        """The edit is impossible."""
        if not self._print_document("refused", reason.message, refusal=reason):
            print_error(reason.message)
            for layer in reason.layers:
                print_error(f"it works {'without --base' if layer.value == 'auto' else f'with --{layer.value}'}")
            for intent in reason.alternatives:
                print_error(f"or: {intent.label}")
        return REFUSED

    def failed(self, message: str) -> int:
        """Writing failed; the message has the state of the disk."""
        if not self._print_document("not_written", message):
            print_error(message)
        return NOT_WRITTEN

    def _print_document(self, result: EditResult, message: str, *, refusal: EditRefused | None = None) -> bool:
        """Print the document if --json asks for it."""
        if self._json:
            from core.json.edit_document import EditDocument

            document = EditDocument(
                self._report,
                self._label,
                result,
                message,
                files=self.diffs,
                notes=self.notes,
                impact=self.impact,
                refusal=refusal,
                replacements=self._replacements,
                chosen=self._chosen,
            )
            self._output.json(document)
        return bool(self._json)

    def _print_changes(self) -> None:
        from tui.reports.edit_text import change_lines, replacement_lines

        lines = [*replacement_lines(self._replacements, self._chosen)]
        if self.impact is not None:
            lines += change_lines(self.impact)
        for mark, text, tone in lines:
            self._output.wrapped((mark, tone), text)
        self._print_notes()

    def _print_notes(self) -> None:
        for note in self.notes:
            self._output.wrapped(("  note  ", "warn"), note)
