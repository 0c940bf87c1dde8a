"""Runs the app on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from core.errors import PipedeckError
from core.safe_text import safe
from tui.app import PipedeckApp
from tui.loading import Request, is_quick, load
from tui.settings import LoadedSettings, read_settings
from tui.shutdown import hang_up, terminal_is_gone


def run(
    path: str | None = None,
    *,
    release: str | None = None,
    profile: str | None = None,
    settings: LoadedSettings | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: str | None = None,
    python: str | None = None,
    demo: bool = False,
) -> int:
    """Run the app on a terminal until the user quits; returns the exit code.

    `path`, `release`, `profile`, `environ`, `cwd` and `python` are those of `inspect_tree`; `demo` opens the sample
    instead; `settings` are read when they are None. 0: quit; 1: pipedeck itself failed; 2: `release` is unknown.
    """
    settings = settings if settings is not None else read_settings(os.environ)
    values = settings.values
    release, profile = release or values.release or None, profile or values.profile or None
    with ExitStack() as folders:
        request = Request(path, release, profile, environ, cwd=cwd, python=python)
        if demo:
            from tui.sample import demo_request

            request = replace(demo_request(folders), python=python)
        request = replace(request, read_only=values.read_only)
        with ThreadPoolExecutor(1, thread_name_prefix="load") as executor:
            loading = None if is_quick(request) else executor.submit(load, request)
            app = PipedeckApp(request, loading, settings)
            folders.enter_context(app.demo_folders)
            try:
                app.run(mouse=values.mouse)
            except PipedeckError as error:
                sys.stderr.write(f"pipedeck: {safe(str(error))}\n")
                return 2
            finally:
                if terminal_is_gone():
                    hang_up()
        return app.return_code or 0
