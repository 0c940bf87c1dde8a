"""The whole boot of a release (`Pipelex.make()`) beside pipedeck's answer, on kinds of trees written by hand."""
