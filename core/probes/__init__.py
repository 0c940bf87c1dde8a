"""Live checks: ask a backend's provider whether it can be reached, whether it takes the key, and what it serves.

Nothing here goes out by itself: a plan is made first, pure and without secrets, and only who runs it sends anything.

    planning.plan_checks      catalog -> plans; some say that a person has to be asked first (`unapproved`)
    trust.Trust               what persons have said yes to, kept outside every tree
    run.Run                   plans -> events as they happen -> results, in a thread of its own
    evidence.answered         a request and its answer -> what a person may see of both, without secrets
    cache.save_results        results kept for the next session; `load_results` gives those still valid
    availability.compare      result -> served, not served, unknown, undeclared
    tried.TriedIndex          results -> what was tried of each backend, model and reference, and when
    findings.live_problems    results -> problems; `Report.with_live` takes them up
    proposal.propose          served models -> model specs, for an edit to write
    completion.plan_completion  one model -> the plan of a real completion, with what it may cost

A new provider is a row of `table`, a parser in `shapes` and, where its errors are its own, a classifier in `classify`.
"""
