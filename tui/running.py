"""The app from its beginning to its end: what it is opened on, and how it is left."""

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
from tui.session import Request, load
from tui.settings import LoadedSettings, read_settings
from tui.shutdown import hang_up, terminal_is_gone


def run(
    path: str | None = None,
    *,
    release: str | None = None,
    profile: str | None = None,
    settings: LoadedSettings | None = None,
    environ: Mapping[str, str] | None = None,
    demo: bool = False,
) -> int:
    """Run the app on a terminal until the user leaves it; returns the exit code.

    `path`, `release`, `profile` and `environ` are those of `inspect_tree`; `demo` opens the sample instead;
    `settings` are read when they are not given. 0: left as usual; 1: pipedeck itself failed; 2: `release` names none.
    """
    settings = settings if settings is not None else read_settings(os.environ)
    values = settings.values
    release, profile = release or values.release or None, profile or values.profile or None
    with ExitStack() as folders:
        request = Request(path, release, profile, environ)
        if demo:
            from tui.sample import demo_request

            request = demo_request(folders)
        request = replace(request, read_only=values.read_only)
        with ThreadPoolExecutor(1, thread_name_prefix="load") as pool:
            loading = pool.submit(load, request)
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
