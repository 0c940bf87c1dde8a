"""Live checks in the app, by real keys and over real sockets."""
