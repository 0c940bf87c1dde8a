"""Live checks: whether the provider of a backend is reachable, accepts the key, and serves the declared models.

Plans are made first, without network access and without visible secrets; only a run sends requests.

    check_planner.plan_checks   catalog -> plans; some need an approval of the user (`unapproved`)
    trust.Trust                 approved destinations of keys, stored outside of every tree
    runner.Run                  plans -> events -> results, in a thread of its own
    exchange                    a request and its answer for display, without secrets
    result_cache                results saved for the next session, and loaded if still valid
    availability                results -> availability of declared models, and the last outcome by item
    live_problems               results -> problems; included by `Report.with_live`
    model_proposals             served models -> model specs, for an edit to write
    completion                  one model -> the plan of a minimal completion with its cost

A new provider is a row of `core.providers.table`. A new list format also needs a parser in `list_parsers`, a new error
format a classifier in `classify`, and a new id format an `IdMatching` in `served_models`.
"""
