"""The screens of the app, and what they share."""
